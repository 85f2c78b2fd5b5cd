internal import SheafCore

extension NDArray {
    /// The elements at some points, given by their indices along each axis: NumPy's `x[i, j, …]` with lists, Dask's `vindex`.
    ///
    /// ```swift
    /// x.elements(at: [[0, 3, 3], [1, 1, -1]])        // x[0, 1], x[3, 1], x[3, -1]
    /// ```
    /// - Parameter indices: a list for each axis, all of one length. Negative ones count from the end.
    ///
    /// Problems: ``PlanError`` (`.indexOutOfRange`), and `.shapeMismatch` for lists of different lengths or other than one per axis.
    public func elements(at indices: [[Int]], fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        let location = SourceLocation(fileID: fileID, line: line), source = node.grid
        let count = indices.first?.count ?? 0
        guard indices.count == rank, rank > 0, indices.allSatisfy({ $0.count == count }) else {
            return refusing(
                PlanError(
                    .shapeMismatch, "“elements” at lists of \(indices.map(\.count)) indices in an array of shape \(shape)",
                    node: "elements",
                    location: location, hint: "give one list for each axis, all of the same length"))
        }
        for (axis, list) in indices.enumerated() {
            if let wrong = list.first(where: { $0 < -shape[axis] || $0 >= shape[axis] }) {
                return refusing(rangeProblem("elements", wrong, axis, location))
            }
        }
        let grid = ChunkGrid([ChunkSizes.cut(count, Swift.max(source.largestChunk, 1))])
        return NDArray(
            session,
            TaskNode<Scalar>(Operation("elements"), grid: grid, after: [node], location: location) { [node] lowering in
                let sources = try lowering.chunks(of: node)
                let function = lowering.function(Operation("elements")) { scope in
                    let parts = scope.argument(0, as: [PointsPart].self)
                    return TypedValue(
                        DenseArray<Scalar>(shape: [parts.reduce(0) { $0 + $1.targets.count }]) { buffer in
                            guard let out = buffer.baseAddress else { return }
                            for (argument, part) in parts.enumerated() {
                                let chunk = scope.argument(argument + 1, as: DenseArray<Scalar>.self)
                                for (position, target) in part.targets.enumerated() {
                                    let place = part.indices.indices.reduce(0) { $0 + part.indices[$1][position] * chunk.strides[$1] }
                                    out[target] = chunk.base[place]
                                }
                            }
                        })
                }
                return grid.regions.map { region in
                    let parts = source.parts(of: indices, region.start[0]..<(region.start[0] + region.shape[0]))
                    return lowering.add(
                        function, [lowering.constant(parts)] + parts.map { sources[$0.chunk] }, location: location,
                        cost: Cost(resultBytes: region.count * MemoryLayout<Scalar>.stride))
                }
            })
    }

