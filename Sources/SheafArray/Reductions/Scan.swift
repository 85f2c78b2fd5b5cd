internal import SheafCore

/// A scan along an axis: how chunks are reduced to what later chunks begin with, and how a chunk is then scanned.
struct ScanKernel<Input: ArrayScalar, Partial: Sendable, Output: ArrayScalar>: Sendable {
    let name: String
    /// Reduces a chunk to what it adds to later ones. Its result is not used.
    let totals: ReductionKernel<Input, Partial, Output>
    /// The sum, product, … that a chunk begins with.
    let carry: @Sendable (Partial) -> Output
    /// Scans elements that follow each other: beginning with a value, from elements, to elements, count.
    let run: @Sendable (Output, UnsafePointer<Output>, UnsafeMutablePointer<Output>, Int) -> Void
    /// Joins elements with those before them, at the same positions.
    let step: @Sendable (UnsafePointer<Output>, UnsafePointer<Output>, UnsafeMutablePointer<Output>, Int) -> Void
}

extension NDArray {
    /// Scans along an axis in two passes: the first reduces every chunk but the last along the axis, the second scans every chunk
    /// beginning with what all before it come to. Both are fused with the element-wise operations before.
    ///
    /// - Parameter widened: this array, as the result's type.
    func scanning<Partial, Output>(
        _ kernel: ScanKernel<Scalar, Partial, Output>, widened: NDArray<Output>, axis: Int, fileID: StaticString, line: UInt
    ) -> NDArray<Output> {
        let location = SourceLocation(fileID: fileID, line: line), node = node, grid = node.grid, source = widened.node
        let axes = Axes([axis], rank: rank, operation: kernel.name, location: location)
        let axis = axes.list.first ?? 0
        let reduction = ChunkReduction(loops: kernel.totals.loops, isReduced: axes.isSelected, arrayShape: shape)
        return NDArray<Output>(
            session,
            TaskNode<Output>(Operation(kernel.name), grid: grid, after: [source], location: location, problem: axes.problem) { lowering in
                let bytes = MemoryLayout<Partial>.stride, chunks = grid.counts[axis]
                var begins: [[Graph.Argument]] = []
                if chunks > 1 {
                    let totals = try lowering.consume(
                        node, [Operation(kernel.name)], location: location,
                        cost: { Cost(resultBytes: $0.shape[axis] == 0 ? 0 : bytes * $0.count / $0.shape[axis]) }
                    ) { _, reader in TypedValue(try reduction.reduce(reader, as: Partial.self)) }
                    let join = lowering.function(Operation("carry")) { scope in
                        TypedValue(try joined(scope.argument(0), scope.argument(1), kernel.totals))
                    }
                    let steps = contiguousStrides(grid.counts)[axis]
                    begins = Array(repeating: [], count: grid.count)
                    // Chunks come in C order, so those before along the axis have been seen.
                    lowering.forEachChunk(grid) { index, coordinates in
                        switch coordinates[axis] {
                        case 0: begins[index] = [lowering.constant(DenseArray<Partial>(shape: [0]) { _ in })]
                        case 1: begins[index] = [totals[index - steps]]
                        default:
                            begins[index] = [
                                lowering.add(join, [begins[index - steps][0], totals[index - steps]], location: location)
                            ]
                        }
                    }
                }
                return try lowering.consume(
                    source, [Operation(kernel.name)], location: location, stores: true, extra: begins
                ) { scope, reader in
                    let begin = chunks > 1 ? scope.argument(reader.firstExtraArgument, as: DenseArray<Partial>.self) : nil
                    return TypedValue(try scan(reader, axis, begin, kernel))
                }
            })
    }
}

private func joined<Input, Partial, Output>(
    _ first: DenseArray<Partial>, _ second: DenseArray<Partial>, _ kernel: ReductionKernel<Input, Partial, Output>
) throws -> DenseArray<Partial> {
    try DenseArray<Partial>(shape: first.shape) { buffer in
        first.withUnsafeBufferPointer { _ = buffer.initialize(from: $0) }
        try second.withUnsafeBufferPointer { second in
            for index in second.indices { try kernel.combine(&buffer[index], second[index]) }
        }
    }
}

private func scan<Input, Partial, Output>(
    _ reader: TileReader, _ axis: Int, _ begin: DenseArray<Partial>?, _ kernel: ScanKernel<Input, Partial, Output>
) throws -> DenseArray<Output> {
    let shape = reader.region.shape
    let length = shape[axis], inner = shape[(axis + 1)...].reduce(1, *)
    let outer = shape[..<axis].reduce(1, *)
    // What each line begins with.
    let starts = DenseArray<Output>(shape: [outer * inner]) { buffer in
        let nothing = kernel.carry(kernel.totals.partialOfNothing)
        guard let begin, begin.count > 0 else { return buffer.initialize(repeating: nothing) }
        begin.withUnsafeBufferPointer { partials in
            for index in partials.indices { buffer.initializeElement(at: index, to: kernel.carry(partials[index])) }
        }
    }
    return try DenseArray<Output>(shape: shape) { buffer in
        guard let out = buffer.baseAddress, reader.count > 0 else { return }
        try starts.withUnsafeBufferPointer { starts in
            guard let starts = starts.baseAddress else { return }
            try reader.forEachTile { start, tile, count in
                let tile = tile.assumingMemoryBound(to: Output.self)
                var position = start
                while position < start + count {
                    let rest = start + count - position, elements = tile + (position - start)
                    let line = position / inner, place = line % length
                    let done: Int
                    if inner == 1 {
                        done = Swift.min(length - place, rest)
                        kernel.run(place == 0 ? starts[line / length] : out[position - 1], elements, out + position, done)
                    } else {
                        let column = position % inner
                        done = Swift.min(inner - column, rest)
                        let before = place == 0 ? starts + (line / length) * inner + column : UnsafePointer(out + position - inner)
                        kernel.step(before, elements, out + position, done)
                    }
                    position += done
                }
            }
        }
    }
}
