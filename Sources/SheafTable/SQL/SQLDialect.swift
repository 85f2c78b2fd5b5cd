/// How an engine writes SQL. What is common to all is in ``SQLCompiler``.
package protocol SQLDialect: Sendable {
    func name(of type: SQLType) -> String
    /// What a `FROM` names for a source.
    func source(_ source: TableSource) throws -> String
    /// A sample of a table expression.
    func sample(_ from: String, _ sample: TableSample) -> String
}
