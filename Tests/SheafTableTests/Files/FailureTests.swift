import Foundation
import SheafCore
import SheafDuckDB
import SheafTable
import Testing

@Suite("Queries of tables that fail", .timeLimit(.minutes(1)))
struct TableFailureTests {
    struct Number: TableRow, Equatable { var n: Int }

    let folder = try! Folder()

    @Test func damagedParquet() async throws {
        let session = Session.ofTables(), whole = folder("whole.parquet")
        try await session.sql("SELECT range AS n, hash(range)::VARCHAR AS t FROM range(20000)").write(parquet: whole)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: whole))
        var noise = bytes
        noise.replaceSubrange(200..<6000, with: Data(repeating: 0xff, count: 5800))
        let files = [
            try folder.file("half.parquet", bytes.prefix(bytes.count / 2)),
            try folder.file("ends.parquet", bytes.prefix(4000) + bytes.suffix(8)),
            try folder.file("empty.parquet", Data()), try folder.file("text.parquet", "n\n1\n"), try folder.file("noise.parquet", noise),
        ]
        for file in files {
            let error = await #expect(throws: TaskError.self, "\(file)") { try await session.parquet(file, as: Number.self).collect() }
            #expect(error?.code == .corruptInput && error?.message.contains(file) == true, "\(String(describing: error))")
        }
    }

    @Test func typesThatAreOthers() async throws {
        let session = Session.ofTables(), path = folder("texts.parquet")
        try await session.sql("SELECT 'x' || range AS n FROM range(3)").write(parquet: path)
        let error = await #expect(throws: TaskError.self) { try await session.parquet(path, as: Number.self).collect() }
        #expect(error?.message.contains("“n”") == true && error?.message.contains("Number.n") == true, "\(String(describing: error))")
        #expect(error?.hint?.contains(path) == true, "\(String(describing: error))")
        try await session.sql("SELECT CASE WHEN range <> 2 THEN range END AS n FROM range(3)").write(parquet: path)
        let null = await #expect(throws: TaskError.self) { try await session.parquet(path, as: Number.self).collect() }
        #expect(null?.message.contains("row 2") == true && null?.message.contains("“n”") == true, "\(String(describing: null))")
    }

    @Test(arguments: [
        ("SELECT n + 9223372036854775807 AS n FROM numbers", "Overflow", nil as Int?),
        ("SELECT no_function(n) AS n FROM numbers", "no_function", 8),
        ("SELECT nn AS n FROM numbers", "nn", 8), ("SELECT n FORM numbers", "syntax", 15),
        ("SELECT (n || 'x')::BIGINT AS n FROM numbers", "3x", 18),
        ("SELECT n FROM no_table", "no_table", 15),
    ]) func wrongSQL(query: String, said: String, column: Int?) async throws {
        let session = Session.ofTables()
        let numbers = session.table([Number(n: 3)])
        let error = await #expect(throws: SQLError.self) {
            try await session.sql(query, tables: ["numbers": numbers]).as(Number.self).collect()
        }
        #expect(error?.code == .invalidSQL && error?.message.contains(said) == true, "\(String(describing: error))")
        // Where in the caller's text, but for what only the values lead to.
        #expect(error?.position?.column == column, "\(String(describing: error))")
        #expect(error?.location?.description.contains("FailureTests") == true)
        #expect(try await numbers.count() == 1)
    }

    @Test func divisionByZeroIsNullOrInfinity() async throws {
        struct Quotients: TableRow, Equatable { var whole: Int?; var rest: Int?; var real: Double? }
        let session = Session.ofTables()
        let rows = try await session.sql("SELECT 1 // 0 AS whole, 1 % 0 AS rest, 1 / 0 AS real").as(Quotients.self).collect()
        #expect(rows == [Quotients(whole: nil, rest: nil, real: .infinity)])
    }

    @Test func remoteFilesTakeAnExtension() async throws {
        let session = Session.ofTables()
        let error = await #expect(throws: (any Error).self) {
            try await session.parquet("s3://no-such-bucket.invalid/x.parquet", as: Number.self).collect()
        }
        // Where it is installed, the bucket cannot be reached.
        if let missing = error as? EngineError {
            #expect(missing.code == .missingLibrary && missing.message.contains("s3://no-such-bucket.invalid/x.parquet"))
            #expect(missing.hint?.contains("INSTALL httpfs") == true)
        }
    }

    @Test func cancelledInTheMiddle() async throws {
        let folder = folder
        let options = SessionOptions(workers: 2, memory: 1 << 28, spillFolder: folder.path)
        let session = Session.ofTables(options)
        let endless = session.sql(
            "SELECT a.range AS n, b.range AS m FROM range(10000000) a, range(1000000) b ORDER BY hash(a.range * b.range)")
        let (started, signal) = AsyncStream<Void>.makeStream()
        let written = Task {
            signal.yield()
            try await endless.write(arrow: folder("endless.arrow"))
        }
        let read = Task {
            try await session.sql("SELECT a.range AS n FROM range(10000000) a, range(1000000) b").forEachBatch { _ in signal.yield() }
        }
        var iterator = started.makeAsyncIterator()
        for _ in 0..<20 { await iterator.next() }
        let clock = ContinuousClock(), start = clock.now
        written.cancel()
        read.cancel()
        await #expect(throws: (any Error).self) { try await written.value }
        await #expect(throws: (any Error).self) { try await read.value }
        // As a rule in milliseconds; the machine may be busy.
        #expect(clock.now - start < .seconds(3))
        #expect(try folder.content.filter { $0.contains("endless") }.isEmpty)
        #expect(try await session.table([Number(n: 1)]).count() == 1)
        await session.close()
        #expect(try folder.content.isEmpty, "nothing is left in the spill folder")
    }

    @Test func diskFullWhileSpilling() async throws {
        let session = Session.ofTables(SessionOptions(workers: 2, memory: 40_000_000, spillFolder: folder.path, spillLimit: 2_000_000))
        let error = await #expect(throws: SQLError.self) {
            _ = try await session.sql("SELECT hash(range) AS h, range AS r, range + 1 AS s FROM range(5000000) ORDER BY h").batches()
        }
        #expect(error?.code == .noSpace && error?.hint?.contains("memory limit") == true, "\(String(describing: error))")
        await session.close()
        #expect(try folder.content.isEmpty)
    }

    @Test func settingsAreTheSessions() async throws {
        struct Setting: TableRow, Equatable { var threads: Int; var memory: String; var folder: String }
        let session = Session.ofTables(SessionOptions(workers: 3, memory: 512 << 20, spillFolder: folder.path))
        let query =
            "SELECT current_setting('threads')::BIGINT AS threads, current_setting('memory_limit') AS memory, current_setting('temp_directory') AS folder"
        let setting = try #require(try await session.sql(query).as(Setting.self).first())
        #expect(setting.threads == 3 && setting.memory == "512.0 MiB" && setting.folder.hasPrefix(folder.path), "\(setting)")
    }
}
