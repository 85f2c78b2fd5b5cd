internal import SheafCore
package import SheafTable

/// SQL as DuckDB has it.
package struct DuckDBDialect: SQLDialect {
    /// The names in the first lines of CSV files, as far as they have been looked at.
    var headers: [CSVFiles: CSVHeader] = [:]
    /// The columns that folders called `name=value` make of files, likewise.
    var partitions: [[String]: Set<String>] = [:]

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

    package func source(_ source: TableSource) throws -> String {
        switch source {
        case .csv(let paths, let options, let fields): csv(CSVFiles(paths: paths, options: options), fields)
        case .json(let paths, let options, let fields): try json(paths, options, fields)
        case .parquet(let paths, let options, let fields): parquet(paths, options, fields)
        case .arrow(let paths, _): "\(ArrowScan.name)(\(files(paths)))"
        case .memory(let table): memory(table)
        case .computed(let rows): SQLText.identifier(Self.name(of: rows))
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

    static func name(of table: MemoryTable) -> String { "memory\(table.number)" }
    static func name(of rows: ComputedRows) -> String { "computed\(rows.number)" }

    private func memory(_ table: MemoryTable) -> String {
        guard case .literals(let values) = table.rows else { return SQLText.identifier(Self.name(of: table)) }
        let names = table.columns.map { SQLText.identifier($0.name) }
        if values.isEmpty {
            let columns = table.columns.map { "CAST(NULL AS \(name(of: $0.type))) AS \(SQLText.identifier($0.name))" }
            return "(SELECT \(columns.joined(separator: ", ")) WHERE FALSE) AS memory"
        }
        let rows = values.map { "(" + $0.map { SQLText.literal($0, self) }.joined(separator: ", ") + ")" }
        let columns = table.columns.map { "CAST(\(SQLText.identifier($0.name)) AS \(name(of: $0.type))) AS \(SQLText.identifier($0.name))" }
        return
            "(SELECT \(columns.joined(separator: ", ")) FROM (VALUES \(rows.joined(separator: ", "))) AS v(\(names.joined(separator: ", ")))) AS memory"
    }
}
