/// Positions along an axis that lie `step` apart; a step of 0 repeats one.
struct AxisRun: Sendable {
    /// The first position in the source; `nil` for positions that get a fill value.
    var source: Int?
    var step: Int
    var count: Int

    init(_ source: Int?, step: Int, count: Int) {
        self.source = source
        self.step = step
        self.count = count
    }
}

/// For each position along an axis of a result, the position along the source's axis that it is copied from.
struct AxisMap: Sendable {
    private(set) var runs: [AxisRun] = []
    private(set) var count = 0

    init() {}

    /// Every position, in order.
    init(whole length: Int) { append(AxisRun(0, step: 1, count: length)) }

    init(_ positions: some Sequence<Int>) { append(positions) }

    mutating func append(_ run: AxisRun) {
        if run.count == 0 { return }
        runs.append(run)
        count += run.count
    }

    mutating func append(_ start: Int, _ count: Int) { append(AxisRun(start, step: 1, count: count)) }

    /// Finds runs among positions.
    mutating func append(_ positions: some Sequence<Int>) {
        var run: AxisRun?
        for position in positions {
            if var open = run, let first = open.source {
                if open.count == 1 { open.step = position - first }
                if position == first + open.step * open.count {
                    open.count += 1
                    run = open
                    continue
                }
                append(open)
            }
            run = AxisRun(position, step: 1, count: 1)
        }
        if let run { append(run) }
    }
}

/// Positions inside a chunk.
enum AxisPlaces: Sendable {
    case run(_ start: Int, _ step: Int)
    case list([Int])

    /// - Precondition: it is a run.
    var run: (start: Int, step: Int) {
        guard case .run(let start, let step) = self else { preconditionFailure("a list of positions is not a run") }
        return (start, step)
    }

    func positions(_ count: Int) -> [Int] {
        switch self {
        case .run(let start, let step): (0..<count).map { start + $0 * step }
        case .list(let list): list
        }
    }
}

/// What one chunk of the source contributes to one chunk of the result, along an axis.
struct AxisPiece: Sendable {
    /// The source's chunk along the axis; `nil` for a fill value.
    var chunk: Int?
    var source: AxisPlaces
    var target: AxisPlaces
    var count: Int

    init(chunk: Int?, source: AxisPlaces, target: AxisPlaces, count: Int) {
        self.chunk = chunk
        self.source = source
        self.target = target
        self.count = count
    }

    init(chunk: Int?, source: AxisPlaces, target: Int, count: Int) {
        self.init(chunk: chunk, source: source, target: .run(target, 1), count: count)
    }
}

extension ChunkGrid {
    /// The pieces of a run, one after the other; one empty piece for no positions.
    func pieces(of run: AxisRun, axis: Int) -> [AxisPiece] {
        if run.count == 0 { return [AxisPiece(chunk: 0, source: .run(0, 1), target: 0, count: 0)] }
        var pieces: [AxisPiece] = [], used = 0
        while used < run.count {
            let piece = piece(of: run, from: used, at: 0, limit: run.count - used, axis: axis)
            pieces.append(piece)
            used += piece.count
        }
        return pieces
    }

    private func piece(of run: AxisRun, from used: Int, at target: Int, limit: Int, axis: Int) -> AxisPiece {
        guard let first = run.source else { return AxisPiece(chunk: nil, source: .run(0, 0), target: target, count: limit) }
        let position = first + used * run.step, chunk = chunk(at: position, axis: axis)
        let start = offsets[axis][chunk], end = offsets[axis][chunk + 1]
        let reach = run.step == 0 ? limit : run.step > 0 ? (end - 1 - position) / run.step + 1 : (position - start) / -run.step + 1
        return AxisPiece(chunk: chunk, source: .run(position - start, run.step), target: target, count: min(reach, limit))
    }

    /// For each chunk of the result, along an axis, what it is made of.
    ///
    /// - Complexity: O(runs + pieces).
    func pieces(of map: AxisMap, axis: Int, targets: [Int]) -> [[AxisPiece]] {
        var run = 0, used = 0
        return targets.map { size in
            var pieces: [AxisPiece] = [], position = 0
            while position < size {
                let piece = piece(
                    of: map.runs[run], from: used, at: position, limit: min(map.runs[run].count - used, size - position), axis: axis)
                pieces.append(piece)
                position += piece.count
                used += piece.count
                if used == map.runs[run].count { (run, used) = (run + 1, 0) }
            }
            return Self.joined(pieces)
        }
    }

    /// Pieces of one chunk that one list of positions replaces, when there are more than these.
    private static let mostPieces = 4

    private static func joined(_ pieces: [AxisPiece]) -> [AxisPiece] {
        if pieces.count <= mostPieces { return pieces }
        var result: [AxisPiece] = [], byChunk: [Int: [AxisPiece]] = [:], order: [Int] = []
        for piece in pieces {
            guard let chunk = piece.chunk else {
                result.append(piece)
                continue
            }
            if byChunk[chunk] == nil { order.append(chunk) }
            byChunk[chunk, default: []].append(piece)
        }
        for chunk in order {
            let group = byChunk[chunk] ?? []
            if group.count <= mostPieces {
                result += group
                continue
            }
            // In the source's order: reads that miss the cache wait, and those in order are fetched ahead; writes do not wait.
            let pairs = zip(
                group.flatMap { $0.source.positions($0.count) }, group.flatMap { $0.target.positions($0.count) }
            ).sorted { $0.0 < $1.0 }
            result.append(
                AxisPiece(chunk: chunk, source: .list(pairs.map(\.0)), target: .list(pairs.map(\.1)), count: pairs.count))
        }
        return result
    }
}
