import ArgumentParser
import Foundation
import Sheaf
import SheafADBC

/// `sheaf load`: a file into a table of a database.
struct LoadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load", abstract: "Load a file into a table of PostgreSQL or SQLite.",
        discussion: """
            sheaf load flights.csv --to postgresql://me@localhost/travel --table flights --mode replace --index carrier
            sheaf load log.parquet --to sqlite:log.db --table log

            A password is best left out of the URL: PGPASSWORD and ~/.pgpass are looked at.
            """)

    @Argument(help: "A CSV, JSON or Parquet file, or a pattern of such.")
    var file: String
    @Option(name: .customLong("to"), help: "The database: postgresql://user@host/name, or sqlite:PATH.")
    var target: String
    @Option(help: "The table's name.")
    var table: String
    @Option(help: "The schema the table is in; PostgreSQL's default when left out.")
    var schema: String?
    @Option(
        help:
            "append: add rows, and commit batch by batch; replace: make the table anew, whole or not at all; create: the same, if there is none."
    )
    var mode: Mode = .append
    @Option(name: .customLong("batch-rows"), help: "Rows sent at a time.")
    var batchRows = 100_000
    @Option(name: .customLong("partition-by-day"), help: "A column of moments or days: a partition for each day. PostgreSQL only.")
    var partitionColumn: String?
    @Option(name: .customLong("index"), parsing: .upToNextOption, help: "Columns, each to have an index, built after the load.")
    var indexes: [String] = []
    @OptionGroup(title: "Sheaf options") var arguments: SessionArguments

    enum Mode: String, ExpressibleByArgument, CaseIterable {
        case append, replace, create

        var loadMode: LoadMode {
            switch self {
            case .append: .append
            case .replace: .replace
            case .create: .create
            }
        }
    }

    /// Refused without being repeated, as ArgumentParser would: there may be a password in it.
    private func database() throws -> Database {
        if target.hasPrefix("postgresql://") || target.hasPrefix("postgres://") { return .postgresql(target) }
        guard target.hasPrefix("sqlite:"), target != "sqlite:" else {
            throw ValidationError("--to takes postgresql://user@host/name or sqlite:PATH")
        }
        return .sqlite(String(target.dropFirst("sqlite:".count)))
    }

    func validate() throws { _ = try database() }

    func run() async throws {
        let quoted = "'" + file.replacing("'", with: "''") + "'"
        let database = try database()
        try await arguments.withSession(engines: Engines.linked) { session in
            let report = try await session.sql("SELECT * FROM \(quoted)").write(
                to: database, table: table, schema: schema, mode: mode.loadMode, batchRows: batchRows,
                partition: partitionColumn.map { .byDay(column: $0) }, indexes: indexes.map { .on(columns: [$0]) })
            try StandardOutput.write("\(report)\n")
        }
    }
}
