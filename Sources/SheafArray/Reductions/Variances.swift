internal import SheafCore

extension NDArray where Scalar: ArrayFloat {
    /// Variances along `axes` (by default all): the mean of the squared differences from the mean.
    ///
    /// In one pass over memory: each cache-sized tile is passed over twice, once for its mean, and tiles are joined by the formulas of
    /// Chan, Golub and LeVeque. The error does not grow with the distance of the mean from zero. A NaN or an infinity makes its variance
    /// NaN.
    ///
    /// - Parameters:
    ///   - axes: negative ones count from the last.
    ///   - correction: what is taken from the number of elements before dividing, NumPy's `ddof`: 0 for a whole population, 1 for a sample.
    ///     Where nothing is left the result is NaN, or infinite.
    ///   - keepingDimensions: whether the axes stay, with length 1.
    public func variance(
        axes: [Int]? = nil, correction: Double = 0, keepingDimensions: Bool = false, fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray {
        reducing(
            Self.momentsKernel("variance") { $0.variance(correction: correction) }, axes: axes,
            keepingDimensions: keepingDimensions, fileID: fileID, line: line)
    }

    /// Standard deviations along `axes` (by default all): the square roots of
    /// ``variance(axes:correction:keepingDimensions:fileID:line:)-…``.
    public func standardDeviation(
        axes: [Int]? = nil, correction: Double = 0, keepingDimensions: Bool = false, fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray {
        reducing(
            Self.momentsKernel("standardDeviation") { $0.variance(correction: correction).squareRoot() },
            axes: axes, keepingDimensions: keepingDimensions, fileID: fileID, line: line)
    }

    private static func momentsKernel(
        _ name: String, _ finish: @escaping @Sendable (Moments) -> Double
    ) -> ReductionKernel<Scalar, Moments, Scalar> {
        if Scalar.self == Double.self,
            let kernel: ReductionKernel<Scalar, Moments, Scalar> = NDArray<Double>.makeMomentsKernel(name, finish).typed()
        {
            return kernel
        }
        if Scalar.self == Float.self,
            let kernel: ReductionKernel<Scalar, Moments, Scalar> = NDArray<Float>.makeMomentsKernel(name, finish).typed()
        {
            return kernel
        }
        return makeMomentsKernel(name, finish)
    }

    @inline(__always)
    private static func makeMomentsKernel(
        _ name: String, _ finish: @escaping @Sendable (Moments) -> Double
    ) -> ReductionKernel<Scalar, Moments, Scalar> {
        ReductionKernel(
            name: name, initial: Moments(),
            run: { elements, count, _, partial in
                let mean = Scalar.sum(elements, count) / Scalar(count)
                partial.join(count, mean.doubleValue, Scalar.sumOfSquares(elements, from: mean, count).doubleValue)
            },
            lanes: { elements, count, _, partials in
                for lane in 0..<count { partials[lane].join(1, elements[lane].doubleValue, elements[lane].doubleValue * 0) }
            },
            // The sums are of differences from the first of the rows. It is one of the elements, so the squares are at most 32 times the
            // sum of squared differences from the mean, and no more than five bits are lost to cancellation.
            plane: PlaneKernel(
                elementBytes: 3 * MemoryLayout<Scalar>.stride, rows: 32,
                add: { elements, memory, part in
                    let shift = memory.assumingMemoryBound(to: Scalar.self) + part.start
                    let sum = shift + part.lanes, squares = sum + part.lanes
                    if part.row == 0 {
                        shift.initialize(from: elements, count: part.count)
                        sum.initialize(repeating: 0, count: part.count)
                        squares.initialize(repeating: 0, count: part.count)
                    }
                    // The first row too: of an infinity the difference is NaN, as the variance is.
                    Scalar.shiftedMomentsLoop(elements, shift, sum, squares, part.count)
                },
                flush: { memory, partials, count, rows in
                    let shift = memory.assumingMemoryBound(to: Scalar.self), sum = shift + count, squares = sum + count
                    for lane in 0..<count {
                        let mean = sum[lane].doubleValue / Double(rows)
                        partials[lane].join(
                            rows, shift[lane].doubleValue + mean, squares[lane].doubleValue - mean * sum[lane].doubleValue)
                    }
                }),
            combine: { left, right in left.join(right) }, finish: { partial, _ in Scalar(doubleValue: finish(partial)) })
    }
}

extension NDArray where Scalar: ArrayInteger {
    /// Variances along `axes` (by default all), of the elements as `Double`; see the one of floating-point arrays.
    public func variance(
        axes: [Int]? = nil, correction: Double = 0, keepingDimensions: Bool = false, fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray<Double> {
        cast(to: Double.self, fileID: fileID, line: line)
            .variance(axes: axes, correction: correction, keepingDimensions: keepingDimensions, fileID: fileID, line: line)
    }

    /// Standard deviations along `axes` (by default all), of the elements as `Double`.
    public func standardDeviation(
        axes: [Int]? = nil, correction: Double = 0, keepingDimensions: Bool = false, fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray<Double> {
        cast(to: Double.self, fileID: fileID, line: line)
            .standardDeviation(axes: axes, correction: correction, keepingDimensions: keepingDimensions, fileID: fileID, line: line)
    }
}
