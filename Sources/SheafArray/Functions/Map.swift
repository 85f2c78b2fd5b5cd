public import SheafCore

extension NDArray {
    /// An array of what a function makes of each element.
    ///
    /// The function becomes part of the tasks that use the array, so it should be cheap and without effects: it may be called more than
    /// once for an element. Where the scalar type is known to the caller's module the loop is compiled there, without calls.
    ///
    /// - Note: What the function throws fails the run as a ``TaskError``.
    @inlinable
    public func map<Result: ArrayScalar>(
        fileID: StaticString = #fileID, line: UInt = #line, _ transform: @escaping @Sendable (Scalar) throws -> Result
    ) -> NDArray<Result> {
        mapped("map", closure: SourceLocation(fileID: fileID, line: line)) { a, out, count in
            for index in 0..<count { out[index] = try transform(a[index]) }
        }
    }

    /// An array of what a function makes of each element and one of another array; both are broadcast to one shape.
    ///
    /// Otherwise as ``map(fileID:line:_:)``.
    @inlinable
    public func combine<Other: ArrayScalar, Result: ArrayScalar>(
        with other: NDArray<Other>, fileID: StaticString = #fileID, line: UInt = #line,
        _ transform: @escaping @Sendable (Scalar, Other) throws -> Result
    ) -> NDArray<Result> {
        combined("combine", with: other, closure: SourceLocation(fileID: fileID, line: line)) { a, b, out, count in
            for index in 0..<count { out[index] = try transform(a[index], b[index]) }
        }
    }

    /// An array of what a function makes of each element and those of two other arrays; all are broadcast to one shape.
    ///
    /// Otherwise as ``map(fileID:line:_:)``.
    @inlinable
    public func combine<Second: ArrayScalar, Third: ArrayScalar, Result: ArrayScalar>(
        with second: NDArray<Second>, _ third: NDArray<Third>, fileID: StaticString = #fileID, line: UInt = #line,
        _ transform: @escaping @Sendable (Scalar, Second, Third) throws -> Result
    ) -> NDArray<Result> {
        combined("combine", with: second, third, closure: SourceLocation(fileID: fileID, line: line)) { a, b, c, out, count in
            for index in 0..<count { out[index] = try transform(a[index], b[index], c[index]) }
        }
    }

    @usableFromInline
    func mapped<Result: ArrayScalar>(
        _ name: String, closure: SourceLocation,
        _ loop: @escaping @Sendable (UnsafePointer<Scalar>, UnsafeMutablePointer<Result>, Int) throws -> Void
    ) -> NDArray<Result> {
        NDArray<Result>(
            session,
            ElementNode<Result>(
                Operation(name, closure: closure), grid: node.grid, operands: [node],
                kernel: .unary { a, out, count in
                    try loop(a.assumingMemoryBound(to: Scalar.self), out.assumingMemoryBound(to: Result.self), count)
                }, isExpensive: true, location: closure))
    }

    @usableFromInline
    func combined<Other: ArrayScalar, Result: ArrayScalar>(
        _ name: String, with other: NDArray<Other>, closure: SourceLocation,
        _ loop: @escaping @Sendable (UnsafePointer<Scalar>, UnsafePointer<Other>, UnsafeMutablePointer<Result>, Int) throws -> Void
    ) -> NDArray<Result> {
        let aligned = Alignment(name, [node, other.node], session: session, location: closure)
        return NDArray<Result>(
            session,
            ElementNode<Result>(
                Operation(name, closure: closure), grid: aligned.grid, operands: aligned.operands,
                kernel: .binary { a, b, out, count in
                    try loop(
                        a.assumingMemoryBound(to: Scalar.self), b.assumingMemoryBound(to: Other.self),
                        out.assumingMemoryBound(to: Result.self), count)
                }, isExpensive: true, location: closure, problem: aligned.problem))
    }

    @usableFromInline
    func combined<Second: ArrayScalar, Third: ArrayScalar, Result: ArrayScalar>(
        _ name: String, with second: NDArray<Second>, _ third: NDArray<Third>, closure: SourceLocation,
        _ loop:
            @escaping @Sendable (
                UnsafePointer<Scalar>, UnsafePointer<Second>, UnsafePointer<Third>, UnsafeMutablePointer<Result>, Int
            ) throws -> Void
    ) -> NDArray<Result> {
        let aligned = Alignment(name, [node, second.node, third.node], session: session, location: closure)
        return NDArray<Result>(
            session,
            ElementNode<Result>(
                Operation(name, closure: closure), grid: aligned.grid, operands: aligned.operands,
                kernel: .ternary { a, b, c, out, count in
                    try loop(
                        a.assumingMemoryBound(to: Scalar.self), b.assumingMemoryBound(to: Second.self),
                        c.assumingMemoryBound(to: Third.self), out.assumingMemoryBound(to: Result.self), count)
                }, isExpensive: true, location: closure, problem: aligned.problem))
    }
}
