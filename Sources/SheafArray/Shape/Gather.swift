internal import SheafCore

/// How one chunk is put together from parts of others.
struct GatherPlan: Sendable {
    var shape: [Int]
    var parts: [GatherPart]
    /// Whether there are elements that no part has.
    var hasFill: Bool
}

struct GatherPart: Sendable {
    /// The chunk's position among the task's arguments.
    var argument: Int
    var shape: [Int]
    var source: [AxisPlaces]
    var target: [AxisPlaces]
}

extension NDArray {
    /// An array whose element at (i, j, …) is the one at (maps[0][i], maps[1][j], …) of this one.
    ///
    /// - Parameters:
    ///   - chunks: of the result; they add up to the maps' lengths.
    ///   - fill: for positions that come from nowhere.
    func gathering(
        _ name: String, _ maps: [AxisMap], chunks: [[Int]], fill: Scalar? = nil, location: SourceLocation
    ) -> NDArray {
        let grid = ChunkGrid(chunks)
        return NDArray(
            session,
            TaskNode<Scalar>(Operation(name), grid: grid, after: [node], location: location) { [node] lowering in
                try lowering.gather(name, node, maps, into: grid, fill: fill, location: location)
            })
    }
}

extension ArrayLowering {
    /// Adds a task for each chunk of `target`, unless the chunk is there already. Chunks that are part of one chunk are views of it.
    ///
    /// - Parameter copies: whether parts of chunks are copied even so, since views would keep the chunks in memory.
    func gather<Element: Sendable>(
        _ name: String, _ source: ArrayNode, _ maps: [AxisMap], into target: ChunkGrid, fill value: Element? = nil, copies: Bool = false,
        location: SourceLocation
    ) throws -> [Graph.Argument] {
        let sources = try chunks(of: source)
        let view = selectFunction(name, Element.self)
        let assemble = function(Operation(name)) { scope in
            let plan = scope.argument(0, as: GatherPlan.self)
            return TypedValue(
                DenseArray<Element>(shape: plan.shape) { buffer in
                    if plan.hasFill, let value { fill(buffer, with: value) }
                    plan.copy(to: buffer) { scope.argument($0 + 1, as: DenseArray<Element>.self) }
                })
        }
        var made: [Graph.Argument] = []
        made.reserveCapacity(target.count)
        forEachGather(source.grid, maps, into: target) { _, plan, chunks in
            let cost = Cost(resultBytes: plan.shape.reduce(MemoryLayout<Element>.stride, *))
            if plan.parts.isEmpty {
                made.append(constant(DenseArray<Element>.uniform(value, plan.shape)))
            } else if let selection = plan.selection {
                let chunk = sources[chunks[0]]
                if selection.isWhole(source.grid.region(chunks[0]).shape) {
                    made.append(chunk)
                } else {
                    made.append(
                        copies
                            ? add(assemble, [constant(plan), chunk], location: location, cost: cost)
                            : add(
                                view, [constant(selection), chunk], location: location,
                                cost: Cost(resultBytes: cost.resultBytes, isView: true)))
                }
            } else {
                made.append(add(assemble, [constant(plan)] + chunks.map { sources[$0] }, location: location, cost: cost))
            }
        }
        return made
    }

    /// Calls the body for each chunk of `target`, in C order, with its position, what it is made of, and the chunks of `source` that are the
    /// plan's arguments.
    func forEachGather(
        _ source: ChunkGrid, _ maps: [AxisMap], into target: ChunkGrid, _ body: (Int, GatherPlan, [Int]) -> Void
    ) {
        let pieces = maps.indices.map { source.pieces(of: maps[$0], axis: $0, targets: target.chunks[$0]) }
        forEachChunk(target) { index, coordinates in
            let (parts, chunks, hasFill) = Self.parts(coordinates.indices.map { pieces[$0][coordinates[$0]] }, source)
            let shape = coordinates.indices.map { target.chunks[$0][coordinates[$0]] }
            body(index, GatherPlan(shape: shape, parts: parts, hasFill: hasFill), chunks)
        }
    }

