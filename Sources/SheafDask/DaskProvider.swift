public import SheafBridge
public import SheafCore

/// Runs plans on Dask.
///
/// `dask://host:port` is a scheduler that runs already, with workers on machines that can run this program. `dask://` starts a small
/// cluster on this machine, with as many workers as `dask://?workers=4` says, which ends with the session.
///
/// Parameters: `workers` (of a cluster of its own; else how many have to be there before anything runs), `timeout` (seconds to wait for
/// them, 30), `python` (the Python with Dask's client), `program` (another executable than this one). Named functions run on the cluster;
/// a plan with anything else is refused before it runs.
public struct DaskProvider: EngineProvider {
    public let scheme = "dask"
    public let summary = "a Dask cluster"
    public let capabilities = kind.capabilities

    package static let kind = BridgeKind(name: "dask", title: "Dask", needs: ["dask", "distributed", "numpy"], port: 8786)

    public init() {}

    /// - Throws: ``PlanError`` (`.invalidArgument`) for parameters it does not know; what ``engine(_:)`` throws.
    public func engine(at url: EngineURL, options: SessionOptions) async throws -> any Engine {
        try await Self.engine(try BridgeOptions(url))
    }

    /// Reaches a cluster, or starts one.
    ///
    /// - Throws: ``EngineError``: `.missingLibrary` without a Python that has Dask, `.unreachable` when nobody answers at the address, or
    ///   there are too few workers, `.wrongProgram` when this program cannot run there.
    public static func engine(_ options: BridgeOptions = BridgeOptions()) async throws -> BridgeEngine {
        try await BridgeEngine.started(kind, options)
    }
}
