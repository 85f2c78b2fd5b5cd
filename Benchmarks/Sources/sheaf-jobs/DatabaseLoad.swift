import ArgumentParser
import Foundation
import Sheaf
import SheafADBC
import SheafDuckDB

/// Log rows into a table of PostgreSQL. The peers are in load_postgres.py; both are run beside a server: see Benchmarks/README.md.
struct LoadPostgres: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "load-postgres", abstract: "Log rows from CSV into PostgreSQL.")

    struct LogRow: TableRow {
        var id: Int
        var time: Date
        var user: String
        var path: String
        var status: Int32
        var seconds: Double
    }

    @Argument(help: "The CSV file that load_postgres.py wrote.") var file: String
    @Option(help: "The server; SHEAF_TEST_POSTGRES when left out.") var url: String?
    @Option(help: "Rows sent at a time.") var batchRows = 100_000
    @Flag(help: "A partition for each day.") var partitioned = false
    @Flag(help: "An index on the user, after the load.") var indexed = false
    @OptionGroup var workers: Workers

    func run() async throws {
        guard let url = url ?? ProcessInfo.processInfo.environment["SHEAF_TEST_POSTGRES"] else {
            throw ValidationError("give --url, or run this with dev/postgres")
        }
        let session = try await workers.session()
        session.use(DuckDBTables(options: SessionOptions(workers: workers.workers)))
        let database = Database.postgresql(url), table = "log_sheaf"
        try await measure(workers) {
            try await session.csv(file, as: LogRow.self).write(
                to: database, table: table, mode: .replace, batchRows: batchRows, partition: partitioned ? .byDay(of: \.time) : nil,
                indexes: indexed ? [.on(\.user)] : [])
        } check: { report in
            ("\(report.rows)", report.rows)
        }
        await session.close()
    }
}
