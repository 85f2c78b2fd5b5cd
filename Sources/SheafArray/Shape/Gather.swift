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
        _ name: String, _ source: ArrayNode, _ maps: [AxisMap], into target: ChunkGrid, fill: Element? = nil, copies: Bool = false,
        location: SourceLocation
    ) throws -> [Graph.Argument] {
        let sources = try chunks(of: source)
        let pieces = maps.indices.map { source.grid.pieces(of: maps[$0], axis: $0, targets: target.chunks[$0]) }
        let view = selectFunction(name, Element.self)
        let assemble = function(Operation(name)) { scope in
            let plan = scope.argument(0, as: GatherPlan.self)
            return TypedValue(
                DenseArray<Element>(shape: plan.shape) { buffer in
                    if plan.hasFill, let fill { buffer.update(repeating: fill) }
                    let strides = contiguousStrides(plan.shape)
                    for part in plan.parts {
                        part.copy(scope.argument(part.argument + 1, as: DenseArray<Element>.self), to: buffer, strides: strides)
                    }
                })
        }
        var made: [Graph.Argument] = []
        made.reserveCapacity(target.count)
        forEachChunk(target) { _, coordinates in
            let shape = coordinates.indices.map { target.chunks[$0][coordinates[$0]] }
            let cost = Cost(resultBytes: shape.reduce(MemoryLayout<Element>.stride, *))
            let (parts, chunks, hasFill) = Self.parts(coordinates.indices.map { pieces[$0][coordinates[$0]] }, source.grid)
            if parts.isEmpty {
                made.append(constant(DenseArray<Element>.uniform(fill, shape)))
            } else if parts.count == 1, !hasFill, let selection = parts[0].selection {
                if selection.isWhole(source.grid.region(chunks[0]).shape) {
                    made.append(sources[chunks[0]])
                } else if copies {
                    made.append(
                        add(
                            assemble, [constant(GatherPlan(shape: shape, parts: parts, hasFill: false)), sources[chunks[0]]],
                            location: location, cost: cost))
                } else {
                    made.append(add(view, [constant(selection), sources[chunks[0]]], location: location, cost: cost))
                }
            } else {
                let plan = GatherPlan(shape: shape, parts: parts, hasFill: hasFill)
                made.append(add(assemble, [constant(plan)] + chunks.map { sources[$0] }, location: location, cost: cost))
            }
        }
        return made
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

extension GatherPart {
    /// The part as a view of its chunk, when it is the whole of the result.
    fileprivate var selection: ChunkSelection? {
        var start: [Int] = [], axes: [ChunkSelection.Axis] = []
        for axis in shape.indices {
            guard case .run(let first, let step) = source[axis], case .run = target[axis] else { return nil }
            start.append(first)
            axes.append(ChunkSelection.Axis(source: axis, step: step, count: shape[axis]))
        }
        return ChunkSelection(start: start, axes: axes)
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
        default: for index in sources.indices { to[targets[index]] = from[sources[index]] }
        }
    }

    @inline(__always)
    private static func copy<Element, Word>(
        _ sources: [Int], _ targets: [Int], _ from: UnsafePointer<Element>, _ to: UnsafeMutablePointer<Element>, as: Word.Type
    ) {
        let from = UnsafeRawPointer(from).assumingMemoryBound(to: Word.self)
        let to = UnsafeMutableRawPointer(to).assumingMemoryBound(to: Word.self)
        for index in sources.indices { to[targets[index]] = from[sources[index]] }
    }
}
