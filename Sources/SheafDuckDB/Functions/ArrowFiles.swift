internal import CArrowABI
internal import CDuckDB
internal import Foundation
internal import SheafArrow
internal import SheafCore

/// Arrow IPC files and streams that a query reads as one table, with what the database makes of their types. Immutable.
final class ArrowFiles: @unchecked Sendable {
    struct File: Sendable {
        let path: String
        let memory: ArrowMemory
        /// Where each column of the table is in this file.
        let positions: [Int]
        /// 1 for a stream, whose number of batches is not known before it has been read.
        let batchCount: Int
        /// Nil for a stream.
        let rowCount: Int?
    }

    let names: [String]
    let columns: BoundColumns
    let files: [File]

    /// - Parameter patterns: paths, or patterns of such.
    /// - Throws: ``ArrowFileFailure``, ``EngineError``.
    init(_ patterns: [String], connection: duckdb_connection) throws {
        var files: [File] = [], first: ArrowTableSchema?
        for path in try patterns.flatMap(Self.expand) {
            let (file, schema) = try ArrowFileFailure.naming(path) {
                let memory = try Self.map(path)
                let (schema, counts) = try Self.look(memory)
                let positions = try Self.positions(of: first ?? schema, in: schema, like: files.first?.path ?? path)
                return (
                    File(path: path, memory: memory, positions: positions, batchCount: counts?.count ?? 1, rowCount: counts?.reduce(0, +)),
                    schema
                )
            }
            files.append(file)
            first = first ?? schema
        }
        guard let first else { throw EngineError(.invalidArgument, "read_arrow is given no file") }
        self.files = files
        names = Self.distinct(first.fields.map(\.name))
        var schema = CArrowABI.ArrowSchema()
        ArrowTableSchema(first.fields.map { ArrowField($0.name, $0.type.readable) }).export(to: &schema)
        defer { schema.release?(&schema) }
        do {
            columns = try BoundColumns(schema, names: names, connection: connection) { error in
                var owned = error
                guard let error else { return }
                defer { DuckDBLibrary.functions.pointee.destroy_error_data(&owned) }
                guard let text = DuckDBLibrary.functions.pointee.error_data_message(error), text.pointee != 0 else { return }
                throw SQLError(String(cString: text), sql: "")
            }
        } catch {
            let said = (error as? SQLError)?.message ?? (error as? EngineError)?.message ?? "\(error)"
            let columns = zip(names, first.fields).map { "\($0) \($1.type)" }.joined(separator: ", ")
            throw ArrowFileFailure(
                path: files[0].path, reason: "\(said); its columns: \(columns)",
                hint: "DuckDB does not read that type; leave the column out, or cast it, where the file is written", code: .unsupported)
        }
    }

    /// The number of rows, or nil when a stream is among the files.
    var rowCount: Int? { files.reduce(into: Int?.some(0)) { sum, file in sum = file.rowCount.flatMap { rows in sum.map { $0 + rows } } } }

    /// How many threads can be of use.
    var parts: Int { files.reduce(0) { $0 + max($1.batchCount, $1.memory.count >> 20) } }

    static func options(for memory: ArrowMemory, columns: Set<Int>? = nil) -> ArrowReadOptions {
        var options = ArrowReadOptions()
        options.bodyBytes = max(1 << 32, memory.count)
        // DuckDB takes texts to be UTF-8, and reads beyond their ends if they are not.
        options.validatesUTF8 = true
        options.decompress = ZstdDecompressor.decompress
        options.columns = columns
        return options
    }

    private static func map(_ path: String) throws -> ArrowMemory {
        var status = stat()
        guard stat(path, &status) == 0 else {
            let code = errno
            throw ArrowError(.fileFailed, String(cString: strerror(code)), hint: "relative paths start at \(currentFolder)")
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw ArrowError(
                .fileFailed, "it is no file", hint: "name a file, or a pattern such as folder/*.arrow; save what a pipe brings")
        }
        return try ArrowMemory(mappingFile: path)
    }

