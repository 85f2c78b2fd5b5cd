public import SheafCore

/// Where an engine that is reached through a sidecar is, and how to get there.
public struct BridgeOptions: Sendable {
    /// As the engine's own clients write it, such as `127.0.0.1:8786`. Empty for a small engine of its own on this machine, which ends
    /// with the session.
    public var address: String
    /// How many workers an engine of its own gets.
    public var workers: Int
    /// Workers that have to be there before anything runs.
    public var minimumWorkers: Int
    /// The most seconds to wait for the engine and its workers.
    public var timeout: Double
    /// The Python with the engine's client. By default that of the variable `SHEAF_PYTHON`, else the one that `dev/engines` has made, else
    /// `python3`.
    public var python: String?
    /// The executable whose functions run on the engine; this process's own by default.
    public var program: String?

    public init(
        address: String = "", workers: Int = 2, minimumWorkers: Int = 1, timeout: Double = 30, python: String? = nil, program: String? = nil
    ) {
        self.address = address
        self.workers = workers
        self.minimumWorkers = minimumWorkers
        self.timeout = timeout
        self.python = python
        self.program = program
    }

    /// Reads the parameters of a URL; the host and port are the address.
    ///
    /// - Throws: ``PlanError`` (`.invalidArgument`) for parameters it does not know.
    package init(_ url: EngineURL) throws {
        self.init(address: url.authority)
        for (key, value) in url.parameters {
            switch key {
            case "workers":
                guard let count = Int(value), count > 0, count <= 1 << 16 else {
                    throw PlanError(.invalidArgument, "workers=\(value) in \(url) is not a positive number")
                }
                // A cluster of its own is there as a whole, and one of Ray is one node however many workers it has.
                if address.isEmpty { workers = count } else { minimumWorkers = count }
            case "timeout":
                guard let seconds = Double(value), seconds > 0, seconds < 1e6 else {
                    throw PlanError(.invalidArgument, "timeout=\(value) in \(url) is not a number of seconds")
                }
                timeout = seconds
            case "python": python = value
            case "program": program = value
            default:
                throw PlanError(
                    .invalidArgument, "the engine “\(url.scheme)” has no parameter “\(key)”",
                    hint: "it knows workers, timeout, python, program")
            }
        }
    }
}

/// What tells one engine behind a sidecar from another.
package struct BridgeKind: Sendable {
    /// The engine's name: `dask`, `ray`.
    package var name: String
    /// As its makers write it.
    package var title: String
    /// Python modules without which nothing goes.
    package var needs: [String]
    /// Where it listens unless it is told otherwise.
    package var port: Int

    package init(name: String, title: String, needs: [String], port: Int) {
        self.name = name
        self.title = title
        self.needs = needs
        self.port = port
    }

    /// What its engines can run. A task costs about a millisecond.
    package var capabilities: Capabilities { Capabilities(engine: name, closures: false, taskOverhead: 1e-3) }
}

extension ErrorCode {
    /// Nobody answers at an engine's address.
    public static let unreachable = ErrorCode(rawValue: "unreachable")
    /// An engine failed, or was lost, while it was used.
    public static let engineFailed = ErrorCode(rawValue: "engineFailed")
    /// Workers of an engine were lost while they ran a task, more often than it puts up with.
    public static let workerLost = ErrorCode(rawValue: "workerLost")
    /// The program cannot run on an engine's workers: it is for another architecture, or lacks libraries there.
    public static let wrongProgram = ErrorCode(rawValue: "wrongProgram")
}
