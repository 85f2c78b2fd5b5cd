package import CArrowABI
internal import CDuckDB
internal import CSheaf
internal import SheafCore

/// The rows of a query, computed as they are read. Read by one task at a time.
///
/// The query holds a connection until the last row is read, it fails, or the result is closed or released.
public final class DuckDBResult: @unchecked Sendable {
    /// The columns' names, in order.
    public let columnNames: [String]
    private let sql: String
    private let run: QueryRun
    private let connection: NativeConnection
    private let pool: ConnectionPool?
    private var schema: ArrowSchema
    private let state = Monitor()
    // What follows is guarded by the monitor.
    private var ready: [Item?] = []
    private var first = 0
    private var isOver = false
    /// Why there are no more rows, unless they have all been read.
    private var failure: (any Error)?
    /// How the result is read, once that is known.
    private var isArrow: Bool?
    /// How many chunks the next hop may bring: few at first, so that the first row comes soon.
    private var appetite = 1

    private enum Item {
        case array(ArrowArray)
        case chunk(DuckDBChunk)
    }

    init(_ connection: NativeConnection, pool: ConnectionPool?, run: QueryRun, sql: String, shape: NativeConnection.Shape) {
        self.connection = connection
        self.pool = pool
        self.run = run
        self.sql = sql
        columnNames = shape.names
        schema = shape.schema
    }

    deinit {
        if let release = schema.release { release(&schema) }
        for item in ready { if case .array(var array) = item { array.release?(&array) } }
        if !isOver {
            let run = run, connection = connection, pool = pool
            run.cancel()
            let end: @Sendable () -> Void = { Self.end(run, connection, pool) }
            if !BlockingThreads.shared.submit(end) { end() }
        }
    }

    private static func end(_ run: QueryRun, _ connection: NativeConnection, _ pool: ConnectionPool?) {
        connection.finish(run)
        pool?.giveBack(connection)
    }

    /// Ends the query soon; whoever reads gets a `CancellationError`. Callable at any time, from any task.
    public func cancel() { run.cancel() }

    /// Ends the query and gives its connection back.
    public func close() async throws {
        run.cancel()
        try await BlockingThreads.shared.run { [self] in finish(EngineError(.closed, "the result is closed", hint: "run the query again")) }
    }

    /// The rows' type, as Arrow's structure; it belongs to the result.
    package func withSchema<R>(_ body: (UnsafePointer<ArrowSchema>) throws -> R) rethrows -> R {
        try withUnsafePointer(to: schema, body)
    }

    /// Moves the schema out; ``withSchema(_:)`` then shows a released one.
    package func takeSchema() -> ArrowSchema {
        state.withLock {
            defer { schema.release = nil }
            return schema
        }
    }

    /// Moves the next batch out, up to 2048 rows. Returns false after the last.
    ///
    /// - Throws: ``SQLError``, `CancellationError`, ``EngineError`` (`.closed`); the query is then over.
    package nonisolated(nonsending) func next(into array: UnsafeMutablePointer<ArrowArray>) async throws -> Bool {
        guard case .array(let batch) = try await next(asArrow: true) else { return false }
        array.initialize(to: batch)
        return true
    }

    /// The next rows in DuckDB's own layout, up to 2048, or nil after the last. A result is read either so or as Arrow batches.
    ///
    /// - Throws: ``SQLError``, `CancellationError`, ``EngineError`` (`.closed`); the query is then over.
    public nonisolated(nonsending) func nextChunk() async throws -> DuckDBChunk? {
        guard case .chunk(let chunk) = try await next(asArrow: false) else { return nil }
        return chunk
    }

    private static let mixed = EngineError(
        .invalidArgument, "a result is read as Arrow batches or as chunks, not both", hint: "run the query again")

    private nonisolated(nonsending) func next(asArrow: Bool) async throws -> Item? {
        try state.withLock {
            guard isArrow ?? asArrow == asArrow else { throw Self.mixed }
            isArrow = asArrow
            if let failure { throw failure }
        }
        while true {
            if let item = state.withLock(take) { return item }
            if state.withLock({ isOver }) { return nil }
            try await withTaskCancellationHandler {
                try await BlockingThreads.shared.run { [self] in try fill(asArrow: asArrow) }
            } onCancel: {
                run.cancel()
            }
        }
    }

    /// With the monitor held.
    private func take() -> Item? {
        guard first < ready.count else { return nil }
        let item = ready[first]
        ready[first] = nil
        first += 1
        if first == ready.count {
            ready.removeAll(keepingCapacity: true)
            first = 0
        }
        return item
    }

    /// Brings some chunks: each hop to a thread costs as much as several of them.
    private func fill(asArrow: Bool) throws {
        let most = state.withLock {
            defer { appetite = min(64, appetite * 2) }
            return appetite
        }
        let deadline = sheaf_monotonic_nanoseconds() + 5_000_000
        var items: [Item?] = []
        defer { state.withLock { ready += items } }
        do {
            let goesOn = try connection.fetch(run, sql: sql) { chunk, options, database in
                items.append(try asArrow ? .array(convert(chunk, options)) : .chunk(DuckDBChunk(chunk, database)))
                return items.count < most && sheaf_monotonic_nanoseconds() < deadline
            }
            if !goesOn { finish() }
        } catch {
            finish(error)
            throw error
        }
    }

    private func convert(_ chunk: duckdb_data_chunk, _ options: duckdb_arrow_options?) throws -> ArrowArray {
        let api = DuckDBLibrary.functions
        var owned: duckdb_data_chunk? = chunk
        defer { api.pointee.destroy_data_chunk(&owned) }
        var array = ArrowArray()
        try connection.check(api.pointee.data_chunk_to_arrow(options, chunk, &array), sql: sql)
        return array
    }

    private func finish(_ error: (any Error)? = nil) {
        let isFirst = state.withLock {
            guard !isOver else { return false }
            isOver = true
            failure = error
            return true
        }
        if isFirst { Self.end(run, connection, pool) }
    }
}

/// Up to 2048 rows in DuckDB's own layout, which is the fastest way to read them.
public final class DuckDBChunk: @unchecked Sendable {
    /// Rows.
    public let count: Int
    public let columnCount: Int
    private var handle: duckdb_data_chunk?
    /// The memory comes from the database.
    private let database: NativeDatabase

    init(_ handle: duckdb_data_chunk, _ database: NativeDatabase) {
        self.handle = handle
        self.database = database
        let api = DuckDBLibrary.functions
        count = Int(api.pointee.data_chunk_get_size(handle))
        columnCount = Int(api.pointee.data_chunk_get_column_count(handle))
    }

    deinit { DuckDBLibrary.functions.pointee.destroy_data_chunk(&handle) }

    /// A column's values and its validity, one bit a row, lowest first, or nil when no value is null. They live as long as the call.
    ///
    /// - Parameter type: what a value is in DuckDB's layout; it has to be right.
    package func withColumn<T, R>(
        _ column: Int, as type: T.Type, _ body: (UnsafeBufferPointer<T>, UnsafePointer<UInt64>?) throws -> R
    ) rethrows -> R {
        precondition(column >= 0 && column < columnCount, "there is no column \(column)")
        let api = DuckDBLibrary.functions, vector = api.pointee.data_chunk_get_vector(handle, idx_t(column))
        let data = api.pointee.vector_get_data(vector)?.assumingMemoryBound(to: T.self)
        let validity = api.pointee.vector_get_validity(vector)
        return try withExtendedLifetime(self) {
            try body(UnsafeBufferPointer(start: data, count: count), validity.map { UnsafePointer($0) })
        }
    }
}