    /// For each place of `indices`, the element at the same place but for one axis, along which it is at the index: NumPy's
    /// `take_along_axis`.
    ///
    /// - Parameter indices: as many axes as this array; lengths along the other axes are equal, or 1 in either.
    ///
    /// Problems: ``PlanError`` (`.shapeMismatch`). An index outside the axis makes the run throw ``TaskError`` with a ``PlanError``
    /// (`.indexOutOfRange`) as its cause.
    public func takeAlong<Index: ArrayInteger>(
        _ indices: NDArray<Index>, axis: Int = -1, fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray {
        let location = SourceLocation(fileID: fileID, line: line)
        guard let own = normalized(axis, rank: rank) else { return refusing(axisProblem(axis, rank: rank, "take along", location)) }
        guard indices.rank == rank else {
            return refusing(
                PlanError(
                    .shapeMismatch, "“take along” with indices of shape \(indices.shape) from an array of shape \(shape)",
                    node: "take along",
                    location: location, hint: "both need the same number of axes"))
        }
        let length = shape[own]
        // The array's axis is another than the one of the indices, and whole.
        let labels = (0..<rank).map { Character(Unicode.Scalar(UInt8(97 + $0))) }
        var source = labels
        source[own] = "z"
        return session.blockwise(
            String(labels), self, String(source), indices.positions, String(labels), fileID: fileID, line: line
        ) { chunk, indices in
            var shape = indices.shape, from = chunk.shape
            for axis in shape.indices where axis != own {
                shape[axis] = Swift.max(shape[axis], from[axis])
                from[axis] = shape[axis]
            }
            let chunk = chunk.broadcast(to: from), indices = indices.broadcast(to: shape)
            return try DenseArray(shape: shape) { buffer in
                guard let out = buffer.baseAddress, !shape.contains(0) else { return }
                let wrong =
                    switch MemoryLayout<Scalar>.stride {
                    case 1: chunk.gather(indices, axis: own, length, out, as: UInt8.self)
                    case 2: chunk.gather(indices, axis: own, length, out, as: UInt16.self)
                    case 4: chunk.gather(indices, axis: own, length, out, as: UInt32.self)
                    case 8: chunk.gather(indices, axis: own, length, out, as: UInt64.self)
                    default: chunk.gather(indices, axis: own, length, out, as: TwoWords.self)
                    }
                if let wrong {
                    throw PlanError(
                        .indexOutOfRange, "“take along”: index \(wrong) is out of range for axis \(own) with \(length) elements",
                        node: "take along", location: location)
                }
            }
        }
    }
}

extension NDArray where Scalar: ArrayInteger {
    /// As `Int`; what does not fit becomes the nearest number that does.
    fileprivate var positions: NDArray<Int> {
        if let same = self as? NDArray<Int> { return same }
        if let wide = self as? NDArray<UInt64> {
            return wide.mapping("cast", to: Int.self) { a, out, count in for i in 0..<count { out[i] = Int(clamping: a[i]) } }
        }
        let loop = Int.castLoop(from: Scalar.scalarType)
        return mapping("cast", to: Int.self) { a, out, count in loop?(UnsafeRawPointer(a), out, count) }
    }
}

extension DenseArray {
    /// Copies, for each index, the element at its place but along `axis` at the index.
    ///
    /// - Returns: an index that is out of range, if there is one.
    @inline(__always)
    fileprivate func gather<Word>(
        _ indices: DenseArray<Int>, axis: Int, _ length: Int, _ out: UnsafeMutablePointer<Element>, as: Word.Type
    ) -> Int? {
        let from = UnsafeRawPointer(base).assumingMemoryBound(to: Word.self)
        var out = UnsafeMutableRawPointer(out).assumingMemoryBound(to: Word.self)
        var steps = strides
        steps[axis] = 0
        let shape = indices.shape, last = shape.count - 1
        let count = shape[last], stride = strides[axis], step = steps[last], indexStep = indices.strides[last]
        var walk = Odometer(shape, steps, indices.strides, skipping: [last])
        repeat {
            let from = from + walk.source, indices = indices.base + walk.target
            for position in 0..<count {
                let given = indices[position &* indexStep], index = given < 0 ? given &+ length : given
                guard index >= 0 && index < length else { return given }
                out[position] = from[position &* step &+ index &* stride]
            }
            out += count
        } while walk.advance()
        return nil
    }
}

/// The points that lie in one chunk.
struct PointsPart: Sendable {
    var chunk: Int
    /// For each axis, inside the chunk.
    var indices: [[Int]]
    /// In the result's chunk.
    var targets: [Int]
}

extension ChunkGrid {
    /// Sorts points by the chunks that they lie in.
    fileprivate func parts(of indices: [[Int]], _ range: Range<Int>) -> [PointsPart] {
        var parts: [PointsPart] = [], known: [Int: Int] = [:]
        for position in range {
            var chunk = 0
            let local = (0..<rank).map { axis in
                let given = indices[axis][position], index = given < 0 ? given + shape[axis] : given
                let own = self.chunk(at: index, axis: axis)
                chunk = chunk * counts[axis] + own
                return index - offsets[axis][own]
            }
            let part = known[chunk] ?? parts.count
            if part == parts.count {
                known[chunk] = part
                parts.append(PointsPart(chunk: chunk, indices: Array(repeating: [], count: rank), targets: []))
            }
            for axis in 0..<rank { parts[part].indices[axis].append(local[axis]) }
            parts[part].targets.append(position - range.lowerBound)
        }
        return parts
    }
}
