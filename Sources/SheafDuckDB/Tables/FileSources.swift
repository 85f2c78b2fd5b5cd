internal import SheafCore
internal import SheafTable

/// Files as tables of a query.
extension DuckDBDialect {
    func files(_ paths: [String]) -> String {
        paths.count == 1 ? SQLText.string(paths[0]) : "[" + paths.map(SQLText.string).joined(separator: ", ") + "]"
    }

    // MARK: Parquet

    func parquet(_ paths: [String], _ options: ParquetOptions, _ fields: [RowSchema.Field]?) -> String {
        var settings = FunctionSettings()
        settings.add("hive_partitioning", "\(options.hivePartitions)")
        if options.hivePartitions { settings.add("hive_types", partitionTypes(paths, fields)) }
        if options.unionByName { settings.add("union_by_name", "true") }
        settings.add("filename", options.fileNameColumn.map(SQLText.string))
        return "read_parquet(\(files(paths))\(settings.text))"
    }

    /// The types of the partitions' columns that a row has. Others are found out from the values, of which `01` would be a number.
    private func partitionTypes(_ paths: [String], _ fields: [RowSchema.Field]?) -> String? {
        let names = partitions[paths] ?? []
        let typed = fields?.filter { names.contains($0.name) } ?? []
        return typed.isEmpty
            ? nil : "{" + typed.map { "\(SQLText.identifier($0.name)): \(name(of: $0.type))" }.joined(separator: ", ") + "}"
    }

    // MARK: CSV

    /// - Parameter rejects: how many lines that do not fit are noted for each file, if the options are lenient.
    func csv(_ source: CSVFiles, _ fields: [RowSchema.Field]?, rejects: Int = 1) -> String {
        let options = source.options
        var settings = FunctionSettings()
        if let header = headers[source] {
            // Nothing is to be found out, so that no sample of the lines decides what the others are.
            let columns = header.names.map { name in
                let field = fields?.first { $0.name.lowercased() == name.lowercased() }
                return "\(SQLText.string(name)): \(SQLText.string(field.map { self.name(of: $0.type) } ?? "VARCHAR"))"
            }
            settings.add("columns", "{" + columns.joined(separator: ", ") + "}")
            settings.add("auto_detect", "false")
            settings.add("delim", SQLText.string(header.delimiter))
            settings.add("header", "\(options.hasHeader ?? true)")
            settings.add("quote", SQLText.string(options.quote ?? "\""))
            settings.add("escape", SQLText.string(options.escape ?? options.quote ?? "\""))
        } else {
            settings.add("delim", options.delimiter.map(SQLText.string))
            settings.add("header", (options.hasHeader ?? fields.map { _ in true }).map { "\($0)" })
            settings.add("quote", options.quote.map(SQLText.string))
            settings.add("escape", options.escape.map(SQLText.string))
            let others = partitions[source.paths] ?? []
            settings.add("types", fields.map { types($0.filter { $0.name != options.fileNameColumn && !others.contains($0.name) }) })
        }
        if let types = partitionTypes(source.paths, fields) { settings.add("hive_partitioning", "true, hive_types = \(types)") }
        settings.add("nullstr", "[" + options.nullText.map(SQLText.string).joined(separator: ", ") + "]")
        if options.skippedLines > 0 { settings.add("skip", "\(options.skippedLines)") }
        settings.add("dateformat", options.dateFormat.map(SQLText.string))
        settings.add("timestampformat", options.timestampFormat.map(SQLText.string))
        settings.add("compression", options.compression.map { SQLText.string($0.rawValue) })
        settings.add("encoding", options.encoding.map(SQLText.string))
        settings.add("filename", options.fileNameColumn.map(SQLText.string))
        if options.unionByName { settings.add("union_by_name", "true") }
        // Without noting what it leaves out DuckDB leaves out good lines after certain bad ones.
        if options.isLenient { settings.add("store_rejects", "true, rejects_limit = \(rejects)") }
        let function = "read_csv(\(files(source.paths))\(settings.text))"
        guard options.isLenient else { return function }
        // Which lines fit must not depend on the columns that a query happens to use; a hash keeps all of them in use.
        let used = fields.map { $0.map { SQLText.identifier($0.name) }.joined(separator: ", ") } ?? "COLUMNS(*)"
        return "(SELECT * FROM \(function) WHERE hash(\(used)) IS NOT NULL) AS lines"
    }

    private func types(_ fields: [RowSchema.Field]) -> String {
        "{" + fields.map { "\(SQLText.string($0.name)): \(SQLText.string(name(of: $0.type)))" }.joined(separator: ", ") + "}"
    }

