internal import CADBC
internal import CArrowABI
internal import Foundation
internal import SheafArrow
internal import SheafCore
internal import SheafTable

/// A connection to a database, always in a transaction: what is not committed is undone when it is closed.
///
/// Its calls block, and go one at a time; ``cancel()`` may be called while one goes on.
final class ADBCConnection: @unchecked Sendable {
    let database: Database
    private let api: UnsafePointer<cadbc_functions>
    private let handle = UnsafeMutablePointer<AdbcDatabase>.allocate(capacity: 1)
    private let connection = UnsafeMutablePointer<AdbcConnection>.allocate(capacity: 1)
    private var isOpen = false
    private let control = Monitor()
    // Guarded by `control`.
    private var statement: UnsafeMutablePointer<AdbcStatement>?
    private var isCancelled = false

    /// Connects, on a thread of its own.
    ///
    /// - Throws: ``PlanError``, ``EngineError`` (`.missingLibrary`), ``DatabaseError``.
    static func open(_ database: Database) async throws -> ADBCConnection {
        try Task.checkCancellation()
        return try await BlockingThreads.shared.run { try ADBCConnection(database) }
    }

    private init(_ database: Database) throws {
        if let problem = database.problem { throw problem }
        // Which SQLite's driver takes for a lack of memory.
        let folder = URL(fileURLWithPath: database.location).deletingLastPathComponent().path
        if database.kind == .sqlite, !FileManager.default.fileExists(atPath: folder) {
            throw DatabaseError(
                .inputNotFound, "there is no folder \(folder)", database: database, statement: "open the file",
                hint: "make the folder, or correct the path")
        }
        self.database = database
        api = try ADBCDriver.of(database.kind).get().functions
        handle.initialize(to: AdbcDatabase())
        connection.initialize(to: AdbcConnection())
        // From here on `deinit` lets go of what was made.
        try check("connect") { api.pointee.DatabaseNew(handle, $0) }
        try check("connect") { api.pointee.DatabaseSetOption(handle, "uri", database.location, $0) }
        try check("connect") { api.pointee.DatabaseInit(handle, $0) }
        try check("connect") { api.pointee.ConnectionNew(connection, $0) }
        try check("connect") { api.pointee.ConnectionInit(connection, handle, $0) }
        isOpen = true
        // Others may be writing to the file.
        if database.kind == .sqlite { try execute("PRAGMA busy_timeout = 10000") }
        try check("begin a transaction") {
            api.pointee.ConnectionSetOption(connection, "adbc.connection.autocommit", "false", $0)
        }
    }

    deinit {
        close()
        handle.deallocate()
        connection.deallocate()
    }

    /// Disconnects, which undoes what is not committed.
    func close() {
        var error = cadbc_error()
        defer { error.release?(&error) }
        // What these say is of no use: what could be kept has been committed.
        if connection.pointee.private_data != nil { _ = api.pointee.ConnectionRelease(connection, &error) }
        connection.pointee.private_data = nil
        error.release?(&error)
        error = cadbc_error()
        if handle.pointee.private_data != nil { _ = api.pointee.DatabaseRelease(handle, &error) }
        handle.pointee.private_data = nil
        isOpen = false
    }

    /// Runs a blocking body on a thread of its own; cancelling the task ends it, and the connection is of no use afterwards.
    func run<R: Sendable>(_ body: @escaping @Sendable (ADBCConnection) throws -> R) async throws -> R {
        try Task.checkCancellation()
        return try await withTaskCancellationHandler {
            try await BlockingThreads.shared.run { [self] in try body(self) }
        } onCancel: {
            // Asking a server takes a moment.
            if !BlockingThreads.shared.submit({ [self] in cancel() }) { cancel() }
        }
    }

    /// Ends the statement that runs, and refuses others. Callable from any thread.
    func cancel() {
        control.withLock {
            isCancelled = true
            guard let statement else { return }
            // A driver that cannot do it is stopped at the next batch.
            var error = cadbc_error()
            _ = api.pointee.StatementCancel(statement, &error)
            error.release?(&error)
        }
    }

    private var wasCancelled: Bool { control.withLock { isCancelled } }

    // MARK: Statements

