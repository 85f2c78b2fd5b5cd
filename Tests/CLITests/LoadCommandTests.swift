import Foundation
import Testing

@Suite struct LoadCommandTests {
    private static let log =
        "id,user,time\n" + (0..<500).map { "\($0),user \($0 % 7),2024-01-3\($0 % 2) 10:00:0\($0 % 10)\n" }.joined()
    private static let server = ProcessInfo.processInfo.environment["SHEAF_TEST_POSTGRES"]

    @Test func aFileGoesIntoSQLite() throws {
        let folder = try TemporaryFolder(), file = try folder.file("log.csv", Self.log)
        let database = "sqlite:" + folder.url.appendingPathComponent("log.db").path
        let first = try Tool.run(["load", file, "--to", database, "--table", "log", "--batch-rows", "200", "--index", "id", "user"])
        #expect(first.errors.isEmpty && first.output.hasPrefix("500 rows into log in 3 batches, 2 indexes, in "))
        let again = try Tool.run(["load", file, "--to", database, "--table", "log", "--mode", "create"])
        #expect(again.status == 1 && again.errors.contains("tableExists"))
        let day = try Tool.run(["load", file, "--to", database, "--table", "log", "--partition-by-day", "time"])
        #expect(day.status == 1 && day.errors.contains("SQLite has no partitions"))
    }

    @Test(.enabled(if: server != nil)) func aFileGoesIntoPostgreSQL() throws {
        let folder = try TemporaryFolder(), file = try folder.file("log.csv", Self.log)
        let table = "cli_" + UUID().uuidString.prefix(8).lowercased()
        let arguments = [
            "load", file, "--to", try #require(Self.server), "--table", table, "--mode", "replace", "--partition-by-day", "time", "--index",
            "user",
        ]
        for _ in 0..<2 {
            let result = try Tool.run(arguments)
            #expect(result.errors.isEmpty && result.output.hasPrefix("500 rows into \(table) in 1 batch, 2 partitions, 1 index, in "))
        }
    }

    @Test(arguments: ["postgresql://me:geheim@127.0.0.1:1/db", "postgresql://me:a@geheim@h/db", "mysql://me:geheim@h/db"])
    func noPasswordIsShown(url: String) throws {
        let folder = try TemporaryFolder(), file = try folder.file("log.csv", Self.log)
        let result = try Tool.run(["load", file, "--to", url, "--table", "log"])
        #expect(result.status != 0 && !result.errors.isEmpty)
        #expect(!(result.errors + result.output).contains("geheim"))
    }
}