    // MARK: JSON

    func json(_ paths: [String], _ options: JSONOptions, _ fields: [RowSchema.Field]?) throws -> String {
        if options.isLenient, let fields {
            return try "(SELECT \(members(fields)) FROM \(jsonLines(paths, options, fields)) WHERE \(fits(fields))) AS lines"
        }
        var settings = FunctionSettings()
        settings.add("columns", fields.map(types))
        if options.layout != .auto { settings.add("format", SQLText.string(options.layout.rawValue)) }
        settings.add("compression", options.compression.map { SQLText.string($0.rawValue) })
        settings.add("dateformat", options.dateFormat.map(SQLText.string))
        settings.add("timestampformat", options.timestampFormat.map(SQLText.string))
        if options.objectBytes != JSONOptions().objectBytes { settings.add("maximum_object_size", "\(options.objectBytes)") }
        return "read_json(\(files(paths))\(settings.text))"
    }

    /// Lines that do not fit: `file`, `number`, `name` of the column, `line`.
    func rejectedJSON(_ paths: [String], _ options: JSONOptions, _ fields: [RowSchema.Field], limit: Int) throws -> String {
        let checks = fields.map { "WHEN \(misfits($0)) THEN \(SQLText.string($0.name))" }.joined(separator: " ")
        return try """
        SELECT file, number, CASE WHEN object IS NOT NULL THEN CASE \(checks) END END AS name, line \
        FROM \(jsonLines(paths, options, fields)) WHERE line IS NOT NULL AND NOT (\(fits(fields))) ORDER BY file, number LIMIT \(limit)
        """
    }

    /// The lines of JSON files: `file`, `number`, `line`, the `object` if it is one, and its `members` as a structure.
    private func jsonLines(_ paths: [String], _ options: JSONOptions, _ fields: [RowSchema.Field]) throws -> String {
        if options.layout == .array || options.dateFormat != nil || options.timestampFormat != nil {
            throw PlanError(
                .unsupported, "lenient JSON is read line by line, with dates in ISO 8601",
                hint: "leave isLenient away, or the layout and the formats")
        }
        var settings = FunctionSettings()
        settings.add("columns", "{'line': 'VARCHAR'}, auto_detect = false, header = false, delim = '\u{1}', quote = '', escape = ''")
        settings.add("max_line_size", "\(options.objectBytes)")
        settings.add("compression", options.compression.map { SQLText.string($0.rawValue) })
        settings.add("filename", "'file'")
        let shape = SQLText.string("{" + fields.map { "\(jsonText($0.name)):\(structure($0.type))" }.joined(separator: ",") + "}")
        return """
            (SELECT *, json_transform(object, \(shape)) AS members FROM (\
            SELECT *, CASE WHEN json_valid(line) THEN CASE WHEN json_type(line) = 'OBJECT' THEN line END END AS object FROM (\
            SELECT file, line, row_number() OVER (PARTITION BY file) AS number FROM read_csv(\(files(paths))\(settings.text))))) AS objects
            """
    }

    private func members(_ fields: [RowSchema.Field]) -> String {
        fields.map { "members.\(SQLText.identifier($0.name)) AS \(SQLText.identifier($0.name))" }.joined(separator: ", ")
    }

    private func fits(_ fields: [RowSchema.Field]) -> String {
        "object IS NOT NULL" + fields.map { " AND NOT (\(misfits($0)))" }.joined()
    }

    /// Whether a member is there, and did not become a value of its type.
    private func misfits(_ field: RowSchema.Field) -> String {
        let pointer = "/" + field.name.replacing("~", with: "~0").replacing("/", with: "~1")
        return
            "members.\(SQLText.identifier(field.name)) IS NULL AND coalesce(json_type(object, \(SQLText.string(pointer))), 'NULL') <> 'NULL'"
    }

    /// A type as `json_transform` has it.
    private func structure(_ type: SQLType) -> String {
        switch type {
        case .list(let element): "[\(structure(element))]"
        case .structure(let fields): "{" + fields.map { "\(jsonText($0.name)):\(structure($0.type))" }.joined(separator: ",") + "}"
        default: jsonText(name(of: type))
        }
    }

    private func jsonText(_ text: String) -> String { "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\"" }
}

/// The named parameters of a table function, as text.
struct FunctionSettings {
    private(set) var text = ""
    mutating func add(_ name: String, _ value: String?) { if let value { text += ", \(name) = \(value)" } }
}
