internal import CArrowABI
public import SheafArrow
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

    public func run(_ relation: Relation, _ inputs: TableInputs) async throws -> any TableBatches {
        let query = try await query(relation)
        return try await explaining(query) {
            try await Batches(opener.database().query(query.sql, tables: try tables(relation, inputs)), failure: query.failure)
        }
    }

    public func explain(_ relation: Relation, _ inputs: TableInputs) async throws -> String {
        let query = try await query(relation)
        return try await explaining(query) {
            let batches = try await ResultBatches(
                opener.database().query("EXPLAIN " + query.sql, tables: try tables(relation, inputs)))
            var text: [String] = []
            while let batch = try await batches.next() {
                guard let plan = batch.columns.last else { continue }
                for row in 0..<batch.rowCount { text.append(plan.string(at: row) ?? "") }
            }
            return text.joined(separator: "\n")
        }
    }

    public func schema(of relation: Relation, _ inputs: TableInputs) async throws -> ArrowTableSchema {
        let query = try await query(relation)
        return try await explaining(query) {
            let sql = "SELECT * FROM (\(query.sql)\n) LIMIT 0"
            let batches = try await Batches(opener.database().query(sql, tables: try tables(relation, inputs)), failure: query.failure)
            await batches.close()
            return batches.schema
        }
    }

    public func write(_ relation: Relation, to target: TableTarget, _ inputs: TableInputs) async throws -> Int {
        let query = try await query(relation)
        return try await explaining(query) {
            let database = try await opener.database(), tables = try self.tables(relation, inputs)
            return try await FileWriting(target: target, location: relation.madeAt).write { path in
                if target.format == .arrow {
                    return try await ArrowFileSink.write(ResultBatches(database.query(query.sql, tables: tables)), to: path, target: target)
                }
                return try await database.execute(FileWriting.copy(query.sql, to: path, target), tables: tables)
            }
        }
    }

    public func rejectedLines(_ relation: Relation, limit: Int) async throws -> [RejectedLine] {
        let query = try await query(relation)
        return try await explaining(query) {
            try await RejectedFiles(database: opener.database(), dialect: query.dialect).lines(of: relation, limit: limit)
        }
    }

    /// A plan's query, for which the first lines of CSV files are looked at.
    private func query(_ relation: Relation) async throws -> Query {
        let database = try await opener.database()
        var partitions: [[String]: Set<String>] = [:]
        for source in relation.sources where source.fields != nil && source.hasPartitions {
            guard let path = source.paths.first, path.contains("=") || path.contains("*"), !path.contains("://") else { continue }
            // The first file tells.
            let file = try await RejectedFiles(database: database, dialect: dialect).firstFile(path)
            partitions[source.paths] = file.map(FilePattern.partitions)
        }
        let (sql, dialect) = try await BlockingThreads.shared.run { [partitions] in
            var dialect = DuckDBDialect()
            dialect.partitions = partitions
            dialect.headers = CSVHeader.find(relation, partitions: partitions)
            return (try SQLCompiler.sql(relation, dialect), dialect)
        }
        let files = RejectedFiles(database: database, dialect: dialect)
        return Query(sql: sql, dialect: dialect, failure: TableFailure(relation: relation, sql: sql, files: files))
    }

    private struct Query: Sendable {
        let sql: String
        let dialect: DuckDBDialect
        let failure: TableFailure
    }

    private func explaining<Result>(_ query: Query, _ body: () async throws -> Result) async throws -> Result {
        do { return try await body() } catch { throw await query.failure.explain(error) }
    }

    /// The database, which is opened if it is not yet.
    func database() async throws -> DuckDBDatabase { try await opener.database() }

    public func shutdown() async { await opener.close() }

    /// The tables in memory that the query names.
    private func tables(_ relation: Relation, _ inputs: TableInputs) throws -> [String: DuckDBTable] {
        var tables: [String: DuckDBTable] = [:]
        for memory in relation.memoryTables {
            guard let batch = memory.batch else { continue }
            tables[DuckDBDialect.name(of: memory)] = try DuckDBTable(batch.schema, [batch])
        }
        for rows in relation.computedRows {
            let stores = inputs[rows]
            guard let schema = stores.first?.schema else { throw EngineError(.protocolViolation, "a query's rows were not computed") }
            var batches: [RecordBatch] = []
            for store in stores {
                guard store.schema == schema else {
                    throw TaskError(
                        .malformedRecord, "a task's rows have the columns \(store.schema), and another's \(schema)",
                        hint: "batches of one table must have the same columns of the same types")
                }
                for index in 0..<store.batchCount { batches.append(try store.batch(at: index)) }
            }
            tables[DuckDBDialect.name(of: rows)] = try DuckDBTable(schema, batches)
        }
        return tables
    }
}

extension DuckDBTable {
    fileprivate convenience init(_ schema: ArrowTableSchema, _ batches: [RecordBatch]) throws {
        var exported = CArrowABI.ArrowSchema()
        schema.export(to: &exported)
        let arrays = batches.map { batch in
            var array = CArrowABI.ArrowArray()
            batch.export(to: &array)
            return array
        }
        try self.init(schema: exported, batches: arrays)
    }
}

extension TableSource {
    /// Whether folders can be columns of it.
    fileprivate var hasPartitions: Bool {
        switch self {
        case .csv, .parquet: true
        case .json, .arrow, .memory, .computed, .range: false
        }
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
    var schema: ArrowTableSchema { batches.schema }
    private let batches: ResultBatches
    private let failure: TableFailure

    init(_ result: DuckDBResult, failure: TableFailure) throws {
        batches = try ResultBatches(result)
        self.failure = failure
    }

    func next() async throws -> RecordBatch? {
        do { return try await batches.next() } catch { throw await failure.explain(error) }
    }

    func close() async {
        // The query is over in any case, and its connection given back.
        try? await batches.result.close()
    }
}
