internal import CDuckDB
internal import Foundation
internal import SheafCore

/// An open database of the library; closed with the last reference. Its calls block.
final class NativeDatabase: @unchecked Sendable {
    let registry: TableRegistry
    private let handle: duckdb_database
    /// For calls that need any connection; never runs a query of the user's.
    let utility: duckdb_connection
    private let temporaryFolder: String

    /// - Parameter path: a file, or nil for a database in memory.
    /// - Throws: ``EngineError`` (`.missingLibrary`, `.inputNotFound`, `.inputOutput`, `.invalidArgument`).
    init(path: String?, options: DuckDBOptions) throws {
        _ = try DuckDBLibrary.shared.get()
        let api = DuckDBLibrary.functions
        let parent = options.temporaryFolder ?? FileManager.default.temporaryDirectory.path
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: parent, isDirectory: &isFolder), isFolder.boolValue else {
            throw EngineError(
                .inputOutput, "the temporary folder \(parent) does not exist", hint: "make it, or set DuckDBOptions.temporaryFolder")
        }
        if let path, path.utf8.contains(0) { throw EngineError(.invalidArgument, "the path of a database contains a zero byte") }
        temporaryFolder = "\(parent)/sheaf-duckdb-\(getpid())-\(UUID().uuidString)"

        var config: duckdb_config?
        guard api.pointee.create_config(&config) == CDUCKDB_SUCCESS else {
            throw EngineError(.invalidArgument, "DuckDB cannot make a configuration")
        }
        defer { api.pointee.destroy_config(&config) }
        for (name, value) in options.values(temporaryFolder: temporaryFolder).sorted(by: { $0.key < $1.key }) {
            if api.pointee.set_config(config, name, value) != CDUCKDB_SUCCESS {
                throw EngineError(
                    .invalidArgument, "DuckDB does not take the setting \(name)=\(value)",
                    hint: "the settings are listed by: SELECT * FROM duckdb_settings()")
            }
        }
        var opened: duckdb_database?
        var problem: UnsafeMutablePointer<CChar>?
        defer { api.pointee.free(problem) }
        guard api.pointee.open_ext(path, &opened, config, &problem) == CDUCKDB_SUCCESS, let opened else {
            let reason = problem.map { SQLError(String(cString: $0), sql: "").message } ?? "no reason given"
            // In memory, nothing but a setting can be wrong.
            throw EngineError(
                path == nil ? .invalidArgument : .inputOutput, "cannot open the database \(path ?? "in memory"): \(reason)",
                hint: "the settings are listed by: SELECT * FROM duckdb_settings()")
        }
        var connection: duckdb_connection?
        guard api.pointee.connect(opened, &connection) == CDUCKDB_SUCCESS, let connection else {
            var closing: duckdb_database? = opened
            api.pointee.close(&closing)
            throw EngineError(.inputOutput, "cannot connect to the database \(path ?? "in memory")")
        }
        handle = opened
        utility = connection
        registry = TableRegistry(connection: connection)
        try TableScan.register(with: connection, registry: registry)
        try ArrowScan.register(with: connection, database: opened)
        if let limit = options.temporaryLimit {
            // As a setting at the start it has no effect.
            var answer = duckdb_result()
            defer { api.pointee.destroy_result(&answer) }
            if api.pointee.query(connection, "SET GLOBAL max_temp_directory_size = '\(limit)B'", &answer) != CDUCKDB_SUCCESS {
                throw EngineError(.invalidArgument, "DuckDB does not take \(limit) bytes as the limit of its temporary folder")
            }
        }
    }

    deinit {
        registry.removeAll()
        let api = DuckDBLibrary.functions
        var utility: duckdb_connection? = utility, handle: duckdb_database? = handle
        api.pointee.disconnect(&utility)
        api.pointee.close(&handle)
        // DuckDB removes the folder itself; this is for what an error may have left. It has no other users: its name is unique.
        if FileManager.default.fileExists(atPath: temporaryFolder) { try? FileManager.default.removeItem(atPath: temporaryFolder) }
    }

    func connect() throws -> duckdb_connection {
        var connection: duckdb_connection?
        guard DuckDBLibrary.functions.pointee.connect(handle, &connection) == CDUCKDB_SUCCESS, let connection else {
            throw EngineError(.inputOutput, "cannot connect to the database")
        }
        return connection
    }
}
