public import SheafArray
internal import SheafArrow
internal import SheafCore
public import SheafTable

extension Table {
    /// Columns as an array: of one axis for one column, of rows × columns for several. Each chunk has whole rows.
    ///
    /// ```swift
    /// let features = try await flights.array(\.distance, \.airTime)
    /// let (q, r) = features.qr()
    /// ```
    /// Arrays have to know their shape, so this runs a query that counts the rows; the other form, given the number, runs nothing.
    ///
    /// - Parameter chunkRows: rows of a chunk; about 8 MiB when nil.
    /// - Throws: as ``count()``.
    public func array<Scalar: ArrayScalar & ColumnValue>(
        _ columns: KeyPath<Columns<Row>, Column<Scalar>>..., chunkRows: Int? = nil, fileID: StaticString = #fileID, line: UInt = #line
    ) async throws -> NDArray<Scalar> {
        array(
            columns.map { self.columns[keyPath: $0].expression }, rows: try await count(), chunkRows: chunkRows,
            SourceLocation(fileID: fileID, line: line))
    }

    /// Columns as an array, when the number of rows is known. Another number of rows ends the run with a ``TaskError``.
    public func array<Scalar: ArrayScalar & ColumnValue>(
        _ columns: KeyPath<Columns<Row>, Column<Scalar>>..., rows: Int, chunkRows: Int? = nil, fileID: StaticString = #fileID,
        line: UInt = #line
    ) -> NDArray<Scalar> {
        array(
            columns.map { self.columns[keyPath: $0].expression }, rows: rows, chunkRows: chunkRows,
            SourceLocation(fileID: fileID, line: line))
    }

    private func array<Scalar: ArrayScalar & ColumnValue>(
        _ expressions: [ScalarExpression], rows: Int, chunkRows: Int?, _ location: SourceLocation
    ) -> NDArray<Scalar> {
        let width = Swift.max(expressions.count, 1), bytes = MemoryLayout<Scalar>.stride * width
        let size = Swift.max(1, chunkRows ?? (8 << 20) / bytes)
        let isVector = expressions.count == 1
        var problem: PlanError?
        if rows < 0 { problem = PlanError(.invalidArgument, "“array” of \(rows) rows", node: "array", location: location) }
        if let chunkRows, chunkRows < 1 {
            problem = PlanError(.invalidArgument, "“array” with chunks of \(chunkRows) rows", node: "array", location: location)
        }
        if expressions.isEmpty {
            problem = PlanError(.invalidArgument, "“array” of no columns", node: "array", location: location, hint: "name one or more")
        }
        let count = Swift.max(rows, 0)
        let lengths = count == 0 ? [0] : stride(from: 0, to: count, by: size).map { Swift.min(size, count - $0) }
        let grid = ChunkGrid(isVector ? [lengths] : [lengths, [expressions.count]])
        let selected = selecting(expressions.enumerated().map { ("c\($0)", $1) }, Scalar.sqlType, location)
        return NDArray(tasksIn: session, Operation("table"), grid: grid, location: location, problem: problem) { graph in
            let rows = try selected.addRows(to: &graph)
            let function = graph.addFunction(
                NodeFunction(
                    name: "table", identity: .operations([Operation("table")]),
                    body: .sync { scope in
                        TypedValue(
                            try chunk(
                                scope.argument(0), scope.argument(1, as: Range<Int>.self), of: count, isVector: isVector, as: Scalar.self))
                    }))
            var first = 0
            return lengths.map { length in
                let range = graph.addConstant(TypedValue(first..<first + length))
                first += length
                let attributes = graph.addAttributes(NodeAttributes(location: location, cost: Cost(resultBytes: length * bytes)))
                return .node(graph.append(function: function, attributes: attributes, arguments: [.node(rows), range]))
            }
        }
    }
}

/// Some rows of a query's columns as an array's chunk.
private func chunk<Scalar: ArrayScalar & ColumnValue>(
    _ store: BatchStore, _ range: Range<Int>, of expected: Int, isVector: Bool, as _: Scalar.Type
) throws -> DenseArray<Scalar> {
    guard store.rowCount == expected else {
        throw TaskError(
            .malformedRecord, "the query gives \(store.rowCount) rows, and the array was made for \(expected)",
            hint: "count the rows again, or leave “rows” out")
    }
    let width = store.schema.fields.count
    return try DenseArray(shape: isVector ? [range.count] : [range.count, width]) { buffer in
        guard let base = buffer.baseAddress else { return }
        try store.forEachBatch(in: range) { batch, first in
            let target = base + (first - range.lowerBound) * width
            for (index, column) in batch.columns.enumerated() {
                let read = try Scalar.reader(of: column)
                if column.nullCount > 0, let row = (0..<batch.rowCount).first(where: { column.isNull(at: $0) }) {
                    throw TaskError(
                        .malformedRecord, "row \(first + row) of the query has a null where an array's element is wanted",
                        hint: "replace nulls, as in select { $0.delay.coalesce(0) }, or filter them out")
                }
                for row in 0..<batch.rowCount { target[row * width + index] = try read(row) }
            }
        }
    }
}

