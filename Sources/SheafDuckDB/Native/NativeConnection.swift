internal import CArrowABI
internal import CDuckDB
internal import SheafCore

/// A connection of the library, which runs one query at a time. Its calls block, unless they say otherwise.
final class NativeConnection: @unchecked Sendable {
    private let api = DuckDBLibrary.functions
    /// Held for the length of a call.
    private let calls = Monitor()
    /// Held for moments, so that a query can be interrupted while a call is going on.
    private let control = Monitor()
    /// Changed with both held.
    private var handle: duckdb_connection?
    /// Kept open as long as the connection is.
    private var database: NativeDatabase?
    /// The query whose result is open; guarded by `control`.
    private var current: QueryRun?
    /// Guarded by `calls`, and so are the following.
    private var result: duckdb_result?
    private var options: duckdb_arrow_options?
    private var views: [String: Int64] = [:]
    /// Whether the result has more chunks.
    private var isFlowing = false

    init(_ database: NativeDatabase) throws {
        self.database = database
        handle = try database.connect()
        for setting in Self.settings { try call(setting) }
    }

    deinit { close() }

    // Errors tell the position; progress is known, after so many milliseconds, but not printed.
    private static let settings = [
        "SET errors_as_json = true", "SET enable_progress_bar_print = false", "SET enable_progress_bar = true",
        "SET progress_bar_time = 100",
    ]

    private static let closed = EngineError(.closed, "the database or its connection is closed", hint: "open it again")

    // MARK: From any thread, without blocking

    func interrupt(_ run: QueryRun) {
        control.withLock { if current === run, let handle { api.pointee.interrupt(handle) } }
    }

    func progress(of run: QueryRun) -> Double? {
        control.withLock {
            guard current === run, let handle else { return nil }
            let percentage = api.pointee.query_progress(handle).percentage
            return percentage >= 0 ? percentage : nil
        }
    }

    // MARK: Queries

    /// What a query's rows look like; released by whoever takes it.
    struct Shape: @unchecked Sendable {
        var schema: ArrowSchema
        var names: [String]
    }

    /// Starts the last of some statements, after running the others. Its rows are then fetched until ``finish(_:)``.
    func start(_ sql: String, _ parameters: [DuckDBValue], run: QueryRun) throws -> Shape {
        try calls.withLock {
            try begin(run)
            do {
                try launch(sql, parameters, streaming: true, run: run)
                isFlowing = true
                return try shape(sql)
            } catch {
                abandon()
                throw run.failure ?? error
            }
        }
    }

    /// Runs statements and returns the number of rows that the last one changed.
    func execute(_ sql: String, _ parameters: [DuckDBValue], run: QueryRun) throws -> Int {
        try calls.withLock {
            try begin(run)
            defer { abandon() }
            do {
                try launch(sql, parameters, streaming: false, run: run)
            } catch {
                throw run.failure ?? error
            }
            return result.map { open in
                var open = open
                return Int(clamping: api.pointee.rows_changed(&open))
            } ?? 0
        }
    }

    /// Fetches chunks until `take` has enough. Returns false after the last, and then the query is over; likewise when it throws.
    func fetch(
        _ run: QueryRun, sql: String, _ take: (duckdb_data_chunk, duckdb_arrow_options?, NativeDatabase) throws -> Bool
    ) throws -> Bool {
        try calls.withLock {
            guard control.withLock({ current === run }), var open = result, let database else {
                throw run.failure ?? Self.closed
            }
            do {
                while true {
                    if let failure = run.failure { throw failure }
                    guard let chunk = api.pointee.fetch_chunk(open) else {
                        // The end, or an error.
                        isFlowing = false
                        if let text = api.pointee.result_error(&open), text.pointee != 0 {
                            throw run.failure ?? SQLError(String(cString: text), sql: sql)
                        }
                        abandon()
                        return false
                    }
                    if try !take(chunk, options, database) { return true }
                }
            } catch {
                abandon()
                throw error
            }
        }
    }

    /// Ends the query, wherever it is.
    func finish(_ run: QueryRun) {
        calls.withLock { if control.withLock({ current === run }) { abandon() } }
    }

