internal import SheafCore

extension NDArray where Scalar: ArrayReal {
    /// The least elements along `axes` (by default all); NaN where there is one.
    ///
    /// - Parameters:
    ///   - axes: negative ones count from the last.
    ///   - keepingDimensions: whether the axes stay, with length 1.
    /// - Note: Of no elements there is none: a ``PlanError`` (`.invalidArgument`) when run.
    public func min(
        axes: [Int]? = nil, keepingDimensions: Bool = false, fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray {
        reducing(
            Self.minKernel(), axes: axes, keepingDimensions: keepingDimensions, allowsEmpty: false, fileID: fileID, line: line)
    }

    /// The greatest elements along `axes` (by default all); NaN where there is one. Otherwise as ``min(axes:keepingDimensions:fileID:line:)``.
    public func max(
        axes: [Int]? = nil, keepingDimensions: Bool = false, fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray {
        reducing(
            Self.maxKernel(), axes: axes, keepingDimensions: keepingDimensions, allowsEmpty: false, fileID: fileID, line: line)
    }

    /// The differences between the greatest and the least elements along `axes` (by default all), in one pass; NaN where there is one.
    /// NumPy's `ptp`. Of integers it wraps around where it does not fit the type.
    ///
    /// - Note: Of no elements there is none: a ``PlanError`` (`.invalidArgument`) when run.
    public func peakToPeak(
        axes: [Int]? = nil, keepingDimensions: Bool = false, fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray {
        reducing(
            Self.boundsKernel(), axes: axes, keepingDimensions: keepingDimensions, allowsEmpty: false, fileID: fileID, line: line)
    }

    static func minKernel() -> ReductionKernel<Scalar, Scalar, Scalar> {
        if Scalar.self == Double.self, let kernel: ReductionKernel<Scalar, Scalar, Scalar> = NDArray<Double>.makeMinKernel().typed() {
            return kernel
        }
        if Scalar.self == Float.self, let kernel: ReductionKernel<Scalar, Scalar, Scalar> = NDArray<Float>.makeMinKernel().typed() {
            return kernel
        }
        if Scalar.self == Int.self, let kernel: ReductionKernel<Scalar, Scalar, Scalar> = NDArray<Int>.makeMinKernel().typed() {
            return kernel
        }
        return makeMinKernel()
    }

    @inline(__always)
    private static func makeMinKernel() -> ReductionKernel<Scalar, Scalar, Scalar> {
        ReductionKernel(
            name: "min", initial: Scalar(doubleValue: .infinity),
            run: { elements, count, _, partial in partial = Scalar.lesser(partial, Scalar.least(elements, count)) },
            lanes: { elements, count, _, partials in Scalar.minimumLoop(elements, partials, partials, count) },
            combine: { left, right in left = Scalar.lesser(left, right) }, finish: { partial, _ in partial })
    }

    static func maxKernel() -> ReductionKernel<Scalar, Scalar, Scalar> {
        if Scalar.self == Double.self, let kernel: ReductionKernel<Scalar, Scalar, Scalar> = NDArray<Double>.makeMaxKernel().typed() {
            return kernel
        }
        if Scalar.self == Float.self, let kernel: ReductionKernel<Scalar, Scalar, Scalar> = NDArray<Float>.makeMaxKernel().typed() {
            return kernel
        }
        if Scalar.self == Int.self, let kernel: ReductionKernel<Scalar, Scalar, Scalar> = NDArray<Int>.makeMaxKernel().typed() {
            return kernel
        }
        return makeMaxKernel()
    }

    @inline(__always)
    private static func makeMaxKernel() -> ReductionKernel<Scalar, Scalar, Scalar> {
        ReductionKernel(
            name: "max", initial: Scalar(doubleValue: -.infinity),
            run: { elements, count, _, partial in partial = Scalar.greater(partial, Scalar.greatest(elements, count)) },
            lanes: { elements, count, _, partials in Scalar.maximumLoop(elements, partials, partials, count) },
            combine: { left, right in left = Scalar.greater(left, right) }, finish: { partial, _ in partial })
    }

    private static func boundsKernel() -> ReductionKernel<Scalar, Bounds<Scalar>, Scalar> {
        if Scalar.self == Double.self,
            let kernel: ReductionKernel<Scalar, Bounds<Scalar>, Scalar> = NDArray<Double>.makeBoundsKernel().typed()
        {
            return kernel
        }
        if Scalar.self == Float.self,
            let kernel: ReductionKernel<Scalar, Bounds<Scalar>, Scalar> = NDArray<Float>.makeBoundsKernel().typed()
        {
            return kernel
        }
        return makeBoundsKernel()
    }

    @inline(__always)
    private static func makeBoundsKernel() -> ReductionKernel<Scalar, Bounds<Scalar>, Scalar> {
        ReductionKernel(
            name: "peakToPeak", initial: Bounds(low: Scalar(doubleValue: .infinity), high: Scalar(doubleValue: -.infinity)),
            run: { elements, count, _, partial in
                partial.low = Scalar.lesser(partial.low, Scalar.least(elements, count))
                partial.high = Scalar.greater(partial.high, Scalar.greatest(elements, count))
            },
            lanes: { elements, count, _, partials in
                for lane in 0..<count { partials[lane].join(Bounds(low: elements[lane], high: elements[lane])) }
            },
            plane: PlaneKernel(
                elementBytes: 2 * MemoryLayout<Scalar>.stride, rows: .max,
                add: { elements, memory, part in
                    let low = memory.assumingMemoryBound(to: Scalar.self) + part.start, high = low + part.lanes
                    if part.row == 0 {
                        low.initialize(from: elements, count: part.count)
                        high.initialize(from: elements, count: part.count)
                    } else {
                        Scalar.minimumLoop(elements, low, low, part.count)
                        Scalar.maximumLoop(elements, high, high, part.count)
                    }
                },
                flush: { memory, partials, count, _ in
                    let low = memory.assumingMemoryBound(to: Scalar.self), high = low + count
                    for lane in 0..<count { partials[lane].join(Bounds(low: low[lane], high: high[lane])) }
                }),
            combine: { left, right in left.join(right) },
            finish: { partial, _ in
                var bounds = partial, difference = Scalar.zeroValue
                Scalar.subtractLoop(&bounds.high, &bounds.low, &difference, 1)
                return difference
            })
    }
}

/// The least and the greatest of some elements.
struct Bounds<Value: ArrayReal>: Sendable {
    var low: Value
    var high: Value

    mutating func join(_ other: Bounds) {
        low = Value.lesser(low, other.low)
        high = Value.greater(high, other.high)
    }
}

extension ArrayReal {
    /// NaN where either is.
    static func lesser(_ a: Self, _ b: Self) -> Self { b < a || b.isNotANumber ? b : a }
    static func greater(_ a: Self, _ b: Self) -> Self { b > a || b.isNotANumber ? b : a }
}
