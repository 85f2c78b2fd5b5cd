internal import SheafCore

/// Which axes of the shapes belong together, and how the result is cut.
struct ReshapePlan: Sendable {
    /// Axes of both shapes with the same product of lengths. Axes of length 1 belong to none.
    private struct Group: Sendable {
        var source: [Int]
        var target: [Int]
    }
    private let source: ChunkGrid
    let grid: ChunkGrid
    private let groups: [Group]
    /// Whether each chunk of the source becomes one of the result. They come in the same order then.
    let keepsChunks: Bool
    /// The chunks that the source should have instead, when those it has would need very many parts for each chunk of the result.
    let betterSource: ChunkGrid?

    /// Chunks of a group that are put together for one of the result at most.
    private static let mostParts = 64

    init(_ source: ChunkGrid, to shape: [Int]) {
        self.source = source
        groups = Self.group(source.shape, shape)
        var chunks = shape.map { [$0] }, better = source.chunks, isBetter = false, keepsChunks = true
        for group in groups {
            let lengths = group.source.map { source.shape[$0] }, sizes = group.source.map { source.chunks[$0] }
            let target = group.target.map { shape[$0] }
            let made: [[Int]]
            if lengths == target {
                made = sizes
            } else if let kept = Self.keeping(lengths, sizes, target) {
                made = kept
            } else {
                keepsChunks = false
                let elements = sizes.reduce(1) { $0 * ($1.max() ?? 1) }
                made = Self.cut(target, elements)
                if sizes.dropFirst().reduce(1, { $0 * $1.count }) > Self.mostParts {
                    for (axis, sizes) in zip(group.source, Self.cut(lengths, elements)) { better[axis] = sizes }
                    isBetter = true
                }
            }
            for (axis, sizes) in zip(group.target, made) { chunks[axis] = sizes }
        }
        grid = ChunkGrid(chunks)
        self.keepsChunks = keepsChunks
        betterSource = isBetter ? ChunkGrid(better) : nil
    }

    private static func group(_ source: [Int], _ target: [Int]) -> [Group] {
        let from = source.indices.filter { source[$0] != 1 }, to = target.indices.filter { target[$0] != 1 }
        var groups: [Group] = [], i = 0, j = 0
        while i < from.count, j < to.count {
            var group = Group(source: [from[i]], target: [to[j]])
            var left = source[from[i]], right = target[to[j]]
            while left != right {
                if left < right {
                    i += 1
                    left *= source[from[i]]
                    group.source.append(from[i])
                } else {
                    j += 1
                    right *= target[to[j]]
                    group.target.append(to[j])
                }
            }
            groups.append(group)
            i += 1
            j += 1
        }
        return groups
    }

    /// Chunks of about so many elements, each a range of C order.
    private static func cut(_ lengths: [Int], _ elements: Int) -> [[Int]] {
        var room = max(elements, 1)
        return lengths.reversed().map { length in
            let size = min(length, room)
            // Once an axis is cut, those before it are taken one position at a time.
            room = size == length ? room / length : 1
            return ChunkSizes.cut(length, max(size, 1))
        }.reversed()
    }

    /// The source's chunks as chunks of the result, if they are ranges of C order that it can have.
    private static func keeping(_ lengths: [Int], _ sizes: [[Int]], _ target: [Int]) -> [[Int]]? {
        guard let cutAxis = sizes.lastIndex(where: { $0.count > 1 }) else { return target.map { [$0] } }
        guard sizes[..<cutAxis].allSatisfy({ $0.allSatisfy { $0 == 1 } }) else { return nil }
        let unit = lengths[(cutAxis + 1)...].reduce(1, *), repeats = lengths[..<cutAxis].reduce(1, *)
        let pattern = sizes[cutAxis].map { $0 * unit }
        guard repeats * pattern.count <= 1 << 20 else { return nil }
        let ranges = Array(repeating: pattern, count: repeats).flatMap(\.self)
        var inner = target.reduce(1, *)
        for axis in target.indices {
            let period = inner
            inner /= target[axis]
            guard ranges.allSatisfy({ $0 % inner == 0 }) else { continue }
            // The same ranges have to repeat in every period of the axis, at whose ends they have to end.
            var sum = 0, count = 0
            while sum < period {
                sum += ranges[count]
                count += 1
            }
            guard sum == period, ranges.count % count == 0, ranges.indices.allSatisfy({ ranges[$0] == ranges[$0 % count] }) else {
                return nil
            }
            return target.indices.map { other in
                if other < axis { return Array(repeating: 1, count: target[other]) }
                return other == axis ? ranges[..<count].map { $0 / inner } : [target[other]]
            }
        }
        return nil
    }

