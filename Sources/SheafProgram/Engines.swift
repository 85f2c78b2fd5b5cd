public import SheafCore
internal import SheafDuckDB
internal import SheafLocal
internal import SheafTable
internal import SheafWorker

/// The engines linked into this program.
public enum Engines {
    public static let linked: [any EngineProvider] = [EmbeddedEngines(), WorkerEngines()]
}

/// This process: its own engine for graphs, DuckDB for tables.
private struct EmbeddedEngines: EngineProvider {
    private let graphs = LocalEngineProvider()
    var scheme: String { graphs.scheme }
    var summary: String { graphs.summary }

    func engine(at url: EngineURL, options: SessionOptions) async throws -> any Engine {
        try await graphs.engine(at: url, options: options)
    }

    // Nothing is loaded or opened before the first query.
    func prepare(_ session: Session) { session.use(DuckDBTables(options: session.options)) }
}

/// Processes of this program: functions run in them, tables on DuckDB in this one.
private struct WorkerEngines: EngineProvider {
    private let graphs = ProcessesProvider()
    var scheme: String { graphs.scheme }
    var summary: String { graphs.summary }

    func engine(at url: EngineURL, options: SessionOptions) async throws -> any Engine {
        try await graphs.engine(at: url, options: options)
    }

    func prepare(_ session: Session) { session.use(DuckDBTables(options: session.options)) }
}
