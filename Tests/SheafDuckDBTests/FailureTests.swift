internal import CArrowABI
internal import Foundation
internal import SheafCore
internal import Testing

@testable internal import SheafDuckDB

@Suite(.timeLimit(.minutes(1)))
struct FailureTests {
    struct Case: Sendable { let sql: String; let kind: SQLError.Kind; let text: String; let line: Int?; let column: Int? }

    @Test(arguments: [
        Case(sql: "SELEC 1", kind: .parser, text: "syntax error", line: 1, column: 1),
        Case(sql: "SELECT 1;\nSELECT\n  'é', nope FROM range(3)", kind: .binder, text: "nope", line: 3, column: 8),
        Case(sql: "SELECT 1 +\n  nofunc(2)", kind: .catalog, text: "nofunc", line: 2, column: 3),
        Case(sql: "FROM nothere", kind: .catalog, text: "nothere", line: 1, column: 6),
        Case(sql: "SELECT ('a' || range)::INTEGER FROM range(3)", kind: .conversion, text: "a0", line: 1, column: 22),
        Case(sql: "SELECT 9223372036854775807 + range FROM range(1, 2)", kind: .outOfRange, text: "Overflow", line: nil, column: nil),
        Case(sql: "SELECT sum(range::BIGINT)::TINYINT FROM range(1000)", kind: .conversion, text: "out of range", line: 1, column: nil),
        Case(
            sql: "SELECT CASE WHEN range = 900000 THEN error('late') END FROM range(1000000)", kind: .invalidInput, text: "late", line: nil,
            column: nil),
        Case(sql: "FROM read_csv('/nowhere/x.csv')", kind: .inputOutput, text: "/nowhere/x.csv", line: nil, column: nil),
        Case(sql: "SELECT 1\0 + 1", kind: .parser, text: "zero byte", line: nil, column: nil),
        Case(sql: " ; ", kind: .parser, text: "no statement", line: nil, column: nil),
    ])
    func errorsTellWhere(_ expected: Case) async throws {
        // One thread: with several, DuckDB now and then tells of the interruption of one rather than of the error in the other.
        let database = try await DuckDBDatabase(options: DuckDBOptions(threads: 1))
        let error = await #expect(throws: SQLError.self) {
            let result = try await database.query(expected.sql)
            while try await result.nextChunk() != nil {}
        }
        #expect(error?.kind == expected.kind)
        #expect(error?.message.contains(expected.text) == true, "\(String(describing: error))")
        if let line = expected.line { #expect(error?.position?.line == line) }
        if let column = expected.column { #expect(error?.position?.column == column) }
        // The connection serves on.
        #expect(try await first(database, "SELECT 1") == 1)
    }

    @Test func divisionByZeroIsInfinityOrNull() async throws {
        let database = try await DuckDBDatabase()
        #expect(try await numbers(try await database.query("SELECT 1 / 0"), as: Double.self) == [.infinity])
        #expect(try await numbers(try await database.query("SELECT 1::BIGINT // 0")) == [nil])
    }

    @Test func excerptsMarkThePlace() {
        let position = SQLError.Position(offset: 13, in: "SELECT 1 +\n  nofunc(2)\nFROM t")
        #expect(position?.excerpt == "      nofunc(2)\n      ^")
        let long = String(repeating: "a", count: 100) + "!" + String(repeating: "b", count: 100)
        #expect(SQLError.Position(offset: 100, in: long)?.excerpt.hasPrefix("    …" + String(repeating: "a", count: 60) + "!") == true)
        #expect(SQLError.Position(offset: 7, in: "SELECT") == nil)
    }

    @Test(arguments: [false, true])
    func cancellingEndsALongQuery(whileReading: Bool) async throws {
        let database = try await DuckDBDatabase(options: DuckDBOptions(threads: 2))
        let connection = try await database.connect()
        // The first gives rows at once and for ever, the other never gives one.
        let sql =
            whileReading
            ? "SELECT a.range FROM range(10000000) a, range(1000000) b"
            : "SELECT sum(a.range * b.range) FROM range(10000000) a, range(1000000) b"
        let (started, signal) = AsyncStream<Void>.makeStream()
        let task = Task {
            signal.yield()
            let result = try await connection.query(sql)
            while try await result.nextChunk() != nil { signal.yield() }
        }
        for await _ in started { break }
        let clock = ContinuousClock(), start = clock.now
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(clock.now - start < .seconds(1))
        #expect(try await numbers(try await connection.query("SELECT 42"), as: Int32.self) == [42])
    }

    @Test func abandonedResultsEnd() async throws {
        let database = try await DuckDBDatabase(options: DuckDBOptions(threads: 2))
        for _ in 0..<20 {
            var result: DuckDBResult? = try await database.query("SELECT a.range FROM range(10000000) a, range(1000000) b")
            _ = try await result?.nextChunk()
            result = nil
        }
        #expect(try await first(database, "SELECT 1") == 1)
        try await database.close()
    }

    @Test func progressIsKnown() async throws {
        let database = try await DuckDBDatabase(options: DuckDBOptions(threads: 1))
        try await database.execute("CREATE TABLE t AS SELECT range AS x FROM range(4000000)")
        let progress = DuckDBProgress()
        #expect(progress.percentage == nil)
        let task = Task {
            try await database.execute("SELECT sum(length(md5(md5(md5(md5(x::VARCHAR)))))) FROM t", progress: progress)
        }
        var seen = 0.0
        while seen == 0 {
            seen = progress.percentage ?? 0
            await Task.yield()
        }
        #expect(seen <= 100)
        task.cancel()
        _ = await task.result
        #expect(progress.percentage == nil)
    }

    @Test func whatDoesNotFitGoesToDisk() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("sheaf-spill-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        func content() throws -> [String] { try FileManager.default.subpathsOfDirectory(atPath: folder) }
        let database = try await DuckDBDatabase(options: DuckDBOptions(threads: 2, memoryLimit: 60_000_000, temporaryFolder: folder))
        #expect(try content().isEmpty)
        let result = try await database.query("SELECT hash(range) AS h, range AS r, range + 1 AS s FROM range(3000000) ORDER BY h")
        var previous: UInt64 = 0, rows = 0, isSorted = true
        #expect(!(try content()).isEmpty)
        while let chunk = try await result.nextChunk() {
            chunk.withColumn(0, as: UInt64.self) { values, _ in
                for value in values {
                    isSorted = isSorted && value >= previous
                    previous = value
                }
            }
            rows += chunk.count
        }
        #expect(isSorted && rows == 3_000_000)
        // Closed in the middle of another.
        let half = try await database.query("SELECT hash(range) AS h, range AS r, range + 1 AS s FROM range(3000000) ORDER BY h")
        _ = try await half.nextChunk()
        try await database.close()
        #expect(try content().isEmpty)
    }

    @Test func aFullDiskIsAnError() async throws {
        let options = DuckDBOptions(threads: 2, memoryLimit: 30_000_000, temporaryLimit: 1_000_000)
        let database = try await DuckDBDatabase(options: options)
        let error = await #expect(throws: SQLError.self) {
            try await database.execute("CREATE TABLE t AS SELECT hash(range) AS a, hash(range + 1) AS b FROM range(5000000)")
        }
        #expect(error?.kind == .outOfMemory && error?.code == .noSpace && error?.hint != nil, "\(String(describing: error))")
    }

