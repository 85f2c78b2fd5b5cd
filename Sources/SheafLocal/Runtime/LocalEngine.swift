public import SheafCore

/// The embedded engine: runs graphs inside this process, on threads of its own, under a memory budget.
///
/// Synchronous tasks run to their end on a worker thread; `async` ones run on the same threads, which are a `TaskExecutor`, and hold
/// none while they wait. Idle workers sleep. A trap in a closure (an out-of-bounds index, a failed precondition) ends the process,
/// as it does anywhere in Swift; an engine out of process contains it.
///
/// - Note: Thread-safe. Once shut down it cannot be restarted.
public final class LocalEngine: Engine, Sendable {
    /// Of any embedded engine.
    public static let capabilities = Capabilities(engine: "local", closures: true)

    public var capabilities: Capabilities { Self.capabilities }
    let pool: WorkerPool
    private let options: SessionOptions

    public convenience init(options: SessionOptions = SessionOptions()) {
        self.init(options: options, spill: SpillFile(folder: options.spillFolder, limit: options.spillLimit))
    }

    /// Spills to a given file; for tests of disks that are full.
    package init(options: SessionOptions, spill: SpillFile) {
        self.options = options
        pool = WorkerPool(options: options, spill: spill)
    }

    /// Hands out so many nanoseconds of tasks at a time; for engines whose tasks run elsewhere, where handing over has a price.
    package init(options: SessionOptions, batchWorth: Double) {
        self.options = options
        pool = WorkerPool(
            options: options, spill: SpillFile(folder: options.spillFolder, limit: options.spillLimit), batchWorth: batchWorth)
    }

    deinit { pool.stop() }

    public func ship(_ program: ProgramImage) async throws {}

    public func put(_ value: Payload) async throws -> ValueRef {
        guard case .value(let value) = value else {
            throw EngineError(.unsupported, "the embedded engine takes values by reference, not encoded")
        }
        return try pool.put(value)
    }

    public func get(_ ref: ValueRef) async throws -> Payload {
        guard let value = try pool.get(ref) else {
            throw EngineError(.unknownValue, "the embedded engine holds no value \(ref.id)", hint: "it was released, or never stored here")
        }
        return .value(value)
    }

    public func release(_ refs: [ValueRef]) async { pool.release(refs) }

    public func submit(_ job: Job) -> AsyncThrowingStream<EngineEvent, any Error> {
        AsyncThrowingStream { continuation in
            continuation.onTermination = { [pool] reason in
                guard case .cancelled = reason else { return }
                // The runtime calls this with locks of its own held, which what is left to do takes as well.
                let rest = pool.cancel(job.id, abandoned: true)
                Task.detached { rest() }
            }
            pool.submit(job, continuation)
        }
    }

    public func cancel(_ job: JobID) async { pool.cancel(job)() }

    public func resources() async throws -> Resources {
        if pool.hasStopped { throw WorkerPool.closed }
        return Resources(
            engine: "local", workers: pool.workers, cores: SessionOptions.coreCount, memoryBytes: options.memory,
            usedBytes: pool.memory.used)
    }

    public func shutdown() async { pool.stop() }

    /// The most bytes that values and tasks held at a time since the engine started, as the ledger counts them.
    public var peakBytes: Int { pool.memory.peak }
}

/// Makes embedded engines, for `local` and `local://?workers=4`.
public struct LocalEngineProvider: EngineProvider {
    public let scheme = "local"
    public let summary = "this process, all cores"
    public let capabilities = LocalEngine.capabilities

    public init() {}

    /// - Throws: ``PlanError`` (`.invalidArgument`) for parameters it does not know.
    public func engine(at url: EngineURL, options: SessionOptions) async throws -> any Engine {
        var options = options
        for (key, value) in url.parameters {
            switch key {
            case "workers":
                guard let workers = Int(value), workers > 0 else {
                    throw PlanError(.invalidArgument, "workers=\(value) in \(url) is not a positive number")
                }
                options.workers = workers
            case "memory": options.memory = try SessionOptions.bytes(value)
            case "deterministic": options.deterministic = true
            case "seed": options.seed = UInt64(value) ?? 0
            default:
                throw PlanError(
                    .invalidArgument, "the embedded engine has no parameter “\(key)”", hint: "it knows workers, memory, deterministic, seed"
                )
            }
        }
        return options.deterministic ? DeterministicEngine(options: options) : LocalEngine(options: options)
    }
}
