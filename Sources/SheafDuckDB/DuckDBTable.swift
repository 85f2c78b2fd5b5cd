package import CArrowABI
internal import CDuckDB
internal import SheafCore

/// A table in memory, as Arrow batches, which queries read in place: nothing is copied, columns that a query does not name are not touched,
/// and several threads and queries read it at a time.
///
/// Immutable. The memory is released with the last reference, which may be a query's.
public final class DuckDBTable: @unchecked Sendable {
    /// Rows.
    public let count: Int
    public let columnNames: [String]
    fileprivate var schema: ArrowSchema
    fileprivate var batches: [ArrowArray]

    /// Takes over a schema and batches, also when it throws.
    ///
    /// - Parameters:
    ///   - schema: a structure (`+s`) of the columns.
    ///   - batches: structures of the columns, without nulls at the top.
    /// - Throws: ``EngineError`` (`.invalidArgument`) when a batch does not have the schema's columns.
    package init(schema: ArrowSchema, batches: [ArrowArray]) throws {
        self.schema = schema
        self.batches = batches
        var names: [String] = [], rows = 0, problem: String?
        if schema.format.map({ String(cString: $0) }) != "+s" { problem = "the schema is no structure of columns" }
        for index in 0..<Int(schema.n_children) {
            names.append(schema.children[index]?.pointee.name.map { String(cString: $0) } ?? "")
        }
        for (index, batch) in batches.enumerated() {
            rows += Int(batch.length)
            if batch.n_children != schema.n_children { problem = "batch \(index) has \(batch.n_children) columns" }
            for column in 0..<Int(min(batch.n_children, schema.n_children)) {
                guard let child = batch.children[column], child.pointee.length >= batch.offset + batch.length else {
                    problem = "column \(column) of batch \(index) has fewer rows than the batch"
                    continue
                }
            }
        }
        if Set(names).count < names.count { problem = "a column name occurs twice" }
        for index in batches.indices where problem == nil { cduckdb_count_nulls(&self.batches[index]) }
        count = rows
        columnNames = names
        // From here on the object releases what it took.
        if let problem { throw EngineError(.invalidArgument, "\(problem); the columns are: \(names.joined(separator: ", "))") }
    }

    deinit {
        for index in batches.indices { batches[index].release?(&batches[index]) }
        schema.release?(&schema)
    }
}

/// The tables that queries of one database see, by number.
final class TableRegistry: @unchecked Sendable {
    private let monitor = Monitor()
    private let connection: duckdb_connection
    // Guarded by the monitor.
    private var tables: [Int64: BoundTable] = [:]
    private var last: Int64 = 0

    init(connection: duckdb_connection) { self.connection = connection }

    func add(_ table: DuckDBTable, check: (duckdb_error_data?) throws -> Void) throws -> Int64 {
        let bound = try BoundTable(table, connection: connection, check: check)
        return monitor.withLock {
            last += 1
            tables[last] = bound
            return last
        }
    }

    func table(_ id: Int64) -> BoundTable? { monitor.withLock { tables[id] } }
    // Released outside of the lock: that may call anything.
    func remove(_ id: Int64) { _ = monitor.withLock { tables.removeValue(forKey: id) } }
    func removeAll() {
        _ = monitor.withLock {
            defer { tables = [:] }
            return tables
        }
    }
}

/// A table with what one database makes of its columns' types.
final class BoundTable: @unchecked Sendable {
    let table: DuckDBTable
    private let columns: BoundColumns
    var types: [duckdb_logical_type?] { columns.types }

    init(_ table: DuckDBTable, connection: duckdb_connection, check: (duckdb_error_data?) throws -> Void) throws {
        self.table = table
        columns = try BoundColumns(table.schema, names: table.columnNames, connection: connection, check: check)
    }

    var batchCount: Int { table.batches.count }
    func rows(ofBatch batch: Int) -> Int { Int(table.batches[batch].length) }

    /// Makes some rows of a column a chunk of one column.
    func convert(batch: Int, column: Int, start: Int, count: Int) -> (duckdb_data_chunk?, duckdb_error_data?) {
        let source = table.batches[batch]
        return columns.convert(column, source.children[column], start: source.offset + Int64(start), count: count, owner: table)
    }
}

/// What one database makes of the types of Arrow columns.
final class BoundColumns: @unchecked Sendable {
    let connection: duckdb_connection
    private(set) var schemas: [duckdb_arrow_converted_schema?] = []
    private(set) var types: [duckdb_logical_type?] = []

    /// - Parameter schema: a structure of the columns; only read.
    init(
        _ schema: ArrowSchema, names: [String], connection: duckdb_connection, check: (duckdb_error_data?) throws -> Void
    ) throws {
        self.connection = connection
        let api = DuckDBLibrary.functions
        for (column, name) in names.enumerated() {
            if let nested = schema.children[column], Self.hasDictionary(below: nested) {
                throw EngineError(
                    .unsupported, "column \(name) has a dictionary inside of a list or a structure, which DuckDB does not read",
                    hint: "turn the dictionary into plain values")
            }
            // Each column is a structure of one column: a query converts those that it names.
            var child = schema.children[column]
            try withUnsafeMutablePointer(to: &child) { children in
                var schema = schema
                schema.n_children = 1
                schema.children = children
                var converted: duckdb_arrow_converted_schema?
                try check(api.pointee.schema_from_arrow(connection, &schema, &converted))
                schemas.append(converted)
                // The type is that of a vector without rows.
                var array = ArrowArray(), chunk: duckdb_data_chunk?
                guard cduckdb_empty(&schema, &array) else { throw EngineError(.noSpace, "no memory for a table's type") }
                defer { array.release?(&array) }
                defer { api.pointee.destroy_data_chunk(&chunk) }
                try check(api.pointee.data_chunk_from_arrow(connection, &array, converted, &chunk))
                types.append(api.pointee.vector_get_column_type(api.pointee.data_chunk_get_vector(chunk, 0)))
            }
        }
    }

    private static func hasDictionary(below schema: UnsafePointer<ArrowSchema>) -> Bool {
        (0..<Int(schema.pointee.n_children)).contains { index in
            guard let child = schema.pointee.children[index] else { return false }
            return child.pointee.dictionary != nil || hasDictionary(below: child)
        }
    }

    deinit {
        for var schema in schemas { DuckDBLibrary.functions.pointee.destroy_arrow_converted_schema(&schema) }
        for var type in types { DuckDBLibrary.functions.pointee.destroy_logical_type(&type) }
    }

    /// Makes some rows of a column a chunk of one column.
    ///
    /// - Parameter owner: what keeps the array; held as long as the chunk refers to it.
    func convert(
        _ column: Int, _ array: UnsafePointer<ArrowArray>?, start: Int64, count: Int, owner: AnyObject
    ) -> (duckdb_data_chunk?, duckdb_error_data?) {
        let api = DuckDBLibrary.functions
        var slice = ArrowArray(), chunk: duckdb_data_chunk?
        let owner = Unmanaged.passRetained(owner)
        let isMade = cduckdb_slice(
            array, start, Int64(count), owner.toOpaque(), { raw in if let raw { Unmanaged<AnyObject>.fromOpaque(raw).release() } }, &slice)
        guard isMade else {
            owner.release()
            return (nil, nil)
        }
        let error = api.pointee.data_chunk_from_arrow(connection, &slice, schemas[column], &chunk)
        // What DuckDB did not take over.
        slice.release?(&slice)
        return (chunk, error)
    }
}
