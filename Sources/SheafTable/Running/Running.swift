public import SheafArrow
package import SheafCore

extension Table {
    /// The query this plan becomes on the session's engine.
    ///
    /// - Throws: ``PlanError``: the first problem of the plan.
    public func sql() throws -> String { try session.tableEngine().sql(relation) }

    /// How the engine would go about the query, as text.
    public func explain() async throws -> String { try await session.tableEngine().explain(relation) }

    /// Runs the query, and hands its rows over batch by batch while it runs; memory holds a few batches at a time.
    public func forEachBatch(_ body: @escaping @Sendable (RecordBatch) async throws -> Void) async throws {
        _ = try await run("forEachBatch") { batches in
            while let batch = try await batches.next() { try await body(batch) }
            return true
        }
    }

    /// Runs the query, and returns its rows as Arrow data.
    ///
    /// - Note: Results are outside the session's memory budget.
    public func batches() async throws -> [RecordBatch] {
        try await run("batches") { batches in
            var result: [RecordBatch] = []
            while let batch = try await batches.next() { result.append(batch) }
            return result
        }
    }

    /// The number of rows.
    public func count() async throws -> Int {
        let count = NamedColumn(
            name: "count", expression: .aggregate(.init(function: "count", arguments: [])), type: .int64, isNullable: false)
        let rows = try await same(.aggregate(relation, keys: [], [count]), relation.location).batches()
        guard let column = rows.first?["count"] else { throw TaskError(.malformedRecord, "a count has one row") }
        return try Int.reader(of: column)(0)
    }

    /// Runs the query, and writes its rows to a file.
    ///
    /// - Returns: how many.
    @discardableResult
    public func write(to target: TableTarget) async throws -> Int {
        let engine = try session.tableEngine()
        return try await inGraph("write") { [relation] in try await engine.write(relation, to: target) }
    }

    /// Runs the plan as a task of the session's engine, so that it is cancelled, reported and drawn as all others.
    func run<Result: Sendable>(
        _ name: String, _ body: @escaping @Sendable (any TableBatches) async throws -> Result
    ) async throws -> Result {
        let engine = try session.tableEngine()
        return try await inGraph(name) { [relation] in
            let batches = try await engine.run(relation)
            do {
                let result = try await body(batches)
                await batches.close()
                return result
            } catch {
                await batches.close()
                throw error
            }
        }
    }

    /// The graph that runs the query, and its output.
    package func graph() throws -> (graph: Graph, outputs: [NodeID]) {
        let engine = try session.tableEngine()
        return graph("collect") { [relation] in
            let batches = try await engine.run(relation)
            var rows = 0
            while let batch = try await batches.next() { rows += batch.rowCount }
            return rows
        }
    }

    private func graph<Result: Sendable>(
        _ name: String, _ body: @escaping @Sendable () async throws -> Result
    ) -> (graph: Graph, outputs: [NodeID]) {
        var graph = Graph()
        let function = graph.addFunction(
            NodeFunction(
                name: "sql → \(name)", identity: .operations([Operation("sql"), Operation(name)]),
                body: .async { _ in TypedValue(try await body()) }))
        let attributes = graph.addAttributes(NodeAttributes(location: relation.location))
        let node = graph.append(function: function, attributes: attributes, arguments: [])
        return (graph, [node])
    }

    package func inGraph<Result: Sendable>(
        _ name: String, _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        if let problem = relation.problem { throw problem }
        let (graph, outputs) = graph(name, body)
        let values = try await session.compute(try session.plan(graph, outputs: outputs), name: name)
        guard let value = values.first as? TypedValue<Result> else {
            throw EngineError(.protocolViolation, "the engine handed back \(values.first.map { "\($0.type)" } ?? "nothing")")
        }
        return value.value
    }
}

extension Table where Row: TableRow {
    /// Runs the query, and returns its rows.
    ///
    /// - Throws: ``PlanError`` before anything runs; afterwards ``TaskError`` and ``EngineError``, which name the query's place, or the
    ///   result's row and column.
    public func collect() async throws -> [Row] {
        try await run("collect") { batches in
            let reader = try RowReader<Row>()
            var rows: [Row] = []
            while let batch = try await batches.next() { try reader.append(batch, first: rows.count, to: &rows) }
            return rows
        }
    }

    /// The first row, or nil when there is none.
    public func first() async throws -> Row? { try await same(.limit(relation, count: 1, offset: 0), relation.location).collect().first }
}

extension Table {
    /// Runs the query, and returns its rows, whose columns are read by name: `try record.delay`.
    public func records() async throws -> [Record<Row>] {
        let columns = columns
        return try await batches().flatMap { batch in
            (0..<batch.rowCount).map { Record(batch: batch, position: $0, columns: columns) }
        }
    }

    /// The first rows as a drawn table.
    public func preview(_ count: Int = 10) async throws -> String {
        let batches = try await same(.limit(relation, count: count + 1, offset: 0), relation.location).batches()
        return TableText.draw(batches, limit: count)
    }
}