    /// The combinations of each axis's pieces; the chunks they come from, each once; and whether something is left out.
    private static func parts(_ axes: [[AxisPiece]], _ grid: ChunkGrid) -> (parts: [GatherPart], chunks: [Int], hasFill: Bool) {
        var hasFill = false
        var parts: [(chunk: Int, part: GatherPart)] = [(0, GatherPart(argument: 0, shape: [], source: [], target: []))]
        for (axis, pieces) in axes.enumerated() {
            var next: [(chunk: Int, part: GatherPart)] = []
            next.reserveCapacity(parts.count * pieces.count)
            for (chunk, part) in parts {
                for piece in pieces {
                    guard let own = piece.chunk else {
                        hasFill = true
                        continue
                    }
                    var part = part
                    part.shape.append(piece.count)
                    part.source.append(piece.source)
                    part.target.append(piece.target)
                    next.append((chunk * grid.counts[axis] + own, part))
                }
            }
            parts = next
        }
        var chunks: [Int] = [], arguments: [Int: Int] = [:]
        let placed = parts.map { chunk, part in
            var part = part
            if let known = arguments[chunk] {
                part.argument = known
            } else {
                part.argument = chunks.count
                arguments[chunk] = chunks.count
                chunks.append(chunk)
            }
            return part
        }
        return (placed, chunks, hasFill)
    }
}

extension DenseArray {
    /// One element everywhere; no element for an empty shape or without a fill.
    static func uniform(_ element: Element?, _ shape: [Int]) -> DenseArray {
        guard let element, !shape.contains(0) else { return DenseArray(shape: shape) { _ in } }
        return DenseArray(repeating: element, shape: shape.map { _ in 1 }).broadcast(to: shape)
    }
}

extension GatherPlan {
    /// The one view that is the whole of the result.
    fileprivate var selection: ChunkSelection? {
        guard parts.count == 1, !hasFill, let part = parts.first else { return nil }
        var start: [Int] = [], axes: [ChunkSelection.Axis] = []
        for axis in shape.indices {
            guard case .run(let first, let step) = part.source[axis], case .run = part.target[axis] else { return nil }
            start.append(first)
            axes.append(ChunkSelection.Axis(source: axis, step: step, count: shape[axis]))
        }
        return ChunkSelection(start: start, axes: axes)
    }

    /// Copies all parts into a chunk's contiguous elements.
    func copy<Element>(to buffer: UnsafeMutableBufferPointer<Element>, _ chunk: (Int) -> DenseArray<Element>) {
        // Parts that write here and there along inner axes each pass over the whole result, so it is made a few rows at a time, which
        // stay in the cache.
        if isInterleaved, let rows = shape.first, rows > 1 {
            let width = buffer.count / rows
            let step = max(Self.bandBytes / max(width * MemoryLayout<Element>.stride, 1), 1)
            if step < rows {
                for start in stride(from: 0, to: rows, by: step) {
                    let range = start..<min(start + step, rows)
                    self.rows(range).copyParts(
                        to: UnsafeMutableBufferPointer(rebasing: buffer[(range.lowerBound * width)..<(range.upperBound * width)]), chunk)
                }
                return
            }
        }
        copyParts(to: buffer, chunk)
    }

    private static let bandBytes = 256 << 10

    /// Whether several parts have lists of positions along other axes than the first.
    private var isInterleaved: Bool {
        parts.count > 1
            && parts.contains { part in
                part.source.indices.contains { axis in if axis > 0, case .list = part.target[axis] { true } else { false } }
            }
            && parts.allSatisfy { if case .run? = $0.target.first { true } else { false } }
    }

    private func copyParts<Element>(to buffer: UnsafeMutableBufferPointer<Element>, _ chunk: (Int) -> DenseArray<Element>) {
        let strides = contiguousStrides(shape)
        for part in parts { part.copy(chunk(part.argument), to: buffer, strides: strides) }
    }

    /// The same for a range of the first axis.
    func rows(_ range: Range<Int>) -> GatherPlan {
        var result = self
        result.shape[0] = range.count
        result.parts = parts.compactMap { $0.rows(range) }
        return result
    }
}