    /// Runs a statement without rows.
    func execute(_ sql: String) throws {
        try withStatement(sql) { statement in
            try check(sql) { api.pointee.StatementSetSqlQuery(statement, sql, $0) }
            try check(sql) { api.pointee.StatementExecuteQuery(statement, nil, nil, $0) }
        }
    }

    /// Runs a query and returns its rows.
    ///
    /// - Parameter parameters: the values of `$1`…, or of `?`, as texts.
    func query(_ sql: String, parameters: [String] = []) throws -> (schema: ArrowTableSchema, batches: [RecordBatch]) {
        var result = (schema: ArrowTableSchema([]), batches: [RecordBatch]())
        try query(sql, parameters: parameters) {
            result.schema = $0
        } batch: {
            result.batches.append($0)
        }
        return result
    }

    /// Runs a query whose rows may be more than memory holds.
    func query(_ sql: String, storingIn resources: TaskResources) throws -> BatchStore {
        var writer: BatchStoreWriter?
        try query(sql) {
            writer = BatchStoreWriter($0, resources)
        } batch: {
            try writer?.append($0)
        }
        guard let store = writer.take()?.finish() else {
            throw DatabaseError(.databaseError, "the driver gave no columns", database: database, statement: sql)
        }
        return store
    }

    /// Runs a query, and hands over its columns and then its rows.
    private func query(
        _ sql: String, parameters: [String] = [], columns: (ArrowTableSchema) throws -> Void, batch: (RecordBatch) throws -> Void
    ) throws {
        try withStatement(sql) { statement in
            try check(sql) { api.pointee.StatementSetSqlQuery(statement, sql, $0) }
            if !parameters.isEmpty { try bind(parameters, statement, sql) }
            var stream = ArrowArrayStream()
            try check(sql) { api.pointee.StatementExecuteQuery(statement, &stream, nil, $0) }
            defer { stream.release?(&stream) }
            guard let getSchema = stream.get_schema, let getNext = stream.get_next else {
                throw DatabaseError(.databaseError, "the driver gave no rows", database: database, statement: sql)
            }
            var foreign = ArrowSchema()
            let status = getSchema(&stream, &foreign)
            guard status == 0 else { throw failure(of: &stream, status, sql) }
            let schema = ArrivingColumns.schema(try ArrowTableSchema(importing: &foreign))
            try columns(schema)
            while true {
                if wasCancelled { throw CancellationError() }
                var array = ArrowArray()
                let status = getNext(&stream, &array)
                guard status == 0 else { throw failure(of: &stream, status, sql) }
                guard array.release != nil else { return }
                let rows = try RecordBatch(importing: &array, schema: schema)
                if rows.rowCount > 0 { try batch(rows) }
            }
        }
    }

    /// Appends rows to a table, whose columns have their names and take their types as they are.
    ///
    /// - Throws: ``DatabaseError``, also when the driver tells another number of rows than it was given.
    func ingest(_ batches: [RecordBatch], schema: ArrowTableSchema, into table: String, of databaseSchema: String?) throws {
        let rows = batches.reduce(0) { $0 + $1.rowCount }, asked = "load \(rows) rows into \(table)"
        try withStatement(asked) { statement in
            func set(_ key: String, _ value: String) throws {
                try check(asked) { api.pointee.StatementSetOption(statement, key, value, $0) }
            }
            try set("adbc.ingest.target_table", table)
            try set("adbc.ingest.mode", "adbc.ingest.mode.append")
            if let databaseSchema { try set("adbc.ingest.target_db_schema", databaseSchema) }
            var rest = batches[...]
            let reader = RecordBatchReader(schema: schema) { [self] in
                if wasCancelled { throw CancellationError() }
                return rest.popFirst()
            }
            var stream = ArrowArrayStream()
            reader.export(to: &stream)
            // Only what the driver has not taken over.
            defer { stream.release?(&stream) }
            try check(asked) { api.pointee.StatementBindStream(statement, &stream, $0) }
            var taken: Int64 = -1
            try check(asked) { api.pointee.StatementExecuteQuery(statement, nil, &taken, $0) }
            if wasCancelled { throw CancellationError() }
            guard taken == Int64(rows) else {
                throw DatabaseError(
                    .protocolViolation, "the driver was given \(rows) rows and says that it loaded \(taken)", database: database,
                    statement: asked)
            }
        }
    }

