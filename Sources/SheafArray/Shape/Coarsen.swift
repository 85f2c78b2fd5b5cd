internal import SheafCore

extension NDArray {
    /// Reduces blocks of neighbours to one element each: Dask's `coarsen`.
    ///
    /// ```swift
    /// let small = image.coarsened([0: 2, 1: 2]) { blocks, axes in blocks.mean(axes: axes) }
    /// ```
    /// - Parameters:
    ///   - factors: for some axes, the length of a block.
    ///   - trimming: whether what is left at the end of an axis that does not divide evenly is dropped, rather than a problem.
    ///   - reduce: gets this array with two axes in place of each, the block's number and the place in the block, and the latter axes.
    ///
    /// Problems: ``PlanError`` (`.invalidArgument`) for no such axis, a factor below 1, or an axis that does not divide evenly.
    public func coarsened<R: ArrayScalar>(
        _ factors: [Int: Int], trimming: Bool = false, fileID: StaticString = #fileID, line: UInt = #line,
        _ reduce: (NDArray, [Int]) -> NDArray<R>
    ) -> NDArray<R> {
        let location = SourceLocation(fileID: fileID, line: line)
        var blocks = shape.map { _ in 1 }
        for (axis, factor) in factors {
            guard let own = normalized(axis, rank: rank) else { return refusing(axisProblem(axis, rank: rank, "coarsen", location)) }
            guard factor > 0, trimming || shape[own] % factor == 0 else {
                return refusing(
                    PlanError(
                        .invalidArgument, "“coarsen” of axis \(axis) with \(shape[own]) elements into blocks of \(factor)", node: "coarsen",
                        location: location, hint: "the length is to be a multiple of the block's, unless trimming is true"))
            }
            blocks[own] = factor
        }
        var source = self
        for axis in shape.indices where shape[axis] % blocks[axis] != 0 {
            source = source.sliced(along: axis, 0..<(shape[axis] / blocks[axis] * blocks[axis]), location)
        }
        // Chunks of whole blocks split without a copy.
        let chunks = zip(source.chunks, blocks).map { sizes, block in
            sizes.allSatisfy { $0 % block == 0 }
                ? sizes : ChunkSizes.cut(sizes.reduce(0, +), Swift.max((sizes.max() ?? 1) / block, 1) * block)
        }
        source = source.rechunked(grid: ChunkGrid(chunks), location: location)
        let split = source.reshaped(
            "coarsen", to: zip(source.shape, blocks).flatMap { [$0 / $1, $1] }, location: location)
        return reduce(split, blocks.indices.map { 2 * $0 + 1 })
    }
}
