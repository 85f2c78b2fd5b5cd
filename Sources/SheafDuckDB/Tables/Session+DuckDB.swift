public import SheafCore
public import SheafTable

extension Session {
    /// The embedded database that runs this session's tables: for Swift functions in its SQL, and whatever else tables do not do.
    ///
    /// ```swift
    /// try await session.duckDB().register(scalar: "half") { (x: Double) in x / 2 }
    /// let halves = flights.select { (id: $0.id, half: sqlFunction("half", $0.depDelay, as: Double?.self)) }
    /// ```
    /// - Throws: ``EngineError``: `.unsupported` when something else runs the tables, `.missingLibrary`, `.closed`.
    public func duckDB() async throws -> DuckDBDatabase {
        guard let tables = try tableEngine() as? DuckDBTables else {
            throw EngineError(.unsupported, "this session's tables are not run by DuckDB", hint: "call session.use(DuckDBTables(…)) first")
        }
        return try await tables.database()
    }
}

/// A function of the engine's, by name, applied to columns. What there is, and for what arguments, the engine knows when the query runs.
///
/// - Parameter result: the type that its values are taken to have.
public func sqlFunction<each Value: ColumnValue, Result: ColumnValue>(
    _ name: String, _ columns: repeat Column<each Value>, as _: Result.Type
) -> Column<Result> {
    var arguments: [ScalarExpression] = []
    for column in repeat each columns { arguments.append(column.expression) }
    return Column<Result>(.call(SQLText.identifier(name), arguments))
}