    func commit() throws { try check("commit") { api.pointee.ConnectionCommit(connection, $0) } }

    private func withStatement<R>(_ asked: String, _ body: (UnsafeMutablePointer<AdbcStatement>) throws -> R) throws -> R {
        guard isOpen else { throw EngineError(.closed, "the connection to \(database) is closed") }
        let made = UnsafeMutablePointer<AdbcStatement>.allocate(capacity: 1)
        made.initialize(to: AdbcStatement())
        defer { made.deallocate() }
        try check(asked) { api.pointee.StatementNew(connection, made, $0) }
        defer {
            control.withLock {
                statement = nil
                var error = cadbc_error()
                _ = api.pointee.StatementRelease(made, &error)
                error.release?(&error)
            }
        }
        let mayRun = control.withLock {
            statement = made
            return !isCancelled
        }
        guard mayRun else { throw CancellationError() }
        return try body(made)
    }

    private func bind(_ parameters: [String], _ statement: UnsafeMutablePointer<AdbcStatement>, _ sql: String) throws {
        let batch = try RecordBatch(
            parameters.enumerated().map { position, text in
                let builder = ArrowCellBuilder(.utf8)
                try builder.append(.string(text))
                return ("\(position)", builder.finish())
            })
        var schema = ArrowSchema(), array = ArrowArray()
        batch.schema.export(to: &schema)
        batch.export(to: &array)
        defer {
            schema.release?(&schema)
            array.release?(&array)
        }
        try check(sql) { api.pointee.StatementBind(statement, &array, &schema, $0) }
    }

    // MARK: Errors

    private func check(_ asked: String, _ call: (UnsafeMutablePointer<AdbcError>) -> AdbcStatusCode) throws {
        var error = cadbc_error()
        let status = call(&error)
        defer { error.release?(&error) }
        if Int(status) != CADBC_STATUS_OK { throw failure(error, status, asked) }
    }

    private func failure(_ error: AdbcError, _ status: AdbcStatusCode, _ asked: String) -> any Error {
        if wasCancelled { return CancellationError() }
        var error = error, state = [CChar](repeating: 0, count: 6)
        cadbc_sqlstate(&error, &state)
        let text = error.message.map { String(cString: $0) } ?? "the driver gives no reason (status \(status))"
        let letters = String(decoding: state.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return DatabaseError(
            .databaseError, Self.cleaned(text), database: database, sqlState: letters.isEmpty ? nil : letters, statement: asked)
    }

    private func failure(of stream: inout ArrowArrayStream, _ number: Int32, _ asked: String) -> any Error {
        var status = AdbcStatusCode(CADBC_STATUS_UNKNOWN)
        if let details = api.pointee.ErrorFromArrayStream, let error = details(&stream, &status) {
            return failure(error.pointee, status, asked)
        }
        if wasCancelled { return CancellationError() }
        let text = stream.get_last_error?(&stream).map { String(cString: $0) } ?? "the driver gives no reason (error \(number))"
        return DatabaseError(.databaseError, Self.cleaned(text), database: database, statement: asked)
    }

    /// Without what the error says elsewhere: the statement, and the state.
    private static func cleaned(_ text: String) -> String {
        var text = text[...]
        for mark in ["\n\nQuery was:", "\nQuery was:", "\nquery: ", ". SQLSTATE:"] {
            if let range = text.firstRange(of: mark) { text = text[..<range.lowerBound] }
        }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }
}

/// The columns of a query's rows as a table's: moments are UTC, and of what drivers note only what tells identifiers apart is kept.
enum ArrivingColumns {
    static func schema(_ schema: ArrowTableSchema) -> ArrowTableSchema {
        ArrowTableSchema(schema.fields.map(field))
    }

    private static let extensionName = "ARROW:extension:name"
    /// Under which a column's PostgreSQL type is kept.
    static let databaseType = "POSTGRESQL:type"

    private static func field(_ field: ArrowField) -> ArrowField {
        var field = field
        if case .timestamp(let unit, .some) = field.type { field.type = .timestamp(unit, zone: nil) }
        let isIdentifier = field.metadata[extensionName] == "arrow.uuid"
        field.metadata = field.metadata.filter { $0.key == databaseType || isIdentifier && $0.key.hasPrefix("ARROW:extension:") }
        return field
    }
}
