internal import CArrowABI
internal import SheafArrow
internal import SheafCore
internal import SheafTable

/// Finds the lines of files that do not fit the columns of a plan's sources.
struct RejectedFiles {
    let database: DuckDBDatabase
    let dialect: DuckDBDialect

    /// - Parameters:
    ///   - everyLine: also of strict sources.
    ///   - limit: for each source.
    func lines(of relation: Relation, everyLine: Bool = false, limit: Int) async throws -> [RejectedLine] {
        var lines: [RejectedLine] = []
        for source in relation.sources {
            switch source {
            case .csv(let paths, var options, let fields) where everyLine || options.isLenient:
                let header = dialect.headers[CSVFiles(paths: paths, options: options)]
                options.isLenient = true
                let files = CSVFiles(paths: paths, options: options)
                var lenient = dialect
                lenient.headers[files] = header
                lines += try await csv(lenient.csv(files, fields, rejects: limit), limit)
            case .json(let paths, let options, let fields?) where options.isLenient || everyLine && options.layout != .array:
                let query = try dialect.rejectedJSON(paths, options, fields, limit: limit)
                lines += try await rows(query) { row in
                    RejectedLine(
                        file: row.text(0), line: row.number(1), column: row.optional(2),
                        reason: row.optional(2).map { column in misfit(fields, column) } ?? "no JSON object", text: row.text(3))
                }
            default: continue
            }
        }
        return lines
    }

    private func misfit(_ fields: [RowSchema.Field], _ column: String) -> String {
        fields.first { $0.name == column }.map { "no \(dialect.name(of: $0.type))" } ?? "it does not fit"
    }

    /// DuckDB notes lines in tables of the connection.
    private func csv(_ source: String, _ limit: Int) async throws -> [RejectedLine] {
        let connection = try await database.connect()
        do {
            _ = try await connection.execute("SELECT count(*) FROM \(source)")
            let notes = """
                SELECT file_path, line, column_name, first(error_message), first(csv_line) FROM reject_errors \
                JOIN reject_scans USING (scan_id, file_id) GROUP BY ALL ORDER BY file_path, line, column_name LIMIT \(limit)
                """
            let lines = try await Self.rows(of: try await connection.query(notes)) { row in
                RejectedLine(file: row.text(0), line: row.number(1), column: row.optional(2), reason: row.text(3), text: row.text(4))
            }
            try await connection.close()
            return lines
        } catch {
            try await connection.close()
            throw error
        }
    }

    private func rows<Element>(_ sql: String, _ body: (ResultRow) -> Element) async throws -> [Element] {
        try await Self.rows(of: try await database.query(sql), body)
    }

    /// The first file that a pattern matches, nil if there is none.
    func firstFile(_ pattern: String) async throws -> String? {
        try await rows("SELECT file FROM glob(\(SQLText.string(pattern))) LIMIT 1") { $0.text(0) }.first
    }

    /// The columns' names of a source's files.
    func columns(of source: TableSource) async throws -> [String] {
        switch source {
        case .csv(let paths, let options, _):
            guard let path = paths.first.flatMap(FilePattern.expand)?.first else { return [] }
            var settings = FunctionSettings()
            settings.add("header", "\(options.hasHeader ?? true), ignore_errors = true")
            settings.add("delim", options.delimiter.map(SQLText.string))
            let named = try await rows("SELECT unnest(Columns).name FROM sniff_csv(\(SQLText.string(path))\(settings.text))") { $0.text(0) }
            return named + (options.fileNameColumn.map { [$0] } ?? []) + (dialect.partitions[paths] ?? []).sorted()
        case .json(let paths, let options, _):
            return try await names(try dialect.json(paths, options, nil))
        case .parquet(let paths, let options, _): return try await names(dialect.parquet(paths, options, nil))
        case .arrow: return try await names(try dialect.source(source))
        case .memory, .computed, .range: return []
        }
    }

    private func names(_ source: String) async throws -> [String] {
        try await rows("SELECT column_name FROM (DESCRIBE SELECT * FROM \(source))") { $0.text(0) }
    }

    private struct ResultRow {
        let batch: RecordBatch
        let position: Int

        func optional(_ column: Int) -> String? { batch.columns[column].string(at: position) }
        func text(_ column: Int) -> String { optional(column) ?? "" }
        func number(_ column: Int) -> Int {
            switch batch.columns[column].cell(at: position) {
            case .int(let value): Int(value)
            case .uint(let value): Int(clamping: value)
            default: 0
            }
        }
    }

    private static func rows<Element>(of result: DuckDBResult, _ body: (ResultRow) -> Element) async throws -> [Element] {
        let batches = try ResultBatches(result)
        var rows: [Element] = []
        while let batch = try await batches.next() {
            for position in 0..<batch.rowCount { rows.append(body(ResultRow(batch: batch, position: position))) }
        }
        return rows
    }
}

/// A running query's rows as Arrow data.
struct ResultBatches {
    let schema: ArrowTableSchema
    let result: DuckDBResult

    init(_ result: DuckDBResult) throws {
        self.result = result
        schema = try result.withSchema { try ArrowTableSchema(copying: $0) }
    }

    func next() async throws -> RecordBatch? {
        let array = UnsafeMutablePointer<CArrowABI.ArrowArray>.allocate(capacity: 1)
        defer { array.deallocate() }
        guard try await result.next(into: array) else { return nil }
        return try RecordBatch(importing: array, schema: schema)
    }
}
