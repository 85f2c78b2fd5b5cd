internal import SheafCore

/// A running sum, and what rounding has taken from it.
struct CompensatedSum<Sum: ArrayNumber>: Sendable {
    var sum: Sum
    var lost: Sum

    static var zero: Self { Self(sum: .zeroValue, lost: .zeroValue) }

    mutating func add(_ term: Sum) { addCompensated(term, &sum, &lost) }

    @inline(__always)
    mutating func join(_ other: CompensatedSum) {
        add(other.sum)
        lost = Sum.wrappingAdd(lost, other.lost)
    }

    /// The sum with the compensation; where that is not finite, the plain sum, which says what happened.
    var total: Sum {
        guard Sum.isFloating else { return sum }
        let compensated = sum + lost
        return compensated.isNotANumber ? sum : compensated
    }
}

/// Adds, keeping the rounding error (Knuth's two-sum, which is exact whichever term is larger).
@inline(__always)
func addCompensated<Sum: ArrayNumber>(_ term: Sum, _ sum: inout Sum, _ lost: inout Sum) {
    let total = Sum.wrappingAdd(sum, term)
    if Sum.isFloating {
        let part = total - sum
        lost += (sum - (total - part)) + (term - part)
    }
    sum = total
}

extension ArrayNumber {
    public static func fold(_ a: UnsafePointer<Self>, _ count: Int, _ sum: inout Sum, _ lost: inout Sum) {
        forEachBlock(of: count) { start, length in addCompensated(Self.sum(a + start, length), &sum, &lost) }
    }

    /// Splits a run into blocks whose plain sums are short enough to lose little.
    @inline(__always)
    static func forEachBlock(of count: Int, _ body: (Int, Int) -> Void) {
        var start = 0
        while start < count {
            let length = Swift.min(TileProgram.tile, count - start)
            body(start, length)
            start += length
        }
    }
}

extension NDArray where Scalar: ArrayNumber {
    /// Sums along `axes` (by default all), as wide as ``ArrayNumber/Sum``.
    ///
    /// Floating-point sums are compensated between tiles, so their error is that of adding a few dozen numbers, however many there
    /// are. Integer sums wrap around on overflow, as NumPy's do. A NaN makes its sum NaN.
    ///
    /// - Parameters:
    ///   - axes: negative ones count from the last.
    ///   - keepingDimensions: whether the axes stay, with length 1, so that the result broadcasts against this array.
    public func sum(
        axes: [Int]? = nil, keepingDimensions: Bool = false, fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray<Scalar.Sum> {
        reducing(Self.sumKernel("sum"), axes: axes, keepingDimensions: keepingDimensions, fileID: fileID, line: line)
    }

    /// Arithmetic means along `axes` (by default all); NaN of no elements.
    public func mean(
        axes: [Int]? = nil, keepingDimensions: Bool = false, fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray<Scalar.Mean> {
        reducing(Self.meanKernel("mean"), axes: axes, keepingDimensions: keepingDimensions, fileID: fileID, line: line)
    }

    static func sumKernel(_ name: String) -> ReductionKernel<Scalar, CompensatedSum<Scalar.Sum>, Scalar.Sum> {
        if Scalar.self == Double.self,
            let kernel: ReductionKernel<Scalar, CompensatedSum<Scalar.Sum>, Scalar.Sum> = NDArray<Double>.makeSumKernel(name).typed()
        {
            return kernel
        }
        if Scalar.self == Float.self,
            let kernel: ReductionKernel<Scalar, CompensatedSum<Scalar.Sum>, Scalar.Sum> = NDArray<Float>.makeSumKernel(name).typed()
        {
            return kernel
        }
        if Scalar.self == Int.self,
            let kernel: ReductionKernel<Scalar, CompensatedSum<Scalar.Sum>, Scalar.Sum> = NDArray<Int>.makeSumKernel(name).typed()
        {
            return kernel
        }
        if Scalar.self == Int32.self,
            let kernel: ReductionKernel<Scalar, CompensatedSum<Scalar.Sum>, Scalar.Sum> = NDArray<Int32>.makeSumKernel(name).typed()
        {
            return kernel
        }
        if Scalar.self == UInt8.self,
            let kernel: ReductionKernel<Scalar, CompensatedSum<Scalar.Sum>, Scalar.Sum> = NDArray<UInt8>.makeSumKernel(name).typed()
        {
            return kernel
        }
        return makeSumKernel(name)
    }

    @inline(__always)
    private static func makeSumKernel(_ name: String) -> ReductionKernel<Scalar, CompensatedSum<Scalar.Sum>, Scalar.Sum> {
        makeKernel(name) { total, _ in total }
    }

    private static func meanKernel(_ name: String) -> ReductionKernel<Scalar, CompensatedSum<Scalar.Sum>, Scalar.Mean> {
        if Scalar.self == Double.self,
            let kernel: ReductionKernel<Scalar, CompensatedSum<Scalar.Sum>, Scalar.Mean> = NDArray<Double>.makeMeanKernel(name).typed()
        {
            return kernel
        }
        if Scalar.self == Float.self,
            let kernel: ReductionKernel<Scalar, CompensatedSum<Scalar.Sum>, Scalar.Mean> = NDArray<Float>.makeMeanKernel(name).typed()
        {
            return kernel
        }
        if Scalar.self == Int.self,
            let kernel: ReductionKernel<Scalar, CompensatedSum<Scalar.Sum>, Scalar.Mean> = NDArray<Int>.makeMeanKernel(name).typed()
        {
            return kernel
        }
        return makeMeanKernel(name)
    }

    @inline(__always)
    private static func makeMeanKernel(_ name: String) -> ReductionKernel<Scalar, CompensatedSum<Scalar.Sum>, Scalar.Mean> {
        makeKernel(name) { Scalar.mean(of: $0, count: $1) }
    }

    @inline(__always)
    private static func makeKernel<Output: ArrayScalar>(
        _ name: String, _ finish: @escaping @Sendable (Scalar.Sum, Int) -> Output
    ) -> ReductionKernel<Scalar, CompensatedSum<Scalar.Sum>, Output> {
        var kernel = ReductionKernel<Scalar, CompensatedSum<Scalar.Sum>, Output>(
            name: name, initial: .zero,
            run: { elements, count, _, partial in Scalar.fold(elements, count, &partial.sum, &partial.lost) },
            lanes: { elements, count, _, partials in
                for index in 0..<count { partials[index].add(Scalar.sum(elements + index, 1)) }
            },
            plane: PlaneKernel(
                elementBytes: MemoryLayout<Scalar.Sum>.stride, rows: 64,
                add: { elements, memory, part in
                    let sums = memory.assumingMemoryBound(to: Scalar.Sum.self) + part.start
                    if part.row == 0 { sums.initialize(repeating: .zeroValue, count: part.count) }
                    Scalar.accumulateLoop(elements, sums, part.count)
                },
                flush: { sums, partials, count, _ in
                    let sums = sums.assumingMemoryBound(to: Scalar.Sum.self)
                    for index in 0..<count { partials[index].add(sums[index]) }
                }),
            combine: { left, right in left.join(right) },
            finish: { partial, count in finish(partial.total, count) })
        guard let fold = Scalar.foldProducts else { return kernel }
        kernel.loops.runOfProducts = { a, b, count, partial in
            let partial = partial.assumingMemoryBound(to: CompensatedSum<Scalar.Sum>.self)
            fold(
                a.assumingMemoryBound(to: Scalar.self), b.assumingMemoryBound(to: Scalar.self), count, &partial.pointee.sum,
                &partial.pointee.lost)
        }
        return kernel
    }
}
