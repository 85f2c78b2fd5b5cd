internal import SheafCore

extension TypedNode {
    /// The same array cut into other chunks; each is assembled from the parts of the old ones that it overlaps.
    func rechunked(to target: ChunkGrid, location: SourceLocation) -> TypedNode<Element> {
        if target == grid { return self }
        return TaskNode<Element>(Operation("rechunk"), grid: target, after: [self], location: location) { [self] lowering in
            let sources = try lowering.chunks(of: self)
            var functions: [Int: Int] = [:]
            return target.regions.map { region in
                let parts = grid.parts(of: region)
                if parts.count == 1, parts[0].source.shape == grid.region(parts[0].chunk).shape { return sources[parts[0].chunk] }
                let function =
                    functions[parts.count]
                    ?? lowering.function(Operation("rechunk")) { scope in
                        let plan = scope.argument(0, as: [ChunkPart].self), shape = scope.argument(1, as: [Int].self)
                        // A part of one chunk is a view of it.
                        if plan.count == 1 { return TypedValue(scope.argument(2, as: DenseArray<Element>.self).box(plan[0].source)) }
                        let result = DenseArray<Element>(shape: shape) { _ in }
                        for (index, part) in plan.enumerated() {
                            let source = scope.argument(index + 2, as: DenseArray<Element>.self)
                            result.box(part.target).assign(source.box(part.source))
                        }
                        return TypedValue(result)
                    }
                functions[parts.count] = function
                return lowering.add(
                    function, [lowering.constant(parts), lowering.constant(region.shape)] + parts.map { sources[$0.chunk] },
                    location: location, cost: Cost(resultBytes: region.count * elementBytes))
            }
        }
    }
}

/// What one chunk contributes to a box.
struct ChunkPart: Sendable {
    /// The chunk's position in C order.
    var chunk: Int
    /// Inside the chunk.
    var source: Region
    /// Inside the box.
    var target: Region
}

extension ChunkGrid {
    /// The parts of chunks that make up a box, in C order.
    func parts(of box: Region) -> [ChunkPart] {
        var parts = [ChunkPart(chunk: 0, source: Region(start: [], shape: []), target: Region(start: [], shape: []))]
        for axis in 0..<rank {
            let start = box.start[axis], end = start + box.shape[axis]
            var pieces: [(chunk: Int, source: Int, target: Int, length: Int)] = []
            var position = start
            if start == end { pieces.append((start < shape[axis] ? chunk(at: start, axis: axis) : counts[axis] - 1, 0, 0, 0)) }
            while position < end {
                let index = chunk(at: position, axis: axis)
                let next = min(end, offsets[axis][index + 1])
                pieces.append((index, position - offsets[axis][index], position - start, next - position))
                position = next
            }
            parts = parts.flatMap { part in
                pieces.map { piece in
                    ChunkPart(
                        chunk: part.chunk * counts[axis] + piece.chunk,
                        source: Region(start: part.source.start + [piece.source], shape: part.source.shape + [piece.length]),
                        target: Region(start: part.target.start + [piece.target], shape: part.target.shape + [piece.length]))
                }
            }
        }
        return parts
    }
}

extension DenseArray {
    /// Copies the elements of an array of the same shape into this one's memory.
    ///
    /// - Precondition: nobody else sees this array yet.
    func assign(_ source: DenseArray) {
        assert(source.shape == shape)
        if count == 0 { return }
        let target = view
        if target.isContiguous { return source.view.gather(0, count, into: UnsafeMutableRawPointer(base)) }
        if source.view.isContiguous { return target.scatter(0, count, from: UnsafeRawPointer(source.base)) }
        // Row by row.
        var row = shape
        let last = row.removeLast()
        let rows = ChunkGrid(row.map { Array(repeating: 1, count: $0) })
        for index in 0..<rows.count {
            let coordinates = rows.coordinates(index)
            let from = source.base + zip(coordinates, source.strides).reduce(0) { $0 + $1.0 * $1.1 }
            let to = base + zip(coordinates, strides).reduce(0) { $0 + $1.0 * $1.1 }
            copyRun(from, source.strides[rank - 1], to, strides[rank - 1], last, MemoryLayout<Element>.stride)
        }
    }
}
