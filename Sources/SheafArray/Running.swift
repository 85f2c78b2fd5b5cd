public import SheafCore

extension Session {
    /// Runs the plans of several arrays at once, and returns their elements; what they share is computed once.
    ///
    /// ```swift
    /// let (q, r) = try await session.compute(a.qr().q, a.qr().r)
    /// ```
    /// - Throws: ``PlanError`` before anything runs; ``TaskError``, ``EngineError`` or `CancellationError` afterwards.
    /// - Note: The results are outside the session's memory budget; write arrays larger than memory to files instead.
    public func compute<each Scalar: ArrayScalar>(
        _ arrays: repeat NDArray<each Scalar>
    ) async throws -> (repeat DenseArray<each Scalar>) {
        let lowering = try lowering(repeat each arrays)
        var outputs: [NodeID] = []
        guard engine.capabilities.sharesMemory else {
            for array in repeat each arrays { try array.addKeptChunks(lowering, &outputs) }
            let values = try await compute(try plan(lowering.graph, outputs: outputs), name: "compute")
            var rest = values[...]
            return (repeat (each arrays).assembled(&rest))
        }
        let results = (repeat try (each arrays).addTasks(lowering, &outputs))
        _ = try await compute(try plan(lowering.graph, outputs: outputs), name: "compute")
        return results
    }

    /// Runs the plans of several arrays at once, and returns arrays of the same elements that are kept in memory, chunk by chunk.
    ///
    /// - Throws: as ``compute(_:)``.
    public func persist<each Scalar: ArrayScalar>(
        _ arrays: repeat NDArray<each Scalar>
    ) async throws -> (repeat NDArray<each Scalar>) {
        let lowering = try lowering(repeat each arrays)
        var outputs: [NodeID] = []
        for array in repeat each arrays { try array.addKeptChunks(lowering, &outputs) }
        let values = try await compute(try plan(lowering.graph, outputs: outputs), name: "persist", isOpaque: true)
        var rest = values[...]
        return (repeat (each arrays).holding(&rest))
    }

    private func lowering<each Scalar: ArrayScalar>(_ arrays: repeat NDArray<each Scalar>) throws -> ArrayLowering {
        var roots: [ArrayNode] = []
        for array in repeat each arrays { roots.append(array.node) }
        return try ArrayLowering(self, roots: roots)
    }
}

extension NDArray {
    /// Adds the tasks that compute the array, each chunk right into its place in the result.
    fileprivate func addTasks(_ lowering: ArrayLowering, _ outputs: inout [NodeID]) throws -> DenseArray<Scalar> {
        let target = DenseArray<Scalar>(shape: shape) { _ in }
        if node.kernel == nil {
            let copy = lowering.function(Operation("copy")) { scope in
                target.box(scope.argument(0, as: Region.self)).assign(scope.argument(1, as: DenseArray<Scalar>.self))
                return TypedValue(true)
            }
            for (region, chunk) in zip(lowering.regionArguments(grid), try lowering.chunks(of: node)) {
                outputs.append(lowering.add(copy, [region, chunk], location: node.location).index)
            }
        } else {
            outputs += try lowering.consume(node, [], location: node.location) { _, reader in
                try reader.readAll(into: target.box(reader.region).view)
                return TypedValue(true)
            }.map(\.index)
        }
        return target
    }

    /// Adds the tasks that make the array's chunks.
    fileprivate func addKeptChunks(_ lowering: ArrayLowering, _ outputs: inout [NodeID]) throws {
        for chunk in try lowering.chunks(of: node) {
            // A chunk that is there already (a view of another array) needs no task; as an output it has to have one.
            let output = chunk.isNode ? chunk : lowering.add(Operation("keep"), [chunk], location: node.location) { $0.reference(0) }
            outputs.append(output.index)
        }
    }

    /// The array whose chunks are the first of some values, which it takes, in one piece.
    fileprivate func assembled(_ values: inout ArraySlice<AnyValue>) -> DenseArray<Scalar> {
        let chunks = values.prefix(grid.count)
        values = values.dropFirst(grid.count)
        func chunk(_ value: AnyValue) -> DenseArray<Scalar> { unsafeDowncast(value, to: TypedValue<DenseArray<Scalar>>.self).value }
        if chunks.count == 1, let only = chunks.first { return chunk(only) }
        let target = DenseArray<Scalar>(shape: shape) { _ in }
        for (region, value) in zip(grid.regions, chunks) { target.box(region).assign(chunk(value)) }
        return target
    }

    /// The array whose chunks are the first of some values, which it takes.
    fileprivate func holding(_ values: inout ArraySlice<AnyValue>) -> NDArray {
        let chunks = values.prefix(grid.count)
        values = values.dropFirst(grid.count)
        return NDArray(
            session,
            TaskNode<Scalar>(Operation("persisted"), grid: grid, after: [], location: node.location) { lowering in
                chunks.map { lowering.graph.addConstant($0) }
            })
    }
}
