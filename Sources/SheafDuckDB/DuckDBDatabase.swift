internal import SheafCore

/// An embedded DuckDB database, in memory or in a file.
///
/// Callable from any task. Each query has a connection of its own, so any number run at a time and share the database's threads and
/// memory; calls that block run on threads of their own. The library is loaded when the first database is opened.
public final class DuckDBDatabase: Sendable {
    private let pool: ConnectionPool

    /// Opens a database.
    ///
    /// - Parameter path: a file, made if it does not exist; nil for a database in memory.
    /// - Throws: ``EngineError``: `.missingLibrary` with what to run, `.inputOutput` when the file cannot be opened, `.invalidArgument` for
    ///   a setting that DuckDB does not take.
    public init(path: String? = nil, options: DuckDBOptions = DuckDBOptions()) async throws {
        pool = try await BlockingThreads.shared.run { ConnectionPool(try NativeDatabase(path: path, options: options)) }
    }

    deinit {
        // Closing may write; results that are still open keep what they need.
        let pool = pool
        if !BlockingThreads.shared.submit({ pool.closeIdle() }) { pool.closeIdle() }
    }

    /// Ends all queries, closes the file and removes the temporary folder. Later calls throw ``EngineError`` (`.closed`).
    public func close() async throws {
        try await BlockingThreads.shared.run { [pool] in pool.close() }
    }

    /// Runs statements; the rows of the last one are read from the result.
    ///
    /// Rows are computed as they are read. Cancelling the task ends the query. What statements change on the connection itself (`SET`,
    /// temporary tables, transactions) belongs on a connection of one's own: ``connect()``.
    ///
    /// - Parameters:
    ///   - parameters: the values of `?` or `$1`… in the last statement.
    ///   - tables: tables in memory that the statements see, by name.
    ///   - progress: tells how far the query is.
    /// - Throws: ``SQLError``, `CancellationError`, ``EngineError`` (`.closed`).
    public func query(
        _ sql: String, parameters: [DuckDBValue] = [], tables: [String: DuckDBTable] = [:], progress: DuckDBProgress? = nil
    ) async throws -> DuckDBResult {
        try await cancellable(progress) { [pool] run in
            let connection = try pool.lease()
            do {
                for (name, table) in tables { try connection.register(name, table) }
                let shape = try connection.start(sql, parameters, run: run)
                return DuckDBResult(connection, pool: pool, run: run, sql: sql, shape: shape)
            } catch {
                pool.giveBack(connection)
                throw error
            }
        }
    }

    /// Runs statements without rows and returns how many rows the last one changed. Rows are thrown away.
    ///
    /// - Throws: as ``query(_:parameters:tables:progress:)`` does.
    @discardableResult
    public func execute(
        _ sql: String, parameters: [DuckDBValue] = [], tables: [String: DuckDBTable] = [:], progress: DuckDBProgress? = nil
    ) async throws -> Int {
        try await cancellable(progress) { [pool] run in
            let connection = try pool.lease()
            defer { pool.giveBack(connection) }
            for (name, table) in tables { try connection.register(name, table) }
            return try connection.execute(sql, parameters, run: run)
        }
    }

    /// Opens a connection of one's own, with its settings, temporary tables and transactions.
    public func connect() async throws -> DuckDBConnection {
        try await BlockingThreads.shared.run { [pool] in DuckDBConnection(try pool.lease(), pool: pool) }
    }

    /// Runs a blocking body with the library's handle of some connection.
    func withConnection<R: Sendable>(_ body: @escaping @Sendable (NativeConnection) throws -> R) async throws -> R {
        try await BlockingThreads.shared.run { [pool] in
            let connection = try pool.lease()
            defer { pool.giveBack(connection) }
            return try body(connection)
        }
    }
}

/// A connection of one's own to a database: it keeps settings, temporary tables, transactions and registered tables until it is closed.
///
/// One query at a time: while a result is open, another query throws ``EngineError`` (`.busy`).
public final class DuckDBConnection: Sendable {
    private let native: NativeConnection
    private let pool: ConnectionPool

    init(_ native: NativeConnection, pool: ConnectionPool) {
        self.native = native
        self.pool = pool
    }

    deinit {
        let native = native, pool = pool
        if !BlockingThreads.shared.submit({ pool.discard(native) }) { pool.discard(native) }
    }

    /// Ends what runs and disconnects. Later calls throw ``EngineError`` (`.closed`).
    public func close() async throws {
        try await BlockingThreads.shared.run { [native, pool] in pool.discard(native) }
    }

    /// Runs statements; the rows of the last one are read from the result.
    ///
    /// - Throws: ``SQLError``, `CancellationError`, ``EngineError`` (`.busy`, `.closed`).
    public func query(_ sql: String, parameters: [DuckDBValue] = [], progress: DuckDBProgress? = nil) async throws -> DuckDBResult {
        try await cancellable(progress) { [native] run in
            let shape = try native.start(sql, parameters, run: run)
            return DuckDBResult(native, pool: nil, run: run, sql: sql, shape: shape)
        }
    }

    /// Runs statements without rows and returns how many rows the last one changed. Rows are thrown away.
    @discardableResult
    public func execute(_ sql: String, parameters: [DuckDBValue] = [], progress: DuckDBProgress? = nil) async throws -> Int {
        try await cancellable(progress) { [native] run in try native.execute(sql, parameters, run: run) }
    }

    /// Makes a table in memory known to this connection: `FROM name`. A table of that name is hidden, not changed.
    public func register(_ name: String, _ table: DuckDBTable) async throws {
        try await BlockingThreads.shared.run { [native] in try native.register(name, table) }
    }

    /// Forgets a table that was registered; the memory is released when no query reads it any more.
    public func unregister(_ name: String) async throws {
        try await BlockingThreads.shared.run { [native] in try native.unregister(name) }
    }
}

/// Runs a blocking body that starts a query; cancelling the task ends the query.
func cancellable<R: Sendable>(
    _ progress: DuckDBProgress?, _ body: @escaping @Sendable (QueryRun) throws -> R
) async throws -> R {
    let run = QueryRun()
    progress?.watch(run)
    return try await withTaskCancellationHandler {
        try await BlockingThreads.shared.run {
            if let failure = run.failure { throw failure }
            return try body(run)
        }
    } onCancel: {
        run.cancel()
    }
}
