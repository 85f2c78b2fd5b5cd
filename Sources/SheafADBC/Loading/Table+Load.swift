internal import SheafCore
public import SheafTable

extension Table {
    /// Runs the query, and loads its rows into a table of a database.
    ///
    /// While one batch is loaded the next is computed, so memory holds two. Columns are matched by name; where the table is there, values
    /// are converted to its columns' types, and where it is made, moments (`Date`) become PostgreSQL's `timestamptz`. Names are quoted,
    /// and rows travel as data, so nothing in them is taken for SQL.
    ///
    /// ```swift
    /// try await logs.write(
    ///     to: .postgresql("postgresql://me@localhost/logs"), table: "requests", mode: .replace,
    ///     partition: .byDay(of: \.time), indexes: [.on(\.user)])
    /// ```
    /// - Parameters:
    ///   - schema: the schema of PostgreSQL that the table is in; nil for the server's default.
    ///   - mode: see ``LoadMode``. With `.replace` what others gave the old table is not kept: rights, and views, which make it fail.
    ///   - batchRows: rows that are sent at a time, and committed at a time with `.append`.
    ///   - partition: PostgreSQL only.
    ///   - timing: when the indexes are built.
    /// - Returns: what was loaded.
    /// - Throws: ``PlanError`` before any row is loaded; ``LoadError`` with the rows that were committed and the cause, usually a
    ///   ``DatabaseError``; `CancellationError`.
    @discardableResult
    public func write(
        to database: Database, table name: String, schema: String? = nil, mode: LoadMode = .append, batchRows: Int = 100_000,
        partition: LoadPartition<Row>? = nil, indexes: [LoadIndex<Row>] = [], _ timing: IndexTiming = .deferred
    ) async throws -> LoadReport {
        if let problem = database.problem { throw problem }
        let plan = LoadPlan(
            database: database, table: name, schema: schema, mode: mode, batchRows: batchRows,
            partitionColumn: try partition?.name(columns), indexes: try indexes.map { ($0.isUnique, try $0.names(columns)) }, timing: timing
        )
        try plan.check()
        let engine = try session.tableEngine()
        do {
            return try await inGraph("load") { [relation] inputs in
                var load = Load(plan)
                return try await load.run(relation, inputs, on: engine)
            }
        } catch let error as TaskError {
            // As what they are, rather than as causes.
            if var failure = error.cause as? LoadError {
                failure.location = error.location
                throw failure
            }
            throw error.cause as? PlanError ?? error
        }
    }
}

/// What a load is asked to do.
struct LoadPlan: Sendable {
    var database: Database
    var table: String
    var schema: String?
    var mode: LoadMode
    var batchRows: Int
    var partitionColumn: String?
    var indexes: [(isUnique: Bool, columns: [String])]
    var timing: IndexTiming

    /// The table, for people.
    var name: String { (schema.map { $0 + "." } ?? "") + table }

    func check() throws {
        func refuse(_ why: String, _ hint: String) -> PlanError { PlanError(.invalidArgument, why, hint: hint) }
        if batchRows < 1 { throw refuse("batches of \(batchRows) rows", "give at least 1") }
        for name in [table] + (schema.map { [$0] } ?? []) + indexes.flatMap(\.columns) where name.isEmpty || name.utf8.contains(0) {
            throw refuse("“\(name.replacing("\0", with: "␀"))” is no name", "give one of at least one letter, without a zero character")
        }
        if indexes.contains(where: \.columns.isEmpty) { throw refuse("an index on no columns", "name at least one") }
        switch database.kind {
        case .sqlite:
            if partitionColumn != nil {
                throw PlanError(
                    .unsupported, "SQLite has no partitions", hint: "leave the partition away, or load into PostgreSQL")
            }
            if schema != nil { throw PlanError(.unsupported, "SQLite has no schemas", hint: "leave the schema away") }
        case .postgresql:
            // With “_20240131” behind it.
            let most = partitionColumn == nil ? 63 : 54
            if table.utf8.count > most {
                throw refuse("the name “\(table)” has more than \(most) bytes", "PostgreSQL would cut it: shorten it")
            }
        }
    }
}