    private func begin(_ run: QueryRun) throws {
        guard handle != nil else { throw Self.closed }
        guard control.withLock({ current == nil }) else {
            throw EngineError(
                .busy, "the connection has an open result", hint: "read that to its end or close it first, or ask the database itself")
        }
        control.withLock { current = run }
        run.start(on: self)
    }

    private func launch(_ sql: String, _ parameters: [DuckDBValue], streaming: Bool, run: QueryRun) throws {
        if sql.utf8.contains(0) { throw SQLError("the SQL contains a zero byte", sql: sql, kind: .parser) }
        var statements: duckdb_extracted_statements?
        let count = api.pointee.extract_statements(handle, sql, &statements)
        defer { api.pointee.destroy_extracted(&statements) }
        guard count > 0 else {
            let text = api.pointee.extract_statements_error(statements).map { String(cString: $0) } ?? ""
            throw SQLError(text.isEmpty ? "there is no statement in the SQL" : text, sql: sql, kind: .parser)
        }
        for index in 0..<count {
            closeResult()
            let isLast = index == count - 1
            var statement: duckdb_prepared_statement?
            defer { api.pointee.destroy_prepare(&statement) }
            guard api.pointee.prepare_extracted_statement(handle, statements, index, &statement) == CDUCKDB_SUCCESS else {
                throw SQLError(api.pointee.prepare_error(statement).map { String(cString: $0) } ?? "cannot be prepared", sql: sql)
            }
            if isLast { try bind(parameters, to: statement, sql: sql) }
            var pending: duckdb_pending_result?
            defer { api.pointee.destroy_pending(&pending) }
            let state =
                streaming && isLast
                ? api.pointee.pending_prepared_streaming(statement, &pending) : api.pointee.pending_prepared(statement, &pending)
            guard state == CDUCKDB_SUCCESS else {
                throw SQLError(api.pointee.pending_error(pending).map { String(cString: $0) } ?? "cannot be started", sql: sql)
            }
            // Starting a query forgets interrupts that came before; one that comes from now on is heeded.
            if run.failure != nil { api.pointee.interrupt(handle) }
            var open = duckdb_result()
            let isDone = api.pointee.execute_pending(pending, &open) == CDUCKDB_SUCCESS
            result = open
            if !isDone {
                throw SQLError(api.pointee.result_error(&open).map { String(cString: $0) } ?? "failed without a reason", sql: sql)
            }
        }
    }

    private func bind(_ parameters: [DuckDBValue], to statement: duckdb_prepared_statement?, sql: String) throws {
        let wanted = Int(clamping: api.pointee.nparams(statement))
        guard wanted == parameters.count else {
            throw SQLError(
                "the statement has \(wanted) parameters, and \(parameters.count) values are given", sql: sql, kind: .invalidInput)
        }
        for (index, parameter) in parameters.enumerated() {
            var value = native(parameter)
            defer { api.pointee.destroy_value(&value) }
            if api.pointee.bind_value(statement, idx_t(index + 1), value) != CDUCKDB_SUCCESS {
                let reason = api.pointee.prepare_error(statement).map { String(cString: $0) } ?? "it is not taken"
                throw SQLError("parameter \(index + 1): \(reason)", sql: sql, kind: .invalidInput)
            }
        }
    }

    private func native(_ value: DuckDBValue) -> duckdb_value? {
        switch value {
        case .null: return api.pointee.create_null_value()
        case .bool(let value): return api.pointee.create_bool(value)
        case .int(let value): return api.pointee.create_int64(value)
        case .double(let value): return api.pointee.create_double(value)
        case .date(let days): return api.pointee.create_date(duckdb_date(days: days))
        case .timestamp(let micros): return api.pointee.create_timestamp(duckdb_timestamp(micros: micros))
        case .blob(let bytes): return bytes.withUnsafeBufferPointer { api.pointee.create_blob($0.baseAddress, idx_t($0.count)) }
        case .text(var text):
            return text.withUTF8 { bytes in
                bytes.withMemoryRebound(to: CChar.self) { api.pointee.create_varchar_length($0.baseAddress, idx_t($0.count)) }
            }
        }
    }

