import ArgumentParser
import Foundation
import Sheaf

/// `sheaf sql`: a query over files.
struct SQLCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sql", abstract: "Run a query over files: a quoted path is a table.",
        discussion: "sheaf sql \"SELECT carrier, count(*) FROM 'flights.csv' GROUP BY carrier\"")

    @Argument(help: "The query, in DuckDB's SQL. CSV, JSON, Parquet and Arrow files are tables, by their path in quotes.")
    var query: String
    @OptionGroup var output: TableOutput
    @OptionGroup(title: "Sheaf options") var arguments: SessionArguments

    func run() async throws {
        try await arguments.withSession(engines: Engines.linked) { session in try await output.print(session.sql(query)) }
    }
}

/// How a table is put out.
struct TableOutput: ParsableArguments {
    enum Format: String, ExpressibleByArgument, CaseIterable { case table, csv, json, parquet, arrow }

    @Option(help: "How rows are written.")
    var format: Format?
    @Option(name: [.customShort("o"), .customLong("output")], help: "A file to write to; its name says the format unless --format does.")
    var file: String?
    @Option(help: "Rows that are drawn as a table at most.")
    var limit = 40

    func validate() throws {
        if format == .parquet, file == nil { throw ValidationError("Parquet is written to a file: give one with -o FILE.") }
        if format == .table, file != nil {
            throw ValidationError("A drawn table goes to the terminal: leave -o away, or choose another --format.")
        }
    }

    func print(_ table: Table<AnyRow>) async throws {
        guard let format = TableTarget.Format(rawValue: (format ?? defaultFormat).rawValue) else {
            try StandardOutput.write(try await table.preview(limit) + "\n")
            return
        }
        let count = try await table.write(to: TableTarget(path: file ?? "/dev/stdout", format: format))
        if let file { StandardError.write("\(count) rows written to \(file)\n") }
    }

    private var defaultFormat: Format {
        guard let file else { return .table }
        switch URL(fileURLWithPath: file).pathExtension.lowercased() {
        case "parquet": return .parquet
        case "json", "jsonl", "ndjson": return .json
        case "arrow", "arrows", "feather", "ipc": return .arrow
        default: return .csv
        }
    }
}

/// `sheaf head`, `sheaf schema` and `sheaf describe`: a look at a file.
struct FileCommand<Look: FileLook>: AsyncParsableCommand {
    static var configuration: CommandConfiguration { CommandConfiguration(commandName: Look.name, abstract: Look.abstract) }

    @Argument(help: "A CSV, JSON, Parquet or Arrow file, or a pattern of such.")
    var file: String
    @OptionGroup var output: TableOutput
    @OptionGroup(title: "Sheaf options") var arguments: SessionArguments

    func run() async throws {
        let quoted = "'" + file.replacing("'", with: "''") + "'"
        try await arguments.withSession(engines: Engines.linked) { session in try await output.print(session.sql(Look.query(quoted))) }
    }
}

protocol FileLook: SendableMetatype {
    static var name: String { get }
    static var abstract: String { get }
    static func query(_ table: String) -> String
}

enum Head: FileLook {
    static let name = "head"
    static let abstract = "Show a file's first rows."
    static func query(_ table: String) -> String { "SELECT * FROM \(table) LIMIT 10" }
}

enum Schema: FileLook {
    static let name = "schema"
    static let abstract = "Show a file's columns and their types."
    static func query(_ table: String) -> String {
        "SELECT column_name, column_type, \"null\" AS nullable FROM (DESCRIBE SELECT * FROM \(table))"
    }
}

enum Describe: FileLook {
    static let name = "describe"
    static let abstract = "Show what a file's columns hold: least, greatest, mean, quartiles, different values, nulls."
    static func query(_ table: String) -> String {
        "SELECT column_name, column_type, min, max, approx_unique, avg, std, q25, q50, q75, count, null_percentage FROM (SUMMARIZE SELECT * FROM \(table))"
    }
}
