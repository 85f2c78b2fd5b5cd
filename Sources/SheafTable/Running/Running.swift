public import SheafArrow
public import SheafCore

extension Table {
    /// The query this plan becomes on the session's engine.
    ///
    /// - Throws: ``PlanError``: the first problem of the plan.
    public func sql() throws -> String { try session.tableEngine().sql(relation) }

    /// How the engine would go about the query, as text.
    public func explain() async throws -> String {
        let engine = try session.tableEngine()
        return try await inGraph("explain", columnsOnly: true) { [relation] in try await engine.explain(relation, $0) }
    }

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

    /// Runs the plan as a task of the session's engine, so that it is cancelled, reported and drawn as all others.
    func run<Result: Sendable>(
        _ name: String, _ body: @escaping @Sendable (any TableBatches) async throws -> Result
    ) async throws -> Result {
        let engine = try session.tableEngine()
        return try await inGraph(name) { [relation] inputs in
            let batches = try await engine.run(relation, inputs)
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
    ///
    /// - Throws: ``PlanError``: the first problem of the plan.
    public func graph() throws -> (graph: Graph, outputs: [NodeID]) {
        var graph = Graph()
        let node = try addRows(to: &graph)
        return (graph, [node])
    }

    /// Adds the task that runs the query, with those that make its inputs.
    ///
    /// - Returns: its node, whose value is a ``BatchStore``.
    package func addRows(to graph: inout Graph) throws -> NodeID {
        let engine = try session.tableEngine()
        return try addQuery(to: &graph, "rows") { [relation] inputs, resources in
            let batches = try await engine.run(relation, inputs)
            do {
                var writer = BatchStoreWriter(batches.schema, resources)
                while let batch = try await batches.next() { try writer.append(batch) }
                await batches.close()
                return writer.finish()
            } catch {
                await batches.close()
                throw error
            }
        }
    }

    private static var queryName: String { "sql → " }

    /// - Parameter columnsOnly: whether inputs of known columns may be without rows.
    private func addQuery<Result: Sendable>(
        to graph: inout Graph, _ name: String, columnsOnly: Bool = false,
        _ body: @escaping @Sendable (TableInputs, TaskResources) async throws -> Result
    ) throws -> NodeID {
        if let problem = relation.problem { throw problem }
        let sources = relation.computedRows
        var arguments: [Graph.Argument] = [], counts: [Int] = []
        for source in sources {
            if columnsOnly, let columns = source.columns {
                arguments.append(graph.addConstant(TypedValue(BatchStore(schema: columns))))
                counts.append(1)
                continue
            }
            let nodes = try source.addTasks(&graph, session)
            arguments += nodes.map { .node($0) }
            counts.append(nodes.count)
        }
        let sizes = zip(sources.map(\.number), counts).map { ($0, $1) }
        let function = graph.addFunction(
            NodeFunction(
                name: Self.queryName + name, identity: .operations([Operation("sql"), Operation(name)]),
                body: .async { scope in
                    var stores: [Int: [BatchStore]] = [:], next = 0
                    for (number, count) in sizes {
                        stores[number] = (next..<next + count).map { scope.argument($0) }
                        next += count
                    }
                    return TypedValue(try await body(TableInputs(stores), scope.resources))
                }, staysHere: true))
        let attributes = graph.addAttributes(NodeAttributes(location: relation.location))
        return graph.append(function: function, attributes: attributes, arguments: arguments)
    }

    package func inGraph<Result: Sendable>(
        _ name: String, columnsOnly: Bool = false, _ body: @escaping @Sendable (TableInputs) async throws -> Result
    ) async throws -> Result {
        var graph = Graph()
        let node = try addQuery(to: &graph, name, columnsOnly: columnsOnly) { inputs, _ in try await body(inputs) }
        let values: [AnyValue]
        do {
            values = try await session.compute(try session.plan(graph, outputs: [node]), name: name)
        } catch let error as TaskError where error.code == .failed && error.node?.hasPrefix(Self.queryName) == true {
            // What the engine for tables says is no failure of somebody's code.
            if let cause = error.cause as? any SheafError { throw cause }
            throw error
        }
        guard let value = values.first as? TypedValue<Result> else {
            throw EngineError(.protocolViolation, "the engine handed back \(values.first.map { "\($0.type)" } ?? "nothing")")
        }
        return value.value
    }
}

extension Table where Row: TableRow {
    /// Runs the query, and returns its rows.
    ///
    /// - Throws: ``PlanError`` before anything runs; afterwards ``TaskError`` and ``EngineError``, which name the query's place, a file's
    ///   line or the result's row, and the column; what the engine says of the SQL (`SQLError`).
    public func collect() async throws -> [Row] {
        try await run("collect") { [relation, workers = session.options.workers] batches in
            do { return try await RowCollection.rows(of: batches, workers: workers) } catch let error as TaskError {
                throw relation.placed(error)
            }
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
