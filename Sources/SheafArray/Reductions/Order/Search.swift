internal import SheafCore

extension NDArray where Scalar: ArrayReal {
    /// The bin of each element among bins with these edges: how many edges are not greater (for edges that increase). NumPy's `digitize`.
    ///
    /// - Parameters:
    ///   - edges: increasing or decreasing; equal neighbours are allowed.
    ///   - right: whether a bin includes its right edge instead of its left one.
    /// - Note: Edges in no order are a ``PlanError`` (`.invalidArgument`) when run. NaN comes after every number.
    public func digitize(
        _ edges: [Scalar], right: Bool = false, fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray<Int> {
        let neighbours = zip(edges, edges.dropFirst())
        let increases = neighbours.allSatisfy { $0 <= $1 }, decreases = neighbours.allSatisfy { $0 >= $1 }
        let sorted = increases ? edges : edges.reversed()
        let digits = mapping("digitize", to: Int.self, fileID: fileID, line: line) { a, out, count in
            sorted.withUnsafeBufferPointer { sorted in
                // An empty buffer has no address, and is not read either.
                guard let base = sorted.baseAddress else { return out.update(repeating: 0, count: count) }
                Scalar.searchLoop(base, sorted.count, a, out, count, afterEqual: !right)
                if !increases { for index in 0..<count { out[index] = sorted.count - out[index] } }
            }
        }
        if increases || decreases { return digits }
        return digits.failing(
            PlanError(
                .invalidArgument, "“digitize” with edges in no order", node: "digitize",
                location: SourceLocation(fileID: fileID, line: line)))
    }

    /// Where each of some values would go in this array, which must have one axis and be sorted, so that it stays sorted.
    ///
    /// - Parameters:
    ///   - values: of any shape, which is the result's.
    ///   - right: whether a value goes after those equal to it, instead of before.
    /// - Note: This array is gathered in one chunk. An array of several axes is a ``PlanError`` (`.shapeMismatch`) when run. In an array
    ///   that is not sorted the places mean nothing.
    public func searchSorted(
        _ values: NDArray, right: Bool = false, fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray<Int> {
        let location = SourceLocation(fileID: fileID, line: line), source = values.node
        var problem: PlanError?
        if rank != 1 {
            problem = PlanError(
                .shapeMismatch, "“searchSorted” in an array of shape \(shape)", node: "searchSorted", location: location,
                hint: "only an array of one axis is sorted")
        }
        let whole = node.recut(ChunkGrid(whole: shape))
        return NDArray<Int>(
            session,
            TaskNode<Int>(
                Operation("searchSorted"), grid: source.grid, after: [whole, source], location: location, problem: problem
            ) { lowering in
                let sorted = try lowering.chunks(of: whole)
                return try lowering.consume(
                    source, [Operation("searchSorted")], location: location, stores: true,
                    extra: Array(repeating: sorted, count: source.grid.count)
                ) { scope, reader in
                    let sorted = scope.argument(reader.firstExtraArgument, as: DenseArray<Scalar>.self)
                    return TypedValue(
                        try DenseArray<Int>(shape: reader.region.shape) { out in
                            guard let base = out.baseAddress else { return }
                            try sorted.withUnsafeBufferPointer { sorted in
                                guard let first = sorted.baseAddress else { return out.initialize(repeating: 0) }
                                try reader.forEachTile { start, elements, count in
                                    Scalar.searchLoop(
                                        first, sorted.count, elements.assumingMemoryBound(to: Scalar.self), base + start, count,
                                        afterEqual: right)
                                }
                            }
                        })
                }
            })
    }

    /// Whether each element is one of some values. NaN is none.
    public func isIn(_ values: [Scalar], fileID: StaticString = #fileID, line: UInt = #line) -> NDArray<Bool> {
        let sorted = values.filter { !$0.isNotANumber }.sorted()
        return mapping("isIn", to: Bool.self, fileID: fileID, line: line) { a, out, count in
            sorted.withUnsafeBufferPointer { sorted in
                guard let base = sorted.baseAddress else { return out.update(repeating: false, count: count) }
                withUnsafeTemporaryAllocation(of: Int.self, capacity: Swift.max(count, 1)) { places in
                    guard let place = places.baseAddress else { return }
                    Scalar.searchLoop(base, sorted.count, a, place, count, afterEqual: false)
                    for index in 0..<count { out[index] = place[index] < sorted.count && sorted[place[index]] == a[index] }
                }
            }
        }
    }
}
