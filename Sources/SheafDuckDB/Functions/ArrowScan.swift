internal import CArrowABI
internal import CDuckDB
internal import Foundation
internal import SheafArrow
internal import SheafCore

/// The table function over Arrow files: `read_arrow('flights-*.arrow')` or `read_arrow(['a.arrow', 'b.arrows'])`; a quoted path that ends
/// in `.arrow`, `.arrows`, `.feather` or `.ipc` stands for it in a `FROM`.
///
/// The files are mapped into memory; columns that the query does not name are neither decompressed nor checked.
enum ArrowScan {
    static let name = "read_arrow"

    /// Rows that a thread takes at a time.
    private static let range = 32 * 2048
    private static let suffixes = [".arrow", ".arrows", ".feather", ".ipc"]

    static func register(with connection: duckdb_connection, database: duckdb_database) throws {
        let api = DuckDBLibrary.functions
        var function = api.pointee.create_table_function()
        defer { api.pointee.destroy_table_function(&function) }
        api.pointee.table_function_set_name(function, name)
        var any = api.pointee.create_logical_type(duckdb_type(CDUCKDB_TYPE_ANY))
        api.pointee.table_function_add_parameter(function, any)
        api.pointee.destroy_logical_type(&any)
        api.pointee.table_function_set_extra_info(function, Unmanaged.passRetained(Environment(connection)).toOpaque(), releaseObject)
        api.pointee.table_function_supports_projection_pushdown(function, true)
        api.pointee.table_function_set_bind(function, bind)
        api.pointee.table_function_set_init(function, start)
        api.pointee.table_function_set_local_init(function, startThread)
        api.pointee.table_function_set_function(function, scan)
        guard api.pointee.register_table_function(connection, function) == CDUCKDB_SUCCESS else {
            throw EngineError(.missingLibrary, "DuckDB does not take the table function \(name)")
        }
        api.pointee.add_replacement_scan(database, replace, nil, nil)
    }

    /// What the function needs of the database it belongs to, which outlives it.
    private final class Environment {
        let connection: duckdb_connection
        init(_ connection: duckdb_connection) { self.connection = connection }
    }

    /// A batch on loan to DuckDB's threads.
    private final class Batch: @unchecked Sendable {
        let array: CArrowABI.ArrowArray

        init(_ batch: RecordBatch) {
            var array = CArrowABI.ArrowArray()
            batch.export(to: &array)
            cduckdb_count_nulls(&array)
            self.array = array
        }

        deinit {
            var array = array
            array.release?(&array)
        }
    }

    /// One scan's state, shared by its threads.
    private final class Scan: @unchecked Sendable {
        /// The table's columns that are read, in the order in which DuckDB wants them.
        let columns: [Int]
        /// Where each of these is in a batch, for each file.
        private let places: [[Int]]
        private let source: ArrowFiles
        private let monitor = Monitor()
        private var file = 0
        private var batch = 0
        private var reader: Reader?
        /// Rows that have been read and that no thread has taken.
        private var rest: [(Batch, places: [Int], rows: Range<Int>)] = []

        private enum Reader {
            case file(ArrowFileReader)
            case stream(RecordBatchReader)
        }

        init(_ source: ArrowFiles, columns: [Int]) {
            self.source = source
            self.columns = columns
            let read = columns.filter { source.names.indices.contains($0) }
            places = source.files.map { file in
                let positions = Set(read.map { file.positions[$0] }).sorted()
                return columns.map { column in
                    source.names.indices.contains(column) ? positions.firstIndex(of: file.positions[column]) ?? 0 : 0
                }
            }
        }

        /// The next range of rows that no thread has taken. Batches of files are read by several threads at a time.
        func next() throws -> (Batch, places: [Int], rows: Range<Int>)? {
            while true {
                var part: (file: Int, batch: Int, reader: ArrowFileReader)?
                var streamed: (Batch, places: [Int], rows: Range<Int>)?
                let isOver = try monitor.withLock { () throws -> Bool in
                    if let taken = rest.popLast() {
                        streamed = taken
                        return false
                    }
                    while source.files.indices.contains(file) {
                        let current = source.files[file]
                        let open = try reader ?? ArrowFileFailure.naming(current.path) { try self.open(current) }
                        reader = open
                        switch open {
                        case .file(let whole) where batch < whole.batchCount:
                            part = (file, batch, whole)
                            batch += 1
                            return false
                        case .stream(let stream):
                            if let read = try ArrowFileFailure.naming(current.path, { try stream.next()?.readable }) {
                                streamed = share(read, of: file)
                                if streamed == nil { continue }
                                return false
                            }
                        case .file: break
                        }
                        reader = nil
                        batch = 0
                        file += 1
                    }
                    return true
                }
                if isOver { return nil }
                if let streamed { return streamed }
                guard let part else { continue }
                let read = try ArrowFileFailure.naming(source.files[part.file].path) { try part.reader.batch(at: part.batch).readable }
                if let taken = monitor.withLock({ share(read, of: part.file) }) { return taken }
            }
        }

        /// Puts the rows of a batch where threads find them, but for the first. With the monitor held.
        private func share(_ read: RecordBatch, of file: Int) -> (Batch, places: [Int], rows: Range<Int>)? {
            guard read.rowCount > 0 else { return nil }
            let batch = Batch(read)
            for start in stride(from: ArrowScan.range, to: read.rowCount, by: ArrowScan.range).reversed() {
                rest.append((batch, places[file], start..<min(start + ArrowScan.range, read.rowCount)))
            }
            return (batch, places[file], 0..<min(ArrowScan.range, read.rowCount))
        }

