internal import Foundation
internal import SheafArrow
public import SheafCore
public import SheafTable

extension Session {
    /// The rows of a query in a database, with the columns of `Row`; only those are asked for.
    ///
    /// Nothing is contacted before the table's plan runs. Each run of the plan then runs the query once, on a connection of its own, and
    /// keeps its rows until the plan is done, on disk where memory is short; so a plan may name them several times. What can be left out is
    /// best left out in the query. Moments are UTC, whatever the server's zone. Cancelling the task cancels the query;
    /// SQLite's driver notices between batches of rows. In SQLite a column's type is that of its first values: later ones of another end
    /// the query.
    ///
    /// - Parameters:
    ///   - query: in the database's own SQL. Names and values in the text are the caller's; values of others belong into
    ///     ``Table/filter(fileID:line:_:)`` and the like.
    /// - Throws: when it runs, ``DatabaseError`` with the database's words.
    public func table<Row: TableRow>(
        from database: Database, query: String, as _: Row.Type, fileID: StaticString = #fileID, line: UInt = #line
    ) -> Table<Row> {
        let location = SourceLocation(fileID: fileID, line: line)
        do throws(PlanError) {
            let names = try Row.columnFields().map(\.name)
            return try table(
                casting: rows(of: query, in: database, columns: names, Row.arrowColumns(), location), to: Row.self, location: location)
        } catch {
            return table(failing: error, as: Row.self, location: location)
        }
    }

    /// The rows of a query in a database, with columns known when it runs. PostgreSQL's `numeric` arrives as text, which keeps its digits.
    public func table(
        from database: Database, query: String, fileID: StaticString = #fileID, line: UInt = #line
    ) -> Table<AnyRow> {
        let location = SourceLocation(fileID: fileID, line: line)
        return table(rows(of: query, in: database, columns: nil, nil, location), columns: nil, location: location)
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

    /// - Parameter columns: those that are asked for; all when nil.
    private func rows(
        of query: String, in database: Database, columns: [String]?, _ types: ArrowTableSchema?, _ location: SourceLocation
    ) -> ComputedRows {
        // A statement's end would end the subquery that it becomes.
        var text = query[...]
        while let last = text.last, last.isWhitespace || last == ";" { text.removeLast() }
        let names = columns?.map { SQLText.identifier($0) }.joined(separator: ", ")
        // With a line's end, as the text may end with a comment, and drivers put it into a statement of their own.
        let sql = names.map { "SELECT \($0) FROM (\(text)\n) AS source" } ?? text + "\n"
        return ComputedRows(columns: types) { graph, _ in
            let function = graph.addFunction(
                NodeFunction(
                    name: "sql → \(database.kind.rawValue)", identity: .operations([Operation("sql"), Operation(database.kind.rawValue)]),
                    body: .async { scope in
                        if sql.utf8.contains(0) { throw PlanError(.invalidArgument, "the query has a zero character in it") }
                        if let problem = database.problem { throw problem }
                        // SQLite would make an empty file.
                        if database.kind == .sqlite, !FileManager.default.fileExists(atPath: database.location) {
                            throw PlanError(
                                .inputNotFound, "there is no file \(database.location)", hint: "check the path of the SQLite file")
                        }
                        let connection = try await ADBCConnection.open(database), resources = scope.resources
                        return try await connection.run { connection in
                            defer { connection.close() }
                            return TypedValue(try connection.query(sql, storingIn: resources))
                        }
                    }, staysHere: true))
            let attributes = graph.addAttributes(NodeAttributes(location: location))
            return [graph.append(function: function, attributes: attributes, arguments: [])]
        }
    }
}

/// A table's name with its schema's, quoted.
func qualified(_ table: String, _ schema: String?) -> String {
    (schema.map { SQLText.identifier($0) + "." } ?? "") + SQLText.identifier(table)
}
