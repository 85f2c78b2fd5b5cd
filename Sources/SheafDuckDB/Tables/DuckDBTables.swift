internal import CArrowABI
internal import SheafArrow
public import SheafCore
public import SheafTable

/// Runs tables' plans on an embedded DuckDB database, which is opened when the first query needs it.
///
/// Thread-safe. Any number of queries run at a time; they share the database's threads and memory limit.
public final class DuckDBTables: TableEngine {
    private let opener: Opener
    private let dialect = DuckDBDialect()

    /// - Parameters:
    ///   - path: a database file whose tables raw SQL can name; nil for none.
    ///   - options: the session's: its workers are the threads, its memory is the limit, its spill folder takes what does not fit.
    public init(path: String? = nil, options: SessionOptions) {
        var settings = DuckDBOptions(threads: options.workers, memoryLimit: options.memory, temporaryFolder: options.spillFolder)
        if options.spillLimit != .max { settings.temporaryLimit = options.spillLimit }
        opener = Opener(path: path, options: settings)
    }

    public func sql(_ relation: Relation) throws -> String { try SQLCompiler.sql(relation, dialect) }

    public func run(_ relation: Relation) async throws -> any TableBatches {
        let sql = try sql(relation)
        return try await Batches(opener.database().query(sql, tables: try memoryTables(relation)))
    }

    public func explain(_ relation: Relation) async throws -> String {
        let batches = try await Batches(opener.database().query("EXPLAIN " + sql(relation), tables: try memoryTables(relation)))
        var text: [String] = []
        while let batch = try await batches.next() {
            guard let plan = batch.columns.last else { continue }
            for row in 0..<batch.rowCount { text.append(plan.string(at: row) ?? "") }
        }
        return text.joined(separator: "\n")
    }

    public func write(_ relation: Relation, to target: TableTarget) async throws -> Int {
        var settings = ["FORMAT \(target.format.rawValue)"]
        if target.format == .csv { settings.append("HEADER") }
        if !target.partitions.isEmpty {
            settings.append("PARTITION_BY (\(target.partitions.map(SQLText.identifier).joined(separator: ", ")))")
            settings.append("OVERWRITE_OR_IGNORE")
        }
        let copy = "COPY (\(try sql(relation))) TO \(SQLText.string(target.path)) (\(settings.joined(separator: ", ")))"
        return try await opener.database().execute(copy, tables: try memoryTables(relation))
    }

    public func shutdown() async { await opener.close() }

    /// The tables in memory that the query names.
    private func memoryTables(_ relation: Relation) throws -> [String: DuckDBTable] {
        var tables: [String: DuckDBTable] = [:]
        for memory in relation.memoryTables where DuckDBDialect.isRegistered(memory) {
            let batch = try memory.batch()
            var schema = CArrowABI.ArrowSchema(), array = CArrowABI.ArrowArray()
            batch.schema.export(to: &schema)
            batch.export(to: &array)
            tables[DuckDBDialect.name(of: memory)] = try DuckDBTable(schema: schema, batches: [array])
        }
        return tables
    }
}

/// Opens the database once.
private actor Opener {
    private let path: String?
    private let options: DuckDBOptions
    private var opening: Task<DuckDBDatabase, any Error>?
    private var isClosed = false

    init(path: String?, options: DuckDBOptions) {
        self.path = path
        self.options = options
    }

    func database() async throws -> DuckDBDatabase {
        if isClosed { throw EngineError(.closed, "the session is closed") }
        if let opening { return try await opening.value }
        let task = Task { [path, options] in try await DuckDBDatabase(path: path, options: options) }
        opening = task
        do {
            return try await task.value
        } catch {
            // The library may be there the next time.
            opening = nil
            throw error
        }
    }

    func close() async {
        isClosed = true
        // What closing says is of no use any more: the temporary folder is gone, and a file was written at each commit.
        if let database = try? await opening?.value { try? await database.close() }
        opening = nil
    }
}

/// A running query's rows as Arrow data.
private final class Batches: TableBatches {
    let schema: ArrowTableSchema
    private let result: DuckDBResult

    init(_ result: DuckDBResult) throws {
        self.result = result
        schema = try result.withSchema { try ArrowTableSchema(copying: $0) }
    }

    func next() async throws -> RecordBatch? {
        let array = UnsafeMutablePointer<CArrowABI.ArrowArray>.allocate(capacity: 1)
        defer { array.deallocate() }
        guard try await result.next(into: array) else { return nil }
        return try RecordBatch(importing: array, schema: schema)
    }

    func close() async {
        // The query is over in any case, and its connection given back.
        try? await result.close()
    }
}
