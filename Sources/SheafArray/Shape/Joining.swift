public import SheafCore

extension Session {
    /// Arrays one after the other along an axis they have.
    ///
    /// The result's chunks are the arrays' chunks, without a copy; along the other axes, arrays that are cut differently get the
    /// boundaries of all.
    ///
    /// Problems: ``PlanError`` (`.shapeMismatch`) with the shapes unless they are the same but for `axis`; `.invalidArgument` for no
    /// arrays, or no such axis. The same holds for the functions below.
    public func concatenate<Scalar: ArrayScalar>(
        _ arrays: [NDArray<Scalar>], axis: Int = 0, fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray<Scalar> {
        concatenate("concatenate", arrays, axis: axis, location: SourceLocation(fileID: fileID, line: line))
    }

    /// Arrays of one shape along a new axis, which is axis `axis` of the result.
    public func stack<Scalar: ArrayScalar>(
        _ arrays: [NDArray<Scalar>], axis: Int = 0, fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray<Scalar> {
        let location = SourceLocation(fileID: fileID, line: line)
        if let first = arrays.first, let other = arrays.first(where: { $0.shape != first.shape }) {
            return .refusing(
                self,
                arrays.lazy.compactMap(\.node.problem).first
                    ?? PlanError(
                        .shapeMismatch, "“stack” of the shapes \(first.shape) and \(other.shape)", node: "stack", location: location,
                        hint: "the arrays come from \(first.node.location), \(other.node.location)"), shape: first.shape)
        }
        return concatenate(
            "stack", arrays.map { $0.expandingDimensions(at: axis, fileID: fileID, line: line) }, axis: axis, location: location)
    }

    /// Side by side: along the second axis, or the first of arrays of one axis.
    public func hstack<Scalar: ArrayScalar>(
        _ arrays: [NDArray<Scalar>], fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray<Scalar> {
        let arrays = arrays.map { $0.withAxes(atLeast: 1) }
        return concatenate(
            "hstack", arrays, axis: arrays.first?.rank == 1 ? 0 : 1, location: SourceLocation(fileID: fileID, line: line))
    }

    /// One below the other: along the first axis; arrays of one axis are rows.
    public func vstack<Scalar: ArrayScalar>(
        _ arrays: [NDArray<Scalar>], fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray<Scalar> {
        concatenate("vstack", arrays.map { $0.withAxes(atLeast: 2) }, axis: 0, location: SourceLocation(fileID: fileID, line: line))
    }

    /// One behind the other: along the third axis, which arrays of fewer get.
    public func dstack<Scalar: ArrayScalar>(
        _ arrays: [NDArray<Scalar>], fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray<Scalar> {
        let arrays = arrays.map { array in
            let plane = array.withAxes(atLeast: 2)
            return plane.rank == 2 ? plane.expandingDimensions(at: 2, fileID: fileID, line: line) : plane
        }
        return concatenate("dstack", arrays, axis: 2, location: SourceLocation(fileID: fileID, line: line))
    }

    /// An array made of rows of blocks: along the last axis those of a row, along the one before it the rows.
    public func block<Scalar: ArrayScalar>(
        _ rows: [[NDArray<Scalar>]], fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray<Scalar> {
        let location = SourceLocation(fileID: fileID, line: line)
        let rank = max(rows.lazy.joined().map(\.rank).max() ?? 2, 2)
        return concatenate(
            "block", rows.map { row in concatenate("block", row.map { $0.withAxes(atLeast: rank) }, axis: -1, location: location) },
            axis: -2, location: location)
    }

    func concatenate<Scalar: ArrayScalar>(
        _ name: String, _ arrays: [NDArray<Scalar>], axis: Int, location: SourceLocation
    ) -> NDArray<Scalar> {
        if let problem = arrays.lazy.compactMap(\.node.problem).first { return .refusing(self, problem) }
        guard let first = arrays.first else {
            return .refusing(self, PlanError(.invalidArgument, "“\(name)” of no arrays", node: name, location: location))
        }
        guard let axis = normalized(axis, rank: first.rank) else {
            return .refusing(self, axisProblem(axis, rank: first.rank, name, location), shape: first.shape)
        }
        var chunks = first.chunks
        for array in arrays.dropFirst() {
            guard array.rank == first.rank, array.shape.indices.allSatisfy({ $0 == axis || array.shape[$0] == first.shape[$0] }) else {
                return .refusing(
                    self,
                    PlanError(
                        .shapeMismatch, "“\(name)” of the shapes \(first.shape) and \(array.shape) along axis \(axis)", node: name,
                        location: location,
                        hint: "lengths along the other axes have to be equal; the arrays come from \(first.node.location), "
                            + "\(array.node.location)"), shape: first.shape)
            }
            for other in chunks.indices where other != axis { chunks[other] = commonChunks(chunks[other], array.chunks[other]) }
        }
        // Arrays of no elements along the axis add nothing.
        let parts = arrays.filter { $0.shape[axis] > 0 }
        if parts.isEmpty || arrays.count == 1 { return first }
        let nodes = parts.map { array in
            var own = chunks
            own[axis] = array.chunks[axis]
            return array.rechunked(grid: ChunkGrid(own), location: location).node
        }
        chunks[axis] = parts.flatMap { $0.chunks[axis] }
        let grid = ChunkGrid(chunks)
        // For each chunk along the axis, the array it is from, and its position there.
        let origins = parts.indices.flatMap { part in parts[part].chunks[axis].indices.map { (part, $0) } }
        return NDArray(
            self,
            TaskNode<Scalar>(Operation(name), grid: grid, after: nodes, location: location) { lowering in
                let sources = try nodes.map { try lowering.chunks(of: $0) }
                var made: [Graph.Argument] = []
                made.reserveCapacity(grid.count)
                lowering.forEachChunk(grid) { _, coordinates in
                    let (part, position) = origins[coordinates[axis]]
                    var own = coordinates
                    own[axis] = position
                    made.append(sources[part][nodes[part].grid.index(own)])
                }
                return made
            })
    }
}

extension NDArray {
    /// With new leading axes of length 1 where there are fewer axes.
    func withAxes(atLeast count: Int) -> NDArray {
        rank >= count ? self : expandingDimensions(at: Array(0..<(count - rank)))
    }

    /// This array and then another, along an axis.
    public func appending(_ other: NDArray, axis: Int = 0, fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        session.concatenate("append", [self, other], axis: axis, location: SourceLocation(fileID: fileID, line: line))
    }

    /// With the elements of another array before a position of an axis.
    public func inserting(
        _ other: NDArray, at position: Int, axis: Int = 0, fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray {
        let location = SourceLocation(fileID: fileID, line: line)
        guard let own = normalized(axis, rank: rank) else { return refusing(axisProblem(axis, rank: rank, "insert", location)) }
        let place = position < 0 ? position + shape[own] : position
        guard place >= 0 && place <= shape[own] else {
            return refusing(rangeProblem("insert", position, own, location))
        }
        let before = sliced(along: own, 0..<place, location), after = sliced(along: own, place..<shape[own], location)
        return session.concatenate("insert", [before, other, after], axis: own, location: location)
    }

    /// Without some positions of an axis.
    public func deleting(_ positions: [Int], axis: Int = 0, fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        let location = SourceLocation(fileID: fileID, line: line)
        guard let own = normalized(axis, rank: rank) else { return refusing(axisProblem(axis, rank: rank, "delete", location)) }
        let length = shape[own]
        if let wrong = positions.first(where: { $0 < -length || $0 >= length }) {
            return refusing(rangeProblem("delete", wrong, own, location))
        }
        let dropped = Set(positions.map { $0 < 0 ? $0 + length : $0 })
        var map = AxisMap(), start = 0
        for position in dropped.sorted() + [length] {
            map.append(start, position - start)
            start = position + 1
        }
        return gathering(map, axis: own, name: "delete", location: location)
    }

    func rangeProblem(_ name: String, _ index: Int, _ axis: Int, _ location: SourceLocation) -> PlanError {
        PlanError(
            .indexOutOfRange,
            "“\(name)”: index \(index) is out of range for axis \(axis) with \(shape[axis]) elements; the shape is \(shape)",
            node: name, location: location, hint: "positions count from 0, or from -1 for the last")
    }
}