    // MARK: Chunks

    /// How a chunk is made, and the source's chunks it needs.
    func chunk(_ coordinates: [Int]) -> (ReshapedChunk, [Int]) {
        let region = grid.region(coordinates)
        let strides = contiguousStrides(region.shape)
        var parts = [
            (
                chunk: [Int](repeating: 0, count: source.rank),
                part: ReshapedChunk.Part(
                    argument: 0, source: Region(start: source.shape.map { _ in 0 }, shape: source.shape.map { _ in 1 }), offset: 0,
                    strides: source.shape.map { _ in 0 })
            )
        ]
        for group in groups {
            let pieces = pieces(group, region)
            // The group's elements are one run of the chunk, which moves by this much with each of them.
            let step = group.target.last.map { strides[$0] } ?? 1
            parts = parts.flatMap { part in
                pieces.map { piece in
                    var (chunk, part) = part
                    part.offset += piece.offset * step
                    for (position, axis) in group.source.enumerated() {
                        chunk[axis] = piece.chunk[position]
                        part.source.start[axis] = piece.start[position]
                        part.source.shape[axis] = piece.shape[position]
                        part.strides[axis] = piece.strides[position] * step
                    }
                    return (chunk, part)
                }
            }
        }
        var indices: [Int] = [], arguments: [Int: Int] = [:]
        let placed = parts.map { chunk, part in
            var part = part
            let index = source.index(chunk)
            if arguments[index] == nil {
                arguments[index] = indices.count
                indices.append(index)
            }
            part.argument = arguments[index] ?? 0
            return part
        }
        return (ReshapedChunk(shape: region.shape, parts: placed), indices)
    }

    private struct Piece {
        var chunk: [Int]
        var start: [Int]
        var shape: [Int]
        /// In the group's part of the result's chunk, in elements of it.
        var offset: Int
        var strides: [Int]
    }

    /// The parts of the source's chunks that a chunk of the result consists of, along the axes of a group.
    private func pieces(_ group: Group, _ region: Region) -> [Piece] {
        let lengths = group.source.map { source.shape[$0] }, units = contiguousStrides(lengths)
        // The chunk as a range of the group's C order.
        let first = group.target.reduce(0) { $0 * grid.shape[$1] + region.start[$1] }
        let count = group.target.reduce(1) { $0 * region.shape[$1] }
        var boxes: [Region] = []
        Self.boxes(lengths, units, first, first + count, [], &boxes)
        return boxes.flatMap { box in
            var pieces = [Piece(chunk: [], start: [], shape: [], offset: -first, strides: units)]
            for (position, axis) in group.source.enumerated() {
                let along = source.pieces(of: AxisRun(box.start[position], step: 1, count: box.shape[position]), axis: axis)
                pieces = pieces.flatMap { piece in
                    along.map { part in
                        var piece = piece
                        let chunk = part.chunk ?? 0, start = part.source.run.start
                        piece.chunk.append(chunk)
                        piece.start.append(start)
                        piece.shape.append(part.count)
                        piece.offset += (source.offsets[axis][chunk] + start) * units[position]
                        return piece
                    }
                }
            }
            return pieces
        }
    }

    /// Takes a range of C order apart into boxes.
    private static func boxes(
        _ lengths: [Int], _ units: [Int], _ start: Int, _ end: Int, _ prefix: [Int], _ result: inout [Region]
    ) {
        if start == end { return }
        let axis = prefix.count, unit = units[axis]
        func add(_ first: Int, _ count: Int) {
            result.append(
                Region(
                    start: prefix + [first] + lengths[(axis + 1)...].map { _ in 0 },
                    shape: prefix.map { _ in 1 } + [count] + lengths[(axis + 1)...]))
        }
        if axis == lengths.count - 1 { return add(start, end - start) }
        let first = start / unit, last = end / unit
        if first == last || (first + 1 == last && start % unit != 0 && end % unit == 0) {
            return boxes(lengths, units, start - first * unit, end - first * unit, prefix + [first], &result)
        }
        var full = first
        if start % unit != 0 {
            boxes(lengths, units, start - first * unit, unit, prefix + [first], &result)
            full += 1
        }
        if last > full { add(full, last - full) }
        if end % unit != 0 { boxes(lengths, units, 0, end - last * unit, prefix + [last], &result) }
    }
}
