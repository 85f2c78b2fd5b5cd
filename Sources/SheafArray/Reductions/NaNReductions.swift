internal import SheafCore

// Reductions that leave NaN out, as NumPy's `nansum`, `nanmean`, … do.

extension NDArray where Scalar: ArrayFloat {
    /// Sums of the elements that are not NaN, along `axes` (by default all); 0 where all are.
    public func nanSum(
        axes: [Int]? = nil, keepingDimensions: Bool = false, fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray {
        replacingNaN(with: 0, fileID: fileID, line: line)
            .sum(axes: axes, keepingDimensions: keepingDimensions, fileID: fileID, line: line) as NDArray
    }

    /// Products of the elements that are not NaN, along `axes` (by default all); 1 where all are.
    public func nanProduct(
        axes: [Int]? = nil, keepingDimensions: Bool = false, fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray {
        replacingNaN(with: 1, fileID: fileID, line: line)
            .product(axes: axes, keepingDimensions: keepingDimensions, fileID: fileID, line: line) as NDArray
    }

    /// Means of the elements that are not NaN, along `axes` (by default all), in one pass; NaN where all are.
    public func nanMean(
        axes: [Int]? = nil, keepingDimensions: Bool = false, fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray {
        reducing(Self.validMeanKernel(), axes: axes, keepingDimensions: keepingDimensions, fileID: fileID, line: line)
    }

    /// Variances of the elements that are not NaN, along `axes` (by default all), in one pass; NaN where too few are left.
    ///
    /// - Parameter correction: as of ``variance(axes:correction:keepingDimensions:fileID:line:)-…``.
    public func nanVariance(
        axes: [Int]? = nil, correction: Double = 0, keepingDimensions: Bool = false, fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray {
        reducing(
            Self.validMomentsKernel("nanVariance") { validVariance($0, correction) }, axes: axes,
            keepingDimensions: keepingDimensions, fileID: fileID, line: line)
    }

    /// Standard deviations of the elements that are not NaN, along `axes` (by default all), in one pass.
    public func nanStandardDeviation(
        axes: [Int]? = nil, correction: Double = 0, keepingDimensions: Bool = false, fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray {
        reducing(
            Self.validMomentsKernel("nanStandardDeviation") { validVariance($0, correction).squareRoot() },
            axes: axes, keepingDimensions: keepingDimensions, fileID: fileID, line: line)
    }

    /// The least elements that are not NaN, along `axes` (by default all); NaN where all are.
    ///
    /// - Note: Of no elements there is none: a ``PlanError`` (`.invalidArgument`) when run.
    public func nanMin(
        axes: [Int]? = nil, keepingDimensions: Bool = false, fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray {
        let kernel = ReductionKernel<Scalar, Scalar, Scalar>(
            name: "nanMin", initial: .nan,
            run: { elements, count, _, partial in partial = Scalar.minimum(partial, Scalar.leastValid(elements, count)) },
            lanes: { elements, count, _, partials in Scalar.apply(.lesserNumber, elements, partials, partials, count) },
            combine: { left, right in left = Scalar.minimum(left, right) }, finish: { partial, _ in partial })
        return reducing(kernel, axes: axes, keepingDimensions: keepingDimensions, allowsEmpty: false, fileID: fileID, line: line)
    }

    /// The greatest elements that are not NaN, along `axes` (by default all); NaN where all are.
    ///
    /// - Note: Of no elements there is none: a ``PlanError`` (`.invalidArgument`) when run.
    public func nanMax(
        axes: [Int]? = nil, keepingDimensions: Bool = false, fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray {
        let kernel = ReductionKernel<Scalar, Scalar, Scalar>(
            name: "nanMax", initial: .nan,
            run: { elements, count, _, partial in partial = Scalar.maximum(partial, Scalar.greatestValid(elements, count)) },
            lanes: { elements, count, _, partials in Scalar.apply(.greaterNumber, elements, partials, partials, count) },
            combine: { left, right in left = Scalar.maximum(left, right) }, finish: { partial, _ in partial })
        return reducing(kernel, axes: axes, keepingDimensions: keepingDimensions, allowsEmpty: false, fileID: fileID, line: line)
    }

    /// Where the least element is that is not NaN: along `axis`, or in the array's elements counted in C order. Of equal ones the first.
    ///
    /// - Note: Where all are NaN the run throws a ``TaskError`` (`.invalidArgument`).
    public func nanArgMin(
        axis: Int? = nil, keepingDimensions: Bool = false, fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray<Int> {
        ranking("nanArgMin", .minimum, axis, keepingDimensions, fileID, line) { Scalar.leastValid($0, $1) }
    }

    /// Where the greatest element is that is not NaN. Otherwise as ``nanArgMin(axis:keepingDimensions:fileID:line:)``.
    public func nanArgMax(
        axis: Int? = nil, keepingDimensions: Bool = false, fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray<Int> {
        ranking("nanArgMax", .maximum, axis, keepingDimensions, fileID, line) { Scalar.greatestValid($0, $1) }
    }

    private static func validMeanKernel() -> ReductionKernel<Scalar, CountedSum<Scalar>, Scalar> {
        if Scalar.self == Double.self,
            let kernel: ReductionKernel<Scalar, CountedSum<Scalar>, Scalar> = NDArray<Double>.makeValidMeanKernel().typed()
        {
            return kernel
        }
        if Scalar.self == Float.self,
            let kernel: ReductionKernel<Scalar, CountedSum<Scalar>, Scalar> = NDArray<Float>.makeValidMeanKernel().typed()
        {
            return kernel
        }
        return makeValidMeanKernel()
    }

    @inline(__always)
    private static func makeValidMeanKernel() -> ReductionKernel<Scalar, CountedSum<Scalar>, Scalar> {
        ReductionKernel(
            name: "nanMean", initial: CountedSum(),
            run: { elements, count, _, partial in
                let (sum, valid) = Scalar.sumOfValid(elements, count)
                partial.sum.add(sum)
                partial.count += valid
            },
            lanes: { elements, count, _, partials in
                for lane in 0..<count where !elements[lane].isNaN {
                    partials[lane].sum.add(elements[lane])
                    partials[lane].count += 1
                }
            },
            plane: PlaneKernel(
                elementBytes: 2 * MemoryLayout<Scalar>.stride, rows: 64,
                add: { elements, memory, part in
                    let sums = memory.assumingMemoryBound(to: Scalar.self) + part.start, counts = sums + part.lanes
                    if part.row == 0 {
                        sums.initialize(repeating: 0, count: part.count)
                        counts.initialize(repeating: 0, count: part.count)
                    }
                    for lane in 0..<part.count {
                        let element = elements[lane], isValid = element == element
                        sums[lane] += isValid ? element : 0
                        counts[lane] += isValid ? 1 : 0
                    }
                },
                flush: { memory, partials, count, _ in
                    let sums = memory.assumingMemoryBound(to: Scalar.self), counts = sums + count
                    for lane in 0..<count {
                        partials[lane].sum.add(sums[lane])
                        partials[lane].count += Int(counts[lane].doubleValue)
                    }
                }),
            combine: { left, right in
                left.sum.join(right.sum)
                left.count += right.count
            }, finish: { partial, _ in partial.sum.total / Scalar(partial.count) })
    }

    private static func validMomentsKernel(
        _ name: String, _ finish: @escaping @Sendable (Moments) -> Double
    ) -> ReductionKernel<Scalar, Moments, Scalar> {
        if Scalar.self == Double.self,
            let kernel: ReductionKernel<Scalar, Moments, Scalar> = NDArray<Double>.makeValidMomentsKernel(name, finish).typed()
        {
            return kernel
        }
        if Scalar.self == Float.self,
            let kernel: ReductionKernel<Scalar, Moments, Scalar> = NDArray<Float>.makeValidMomentsKernel(name, finish).typed()
        {
            return kernel
        }
        return makeValidMomentsKernel(name, finish)
    }

    @inline(__always)
    private static func makeValidMomentsKernel(
        _ name: String, _ finish: @escaping @Sendable (Moments) -> Double
    ) -> ReductionKernel<Scalar, Moments, Scalar> {
        ReductionKernel(
            name: name, initial: Moments(),
            run: { elements, count, _, partial in
                let (sum, valid) = Scalar.sumOfValid(elements, count)
                guard valid > 0 else { return }
                let mean = sum / Scalar(valid)
                partial.join(valid, mean.doubleValue, Scalar.sumOfValidSquares(elements, from: mean, count).doubleValue)
            },
            lanes: { elements, count, _, partials in
                for lane in 0..<count where !elements[lane].isNaN {
                    let element = elements[lane].doubleValue
                    partials[lane].join(1, element, element * 0)
                }
            },
            // As without NaN, with the first element that is none as the shift.
            plane: PlaneKernel(
                elementBytes: 4 * MemoryLayout<Scalar>.stride, rows: 32,
                add: { elements, memory, part in
                    let shift = memory.assumingMemoryBound(to: Scalar.self) + part.start
                    let sum = shift + part.lanes, squares = sum + part.lanes, counts = squares + part.lanes
                    if part.row == 0 {
                        shift.initialize(repeating: .nan, count: part.count)
                        for sums in [sum, squares, counts] { sums.initialize(repeating: 0, count: part.count) }
                    }
                    for lane in 0..<part.count {
                        let element = elements[lane], isValid = element == element
                        let from = shift[lane] == shift[lane] ? shift[lane] : element
                        let difference = element - from
                        shift[lane] = from
                        sum[lane] += isValid ? difference : 0
                        squares[lane] += isValid ? difference * difference : 0
                        counts[lane] += isValid ? 1 : 0
                    }
                },
                flush: { memory, partials, count, _ in
                    let shift = memory.assumingMemoryBound(to: Scalar.self)
                    let sum = shift + count, squares = sum + count, counts = squares + count
                    for lane in 0..<count where counts[lane] > 0 {
                        let number = counts[lane].doubleValue, mean = sum[lane].doubleValue / number
                        partials[lane].join(
                            Int(number), shift[lane].doubleValue + mean, squares[lane].doubleValue - mean * sum[lane].doubleValue)
                    }
                }),
            combine: { left, right in left.join(right) }, finish: { partial, _ in Scalar(doubleValue: finish(partial)) })
    }
}

/// A sum of some elements, and how many they were.
private struct CountedSum<Value: ArrayNumber>: Sendable {
    var sum = CompensatedSum<Value>.zero
    var count = 0
}

/// As NumPy: NaN where nothing is left to divide by, whatever the squares.
private func validVariance(_ moments: Moments, _ correction: Double) -> Double {
    Double(moments.count) <= correction ? .nan : moments.variance(correction: correction)
}