        private func open(_ file: ArrowFiles.File) throws -> Reader {
            let wanted = Set(columns.filter { source.names.indices.contains($0) }.map { file.positions[$0] })
            let options = ArrowFiles.options(for: file.memory, columns: wanted)
            return ArrowFileReader.isFile(file.memory)
                ? .file(try ArrowFileReader(file.memory, options: options))
                : .stream(try RecordBatchReader(ipc: file.memory, options: options))
        }
    }

    /// What one thread has still to hand on.
    private final class Share {
        var batch: Batch?
        var places: [Int] = []
        var rows = 0..<0
    }

    private static func object<T: AnyObject>(_ raw: UnsafeMutableRawPointer?, as type: T.Type) -> T? {
        raw.map { Unmanaged<T>.fromOpaque($0).takeUnretainedValue() }
    }

    private static func text(_ error: any Error) -> String {
        switch error {
        case let failure as ArrowFileFailure: failure.text
        case let failure as EngineError: failure.message
        default: "\(error)"
        }
    }

    private static let replace: duckdb_replacement_callback_t = { info, table, _ in
        guard let table else { return }
        let path = String(cString: table)
        guard suffixes.contains(where: path.lowercased().hasSuffix) else { return }
        let api = DuckDBLibrary.functions
        var value = path.withCString { api.pointee.create_varchar_length($0, idx_t(path.utf8.count)) }
        defer { api.pointee.destroy_value(&value) }
        api.pointee.replacement_scan_set_function_name(info, name)
        api.pointee.replacement_scan_add_parameter(info, value)
    }

    private static let bind: duckdb_table_function_bind_t = { info in
        let api = DuckDBLibrary.functions
        guard let environment = object(api.pointee.bind_get_extra_info(info), as: Environment.self) else { return }
        var value = api.pointee.bind_get_parameter(info, 0)
        defer { api.pointee.destroy_value(&value) }
        do {
            let files = try ArrowFiles(try paths(value), connection: environment.connection)
            for (name, type) in zip(files.names, files.columns.types) { api.pointee.bind_add_result_column(info, name, type) }
            if let rows = files.rowCount { api.pointee.bind_set_cardinality(info, idx_t(rows), true) }
            api.pointee.bind_set_bind_data(info, Unmanaged.passRetained(files).toOpaque(), releaseObject)
        } catch { api.pointee.bind_set_error(info, text(error)) }
    }

    /// The paths that the function is given: one, or a list.
    private static func paths(_ value: duckdb_value?) throws -> [String] {
        let api = DuckDBLibrary.functions
        // The value keeps its type.
        switch api.pointee.get_type_id(api.pointee.get_value_type(value)) {
        case duckdb_type(CDUCKDB_TYPE_VARCHAR):
            guard let text = api.pointee.get_varchar(value) else { break }
            defer { api.pointee.free(text) }
            return [String(cString: text)]
        case duckdb_type(CDUCKDB_TYPE_LIST):
            return try (0..<api.pointee.get_list_size(value)).flatMap { index in
                var element = api.pointee.get_list_child(value, index)
                defer { api.pointee.destroy_value(&element) }
                return try paths(element)
            }
        default: break
        }
        throw EngineError(.invalidArgument, "read_arrow takes a path, or a list of paths")
    }

    private static let start: duckdb_table_function_init_t = { info in
        let api = DuckDBLibrary.functions
        guard let source = object(api.pointee.init_get_bind_data(info), as: ArrowFiles.self) else { return }
        let columns = (0..<api.pointee.init_get_column_count(info)).map {
            Int(truncatingIfNeeded: api.pointee.init_get_column_index(info, $0))
        }
        let scan = Scan(source, columns: columns)
        api.pointee.init_set_init_data(info, Unmanaged.passRetained(scan).toOpaque(), releaseObject)
        api.pointee.init_set_max_threads(info, idx_t(max(1, source.parts)))
    }

    private static let startThread: duckdb_table_function_init_t = { info in
        DuckDBLibrary.functions.pointee.init_set_init_data(info, Unmanaged.passRetained(Share()).toOpaque(), releaseObject)
    }

    private static let scan: duckdb_table_function_t = { info, output in
        let api = DuckDBLibrary.functions
        guard let source = object(api.pointee.function_get_bind_data(info), as: ArrowFiles.self),
            let scan = object(api.pointee.function_get_init_data(info), as: Scan.self),
            let share = object(api.pointee.function_get_local_init_data(info), as: Share.self)
        else { return }
        do {
            if share.rows.isEmpty {
                guard let next = try scan.next() else {
                    share.batch = nil
                    api.pointee.data_chunk_set_size(output, 0)
                    return
                }
                (share.batch, share.places, share.rows) = next
            }
        } catch {
            api.pointee.function_set_error(info, text(error))
            return
        }
        guard let batch = share.batch else { return }
        let start = share.rows.lowerBound, count = min(share.rows.count, Int(api.pointee.vector_size()))
        for (index, column) in scan.columns.enumerated() {
            // A query that names no column, such as a count, asks for one that does not exist.
            guard source.names.indices.contains(column) else { continue }
            var (chunk, error) = source.columns.convert(
                column, batch.array.children[share.places[index]], start: Int64(start), count: count, owner: batch)
            defer {
                api.pointee.destroy_data_chunk(&chunk)
                api.pointee.destroy_error_data(&error)
            }
            guard let chunk else {
                let reason = error.flatMap { api.pointee.error_data_message($0) }.map { String(cString: $0) } ?? "no memory"
                api.pointee.function_set_error(info, "column \(source.names[column]): \(reason)")
                return
            }
            api.pointee.vector_reference_vector(
                api.pointee.data_chunk_get_vector(output, idx_t(index)), api.pointee.data_chunk_get_vector(chunk, 0))
        }
        share.rows = (start + count)..<share.rows.upperBound
        api.pointee.data_chunk_set_size(output, idx_t(count))
    }
}
