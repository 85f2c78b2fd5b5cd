internal import SheafCore

extension NDArray where Scalar: ArrayReal {
    /// The `k` largest elements along an axis, largest first; for a negative `k` the smallest, smallest first. Dask's `topk`.
    ///
    /// All elements where the axis has fewer. NaN counts as larger than every number. Each chunk keeps its own first `k`, fused with the
    /// element-wise operations before.
    ///
    /// - Parameter axis: a negative one counts from the last.
    /// - Note: A `k` of zero is a ``PlanError`` (`.invalidArgument`) when run.
    /// - Complexity: O(n log k) for elements in random order.
    public func topK(_ k: Int, axis: Int = -1, fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        let ranked = ranked(k, axis, "topK", fileID, line)
        return NDArray(
            session,
            ElementNode<Scalar>(
                Operation("values"), grid: ranked.grid, operands: [ranked],
                kernel: .unary { ranked, out, count in
                    let ranked = ranked.assumingMemoryBound(to: Ranked<Scalar>.self), out = out.assumingMemoryBound(to: Scalar.self)
                    for index in 0..<count { out[index] = ranked[index].value }
                }, location: ranked.location))
    }

    /// Where the elements of ``topK(_:axis:fileID:line:)`` are along the axis; of equal elements the first come first. Dask's `argtopk`.
    public func argTopK(_ k: Int, axis: Int = -1, fileID: StaticString = #fileID, line: UInt = #line) -> NDArray<Int> {
        let ranked = ranked(k, axis, "argTopK", fileID, line)
        return NDArray<Int>(
            session,
            ElementNode<Int>(
                Operation("indices"), grid: ranked.grid, operands: [ranked],
                kernel: .unary { ranked, out, count in
                    let ranked = ranked.assumingMemoryBound(to: Ranked<Scalar>.self), out = out.assumingMemoryBound(to: Int.self)
                    for index in 0..<count { out[index] = ranked[index].index }
                }, location: ranked.location))
    }

    private func ranked(
        _ k: Int, _ axis: Int, _ name: String, _ fileID: StaticString, _ line: UInt
    ) -> TypedNode<Ranked<Scalar>> {
        let location = SourceLocation(fileID: fileID, line: line), node = node
        let axes = Axes([axis], rank: rank, operation: name, location: location)
        let axis = axes.list.first ?? 0, extreme = k > 0 ? Extreme.maximum : .minimum, most = Int(k.magnitude)
        var problem = axes.problem
        if k == 0 {
            problem = PlanError(
                .invalidArgument, "“\(name)” of 0 elements", node: name, location: location,
                hint: "give a positive number for the largest, a negative one for the smallest")
        }
        var chunks = node.grid.chunks
        if problem == nil { chunks[axis] = [Swift.min(most, shape[axis])] }
        let grid = ChunkGrid(chunks)
        return TaskNode<Ranked<Scalar>>(Operation(name), grid: grid, after: [node], location: location, problem: problem) { lowering in
            let firsts = try lowering.consume(
                node, [Operation(name)], location: location,
                cost: { region in
                    let bytes = MemoryLayout<Ranked<Scalar>>.stride
                    return Cost(
                        resultBytes: region.count / Swift.max(region.shape[axis], 1) * Swift.min(most, region.shape[axis]) * bytes,
                        workingBytes: region.count * MemoryLayout<Scalar>.stride)
                }
            ) { _, reader in
                let first: DenseArray<Ranked<Scalar>> = try firstRanked(reader, axis, most, extreme)
                return TypedValue(first)
            }
            var lines = [[Graph.Argument]](repeating: [], count: grid.count)
            lowering.forEachChunk(node.grid) { index, coordinates in
                lines[grid.index(coordinates.indices.map { $0 == axis ? 0 : coordinates[$0] })].append(firsts[index])
            }
            return try lines.map { chunks in
                try lowering.reducing(chunks, Operation("merge"), location: location) { (parts: [DenseArray<Ranked<Scalar>>]) in
                    joinedRanked(parts, axis, most, extreme)
                }
            }
        }
    }
}

/// The first elements of each line of a chunk.
private func firstRanked<Scalar: ArrayReal>(
    _ reader: TileReader, _ axis: Int, _ most: Int, _ extreme: Extreme
) throws -> DenseArray<Ranked<Scalar>> {
    let region = reader.region, shape = region.shape, last = shape.count - 1
    let chunk = try DenseArray<Scalar>(shape: shape) { buffer in
        if let base = buffer.baseAddress { try reader.readAll(into: UnsafeMutableRawPointer(base)) }
    }
    // With the axis as the last one.
    let order = shape.indices.filter { $0 != axis } + [axis], length = shape[axis], kept = Swift.min(most, length)
    let outer = length == 0 ? 0 : chunk.count / length
    let result = DenseArray<Ranked<Scalar>>(shape: order.dropLast().map { shape[$0] } + [kept]) { out in
        guard let best = out.baseAddress, kept > 0 else { return }
        chunk.transposed(order).withUnsafeBufferPointer { elements in
            guard let base = elements.baseAddress else { return }
            for row in 0..<outer { Scalar.topLoop(extreme, base + row * length, length, region.start[axis], best + row * kept, kept) }
        }
    }
    var back = Array(0..<last)
    back.insert(last, at: axis)
    return result.transposed(back)
}

/// The first elements of each line of several chunks' first ones.
private func joinedRanked<Scalar: ArrayReal>(
    _ parts: [DenseArray<Ranked<Scalar>>], _ axis: Int, _ most: Int, _ extreme: Extreme
) -> DenseArray<Ranked<Scalar>> {
    if parts.count == 1 { return parts[0] }
    let rank = parts[0].rank, last = rank - 1
    let order = (0..<rank).filter { $0 != axis } + [axis]
    let rows = parts.map { $0.transposed(order).contiguous() }
    let total = rows.reduce(0) { $0 + $1.shape[last] }, kept = Swift.min(most, total)
    let outer = rows[0].shape.dropLast().reduce(1, *)
    let candidates = UnsafeMutablePointer<Ranked<Scalar>>.allocate(capacity: Swift.max(total, 1))
    defer { candidates.deallocate() }
    let result = DenseArray<Ranked<Scalar>>(shape: Array(rows[0].shape.dropLast()) + [kept]) { out in
        for row in 0..<outer {
            var filled = 0
            for part in rows {
                let length = part.shape[last]
                part.withUnsafeBufferPointer { elements in
                    if let base = elements.baseAddress { (candidates + filled).initialize(from: base + row * length, count: length) }
                }
                filled += length
            }
            Scalar.rankedSortLoop(extreme, candidates, total)
            for place in 0..<kept { out.initializeElement(at: row * kept + place, to: candidates[place]) }
        }
    }
    var back = Array(0..<last)
    back.insert(last, at: axis)
    return result.transposed(back)
}