    @Test func aMissingLibraryTellsWhatToRun() throws {
        let error = #expect(throws: EngineError.self) { try DuckDBLibrary.find { $0 == "SHEAF_DUCKDB" ? "/nowhere/libduckdb.so" : nil } }
        #expect(error?.code == .missingLibrary)
        #expect(error?.message.contains("/nowhere/libduckdb.so") == true)
        #expect(error?.hint?.contains("dev/duckdb FOLDER") == true && error?.hint?.contains("make setup") == true)
        let status = TableLibraries.check()
        #expect(status.map(\.name) == ["DuckDB"] && status.allSatisfy(\.isFound))
    }

    @Test func badOptionsAreRefused() async throws {
        let options = DuckDBOptions(settings: ["no_such_setting": "1"])
        let setting = await #expect(throws: EngineError.self) { _ = try await DuckDBDatabase(options: options) }
        #expect(setting?.code == .invalidArgument && setting?.message.contains("no_such_setting") == true)
        let folder = await #expect(throws: EngineError.self) {
            _ = try await DuckDBDatabase(options: DuckDBOptions(temporaryFolder: "/nowhere/at/all"))
        }
        #expect(folder?.code == .inputOutput)
        let file = await #expect(throws: EngineError.self) { _ = try await DuckDBDatabase(path: "/nowhere/at/all.db") }
        #expect(file?.code == .inputOutput && file?.message.contains("/nowhere/at/all.db") == true)
    }
}
