internal import SheafCore
package import SheafTable

/// SQL as DuckDB has it.
package struct DuckDBDialect: SQLDialect {
    package init() {}

    package func name(of type: SQLType) -> String {
        switch type {
        case .boolean: "BOOLEAN"
        case .int8: "TINYINT"
        case .int16: "SMALLINT"
        case .int32: "INTEGER"
        case .int64: "BIGINT"
        case .uint8: "UTINYINT"
        case .uint16: "USMALLINT"
        case .uint32: "UINTEGER"
        case .uint64: "UBIGINT"
        case .float: "FLOAT"
        case .double: "DOUBLE"
        case .decimal(let precision, let scale): "DECIMAL(\(precision), \(scale))"
        case .string: "VARCHAR"
        case .blob: "BLOB"
        case .date: "DATE"
        case .time: "TIME"
        case .timestamp: "TIMESTAMP"
        case .timestampWithZone: "TIMESTAMPTZ"
        case .uuid: "UUID"
        case .list(let element): name(of: element) + "[]"
        case .structure(let fields):
            "STRUCT(" + fields.map { "\(SQLText.identifier($0.name)) \(name(of: $0.type))" }.joined(separator: ", ") + ")"
        }
    }

    package func source(_ source: TableSource) -> String {
        switch source {
        case .csv(let paths, let options, let fields): "read_csv(\(files(paths))\(csv(options, fields)))"
        case .json(let paths, let fields):
            "read_json(\(files(paths))" + (fields.map { ", columns = " + types($0) } ?? "") + ")"
        case .parquet(let paths, _): "read_parquet(\(files(paths)), hive_partitioning = true)"
        case .memory(let table): memory(table)
        case .external(let table): external(table)
        case .range(let first, let end, let name):
            "(SELECT range AS \(SQLText.identifier(name)) FROM range(\(first), \(end))) AS numbers"
        }
    }

    package func sample(_ from: String, _ sample: TableSample) -> String {
        let amount =
            switch sample.amount {
            case .rows(let count): "reservoir(\(count) ROWS)"
            case .fraction(let fraction): "bernoulli(\(fraction * 100) PERCENT)"
            }
        return "\(from) TABLESAMPLE \(amount)" + (sample.seed.map { " REPEATABLE (\($0))" } ?? "")
    }

    private func files(_ paths: [String]) -> String {
        paths.count == 1 ? SQLText.string(paths[0]) : "[" + paths.map(SQLText.string).joined(separator: ", ") + "]"
    }

    private func types(_ fields: [RowSchema.Field]) -> String {
        "{" + fields.map { "\(SQLText.string($0.name)): \(SQLText.string(name(of: $0.type)))" }.joined(separator: ", ") + "}"
    }

    private func csv(_ options: CSVOptions, _ fields: [RowSchema.Field]?) -> String {
        var text = ""
        func add(_ name: String, _ value: String?) { if let value { text += ", \(name) = \(value)" } }
        add("delim", options.delimiter.map(SQLText.string))
        add("header", options.hasHeader.map { $0 ? "true" : "false" })
        add("quote", options.quote.map(SQLText.string))
        add("escape", options.escape.map(SQLText.string))
        add("nullstr", "[" + options.nullText.map(SQLText.string).joined(separator: ", ") + "]")
        if options.skippedLines > 0 { add("skip", "\(options.skippedLines)") }
        add("dateformat", options.dateFormat.map(SQLText.string))
        add("timestampformat", options.timestampFormat.map(SQLText.string))
        add("types", fields.map(types))
        if options.isLenient { text += ", ignore_errors = true, store_rejects = true" }
        return text
    }

    /// Tables of more rows than this are handed over as data rather than text.
    private static let mostRowsAsText = 64

    static func isRegistered(_ table: MemoryTable) -> Bool { table.rows.count > mostRowsAsText }
    static func name(of table: MemoryTable) -> String { "memory\(table.number)" }

    static func name(of table: ExternalTable) -> String { "external\(table.number)" }

    /// With the columns as the row type has them: others bring numbers as texts, or moments.
    private func external(_ table: ExternalTable) -> String {
        let source = SQLText.identifier(Self.name(of: table))
        guard let fields = table.columns else { return source }
        let columns = fields.map { "CAST(\(SQLText.identifier($0.name)) AS \(name(of: $0.type))) AS \(SQLText.identifier($0.name))" }
        return "(SELECT \(columns.joined(separator: ", ")) FROM \(source)) AS external"
    }

    private func memory(_ table: MemoryTable) -> String {
        if Self.isRegistered(table) { return SQLText.identifier(Self.name(of: table)) }
        let names = table.columns.map { SQLText.identifier($0.name) }
        if table.rows.isEmpty {
            let columns = table.columns.map { "CAST(NULL AS \(name(of: $0.type))) AS \(SQLText.identifier($0.name))" }
            return "(SELECT \(columns.joined(separator: ", ")) WHERE FALSE) AS memory"
        }
        let rows = table.rows.map { "(" + $0.map { SQLText.literal($0, self) }.joined(separator: ", ") + ")" }
        let columns = table.columns.map { "CAST(\(SQLText.identifier($0.name)) AS \(name(of: $0.type))) AS \(SQLText.identifier($0.name))" }
        return
            "(SELECT \(columns.joined(separator: ", ")) FROM (VALUES \(rows.joined(separator: ", "))) AS v(\(names.joined(separator: ", ")))) AS memory"
    }
}
