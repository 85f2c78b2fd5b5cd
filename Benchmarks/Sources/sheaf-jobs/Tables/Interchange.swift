import ArgumentParser
import Foundation
import Sheaf
import SheafArrow
import SheafDuckDB
import SheafTable

/// The same SQL through Sheaf and through DuckDB's Python client, to Arrow.
struct TableSQL: TableJob {
    static let configuration = CommandConfiguration(commandName: "table-sql")
    @OptionGroup var input: TableInput

    func parts(_ session: Session) async throws -> [TablePart] {
        let groups = "read_parquet('\(input.file("groups.parquet"))')", left = "read_parquet('\(input.file("join-left.parquet"))')"
        let medium = "read_parquet('\(input.file("join-medium.parquet"))')"
        let queries = [
            ("few rows", "SELECT id1, id2, sum(v1) AS v1, avg(v3) AS v3 FROM \(groups) GROUP BY id1, id2"),
            ("a million rows", "SELECT * FROM \(groups) WHERE id4 <= 10"),
            ("a join", "SELECT x.id3, x.v1, y.v2 FROM \(left) x JOIN \(medium) y USING (id2) WHERE x.v1 < 50"),
        ]
        return queries.map { name, text in TablePart(name) { try await session.sql(text).batches() } }
    }
}

/// A row of the table `six`.
struct Six: TableRow {
    var id: Int
    var key: Int
    var part: Int32
    var price: Double
    var amount: Double
    var name: String
}

extension Workers {
    /// A session whose tables are those of a database file.
    func session(database: String) -> Session {
        let options = SessionOptions(workers: workers, memory: memory)
        let session = Session(engine: LocalEngine(options: options), options: options)
        session.use(DuckDBTables(path: database, options: options))
        return session
    }
}

/// All rows of a table of DuckDB as Arrow columns.
struct ReceiveColumns: TableJob {
    static let configuration = CommandConfiguration(commandName: "receive-columns")
    @OptionGroup var input: TableInput

    func parts(_: Session) async throws -> [TablePart] {
        let database = input.workers.session(database: input.file("six.duckdb"))
        return [TablePart("columns", columns: nil) { try await database.sql("SELECT * FROM six").batches() }]
    }
}

/// All rows of a table of DuckDB as Swift structures.
struct ReceiveRows: TableJob {
    static let configuration = CommandConfiguration(commandName: "receive-rows")
    @OptionGroup var input: TableInput

    func parts(_: Session) async throws -> [TablePart] {
        let database = input.workers.session(database: input.file("six.duckdb"))
        return [
            TablePart("rows") {
                let rows = try await database.sql("SELECT * FROM six").as(Six.self).collect()
                return TableOutcome(rows: rows.count) {
                    rows.reduce(0.0) { $0 + Double($1.id) + Double($1.key) + Double($1.part) + $1.price + $1.amount }
                }
            }
        ]
    }
}

/// All columns of an Arrow file, their values looked at once.
struct ArrowRead: TableJob {
    static let configuration = CommandConfiguration(commandName: "arrow-read")
    @OptionGroup var input: TableInput

    func parts(_: Session) async throws -> [TablePart] {
        let path = input.file("six.arrow")
        return [
            TablePart("read") {
                let reader = try ArrowFileReader(ArrowMemory(mappingFile: path))
                var rows = 0, sum = 0.0
                for index in 0..<reader.batchCount {
                    let batch = try reader.batch(at: index)
                    rows += batch.rowCount
                    sum += try batch.columns[0].withSpan(of: Int64.self) { Double($0.total) }
                    sum += try batch.columns[1].withSpan(of: Int64.self) { Double($0.total) }
                    sum += try batch.columns[2].withSpan(of: Int32.self) { Double($0.total) }
                    sum += try batch.columns[3].withSpan(of: Double.self) { $0.total }
                    sum += try batch.columns[4].withSpan(of: Double.self) { $0.total }
                }
                return TableOutcome(rows: rows, sum: { [sum] in sum })
            }
        ]
    }
}

extension Span where Element: BinaryInteger {
    fileprivate var total: Int {
        var sum = 0
        for index in indices { sum &+= Int(self[unchecked: index]) }
        return sum
    }
}

extension Span where Element == Double {
    /// In four lanes, as the peers do it.
    fileprivate var total: Double {
        var lanes = SIMD4<Double>.zero, index = 0
        while index + 4 <= count {
            lanes += SIMD4(self[unchecked: index], self[unchecked: index + 1], self[unchecked: index + 2], self[unchecked: index + 3])
            index += 4
        }
        var sum = lanes.sum()
        while index < count {
            sum += self[unchecked: index]
            index += 1
        }
        return sum
    }
}

/// The batches of an Arrow file, read before the clock starts, as another file.
struct ArrowWrite: TableJob {
    static let configuration = CommandConfiguration(commandName: "arrow-write")
    @OptionGroup var input: TableInput

    func parts(_: Session) async throws -> [TablePart] {
        let reader = try ArrowFileReader(ArrowMemory(mappingFile: input.file("six.arrow")))
        let batches = try (0..<reader.batchCount).map { try reader.batch(at: $0) }
        let target = FileManager.default.temporaryDirectory.appending(path: "sheaf-bench-\(UUID().uuidString).arrow")
        return [
            TablePart("write") {
                guard FileManager.default.createFile(atPath: target.path, contents: nil) else { throw CocoaError(.fileWriteUnknown) }
                defer { try? FileManager.default.removeItem(at: target) }
                let file = try FileHandle(forWritingTo: target)
                let writer = try ArrowWriter(schema: reader.schema, format: .file) { bytes in
                    guard let start = bytes.baseAddress else { return }
                    try file.write(
                        contentsOf: Data(bytesNoCopy: UnsafeMutableRawPointer(mutating: start), count: bytes.count, deallocator: .none))
                }
                for batch in batches { try writer.write(batch) }
                try writer.finish()
                try file.close()
                // What counts are the bytes that arrived.
                let written = try ArrowFileReader(ArrowMemory(mappingFile: target.path))
                return TableOutcome(rows: batches.reduce(0) { $0 + $1.rowCount }, sum: { Double(written.batchCount) })
            }
        ]
    }
}

/// A sort under a memory limit of a quarter of its rows, read as it is made.
struct TableSort: TableJob {
    static let configuration = CommandConfiguration(commandName: "table-sort")
    @OptionGroup var input: TableInput

    func parts(_: Session) async throws -> [TablePart] {
        let database = input.workers.session(database: input.file("six.duckdb"))
        return [
            TablePart("sort") {
                let seen = SortedRows()
                try await database.sql("SELECT * FROM six").as(Six.self).sorted(by: \.key).forEachBatch { try seen.add($0) }
                return TableOutcome(rows: seen.rows, sum: { seen.isSorted ? seen.sum : -1 })
            }
        ]
    }
}

/// Read by one query at a time.
private final class SortedRows: @unchecked Sendable {
    private(set) var rows = 0, isSorted = true, sum = 0.0
    private var last = Int64.min

    func add(_ batch: RecordBatch) throws {
        rows += batch.rowCount
        try batch.columns[1].withSpan(of: Int64.self) { keys in
            for index in keys.indices {
                isSorted = isSorted && last <= keys[index]
                last = keys[index]
                sum += Double(keys[index])
            }
        }
    }
}
