internal import Foundation
internal import SheafArrow
public import SheafCore
public import SheafTable

extension Session {
    /// The rows of a query in a database, with the columns of `Row`; only those are asked for.
    ///
    /// Nothing is contacted before the table's plan runs. Each run of the plan then runs the query once, on a connection of its own, and
    /// holds its rows in memory until the plan is done, so a plan may name them several times and reads them with several threads. What
    /// can be left out is best left out in the query. Moments are UTC, whatever the server's zone. Cancelling the task cancels the query;
    /// SQLite's driver notices between batches of rows. In SQLite a column's type is that of its first values: later ones of another end
    /// the query.
    ///
    /// - Parameters:
    ///   - query: in the database's own SQL. Names and values in the text are the caller's; values of others belong into
    ///     ``Table/filter(fileID:line:_:)`` and the like.
    /// - Throws: when it runs, ``DatabaseError`` with the database's words, inside of a ``TaskError``.
    public func table<Row: TableRow>(
        from database: Database, query: String, as _: Row.Type, fileID: StaticString = #fileID, line: UInt = #line
    ) -> Table<Row> {
        let location = SourceLocation(fileID: fileID, line: line)
        return typed(location) { fields in .external(Self.external(database, query: query, fields)) }
    }

    /// The rows of a query in a database, with columns known when it runs. PostgreSQL's `numeric` arrives as text, which keeps its digits.
    public func table(
        from database: Database, query: String, fileID: StaticString = #fileID, line: UInt = #line
    ) -> Table<AnyRow> {
        untyped(.external(Self.external(database, query: query, nil)), SourceLocation(fileID: fileID, line: line))
    }

    /// The rows of a table in a database, with the columns of `Row`. See ``table(from:query:as:fileID:line:)``.
    ///
    /// - Parameters:
    ///   - table: its name, as it is: quoted, so upper and lower case count.
    ///   - schema: the schema it is in; nil for the first that has such a table.
    public func table<Row: TableRow>(
        from database: Database, table: String, schema: String? = nil, as row: Row.Type, fileID: StaticString = #fileID,
        line: UInt = #line
    ) -> Table<Row> {
        self.table(from: database, query: "SELECT * FROM \(qualified(table, schema))", as: row, fileID: fileID, line: line)
    }

    /// The rows of a table in a database, with columns known when it runs.
    public func table(
        from database: Database, table: String, schema: String? = nil, fileID: StaticString = #fileID, line: UInt = #line
    ) -> Table<AnyRow> {
        self.table(from: database, query: "SELECT * FROM \(qualified(table, schema))", fileID: fileID, line: line)
    }

    private static func external(_ database: Database, query: String, _ fields: [RowSchema.Field]?) -> ExternalTable {
        // A statement's end would end the subquery that it becomes.
        var text = query[...]
        while let last = text.last, last.isWhitespace || last == ";" { text.removeLast() }
        let columns = fields.map { $0.map { SQLText.identifier($0.name) }.joined(separator: ", ") }
        return ExternalTable(columns: fields) { [text] columnsOnly in
            // With a line's end, as the text may end with a comment, and drivers put it into a statement of their own.
            var sql = String(text) + "\n"
            if columns != nil || columnsOnly { sql = "SELECT \(columns ?? "*") FROM (\(sql)) AS source" }
            if columnsOnly { sql += " LIMIT 0" }
            if sql.utf8.contains(0) { throw PlanError(.invalidArgument, "the query has a zero character in it") }
            if let problem = database.problem { throw problem }
            // SQLite would make an empty file.
            if database.kind == .sqlite, !FileManager.default.fileExists(atPath: database.location) {
                throw PlanError(.inputNotFound, "there is no file \(database.location)", hint: "check the path of the SQLite file")
            }
            let connection = try await ADBCConnection.open(database)
            return try await connection.run { [sql] connection in
                defer { connection.close() }
                return try connection.query(sql)
            }
        }
    }
}

/// A table's name with its schema's, quoted.
func qualified(_ table: String, _ schema: String?) -> String {
    (schema.map { SQLText.identifier($0) + "." } ?? "") + SQLText.identifier(table)
}
