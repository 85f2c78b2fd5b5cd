internal import SheafCore

extension NDArray {
    /// The elements converted to another type: NumPy's `astype`, spelt out, since nothing here converts by itself.
    ///
    /// - To an integer type from another: the lowest bits (200 as `Int8` is -56). From floating point: towards zero; NaN becomes 0, and
    ///   what is out of range the nearest bound, where NumPy leaves the result open.
    /// - To `Bool`: whether the element differs from zero. NaN does.
    /// - To floating point: the nearest value.
    /// - To `Complex`: with an imaginary part of zero. From `Complex` to a real type there is no conversion, as it would lose the imaginary
    ///   part: a ``PlanError`` (`.unsupported`) when run. Take `real`, `imaginary` or `magnitude()` instead.
    public func cast<Target: ArrayScalar>(
        to type: Target.Type, fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray<Target> {
        if Target.self == Scalar.self, let same = self as? NDArray<Target> { return same }
        let location = SourceLocation(fileID: fileID, line: line)
        let name = "cast(\(Target.scalarType.rawValue))"
        guard let loop = Target.castLoop(from: Scalar.scalarType) else {
            let problem = PlanError(
                .unsupported, "no conversion from \(Scalar.scalarType.rawValue) to \(Target.scalarType.rawValue)", node: name,
                location: location, hint: "take real, imaginary or magnitude() of complex elements")
            return NDArray<Target>(
                session,
                ElementNode<Target>(
                    Operation(name), grid: node.grid, operands: [node], kernel: .unary { _, _, _ in }, location: location, problem: problem)
            )
        }
        return NDArray<Target>(
            session,
            ElementNode<Target>(
                Operation(name), grid: node.grid, operands: [node],
                kernel: .unary { source, out, count in loop(source, out.assumingMemoryBound(to: Target.self), count) }, location: location))
    }
}
