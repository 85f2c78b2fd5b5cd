/// How the columns of a relation are written inside of a `SELECT`.
struct ColumnScope {
    /// The table expression that has them, where others stand beside it.
    var table: String?
    /// Those that several tables have between them, with the table that each is of.
    var columns: [String: String] = [:]

    var isEmpty: Bool { table == nil && columns.isEmpty }

    func text(of column: String) -> String {
        columns[column] ?? (table.map { $0 + "." } ?? "") + SQLText.identifier(column)
    }

    /// All columns, where they are not known.
    var everything: String { table.map { $0 + ".*" } ?? "*" }

    /// Of only some columns, perhaps under other names; nil when one is computed.
    func selecting(_ selected: [NamedColumn]) -> ColumnScope? {
        var result = ColumnScope()
        for column in selected {
            guard case .column(let name, nil) = column.expression else { return nil }
            result.columns[column.name] = text(of: name)
        }
        return result
    }
}
