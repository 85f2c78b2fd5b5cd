internal import CDuckDB
internal import SheafCore

/// The table function behind tables in memory: `sheaf_batches(number)`.
///
/// Each thread takes a range of rows at a time and hands them on in steps of a vector, converting the columns that the query names.
enum TableScan {
    static let name = "sheaf_batches"

    /// Rows that a thread takes at a time.
    private static let range = 32 * 2048

    static func register(with connection: duckdb_connection, registry: TableRegistry) throws {
        let api = DuckDBLibrary.functions
        var function = api.pointee.create_table_function()
        defer { api.pointee.destroy_table_function(&function) }
        api.pointee.table_function_set_name(function, name)
        var number = api.pointee.create_logical_type(duckdb_type(CDUCKDB_TYPE_BIGINT))
        api.pointee.table_function_add_parameter(function, number)
        api.pointee.destroy_logical_type(&number)
        api.pointee.table_function_set_extra_info(function, Unmanaged.passRetained(registry).toOpaque(), releaseObject)
        api.pointee.table_function_supports_projection_pushdown(function, true)
        api.pointee.table_function_set_bind(function, bind)
        api.pointee.table_function_set_init(function, start)
        api.pointee.table_function_set_local_init(function, startThread)
        api.pointee.table_function_set_function(function, scan)
        guard api.pointee.register_table_function(connection, function) == CDUCKDB_SUCCESS else {
            throw EngineError(.missingLibrary, "DuckDB does not take the table function \(name)")
        }
    }

    /// One scan's state, shared by its threads.
    private final class Scan: @unchecked Sendable {
        let columns: [Int]
        private let monitor = Monitor()
        private var batch = 0
        private var row = 0

        init(columns: [Int]) { self.columns = columns }

        /// The next range of rows that no thread has taken.
        func next(of table: BoundTable) -> (batch: Int, rows: Range<Int>)? {
            monitor.withLock {
                while batch < table.batchCount {
                    let count = table.rows(ofBatch: batch)
                    if row < count {
                        let rows = row..<min(row + TableScan.range, count)
                        row = rows.upperBound
                        return (batch, rows)
                    }
                    batch += 1
                    row = 0
                }
                return nil
            }
        }
    }

    /// What one thread has still to hand on.
    private final class Share {
        var batch = 0
        var rows = 0..<0
    }

    private static func object<T: AnyObject>(_ raw: UnsafeMutableRawPointer?, as type: T.Type) -> T? {
        raw.map { Unmanaged<T>.fromOpaque($0).takeUnretainedValue() }
    }

    private static let bind: duckdb_table_function_bind_t = { info in
        let api = DuckDBLibrary.functions
        guard let registry = object(api.pointee.bind_get_extra_info(info), as: TableRegistry.self) else { return }
        var value = api.pointee.bind_get_parameter(info, 0)
        defer { api.pointee.destroy_value(&value) }
        let id = api.pointee.get_int64(value)
        guard let bound = registry.table(id) else {
            api.pointee.bind_set_error(info, "there is no table \(id) in memory any more; it was unregistered")
            return
        }
        for (name, type) in zip(bound.table.columnNames, bound.types) { api.pointee.bind_add_result_column(info, name, type) }
        api.pointee.bind_set_cardinality(info, idx_t(bound.table.count), true)
        api.pointee.bind_set_bind_data(info, Unmanaged.passRetained(bound).toOpaque(), releaseObject)
    }

    private static let start: duckdb_table_function_init_t = { info in
        let api = DuckDBLibrary.functions
        guard let bound = object(api.pointee.init_get_bind_data(info), as: BoundTable.self) else { return }
        let columns = (0..<api.pointee.init_get_column_count(info)).map {
            Int(truncatingIfNeeded: api.pointee.init_get_column_index(info, $0))
        }
        api.pointee.init_set_init_data(info, Unmanaged.passRetained(Scan(columns: columns)).toOpaque(), releaseObject)
        api.pointee.init_set_max_threads(info, idx_t(max(1, bound.table.count / range + bound.batchCount)))
    }

    private static let startThread: duckdb_table_function_init_t = { info in
        DuckDBLibrary.functions.pointee.init_set_init_data(info, Unmanaged.passRetained(Share()).toOpaque(), releaseObject)
    }

    private static let scan: duckdb_table_function_t = { info, output in
        let api = DuckDBLibrary.functions
        guard let bound = object(api.pointee.function_get_bind_data(info), as: BoundTable.self),
            let scan = object(api.pointee.function_get_init_data(info), as: Scan.self),
            let share = object(api.pointee.function_get_local_init_data(info), as: Share.self)
        else { return }
        if share.rows.isEmpty {
            guard let next = scan.next(of: bound) else {
                api.pointee.data_chunk_set_size(output, 0)
                return
            }
            (share.batch, share.rows) = next
        }
        let start = share.rows.lowerBound, count = min(share.rows.count, Int(api.pointee.vector_size()))
        for (index, column) in scan.columns.enumerated() {
            // A query that names no column, such as a count, asks for one that does not exist.
            guard bound.types.indices.contains(column) else { continue }
            var (chunk, error) = bound.convert(batch: share.batch, column: column, start: start, count: count)
            defer {
                api.pointee.destroy_data_chunk(&chunk)
                api.pointee.destroy_error_data(&error)
            }
            guard let chunk else {
                let reason = error.flatMap { api.pointee.error_data_message($0) }.map { String(cString: $0) } ?? "no memory"
                api.pointee.function_set_error(info, "column \(bound.table.columnNames[column]): \(reason)")
                return
            }
            api.pointee.vector_reference_vector(
                api.pointee.data_chunk_get_vector(output, idx_t(index)), api.pointee.data_chunk_get_vector(chunk, 0))
        }
        share.rows = (start + count)..<share.rows.upperBound
        api.pointee.data_chunk_set_size(output, idx_t(count))
    }
}

/// For data that DuckDB holds: a retained object.
let releaseObject: duckdb_delete_callback_t = { raw in
    if let raw { Unmanaged<AnyObject>.fromOpaque(raw).release() }
}
