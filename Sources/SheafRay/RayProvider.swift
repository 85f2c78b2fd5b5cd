public import SheafBridge
public import SheafCore

/// Runs plans on Ray.
///
/// `ray://host:port` is a head node that runs already; the port is that of its control store, 6379 unless it was told otherwise.
/// `ray://auto` finds the one that runs on this machine. `ray://` starts Ray on this machine, with as many workers as `ray://?workers=4`
/// says, and ends it with the session.
///
/// Parameters: `workers` (of Ray started here; else how many have to be there before anything runs), `timeout` (seconds to wait for them,
/// 30), `python` (the Python with Ray), `program` (another executable than this one). Named functions run on Ray; a plan with anything
/// else is refused before it runs.
public struct RayProvider: EngineProvider {
    public let scheme = "ray"
    public let summary = "a Ray cluster"
    public let capabilities = kind.capabilities

    package static let kind = BridgeKind(name: "ray", title: "Ray", needs: ["ray", "numpy"], port: 6379)

    public init() {}

    /// - Throws: ``PlanError`` (`.invalidArgument`) for parameters it does not know; what ``engine(_:)`` throws.
    public func engine(at url: EngineURL, options: SessionOptions) async throws -> any Engine {
        try await Self.engine(try BridgeOptions(url))
    }

    /// Reaches a cluster, or starts one.
    ///
    /// - Throws: ``EngineError``: `.missingLibrary` without a Python that has Ray, `.unreachable` when nobody answers at the address,
    ///   `.wrongProgram` when this program cannot run there.
    public static func engine(_ options: BridgeOptions = BridgeOptions()) async throws -> BridgeEngine {
        try await BridgeEngine.started(kind, options)
    }
}
