internal import CSheafKernels
internal import SheafCore

extension NDArray where Scalar == Bool {
    /// Whether any element is true, along `axes` (by default all); `false` of no elements.
    ///
    /// - Parameters:
    ///   - axes: negative ones count from the last.
    ///   - keepingDimensions: whether the axes stay, with length 1.
    public func any(
        axes: [Int]? = nil, keepingDimensions: Bool = false, fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray<Bool> {
        let kernel = ReductionKernel<Bool, Bool, Bool>(
            name: "any", initial: false,
            run: { elements, count, _, partial in if !partial { partial = sheaf_count_true(elements, count) > 0 } },
            lanes: { elements, count, _, partials in
                for lane in 0..<count { partials[lane] = partials[lane] || elements[lane] }
            },
            combine: { left, right in left = left || right }, finish: { partial, _ in partial })
        return reducing(kernel, axes: axes, keepingDimensions: keepingDimensions, fileID: fileID, line: line)
    }

    /// Whether all elements are true, along `axes` (by default all); `true` of no elements.
    public func all(
        axes: [Int]? = nil, keepingDimensions: Bool = false, fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray<Bool> {
        let kernel = ReductionKernel<Bool, Bool, Bool>(
            name: "all", initial: true,
            run: { elements, count, _, partial in if partial { partial = sheaf_count_true(elements, count) == count } },
            lanes: { elements, count, _, partials in
                for lane in 0..<count { partials[lane] = partials[lane] && elements[lane] }
            },
            combine: { left, right in left = left && right }, finish: { partial, _ in partial })
        return reducing(kernel, axes: axes, keepingDimensions: keepingDimensions, fileID: fileID, line: line)
    }

    /// How many elements are true, along `axes` (by default all).
    public func countNonZero(
        axes: [Int]? = nil, keepingDimensions: Bool = false, fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray<Int> {
        reducing(
            Self.countKernel("countNonZero") { total, _ in total }, axes: axes, keepingDimensions: keepingDimensions, fileID: fileID,
            line: line)
    }

    /// How many elements are true, along `axes`; the sum of `true` as 1 and `false` as 0.
    public func sum(
        axes: [Int]? = nil, keepingDimensions: Bool = false, fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray<Int> {
        reducing(
            Self.countKernel("sum") { total, _ in total }, axes: axes, keepingDimensions: keepingDimensions, fileID: fileID, line: line)
    }

    /// The share of elements that are true, along `axes` (by default all); NaN of no elements.
    public func mean(
        axes: [Int]? = nil, keepingDimensions: Bool = false, fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray<Double> {
        reducing(
            Self.countKernel("mean") { Double($0) / Double($1) }, axes: axes, keepingDimensions: keepingDimensions, fileID: fileID,
            line: line)
    }

    private static func countKernel<Output: ArrayScalar>(
        _ name: String, _ finish: @escaping @Sendable (Int, Int) -> Output
    ) -> ReductionKernel<Bool, Int, Output> {
        ReductionKernel(
            name: name, initial: 0,
            run: { elements, count, _, partial in partial += sheaf_count_true(elements, count) },
            lanes: { elements, count, _, partials in for lane in 0..<count { partials[lane] += elements[lane] ? 1 : 0 } },
            plane: PlaneKernel(
                elementBytes: 1, rows: 255,
                add: { elements, memory, part in
                    let counts = memory.assumingMemoryBound(to: UInt8.self) + part.start
                    if part.row == 0 { counts.initialize(repeating: 0, count: part.count) }
                    for lane in 0..<part.count { counts[lane] &+= elements[lane] ? 1 : 0 }
                },
                flush: { memory, partials, count, _ in
                    let counts = memory.assumingMemoryBound(to: UInt8.self)
                    for lane in 0..<count { partials[lane] += Int(counts[lane]) }
                }),
            combine: { left, right in left += right }, finish: finish)
    }
}

extension NDArray where Scalar: ArrayNumber {
    /// Whether any element differs from zero, along `axes` (by default all). NaN does.
    public func any(
        axes: [Int]? = nil, keepingDimensions: Bool = false, fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray<Bool> {
        (self .!= Scalar.zeroValue).any(axes: axes, keepingDimensions: keepingDimensions, fileID: fileID, line: line)
    }

    /// Whether all elements differ from zero, along `axes` (by default all). NaN does.
    public func all(
        axes: [Int]? = nil, keepingDimensions: Bool = false, fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray<Bool> {
        (self .!= Scalar.zeroValue).all(axes: axes, keepingDimensions: keepingDimensions, fileID: fileID, line: line)
    }

    /// How many elements differ from zero, along `axes` (by default all). NaN does.
    public func countNonZero(
        axes: [Int]? = nil, keepingDimensions: Bool = false, fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray<Int> {
        (self .!= Scalar.zeroValue).countNonZero(axes: axes, keepingDimensions: keepingDimensions, fileID: fileID, line: line)
    }
}
