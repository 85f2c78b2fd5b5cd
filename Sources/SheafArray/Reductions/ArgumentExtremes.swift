internal import SheafCore

extension NDArray where Scalar: ArrayReal {
    /// Where the least element is: along `axis`, or, without one, in the array's elements counted in C order.
    ///
    /// Of several equal ones the first. A NaN is less than every number, as for NumPy, so that the first NaN is found where there is one.
    ///
    /// - Parameter keepingDimensions: whether the axes stay, with length 1.
    /// - Note: Of no elements there is none: a ``PlanError`` (`.invalidArgument`) when run.
    public func argMin(
        axis: Int? = nil, keepingDimensions: Bool = false, fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray<Int> {
        ranking("argMin", .minimum, axis, keepingDimensions, fileID, line)
    }

    /// Where the greatest element is. Otherwise as ``argMin(axis:keepingDimensions:fileID:line:)``: the first one, or the first NaN.
    public func argMax(
        axis: Int? = nil, keepingDimensions: Bool = false, fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray<Int> {
        ranking("argMax", .maximum, axis, keepingDimensions, fileID, line)
    }

    func ranking(
        _ name: String, _ extreme: Extreme, _ axis: Int?, _ keepingDimensions: Bool, _ fileID: StaticString, _ line: UInt,
        bestValid: (@Sendable (UnsafePointer<Scalar>, Int) -> Scalar)? = nil
    ) -> NDArray<Int> {
        let skipsNaN = bestValid != nil
        let best: @Sendable (UnsafePointer<Scalar>, Int) -> Scalar =
            bestValid ?? { extreme == .minimum ? Scalar.least($0, $1) : Scalar.greatest($0, $1) }
        let kernel = ReductionKernel<Scalar, Ranked<Scalar>, Int>(
            name: name, initial: Ranked(Scalar.zeroValue, -1), needsIndex: true,
            run: { elements, count, index, partial in
                let value = best(elements, count)
                partial.take(value, index, extreme, skipsNaN) { Scalar.firstPosition(of: value, elements, count) }
            },
            lanes: { elements, count, index, partials in
                Scalar.rankLoop(extreme, elements, index, partials, count, skippingNaN: skipsNaN)
            },
            combine: { left, right in left.take(right.value, right.index, extreme, skipsNaN) },
            finish: { partial, _ in try partial.found(by: name) })
        return reducing(
            kernel, axes: axis.map { [$0] }, keepingDimensions: keepingDimensions, allowsEmpty: false, fileID: fileID, line: line)
    }
}

extension Ranked where Value: ArrayReal {
    /// Takes a better element's place; of equal ones the first stays.
    mutating func take(_ value: Value, _ index: Int, _ extreme: Extreme, _ skipsNaN: Bool) {
        if index < 0 { return }
        var value = value
        Value.rankLoop(extreme, &value, index, &self, 1, skippingNaN: skipsNaN)
    }

    /// Takes the best of some elements, the first of which has the index given, if it is better. Most tiles hold nothing better than what
    /// is there; the others are searched for the place.
    fileprivate mutating func take(_ value: Value, _ first: Int, _ extreme: Extreme, _ skipsNaN: Bool, _ position: () -> Int?) {
        var candidate = self
        candidate.take(value, first, extreme, skipsNaN)
        if candidate.index != index, let position = position() { take(value, first + position, extreme, skipsNaN) }
    }

    /// - Throws: ``TaskError`` where there was no element to find.
    fileprivate func found(by operation: String) throws -> Int {
        if index >= 0 { return index }
        throw TaskError(
            .invalidArgument, "“\(operation)” of elements that are all NaN", node: operation,
            hint: "replace them first, for example with replacingNaN(with:)")
    }
}
