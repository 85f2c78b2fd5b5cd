internal import SheafCore

extension NDArray {
    /// Equal parts along an axis.
    ///
    /// Problems: ``PlanError`` (`.invalidArgument`), in every part, when the axis does not divide evenly.
    /// ``splitUnevenly(into:axis:fileID:line:)`` does without.
    public func split(into parts: Int, axis: Int = 0, fileID: StaticString = #fileID, line: UInt = #line) -> [NDArray] {
        let location = SourceLocation(fileID: fileID, line: line)
        guard let own = normalized(axis, rank: rank) else { return [refusing(axisProblem(axis, rank: rank, "split", location))] }
        guard parts > 0, shape[own] % parts == 0 else {
            let problem = PlanError(
                .invalidArgument, "“split” of axis \(axis) with \(shape[own]) elements into \(parts) equal parts; the shape is \(shape)",
                node: "split", location: location)
            return Array(repeating: refusing(problem), count: Swift.max(parts, 1))
        }
        let size = shape[own] / parts
        return (0..<parts).map { sliced(along: own, ($0 * size)..<(($0 + 1) * size), location) }
    }

    /// Parts along an axis, the first ones longer by one where it does not divide evenly: NumPy's `array_split`.
    public func splitUnevenly(into parts: Int, axis: Int = 0, fileID: StaticString = #fileID, line: UInt = #line) -> [NDArray] {
        let location = SourceLocation(fileID: fileID, line: line)
        guard let own = normalized(axis, rank: rank) else { return [refusing(axisProblem(axis, rank: rank, "split", location))] }
        guard parts > 0 else {
            return [refusing(PlanError(.invalidArgument, "“split” into \(parts) parts", node: "split", location: location))]
        }
        let (size, longer) = shape[own].quotientAndRemainder(dividingBy: parts)
        return (0..<parts).map { part in
            let start = part * size + Swift.min(part, longer)
            return sliced(along: own, start..<(start + size + (part < longer ? 1 : 0)), location)
        }
    }

    /// The parts of an axis between the positions given, its ends included.
    public func split(at positions: [Int], axis: Int = 0, fileID: StaticString = #fileID, line: UInt = #line) -> [NDArray] {
        let location = SourceLocation(fileID: fileID, line: line)
        guard let own = normalized(axis, rank: rank) else { return [refusing(axisProblem(axis, rank: rank, "split", location))] }
        let length = shape[own]
        let ends = positions.map { Swift.min(Swift.max($0 < 0 ? $0 + length : $0, 0), length) } + [length]
        return zip([0] + ends, ends).map { sliced(along: own, $0..<Swift.max($0, $1), location) }
    }

    func sliced(along axis: Int, _ range: Range<Int>, _ location: SourceLocation) -> NDArray {
        let map = node.grid.pieces(of: AxisRun(range.lowerBound, step: 1, count: range.count), axis: axis)
        var positions = AxisMap()
        positions.append(range.lowerBound, range.count)
        var chunks = self.chunks
        chunks[axis] = map.map(\.count)
        var maps = shape.map { AxisMap(whole: $0) }
        maps[axis] = positions
        return gathering("slice", maps, chunks: chunks, location: location)
    }

    /// One chunk as an array of its own, by its position along each axis. The others are not computed.
    ///
    /// Problems: ``PlanError`` (`.indexOutOfRange`).
    public func chunk(_ coordinates: Int..., fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        let location = SourceLocation(fileID: fileID, line: line), grid = node.grid
        guard coordinates.count == rank, zip(coordinates, grid.counts).allSatisfy({ $0 >= 0 && $0 < $1 }) else {
            return refusing(
                PlanError(
                    .indexOutOfRange, "there is no chunk \(coordinates) among \(grid.counts) along each axis; the shape is \(shape)",
                    node: "chunk", location: location))
        }
        let index = grid.index(coordinates)
        return NDArray(
            session,
            TaskNode<Scalar>(
                Operation("chunk"), grid: ChunkGrid(whole: grid.region(coordinates).shape), after: [node], location: location
            ) { [node] lowering in [try lowering.chunks(of: node)[index]] })
    }
}
