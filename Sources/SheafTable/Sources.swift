public import SheafCore

extension Session {
    /// The rows of CSV files with the columns of `Row`; others are left alone. Nothing is read before the query runs.
    ///
    /// - Parameter paths: files, or patterns such as `data/*.csv`.
    public func csv<Row: TableRow>(
        _ paths: String..., as row: Row.Type, options: CSVOptions = CSVOptions(), fileID: StaticString = #fileID, line: UInt = #line
    ) -> Table<Row> {
        csv(paths, as: row, options: options, fileID: fileID, line: line)
    }

    /// The rows of a list of CSV files.
    public func csv<Row: TableRow>(
        _ paths: [String], as _: Row.Type, options: CSVOptions = CSVOptions(), fileID: StaticString = #fileID, line: UInt = #line
    ) -> Table<Row> {
        typed(SourceLocation(fileID: fileID, line: line)) { .csv(paths, options, $0) }
    }

    /// The rows of CSV files, with columns named by the first line and types found out from a sample.
    public func csv(
        _ paths: String..., options: CSVOptions = CSVOptions(), fileID: StaticString = #fileID, line: UInt = #line
    ) -> Table<AnyRow> {
        untyped(.csv(paths, options, nil), SourceLocation(fileID: fileID, line: line))
    }

    /// The rows of Parquet files with the columns of `Row`. Only those columns are read, and only row groups that filters do not exclude.
    public func parquet<Row: TableRow>(
        _ paths: String..., as _: Row.Type, fileID: StaticString = #fileID, line: UInt = #line
    ) -> Table<Row> {
        typed(SourceLocation(fileID: fileID, line: line)) { .parquet(paths, $0) }
    }

    public func parquet(_ paths: String..., fileID: StaticString = #fileID, line: UInt = #line) -> Table<AnyRow> {
        untyped(.parquet(paths, nil), SourceLocation(fileID: fileID, line: line))
    }

    /// The rows of files of JSON lines, or of arrays of objects, with the columns of `Row`.
    public func json<Row: TableRow>(
        _ paths: String..., as _: Row.Type, fileID: StaticString = #fileID, line: UInt = #line
    ) -> Table<Row> {
        typed(SourceLocation(fileID: fileID, line: line)) { .json(paths, $0) }
    }

    public func json(_ paths: String..., fileID: StaticString = #fileID, line: UInt = #line) -> Table<AnyRow> {
        untyped(.json(paths, nil), SourceLocation(fileID: fileID, line: line))
    }

    /// Rows in memory.
    public func table<Row: TableRow>(_ rows: [Row], fileID: StaticString = #fileID, line: UInt = #line) -> Table<Row> {
        typed(SourceLocation(fileID: fileID, line: line)) { fields throws(PlanError) in
            .memory(MemoryTable(columns: fields, rows: try RowWriter.literals(rows, fields)))
        }
    }

    /// A query as text, over any tables by name. Names and values in the text are the caller's; values of others belong into
    /// ``Table/filter(fileID:line:_:)`` and the like, which quote them.
    public func sql(
        _ text: String, tables: [String: any AnyTable] = [:], fileID: StaticString = #fileID, line: UInt = #line
    ) -> Table<AnyRow> {
        let relation = Relation(
            .text(text, tables.mapValues(\.relation)), columns: nil, location: SourceLocation(fileID: fileID, line: line))
        return Table<AnyRow>(self, relation, Columns())
    }

    package func typed<Row: TableRow>(
        _ location: SourceLocation, _ source: ([RowSchema.Field]) throws(PlanError) -> TableSource
    ) -> Table<Row> {
        do throws(PlanError) {
            let schema = try RowSchemas.schema(Row.self)
            return Table(
                self, Relation(.source(try source(schema.fields)), columns: schema.fields.map(\.name), location: location), Columns())
        } catch {
            var problem = error
            problem.location = problem.location ?? location
            return Table(
                self, Relation(.source(.range(0, 0, name: "none")), columns: nil, location: location, problem: problem), Columns())
        }
    }

    package func untyped(_ source: TableSource, _ location: SourceLocation) -> Table<AnyRow> {
        Table(self, Relation(.source(source), columns: nil, location: location), Columns())
    }
}

/// A table whatever its rows are.
public protocol AnyTable: Sendable {
    var relation: Relation { get }
}

extension Table: AnyTable {}