extension NDArray where Scalar: ColumnValue {
    /// The array's rows as a table's: an array of one axis is one column, one of two axes has a column for each of the row's properties.
    ///
    /// - Parameter row: has as many properties as the array has columns, all of the array's element type.
    public func table<Row: TableRow>(as row: Row.Type, fileID: StaticString = #fileID, line: UInt = #line) -> Table<Row> {
        let location = SourceLocation(fileID: fileID, line: line)
        do throws(PlanError) {
            let fields = try Row.columnFields()
            if let wrong = fields.first(where: { $0.type != Scalar.sqlType }) {
                throw PlanError(
                    .invalidArgument, "“table”: \(Row.self).\(wrong.key) is no \(Scalar.self), which the array's elements are",
                    node: "table",
                    location: location)
            }
            return try session.table(computed(fields.map(\.name), location), as: row, location: location)
        } catch {
            return session.table(failing: error, as: row, location: location)
        }
    }

    /// The array's rows as a table's, with columns of some names.
    public func table(columns: [String], fileID: StaticString = #fileID, line: UInt = #line) -> Table<AnyRow> {
        let location = SourceLocation(fileID: fileID, line: line)
        do throws(PlanError) {
            return session.table(try computed(columns, location), columns: columns, location: location)
        } catch {
            return session.table(failing: error, location: location)
        }
    }

    private func computed(_ names: [String], _ location: SourceLocation) throws(PlanError) -> ComputedRows {
        let array = try validated()
        let width = array.rank == 2 ? array.shape[1] : 1
        guard (1...2).contains(array.rank), names.count == width, width > 0 else {
            throw PlanError(
                .shapeMismatch, "“table” of an array of shape \(array.shape) with \(names.count) columns", node: "table",
                location: location,
                hint: "an array of one axis has one column, one of two axes as many as it is wide; reshape others")
        }
        if let twice = Dictionary(grouping: names, by: { $0.lowercased() }).first(where: { $1.count > 1 }) {
            throw PlanError(.invalidArgument, "“table” with two columns “\(twice.value[0])”", node: "table", location: location)
        }
        // Whole rows in each chunk.
        let rows = array.rank == 2 && array.chunks[1].count > 1 ? array.rechunked(.explicit([array.chunks[0], [width]])) : array
        return ComputedRows { graph, _ in
            let chunks = try rows.addChunks(to: &graph)
            let function = graph.addFunction(
                NodeFunction(
                    name: "table", identity: .operations([Operation("table")]),
                    body: .sync { scope in
                        let batch = try columns(of: scope.argument(0, as: DenseArray<Scalar>.self), names)
                        var writer = BatchStoreWriter(batch.schema, scope.resources)
                        try writer.append(batch)
                        return TypedValue(writer.finish())
                    }))
            let attributes = graph.addAttributes(NodeAttributes(location: location))
            return chunks.map { graph.append(function: function, attributes: attributes, arguments: [$0]) }
        }
    }
}

private func columns<Scalar: ArrayScalar & ColumnValue>(of chunk: DenseArray<Scalar>, _ names: [String]) throws -> RecordBatch {
    let rows = chunk.shape[0], width = names.count
    return try chunk.withUnsafeBufferPointer { elements in
        try RecordBatch(
            names.enumerated().map { index, name in
                (name, try arrowColumn((0..<rows).map { elements[$0 * width + index] }))
            })
    }
}

private func arrowColumn<Scalar: ArrayScalar>(_ values: [Scalar]) throws -> ArrowColumn {
    func primitive<Value: ArrowPrimitive>(_: Value.Type) -> ArrowColumn? { (values as? [Value]).map { ArrowColumn($0) } }
    if let type = Scalar.self as? any ArrowPrimitive.Type, let column = primitive(type) { return column }
    if let values = values as? [Bool] { return ArrowColumn(values) }
    throw TaskError(.unsupported, "a table has no columns of \(Scalar.self)", hint: "cast the array to another type first")
}
