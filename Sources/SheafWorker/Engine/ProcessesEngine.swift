public import SheafCore
internal import SheafLocal

/// Runs a plan's functions in worker processes on this machine, so that a task that crashes takes nothing else along.
///
/// Scheduling, retries, events and the memory budget are those of the embedded engine. A named ``Function`` runs in a worker: this
/// program, started again. So do all tasks of a ``Workflow``, such as a `Program`. In other plans the built-in operations of bags, arrays
/// and tables run in this process, on as many threads as there are workers, and closures are refused. Large values lie in memory that
/// all processes share, and go from worker to worker without a copy in this one.
///
/// - Note: Thread-safe. Workers are started with the first plan that needs them unless ``start()`` was called, replaced when they end, and
///   end with this process, however it ends.
public final class ProcessesEngine: Engine {
    /// Of any engine of worker processes.
    public static let capabilities = Capabilities(engine: "processes", closures: false)

    public var capabilities: Capabilities { Self.capabilities }
    private let local: LocalEngine
    let fleet: WorkerFleet
    private let options: SessionOptions
    private let process: ProcessOptions

    /// - Parameters:
    ///   - program: the executable that serves as a worker; this process's own by default.
    ///   - arguments: what it is started with; a worker does not look at them.
    /// - Throws: ``EngineError``: `.unsupported` in a process that was itself started as a worker and does not serve as one,
    ///   `.inputOutput` when there is no such program, or no shared memory.
    public init(
        program: String? = nil, arguments: [String] = [], options: SessionOptions = SessionOptions(),
        process: ProcessOptions = ProcessOptions()
    ) throws {
        try WorkerStart.refuseToStartWorkers()
        self.options = options
        self.process = process
        local = LocalEngine(options: options, batchWorth: 250_000)
        let command = WorkerCommand(
            path: program ?? ProgramIdentity.currentPath, arguments: arguments, memoryLimit: process.workerMemory)
        fleet = try WorkerFleet(command, count: max(options.workers, 1))
    }

    /// Starts the workers now, rather than with the first plan that needs them, and waits until they are there.
    ///
    /// - Throws: ``EngineError`` when they cannot be started, or do not serve.
    public func start() async throws {
        // Off the threads of Swift's own pool, since starting blocks.
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            startThread(named: "sheaf-start") { [fleet] in
                continuation.resume(with: Result { try fleet.start() })
            }
        }
    }

    /// The workers' process numbers.
    public var workerProcesses: [Int32] { fleet.workers.map(\.process) }

    public func ship(_ program: ProgramImage) async throws {}

    public func put(_ value: Payload) async throws -> ValueRef { try await local.put(value) }

    public func get(_ ref: ValueRef) async throws -> Payload {
        let payload = try await local.get(ref)
        guard case .value(let value) = payload, let shared = value as? SharedValue else { return payload }
        let decoded = try shared.decoded()
        // Should it be an argument again, it is there already.
        fleet.known.insert(decoded, shared.block, shared.form)
        return .value(decoded)
    }

    public func release(_ refs: [ValueRef]) async { await local.release(refs) }

    public func submit(_ job: Job) -> AsyncThrowingStream<EngineEvent, any Error> {
        do {
            let run = try RemoteRun(job, fleet: fleet, options: process)
            return local.submit(
                Job(id: job.id, graph: run.graph, outputs: job.outputs, order: job.order, detail: job.detail, seed: job.seed))
        } catch {
            return AsyncThrowingStream { $0.finish(throwing: error) }
        }
    }

    public func cancel(_ job: JobID) async { await local.cancel(job) }

    public func resources() async throws -> Resources {
        var resources = try await local.resources()
        resources.engine = capabilities.engine
        resources.workers = fleet.count
        return resources
    }

    public func shutdown() async {
        await local.shutdown()
        // Off the threads of Swift's own pool: it waits until the processes are gone.
        await withCheckedContinuation { continuation in
            startThread(named: "sheaf-stop") { [fleet] in
                fleet.stop()
                continuation.resume()
            }
        }
    }
}