extension GatherPart {
    fileprivate func rows(_ range: Range<Int>) -> GatherPart? {
        var part = self
        if case .run(let first, let step) = source[0], case .run(let start, 1) = target[0] {
            let common = (start..<(start + shape[0])).clamped(to: range)
            part.shape[0] = common.count
            part.source[0] = .run(first + (common.lowerBound - start) * step, step)
            part.target[0] = .run(common.lowerBound - range.lowerBound, 1)
        } else {
            let pairs = zip(source[0].positions(shape[0]), target[0].positions(shape[0])).filter { range.contains($0.1) }
            part.shape[0] = pairs.count
            part.source[0] = .list(pairs.map(\.0))
            part.target[0] = .list(pairs.map { $0.1 - range.lowerBound })
        }
        return part.shape[0] == 0 ? nil : part
    }

    /// Copies the part of `chunk` into a chunk with the strides given.
    func copy<Element>(_ chunk: DenseArray<Element>, to buffer: UnsafeMutableBufferPointer<Element>, strides: [Int]) {
        guard var to = buffer.baseAddress, !shape.contains(0) else { return }
        var from = UnsafePointer(chunk.base)
        // Axes whose positions are runs; and for the others, how far each position is.
        var runs: (shape: [Int], source: [Int], target: [Int]) = ([], [], [])
        var lists: [(source: [Int], target: [Int])] = [], listIsLast = false
        for axis in shape.indices {
            if case .run(let first, let step) = source[axis], case .run(let start, let targetStep) = target[axis] {
                from += first * chunk.strides[axis]
                to += start * strides[axis]
                runs.shape.append(shape[axis])
                runs.source.append(step * chunk.strides[axis])
                runs.target.append(targetStep * strides[axis])
                if shape[axis] > 1 { listIsLast = false }
            } else {
                let count = shape[axis]
                lists.append(
                    (
                        source[axis].positions(count).map { $0 * chunk.strides[axis] },
                        target[axis].positions(count).map { $0 * strides[axis] }
                    ))
                listIsLast = true
            }
        }
        if listIsLast, let last = lists.popLast() {
            Self.forEach(lists[...], from, to) { from, to in
                var walk = Odometer(runs.shape, runs.source, runs.target)
                repeat { Self.copy(last.source, last.target, from + walk.source, to + walk.target) } while walk.advance()
            }
        } else {
            let copy = StridedCopy(runs.shape, source: runs.source, target: runs.target)
            Self.forEach(lists[...], from, to) { from, to in copy.run(from, to) }
        }
    }

    private static func forEach<Element>(
        _ lists: ArraySlice<(source: [Int], target: [Int])>, _ from: UnsafePointer<Element>, _ to: UnsafeMutablePointer<Element>,
        _ body: (UnsafePointer<Element>, UnsafeMutablePointer<Element>) -> Void
    ) {
        guard let first = lists.first else { return body(from, to) }
        for (source, target) in zip(first.source, first.target) { forEach(lists.dropFirst(), from + source, to + target, body) }
    }

    private static func copy<Element>(
        _ sources: [Int], _ targets: [Int], _ from: UnsafePointer<Element>, _ to: UnsafeMutablePointer<Element>
    ) {
        switch MemoryLayout<Element>.stride {
        case 1: copy(sources, targets, from, to, as: UInt8.self)
        case 2: copy(sources, targets, from, to, as: UInt16.self)
        case 4: copy(sources, targets, from, to, as: UInt32.self)
        case 8: copy(sources, targets, from, to, as: UInt64.self)
        case 16: copy(sources, targets, from, to, as: TwoWords.self)
        default: for index in sources.indices { to[targets[index]] = from[sources[index]] }
        }
    }

    @inline(__always)
    private static func copy<Element, Word>(
        _ sources: [Int], _ targets: [Int], _ from: UnsafePointer<Element>, _ to: UnsafeMutablePointer<Element>, as: Word.Type
    ) {
        let from = UnsafeRawPointer(from).assumingMemoryBound(to: Word.self)
        let to = UnsafeMutableRawPointer(to).assumingMemoryBound(to: Word.self)
        sources.withUnsafeBufferPointer { sources in
            targets.withUnsafeBufferPointer { targets in
                for index in 0..<sources.count { to[targets[index]] = from[sources[index]] }
            }
        }
    }
}
