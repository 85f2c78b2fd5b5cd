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
    ///
    /// - Parameter paths: files, or patterns such as `data/*/*.parquet` (`**` for folders of any depth).
    public func parquet<Row: TableRow>(
        _ paths: String..., as _: Row.Type, options: ParquetOptions = ParquetOptions(), fileID: StaticString = #fileID, line: UInt = #line
    ) -> Table<Row> {
        typed(SourceLocation(fileID: fileID, line: line)) { .parquet(paths, options, $0) }
    }

    /// The rows of a list of Parquet files.
    public func parquet<Row: TableRow>(
        _ paths: [String], as _: Row.Type, options: ParquetOptions = ParquetOptions(), fileID: StaticString = #fileID, line: UInt = #line
    ) -> Table<Row> {
        typed(SourceLocation(fileID: fileID, line: line)) { .parquet(paths, options, $0) }
    }

    /// The rows of Parquet files, with the columns that these have.
    public func parquet(
        _ paths: String..., options: ParquetOptions = ParquetOptions(), fileID: StaticString = #fileID, line: UInt = #line
    ) -> Table<AnyRow> {
        untyped(.parquet(paths, options, nil), SourceLocation(fileID: fileID, line: line))
    }

    /// The rows of files of JSON lines, or of arrays of objects, with the columns of `Row`. What an object lacks is null.
    public func json<Row: TableRow>(
        _ paths: String..., as _: Row.Type, options: JSONOptions = JSONOptions(), fileID: StaticString = #fileID, line: UInt = #line
    ) -> Table<Row> {
        typed(SourceLocation(fileID: fileID, line: line)) { .json(paths, options, $0) }
    }

    /// The rows of a list of JSON files.
    public func json<Row: TableRow>(
        _ paths: [String], as _: Row.Type, options: JSONOptions = JSONOptions(), fileID: StaticString = #fileID, line: UInt = #line
    ) -> Table<Row> {
        typed(SourceLocation(fileID: fileID, line: line)) { .json(paths, options, $0) }
    }

    /// The rows of files of JSON lines, or of arrays of objects, with columns found out from a sample.
    public func json(
        _ paths: String..., options: JSONOptions = JSONOptions(), fileID: StaticString = #fileID, line: UInt = #line
    ) -> Table<AnyRow> {
        let location = SourceLocation(fileID: fileID, line: line)
        guard options.isLenient else { return untyped(.json(paths, options, nil), location) }
        return table(
            failing: PlanError(
                .invalidArgument, "lenient JSON takes a row type: which lines do not fit follows from it", location: location,
                hint: "json(path, as: Row.self, options: …), or leave isLenient away"), location: location)
    }

    /// The rows of Arrow IPC files or streams (`.arrow`, `.arrows`, Feather version 2) with the columns of `Row`; which of both a file is
    /// follows from its first bytes. Files are mapped into memory, and columns that are not used are neither decompressed nor checked.
    ///
    /// - Parameter paths: files of the same columns, or patterns such as `data/*.arrow`. They must not be shortened while they are read.
    public func arrow<Row: TableRow>(
        _ paths: String..., as _: Row.Type, fileID: StaticString = #fileID, line: UInt = #line
    ) -> Table<Row> {
        typed(SourceLocation(fileID: fileID, line: line)) { .arrow(paths, $0) }
    }

    /// The rows of a list of Arrow IPC files or streams.
    public func arrow<Row: TableRow>(
        _ paths: [String], as _: Row.Type, fileID: StaticString = #fileID, line: UInt = #line
    ) -> Table<Row> {
        typed(SourceLocation(fileID: fileID, line: line)) { .arrow(paths, $0) }
    }

    /// The rows of Arrow IPC files or streams, with the columns that these have.
    public func arrow(_ paths: String..., fileID: StaticString = #fileID, line: UInt = #line) -> Table<AnyRow> {
        untyped(.arrow(paths, nil), SourceLocation(fileID: fileID, line: line))
    }

    /// Rows in memory.
    public func table<Row: TableRow>(_ rows: [Row], fileID: StaticString = #fileID, line: UInt = #line) -> Table<Row> {
        typed(SourceLocation(fileID: fileID, line: line)) { fields throws(PlanError) in
            .memory(try MemoryTable(rows, fields))
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
            let source = try source(schema.fields)
            try Self.check(source)
            return Table(
                self, Relation(.source(source), columns: schema.fields.map(\.name), location: location), Columns())
        } catch {
            return table(failing: error, as: Row.self, location: location)
        }
    }

    /// - Throws: ``PlanError`` for files without names.
    private static func check(_ source: TableSource) throws(PlanError) {
        switch source {
        case .csv(let paths, _, _), .json(let paths, _, _), .parquet(let paths, _, _), .arrow(let paths, _):
            if paths.isEmpty || paths.contains("") {
                throw PlanError(.invalidArgument, "the list of files is empty, or a name in it is", hint: "name at least one file")
            }
        case .memory, .computed, .range: break
        }
    }

    private func untyped(_ source: TableSource, _ location: SourceLocation) -> Table<AnyRow> {
        do throws(PlanError) { try Self.check(source) } catch { return table(failing: error, location: location) }
        return Table(self, Relation(.source(source), columns: nil, location: location), Columns())
    }
}

/// A table whatever its rows are.
public protocol AnyTable: Sendable {
    var relation: Relation { get }
}

extension Table: AnyTable {}
