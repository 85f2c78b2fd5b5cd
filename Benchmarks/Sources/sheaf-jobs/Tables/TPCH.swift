import ArgumentParser
import Foundation
import Sheaf
import SheafArrow
import SheafDuckDB
import SheafTable
import TPCH

/// The 22 queries of TPC-H, measured, or compared with what Benchmarks/data/tables.py took as the answers.
struct TPCHJob: TableJob {
    static let configuration = CommandConfiguration(commandName: "tpch", abstract: "The 22 queries of TPC-H.")
    @OptionGroup var input: TableInput
    @Option(name: .customLong("scale"), help: "The data's scale factor.") var scaleFactor = 1.0
    @Flag(help: "Run the queries written by hand rather than the typed ones, on the same DuckDB.") var byHand = false
    @Flag(help: "Compare the rows with tpch/answers.json; exit with 1 when they differ.") var check = false

    func run() async throws {
        if check { try await compare() } else { try await measureParts() }
    }

    func parts(_ session: Session) async throws -> [TablePart] {
        if byHand { return try await partsByHand() }
        let tables = TPCHTables(session, folder: input.file("tpch"), scaleFactor: scaleFactor)
        return TPCHQuery.all.map { query in TablePart("q\(query.number)", columns: nil) { try await query.batches(tables) } }
    }

    private func partsByHand() async throws -> [TablePart] {
        // Views in a database file, which tables' engine opens like any other.
        let folder = FileManager.default.temporaryDirectory.appending(path: "sheaf-tpch-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let file = folder.appending(path: "views.duckdb").path
        let database = try await DuckDBDatabase(path: file)
        for name in ["customer", "lineitem", "nation", "orders", "part", "partsupp", "region", "supplier"] {
            try await database.execute("CREATE VIEW \(name) AS SELECT * FROM read_parquet('\(input.file("tpch/\(name).parquet"))')")
        }
        try await database.close()
        let session = input.workers.session(database: file)
        return TPCHQuery.all.map { query in
            TablePart("q\(query.number)", columns: nil) { try await session.sql(query.sql(scaleFactor)).batches() }
        }
    }

    private func compare() async throws {
        let session = try await input.workers.session()
        let tables = TPCHTables(session, folder: input.file("tpch"), scaleFactor: scaleFactor)
        let answers = try TPCHAnswer.all(file: input.file("tpch/answers.json"))
        var failures = 0
        for query in TPCHQuery.all {
            let batches = try await query.batches(tables)
            guard let answer = answers[query.number] else { throw ValidationError("there is no answer to Q\(query.number)") }
            let difference = answer.difference(from: batches)
            if difference != nil { failures += 1 }
            let rows = batches.reduce(0) { $0 + $1.rowCount }
            print("Q\(query.number) \(query.title): \(difference.map { "DIFFERS: \($0)" } ?? "\(rows) rows as \(answer.by) has them")")
        }
        print("\(TPCHQuery.all.count - failures) of \(TPCHQuery.all.count) right")
        if failures > 0 { throw ExitCode.failure }
    }
}

/// The queries as text, for other programs to run and compare.
struct TPCHText: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "tpch-sql", abstract: "Writes the queries of TPC-H as SQL.")

    @Option(name: .customLong("to"), help: "Folder in which qNN.typed.sql and qNN.sql are written.") var folder: String
    @Option(name: .customLong("data"), help: "Folder of the Parquet files that tpchgen-cli wrote.") var data = "tpch"
    @Option(name: .customLong("scale"), help: "Their scale factor.") var scaleFactor = 1.0

    func run() async throws {
        let session = try await Session(options: SessionOptions(workers: 1))
        let tables = TPCHTables(session, folder: data, scaleFactor: scaleFactor)
        let folder = URL(filePath: folder)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for query in TPCHQuery.all {
            let name = "q" + (query.number < 10 ? "0" : "") + "\(query.number)"
            try Data((try query.table(tables).sql() + "\n").utf8).write(to: folder.appending(path: name + ".typed.sql"))
            try Data((query.sql(scaleFactor) + "\n").utf8).write(to: folder.appending(path: name + ".sql"))
        }
    }
}
