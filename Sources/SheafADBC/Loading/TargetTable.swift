internal import Foundation
internal import SheafArrow
internal import SheafCore
internal import SheafTable

/// The table that a load fills, and the statements around it. Its calls block.
struct TargetTable: Sendable {
    private let plan: LoadPlan
    /// The table that rows go to: the table itself, or the one that will replace it.
    let loaded: String
    var schema: String? { plan.schema }

    init(_ plan: LoadPlan) {
        self.plan = plan
        loaded = plan.mode == .replace ? "sheaf_load_\(UInt32.random(in: .min ... .max))" : plan.table
    }

    private func quoted(_ name: String) -> String { qualified(name, plan.schema) }

    // MARK: Before the load

    /// Makes the table that is to be loaded, or looks at the one that is there.
    func prepare(_ connection: ADBCConnection, _ fields: [ArrowField]) throws -> (columns: [LoadColumn], isNew: Bool) {
        let exists = plan.mode == .replace ? false : try exists(plan.table, connection)
        if exists, plan.mode == .create {
            throw DatabaseError(
                .tableExists, "the table \(plan.name) is there already", database: plan.database, statement: "create \(plan.name)",
                hint: "add to it with .append, make it anew with .replace, or choose another name")
        }
        if exists { return (try columns(connection, fields), false) }
        let columns = try fields.map { try LoadColumn(making: $0, in: plan.database) }
        let list = columns.map { "\(SQLText.identifier($0.name)) \($0.type)" }.joined(separator: ", ")
        let partition = plan.partitionColumn.map { " PARTITION BY RANGE (\(SQLText.identifier($0)))" } ?? ""
        try connection.execute("CREATE TABLE \(quoted(loaded)) (\(list))\(partition)")
        if plan.timing == .immediate, plan.mode != .replace { for index in indexes { try make(index, connection, on: loaded) } }
        return (columns, true)
    }

    private func exists(_ table: String, _ connection: ADBCConnection) throws -> Bool {
        let found =
            switch plan.database.kind {
            case .postgresql: try connection.query("SELECT to_regclass($1) IS NOT NULL", parameters: [quoted(table)])
            case .sqlite:
                try connection.query(
                    "SELECT count(*) FROM sqlite_master WHERE type IN ('table', 'view') AND lower(name) = lower(?)",
                    parameters: [table])
            }
        guard let column = found.batches.first?.columns.first, column.count == 1 else { return false }
        switch column.cell(at: 0) {
        case .bool(let value): return value
        case .int(let count): return count > 0
        default: return false
        }
    }

    /// The rows' columns, as the types of a table that is there.
    private func columns(_ connection: ADBCConnection, _ fields: [ArrowField]) throws -> [LoadColumn] {
        // Any value goes into any column of SQLite's.
        guard plan.database.kind == .postgresql else { return try fields.map { try LoadColumn(making: $0, in: plan.database) } }
        let list = fields.map { SQLText.identifier($0.name) }.joined(separator: ", ")
        let there = try connection.query("SELECT \(list) FROM \(quoted(plan.table)) LIMIT 0").schema.fields
        return try zip(fields, there).map { field, column in
            try LoadColumn(field, as: column.metadata[ArrivingColumns.databaseType] ?? "\(column.type)", in: plan.name)
        }
    }

    // MARK: During the load

    /// - Returns: the names of the tables made; partitions that are there are left alone.
    func makePartitions(_ connection: ADBCConnection, _ days: [Int32]) throws -> [String] {
        try days.compactMap { day in
            let first = CalendarDate(daysSince1970: day), next = CalendarDate(daysSince1970: day &+ 1)
            guard (1...9998).contains(first.year) else {
                throw DatabaseError(
                    .invalidArgument, "there is no partition for the day \(first)", database: plan.database,
                    statement: "divide \(plan.name) by day", hint: "filter the rows, or leave the partition away")
            }
            let name = loaded + "_" + "\(first)".replacing("-", with: "")
            if plan.mode == .append, try exists(name, connection) { return nil }
            // Of moments: from midnight UTC, whatever the server's zone. Days leave the time out.
            try connection.execute(
                "CREATE TABLE \(quoted(name)) PARTITION OF \(quoted(loaded)) "
                    + "FOR VALUES FROM ('\(first) 00:00:00+00') TO ('\(next) 00:00:00+00')")
            return name
        }
    }

    /// What a partition, or an index, is called in the end.
    func finalName(_ name: String) -> String {
        plan.mode == .replace && name.hasPrefix(loaded) ? plan.table + name.dropFirst(loaded.count) : name
    }

    // MARK: After the load

    private typealias Index = (name: String, isUnique: Bool, columns: [String])

    /// Named as PostgreSQL would.
    private var indexes: [Index] {
        plan.indexes.map { index in
            var name = ([plan.table] + index.columns + ["idx"]).joined(separator: "_")
            while name.utf8.count > 63 { name.removeLast() }
            return (name, index.isUnique, index.columns)
        }
    }

    private func make(_ index: Index, _ connection: ADBCConnection, on table: String, as name: String? = nil) throws {
        let columns = index.columns.map(SQLText.identifier).joined(separator: ", ")
        let absent = plan.mode == .append ? "IF NOT EXISTS " : ""
        // In PostgreSQL an index is in its table's schema, and its name is not qualified.
        try connection.execute(
            "CREATE \(index.isUnique ? "UNIQUE " : "")INDEX \(absent)\(SQLText.identifier(name ?? index.name)) ON \(quoted(table)) (\(columns))"
        )
    }

    /// Builds what is left to build, and lets the table take its place.
    ///
    /// - Returns: the indexes' names.
    func finish(_ connection: ADBCConnection, partitions: [String], wasMade: Bool) throws -> [String] {
        guard plan.mode == .replace else {
            if plan.timing == .deferred || !wasMade { for index in indexes { try make(index, connection, on: loaded) } }
            return indexes.map(\.name)
        }
        let old = "DROP TABLE IF EXISTS \(quoted(plan.table))"
        let move = "ALTER TABLE \(quoted(loaded)) RENAME TO \(SQLText.identifier(plan.table))"
        switch plan.database.kind {
        case .sqlite:
            // Its indexes cannot be renamed.
            for statement in [old, move] { try connection.execute(statement) }
            for index in indexes { try make(index, connection, on: plan.table) }
        case .postgresql:
            // Readers wait from here to the commit only for the names to change.
            for (number, index) in indexes.enumerated() { try make(index, connection, on: loaded, as: "\(loaded)_\(number)") }
            for statement in [old, move] { try connection.execute(statement) }
            for name in partitions {
                try connection.execute("ALTER TABLE \(quoted(name)) RENAME TO \(SQLText.identifier(finalName(name)))")
            }
            for (number, index) in indexes.enumerated() {
                try connection.execute("ALTER INDEX \(quoted("\(loaded)_\(number)")) RENAME TO \(SQLText.identifier(index.name))")
            }
        }
        return indexes.map(\.name)
    }
}
