public import SheafCore

/// Makes engines of worker processes, for `processes` and `processes://?workers=4`.
public struct ProcessesProvider: EngineProvider {
    public let scheme = "processes"
    public let summary = "worker processes on this machine"
    public let capabilities = ProcessesEngine.capabilities

    public init() {}

    /// - Throws: ``PlanError`` (`.invalidArgument`) for parameters it does not know; what
    ///   ``ProcessesEngine/init(program:arguments:options:process:)`` and ``ProcessesEngine/start()`` throw.
    public func engine(at url: EngineURL, options: SessionOptions) async throws -> any Engine {
        var options = options, process = ProcessOptions(), program: String?
        for (key, value) in url.parameters {
            func seconds() throws -> Double {
                guard let seconds = Double(value), seconds > 0, seconds < 1e9 else {
                    throw PlanError(.invalidArgument, "\(key)=\(value) in \(url) is not a number of seconds")
                }
                return seconds
            }
            switch key {
            case "workers":
                guard let workers = Int(value), workers > 0 else {
                    throw PlanError(.invalidArgument, "workers=\(value) in \(url) is not a positive number")
                }
                options.workers = workers
            case "memory": options.memory = try SessionOptions.bytes(value)
            case "worker-memory": process.workerMemory = try SessionOptions.bytes(value)
            case "deadline": process.deadline = try seconds()
            case "grace": process.grace = try seconds()
            case "program": program = value
            default:
                throw PlanError(
                    .invalidArgument, "the engine “processes” has no parameter “\(key)”",
                    hint: "it knows workers, memory, worker-memory, deadline, grace, program")
            }
        }
        let engine = try ProcessesEngine(program: program, options: options, process: process)
        do { try await engine.start() } catch {
            await engine.shutdown()
            throw error
        }
        return engine
    }
}