    private func shape(_ sql: String) throws -> Shape {
        guard var open = result else { throw SQLError("there is no result", sql: sql) }
        let count = api.pointee.column_count(&open)
        var types: [duckdb_logical_type?] = [], texts: [UnsafePointer<CChar>?] = []
        defer { for var type in types { api.pointee.destroy_logical_type(&type) } }
        for column in 0..<count {
            types.append(api.pointee.column_logical_type(&open, column))
            texts.append(api.pointee.column_name(&open, column))
        }
        options = api.pointee.result_get_arrow_options(&open)
        var schema = ArrowSchema()
        try check(api.pointee.to_arrow_schema(options, &types, &texts, count, &schema), sql: sql)
        return Shape(schema: schema, names: texts.map { $0.map { String(cString: $0) } ?? "" })
    }

    /// - Throws: ``SQLError`` when there is an error, which it releases.
    func check(_ error: duckdb_error_data?, sql: String) throws {
        var owned = error
        guard let error else { return }
        defer { api.pointee.destroy_error_data(&owned) }
        if let text = api.pointee.error_data_message(error), text.pointee != 0 { throw SQLError(String(cString: text), sql: sql) }
    }

    /// Interrupts what runs, and releases the result.
    private func abandon() {
        if let handle, isFlowing, let open = result {
            // Releasing a result does not end its query: its tasks would go on. What is fetched after the interrupt is what was ready.
            api.pointee.interrupt(handle)
            while var chunk = api.pointee.fetch_chunk(open).map({ Optional($0) }) { api.pointee.destroy_data_chunk(&chunk) }
        }
        isFlowing = false
        closeResult()
        let run = control.withLock {
            defer { current = nil }
            return current
        }
        run?.stop()
    }

    private func closeResult() {
        guard var open = result else { return }
        api.pointee.destroy_arrow_options(&options)
        api.pointee.destroy_result(&open)
        result = nil
    }

    // MARK: Tables

    /// Makes a table in memory known to this connection under a name.
    func register(_ name: String, _ table: DuckDBTable) throws {
        try calls.withLock {
            guard let database else { throw Self.closed }
            let id = try database.registry.add(table, check: { try self.check($0, sql: name) })
            do {
                try call("CREATE OR REPLACE TEMP VIEW \(quoted(name)) AS SELECT * FROM \(TableScan.name)(\(id))")
            } catch {
                database.registry.remove(id)
                throw error
            }
            if let old = views.updateValue(id, forKey: name) { database.registry.remove(old) }
        }
    }

    func unregister(_ name: String) throws {
        try calls.withLock {
            guard let id = views.removeValue(forKey: name) else { return }
            guard let database else { return }
            database.registry.remove(id)
            try call("DROP VIEW IF EXISTS temp.\(quoted(name))")
        }
    }

    var registered: [String] { calls.withLock { Array(views.keys) } }

    // MARK: Other calls

    /// Runs a body with the open connection and no other call going on.
    func withHandle<R>(_ body: (duckdb_connection) throws -> R) throws -> R {
        try calls.withLock {
            guard let handle else { throw Self.closed }
            return try body(handle)
        }
    }

    /// Runs a statement of Sheaf's own.
    private func call(_ sql: String) throws {
        var answer = duckdb_result()
        defer { api.pointee.destroy_result(&answer) }
        if api.pointee.query(handle, sql, &answer) != CDUCKDB_SUCCESS {
            throw SQLError(api.pointee.result_error(&answer).map { String(cString: $0) } ?? "failed without a reason", sql: sql)
        }
    }

    /// Ends what runs and disconnects. Later calls throw.
    func close() {
        control.withLock { current }?.end(with: Self.closed)
        calls.withLock {
            abandon()
            for id in views.values { database?.registry.remove(id) }
            views = [:]
            control.withLock { api.pointee.disconnect(&handle) }
            database = nil
        }
    }
}

/// An identifier in SQL, quoted.
func quoted(_ name: String) -> String {
    "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
}
