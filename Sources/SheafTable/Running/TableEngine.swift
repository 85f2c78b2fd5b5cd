public import SheafArrow
public import SheafCore
internal import Synchronization

/// Runs relational plans whole: an embedded database, or a cluster that speaks SQL.
public protocol TableEngine: Sendable {
    /// The query a plan becomes.
    ///
    /// - Throws: ``PlanError``.
    func sql(_ relation: Relation) throws -> String
    /// Begins to run a plan.
    ///
    /// - Parameter inputs: the rows that tasks made for it.
    /// - Throws: ``PlanError``, or what the engine says of the query.
    func run(_ relation: Relation, _ inputs: TableInputs) async throws -> any TableBatches
    /// The columns that a plan's rows have, without running it.
    func schema(of relation: Relation, _ inputs: TableInputs) async throws -> ArrowTableSchema
    /// How the engine goes about a plan, as text.
    func explain(_ relation: Relation, _ inputs: TableInputs) async throws -> String
    /// Writes a plan's rows to a file.
    ///
    /// - Returns: how many.
    func write(_ relation: Relation, to target: TableTarget, _ inputs: TableInputs) async throws -> Int
    /// Reads the lenient files of a plan, and tells which lines do not fit.
    ///
    /// - Parameter limit: how many are told at most.
    func rejectedLines(_ relation: Relation, limit: Int) async throws -> [RejectedLine]
    /// Lets go of files, connections and memory.
    func shutdown() async
}

/// The rows of a running query, batch by batch. To be read by one task at a time, to its end or to ``close()``.
public protocol TableBatches: Sendable {
    var schema: ArrowTableSchema { get }
    /// The next rows; nil at the end. Cancelling the calling task cancels the query.
    func next() async throws -> RecordBatch?
    /// Ends the query.
    func close() async
}

extension Session {
    /// Lets this session's tables be run by an engine.
    public func use(_ tables: any TableEngine) {
        attach(TableEngineBox(engine: tables)) { await $0.engine.shutdown() }
    }

    /// - Throws: ``EngineError`` (`.unsupported`).
    package func tableEngine() throws -> any TableEngine {
        guard let box = attachment(TableEngineBox.self) else {
            throw EngineError(
                .unsupported, "this session has no engine for tables",
                hint: "make it with Session() of the module Sheaf, or call session.use(DuckDBTables(…))")
        }
        return box.engine
    }
}

private struct TableEngineBox: Sendable {
    let engine: any TableEngine
}
