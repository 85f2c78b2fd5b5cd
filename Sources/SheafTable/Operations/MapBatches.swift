public import SheafArrow
internal import SheafCore

extension Table {
    /// Applies a function to the rows, batch by batch, on all workers; the rows keep their order.
    ///
    /// ```swift
    /// let scored = flights.mapBatches(as: Score.self) { batch in
    ///     try RecordBatch([("id", batch["id"]!), ("score", model.score(batch))])
    /// }
    /// ```
    /// The query runs first; what does not fit in memory waits on disk. A batch has some thousand rows, and where one ends means nothing.
    ///
    /// - Parameter body: makes any number of rows; all its batches must have the columns of `Out`, by name.
    public func mapBatches<Out: TableRow>(
        as out: Out.Type, fileID: StaticString = #fileID, line: UInt = #line,
        _ body: @escaping @Sendable (RecordBatch) throws -> RecordBatch
    ) -> Table<Out> {
        let location = SourceLocation(fileID: fileID, line: line)
        do throws(PlanError) {
            let fields = try RowSchemas.schema(Out.self).fields
            return try session.table(
                mapping(Operation("mapBatches", closure: location), location, columns: fields.map(\.name), body), as: out,
                location: location)
        } catch {
            return refused(error, location, as: Columns<Out>())
        }
    }

    /// Applies a function to the rows, batch by batch, whose columns are known only when it runs. See
    /// ``mapBatches(as:fileID:line:_:)``.
    public func mapBatches(
        fileID: StaticString = #fileID, line: UInt = #line, _ body: @escaping @Sendable (RecordBatch) throws -> RecordBatch
    ) -> Table<AnyRow> {
        let location = SourceLocation(fileID: fileID, line: line)
        let rows = mapping(Operation("mapBatches", closure: location), location, columns: nil, body)
        return session.table(rows, columns: nil, location: location, problem: relation.problem)
    }

    /// - Parameter columns: those that the batches must have; any when nil.
    private func mapping(
        _ operation: Operation, _ location: SourceLocation, columns: [String]?,
        _ body: @escaping @Sendable (RecordBatch) throws -> RecordBatch
    ) -> ComputedRows {
        ComputedRows { [self] graph, session in
            let rows = try addRows(to: &graph)
            let parts = session.options.workers * 4
            let function = graph.addFunction(
                NodeFunction(
                    name: operation.label, identity: .operations([operation]),
                    body: .sync { scope in
                        let part = scope.argument(1, as: Int.self)
                        return TypedValue(try map(scope.argument(0), part, of: parts, columns, scope, body))
                    }))
            let attributes = graph.addAttributes(NodeAttributes(location: location))
            return (0..<parts).map { part in
                let number = graph.addConstant(TypedValue(part))
                return graph.append(function: function, attributes: attributes, arguments: [.node(rows), number])
            }
        }
    }
}

/// Applies a function to one of several shares of the batches.
private func map(
    _ rows: BatchStore, _ part: Int, of parts: Int, _ columns: [String]?, _ scope: TaskScope,
    _ body: (RecordBatch) throws -> RecordBatch
) throws -> BatchStore {
    func checked(_ batch: RecordBatch) throws -> RecordBatch {
        guard let columns else { return batch }
        return batch.selecting(
            try columns.map { name in
                guard let index = batch.schema.index(of: name) else {
                    throw TaskError(
                        .malformedRecord, "the function gave no column “\(name)”",
                        hint: "its columns are: \(batch.schema.fields.map(\.name).joined(separator: ", "))")
                }
                return index
            })
    }
    let share = rows.batchCount * part / parts..<rows.batchCount * (part + 1) / parts
    // A share without rows has columns nevertheless: those that the function makes of no rows.
    let first = try checked(body(share.isEmpty ? RecordBatch(noRowsOf: rows.schema) : rows.batch(at: share.lowerBound)))
    var writer = BatchStoreWriter(first.schema, scope.resources)
    try writer.append(first)
    for index in share.dropFirst() {
        try scope.checkCancellation()
        try writer.append(try checked(body(rows.batch(at: index))))
    }
    return writer.finish()
}

extension RecordBatch {
    /// No rows of some columns.
    fileprivate init(noRowsOf schema: ArrowTableSchema) throws {
        try self.init(schema: schema, columns: schema.fields.map { ArrowCellBuilder($0.type).finish() })
    }
}
