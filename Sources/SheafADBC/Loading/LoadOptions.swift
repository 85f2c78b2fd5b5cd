internal import SheafCore
public import SheafTable

/// What a load does with a table that is there, and with one that is not.
public enum LoadMode: String, Sendable, CaseIterable {
    /// Rows are added, and committed batch by batch. The table is made if it is not there.
    case append
    /// The table is made anew, from the rows: all of them, or none if anything fails. Others see the old table until the new one is whole.
    case replace
    /// The table is made, and must not be there: with all rows, or not at all.
    case create
}

/// When a load builds indexes.
public enum IndexTiming: Sendable {
    /// After the last row, which is quicker.
    case deferred
    /// With the table, before the first row. With ``LoadMode/replace`` the same as `deferred`.
    case immediate
}

/// An index that a load makes: `.on(\.user)`.
public struct LoadIndex<Row> {
    let isUnique: Bool
    let names: (Columns<Row>) throws -> [String]

    /// On some columns, the first before the others.
    public static func on<each Value: ColumnValue>(
        _ columns: repeat KeyPath<Columns<Row>, Column<each Value>>, unique: Bool = false
    ) -> LoadIndex {
        LoadIndex(isUnique: unique) { row in
            var names: [String] = []
            for column in repeat each columns { names.append(try name(of: row[keyPath: column].expression, "an index")) }
            return names
        }
    }

    /// On columns of these names.
    public static func on(columns names: [String], unique: Bool = false) -> LoadIndex { LoadIndex(isUnique: unique) { _ in names } }
}

/// How a load divides a table: `.byDay(of: \.time)`.
public struct LoadPartition<Row> {
    let name: (Columns<Row>) throws -> String

    /// A partition for each day (UTC) of a column of moments or days: PostgreSQL's declarative partitioning by range, and each day's
    /// partition is made when the first row of that day comes. Rows without a day are refused.
    public static func byDay<Value: CalendarColumnValue>(of column: KeyPath<Columns<Row>, Column<Value>>) -> LoadPartition {
        LoadPartition { try SheafADBC.name(of: $0[keyPath: column].expression, "a partition") }
    }

    /// The same, of the column of a name.
    public static func byDay(column name: String) -> LoadPartition { LoadPartition { _ in name } }
}

private func name(of expression: ScalarExpression, _ what: String) throws -> String {
    switch expression {
    case .column(let name, _): return name
    case .invalid(let problem, let hint): throw PlanError(.invalidArgument, problem, hint: hint)
    default:
        throw PlanError(.invalidArgument, "\(what) is of a column, and no expression", hint: "compute the column with adding, then name it")
    }
}

/// What a load did.
public struct LoadReport: Sendable, Hashable, CustomStringConvertible {
    /// The table, with its schema's name if that was given.
    public var table: String
    /// Rows committed.
    public var rows = 0
    /// The parts in which the rows were sent, as `batchRows` says.
    public var batches = 0
    /// The partitions made, by the names of their tables.
    public var partitions: [String] = []
    /// The indexes made, by name.
    public var indexes: [String] = []
    /// From the first row asked for to the last commit.
    public var seconds = 0.0

    public var description: String {
        var text = "\(rows) rows into \(table) in \(batches) \(batches == 1 ? "batch" : "batches")"
        if !partitions.isEmpty { text += ", \(partitions.count) \(partitions.count == 1 ? "partition" : "partitions")" }
        if !indexes.isEmpty { text += ", \(indexes.count) \(indexes.count == 1 ? "index" : "indexes")" }
        return text + ", in \((seconds * 1000).rounded() / 1000) s"
    }
}
