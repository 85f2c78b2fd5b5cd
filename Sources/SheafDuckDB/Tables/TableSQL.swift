public import SheafTable

extension AnyTable {
    /// The query as DuckDB is given it. Runs nothing.
    ///
    /// - Throws: ``PlanError``: the first problem of the plan.
    public func sql() throws -> String { try SQLCompiler.sql(relation, DuckDBDialect()) }
}