    static var currentFolder: String { FileManager.default.currentDirectoryPath }

    /// The schema and, of files, the number of rows of each batch. Values are not looked at, nor are dictionaries.
    private static func look(_ memory: ArrowMemory) throws -> (ArrowTableSchema, [Int]?) {
        guard ArrowFileReader.isFile(memory) else { return (try RecordBatchReader(ipc: memory, options: options(for: memory)).schema, nil) }
        let schema = try ArrowFileReader(memory, options: options(for: memory)).schema
        let reader = try ArrowFileReader(memory, options: options(for: memory, columns: []))
        return (schema, try (0..<reader.batchCount).map { try reader.rowCount(ofBatch: $0) })
    }

    /// Where the fields of the first file's schema are in another's.
    private static func positions(of first: ArrowTableSchema, in schema: ArrowTableSchema, like path: String) throws -> [Int] {
        if first.fields.map(\.name) == schema.fields.map(\.name), first.fields.map(\.type) == schema.fields.map(\.type) {
            return Array(schema.fields.indices)
        }
        return try first.fields.map { field in
            guard let position = schema.index(of: field.name) else {
                throw ArrowError(.typeMismatch, "it has no column “\(field.name)”, which \(path) has", field: field.name)
            }
            let type = schema.fields[position].type
            guard type == field.type else {
                throw ArrowError(.typeMismatch, "“\(field.name)” is \(type) here, and \(field.type) in \(path)", field: field.name)
            }
            return position
        }
    }

    /// DuckDB tells columns apart by their names without regard to case.
    private static func distinct(_ names: [String]) -> [String] {
        var taken: Set<String> = []
        return names.enumerated().map { position, name in
            let name = name.isEmpty ? "column\(position)" : name
            var candidate = name, number = 0
            while !taken.insert(candidate.lowercased()).inserted {
                number += 1
                candidate = "\(name)_\(number)"
            }
            return candidate
        }
    }

    private static func expand(_ pattern: String) throws -> [String] {
        guard let paths = FilePattern.expand(pattern) else {
            throw ArrowFileFailure(
                path: pattern, reason: "no file matches", hint: "relative patterns start at \(currentFolder)", code: .inputNotFound)
        }
        return paths
    }
}

/// Why an Arrow file cannot be read. It passes through DuckDB as text.
struct ArrowFileFailure: Error, Equatable {
    var path: String
    var reason: String
    var hint: String?
    /// What sort of error: `inputNotFound`, `corruptInput`, `unsupported`.
    var code = ErrorCode.corruptInput

    private static let mark = "read_arrow: "

    /// As DuckDB is told.
    var text: String {
        let fields = [path, reason, hint ?? "", code.rawValue]
        guard let data = try? JSONEncoder().encode(fields) else { return Self.mark + path + ": " + reason }
        return Self.mark + String(decoding: data, as: UTF8.self)
    }

    init(path: String, reason: String, hint: String? = nil, code: ErrorCode = .corruptInput) {
        self.path = path
        self.reason = reason
        self.hint = hint
        self.code = code
    }

    /// Finds the failure in what DuckDB says.
    init?(in message: String) {
        guard let start = message.range(of: Self.mark)?.upperBound, let end = message[start...].lastIndex(of: "]"),
            let fields = try? JSONDecoder().decode([String].self, from: Data(message[start...end].utf8)), fields.count == 4
        else { return nil }
        self.init(path: fields[0], reason: fields[1], hint: fields[2].isEmpty ? nil : fields[2], code: ErrorCode(rawValue: fields[3]))
    }

    static func naming<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as ArrowError {
            var reason = error.message
            if let field = error.field { reason = "column “\(field)”: \(reason)" }
            if let number = error.messageNumber { reason += " (Arrow message \(number))" }
            let code: ErrorCode =
                switch error.code {
                case .fileFailed: .inputNotFound
                case .unsupported: .unsupported
                default: .corruptInput
                }
            throw ArrowFileFailure(path: path, reason: reason, hint: error.hint, code: code)
        }
    }
}
