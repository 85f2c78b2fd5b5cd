public import SheafCore
internal import SheafDask
internal import SheafDuckDB
internal import SheafLocal
internal import SheafRay
internal import SheafTable
internal import SheafWorker

/// The engines linked into this program.
public enum Engines {
    public static let linked: [any EngineProvider] = [
        WithTables(LocalEngineProvider()), WithTables(ProcessesProvider()), WithTables(DaskProvider()), WithTables(RayProvider()),
    ]
}

/// An engine for graphs, with tables on DuckDB in this process.
private struct WithTables<Graphs: EngineProvider>: EngineProvider {
    private let graphs: Graphs
    var scheme: String { graphs.scheme }
    var summary: String { graphs.summary }
    var capabilities: Capabilities { graphs.capabilities }

    init(_ graphs: Graphs) { self.graphs = graphs }

    func engine(at url: EngineURL, options: SessionOptions) async throws -> any Engine {
        try await graphs.engine(at: url, options: options)
    }

    // Nothing is loaded or opened before the first query.
    func prepare(_ session: Session) { session.use(DuckDBTables(options: session.options)) }
}
