internal import SheafCore

extension NDArray where Scalar: ArrayReal {
    /// The distinct elements, in increasing order; several NaNs count as one, and come last. Runs the plan.
    ///
    /// - Throws: as ``compute()``.
    /// - Note: The distinct elements are held in memory.
    public func unique() async throws -> NDArray { try await uniqueCounts().values }

    /// The distinct elements in increasing order, and how often each occurs. Runs the plan.
    ///
    /// - Throws: as ``compute()``.
    public func uniqueCounts() async throws -> (values: NDArray, counts: NDArray<Int>) {
        let lowering = try ArrayLowering(session, roots: [node]), node = node
        let parts = try lowering.consume(node, [Operation("unique")], location: node.location) { _, reader in
            let sorted = try DenseArray<Scalar>(shape: [reader.count]) { buffer in
                guard let base = buffer.baseAddress else { return }
                try reader.readAll(into: UnsafeMutableRawPointer(base))
                Scalar.sortLoop(base, reader.count)
            }
            return TypedValue(sorted.withUnsafeBufferPointer { distinct($0.lazy.map { Ranked($0, 1) }) })
        }
        let whole = try lowering.reducing(parts, Operation("merge"), location: node.location) {
            (parts: [DenseArray<Ranked<Scalar>>]) in
            if parts.count == 1 { return parts[0] }
            let all = DenseArray<Ranked<Scalar>>(shape: [parts.reduce(0) { $0 + $1.count }]) { buffer in
                guard let base = buffer.baseAddress else { return }
                var filled = 0
                for part in parts {
                    part.withUnsafeBufferPointer { elements in
                        if let first = elements.baseAddress { (base + filled).initialize(from: first, count: elements.count) }
                        filled += elements.count
                    }
                }
                Scalar.rankedSortLoop(.minimum, base, filled)
            }
            return all.withUnsafeBufferPointer { distinct($0) }
        }
        let results = try await session.compute(try session.plan(lowering.graph, outputs: [whole.index]), name: "unique")
        guard let ranked = (results.first as? TypedValue<DenseArray<Ranked<Scalar>>>)?.value else {
            throw EngineError(.protocolViolation, "the engine returned something else than the distinct elements")
        }
        return (session.array(ranked.elements.map(\.value)), session.array(ranked.elements.map(\.index)))
    }

    /// The distinct elements in increasing order, and for each element of this array the position of its like among them. Runs the plan;
    /// the positions are lazy.
    ///
    /// - Throws: as ``compute()``.
    public func uniqueInverse() async throws -> (values: NDArray, inverse: NDArray<Int>) {
        let values = try await unique()
        return (values, values.searchSorted(self))
    }
}

/// Elements with how often they occur, each once, from such elements in order.
private func distinct<Scalar: ArrayReal>(_ sorted: some Sequence<Ranked<Scalar>>) -> DenseArray<Ranked<Scalar>> {
    var result: [Ranked<Scalar>] = []
    for element in sorted {
        if let last = result.last, last.value == element.value || (last.value.isNotANumber && element.value.isNotANumber) {
            result[result.count - 1].index += element.index
        } else {
            result.append(element)
        }
    }
    return DenseArray(result)
}
