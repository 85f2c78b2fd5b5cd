public import SheafCore
internal import Synchronization

/// The embedded engine's scheduler driven by one thread on a simulated clock.
///
/// It pretends to have the session's number of workers, and lets the session's seed decide which of them moves next: every seed is one
/// possible interleaving, and the same seed is always the same one. Waits before retries take no time. For tests, and for stepping
/// through a failing task in a debugger.
public final class DeterministicEngine: Engine, Sendable {
    public let capabilities = LocalEngine.capabilities
    private let options: SessionOptions
    private let memory: MemoryLedger
    private let spill: SpillFile
    private let state = Locked(State())

    private struct State {
        var stored: [UInt64: AnyValue] = [:]
        var next: UInt64 = 1
        var runs: [JobID: SimulatedRun] = [:]
        var isStopped = false
    }

    public init(options: SessionOptions = SessionOptions()) {
        var options = options
        options.workers = max(options.workers, 1)
        self.options = options
        memory = MemoryLedger(budget: options.memory)
        spill = SpillFile(folder: options.spillFolder, limit: options.spillLimit)
    }

    public func ship(_ program: ProgramImage) async throws {}

    public func put(_ value: Payload) async throws -> ValueRef {
        guard case .value(let value) = value else {
            throw EngineError(.unsupported, "the embedded engine takes values by reference, not encoded")
        }
        if state.withLock(\.isStopped) { throw WorkerPool.closed }
        return store(value)
    }

    private func store(_ value: AnyValue) -> ValueRef {
        memory.charge(value.byteCount)
        return state.withLock { state in
            defer { state.next += 1 }
            state.stored[state.next] = value
            return ValueRef(id: state.next, byteCount: value.byteCount)
        }
    }

    public func get(_ ref: ValueRef) async throws -> Payload {
        let value = try state.withLock { state in
            if state.isStopped { throw WorkerPool.closed }
            return state.stored[ref.id]
        }
        guard let value else {
            throw EngineError(.unknownValue, "the embedded engine holds no value \(ref.id)", hint: "it was released, or never stored here")
        }
        return .value(value)
    }

    public func release(_ refs: [ValueRef]) async { letGo(of: refs) }

    private func letGo(of refs: [ValueRef]) {
        for value in state.withLock({ state in refs.compactMap { state.stored.removeValue(forKey: $0.id) } }) {
            memory.charge(-value.byteCount)
        }
    }

    public func submit(_ job: Job) -> AsyncThrowingStream<EngineEvent, any Error> {
        AsyncThrowingStream { continuation in
            let resources = TaskResources(memory: memory, spill: spill, seed: job.seed)
            let local = LocalRun(job: job, workers: options.workers, resources: resources, continuation: continuation) { [self] in
                store($0)
            } discard: { [self] in
                letGo(of: $0)
            }
            let run = SimulatedRun(local, seed: options.seed, workers: options.workers, memory: memory)
            let isAccepted = state.withLock { state in
                if !state.isStopped { state.runs[job.id] = run }
                return !state.isStopped
            }
            guard isAccepted else { return continuation.finish(throwing: WorkerPool.closed) }
            continuation.onTermination = { reason in
                if case .cancelled = reason { run.cancel(CancellationError(), abandoned: true) }
            }
            Task.detached { [self] in
                letGo(of: await run.drive())
                state.withLock { $0.runs[job.id] = nil }
            }
        }
    }

    public func cancel(_ job: JobID) async { state.withLock { $0.runs[job] }?.cancel(CancellationError()) }

    public func resources() async throws -> Resources {
        if state.withLock(\.isStopped) { throw WorkerPool.closed }
        return Resources(engine: "local", workers: options.workers, cores: 1, memoryBytes: options.memory, usedBytes: memory.used)
    }

    public func shutdown() async {
        let (runs, stored) = state.withLock { state in
            state.isStopped = true
            defer { state.stored = [:] }
            return (state.runs.values, state.stored.values)
        }
        for run in runs { run.cancel(WorkerPool.closed) }
        for value in stored { memory.charge(-value.byteCount) }
    }
}

/// One job on the simulated clock.
private final class SimulatedRun: RunHost, @unchecked Sendable {
    private let run: LocalRun
    private let workers: Int
    private let memory: MemoryLedger
    private var random: SplitMix64
    /// Seconds of simulated time, and what is due when.
    private var now = 0.0
    private var timers: [(due: Double, node: UInt32, worker: Int)] = []
    private var waiting: [@Sendable () async -> Void] = []

    /// What other threads may ask for at any time; everything else belongs to ``drive()``.
    private struct Control {
        var stop: (any Error)?
        var isAbandoned = false
        /// The `async` body that runs now.
        var body: Task<Void, Never>?
    }
    private let control = Locked(Control())

    init(_ run: LocalRun, seed: UInt64, workers: Int, memory: MemoryLedger) {
        self.run = run
        self.workers = workers
        self.memory = memory
        random = SplitMix64(seed: seed)
    }

    /// Stops the run with `error`. When nobody listens to it any more, its outputs are let go of at its end. Callable from any thread.
    func cancel(_ error: any Error, abandoned: Bool = false) {
        let body = control.withLock { control in
            control.stop = control.stop ?? error
            control.isAbandoned = control.isAbandoned || abandoned
            return control.body
        }
        run.resources.cancel()
        body?.cancel()
    }

    /// Runs the job to its end, and returns the outputs that nobody will ask for.
    func drive() async -> [ValueRef] {
        var inFlight: [Int: Assignment] = [:]
        var report = LocalRun.Report()
        let scope = TaskScope(resources: run.resources), batch = Batch()
        while !run.scheduler.isComplete {
            if let error = control.withLock(\.stop) { _ = run.cancel(error) }
            // A random idle worker takes a task, or a random busy one completes its own.
            let worker = Int(random.next() % UInt64(workers))
            if let assignment = inFlight.removeValue(forKey: worker) {
                batch.publish(assignment.tasks.count)
                run.execute(assignment, batch, scope: scope, worker: worker, report: &report)
                run.absorb(&report, worker: worker)
                run.settle(&report, host: self)
                continue
            }
            var assignment = Assignment()
            run.scheduler.take(worker: worker, limit: 1, room: memory.available, into: &assignment)
            if !assignment.isEmpty {
                inFlight[worker] = assignment
            } else if !waiting.isEmpty {
                await runBody(waiting.remove(at: Int(random.next() % UInt64(waiting.count))))
            } else if inFlight.isEmpty {
                guard let next = timers.indices.min(by: { timers[$0].due < timers[$1].due }) else {
                    _ = run.cancel(EngineError(.protocolViolation, "the scheduler has tasks left, but hands none out"))
                    continue
                }
                let timer = timers.remove(at: next)
                now = max(now, timer.due)
                run.scheduler.retry(timer.node, worker: timer.worker)
            }
        }
        run.end()
        run.deliverMail()
        return control.withLock(\.isAbandoned) ? run.abandon() : []
    }

    /// Runs an `async` body to its end. It is a task of its own so that it can be cancelled.
    private func runBody(_ body: @escaping @Sendable () async -> Void) async {
        let task = Task.detached { await body() }
        let isStopped = control.withLock { control in
            control.body = task
            return control.stop != nil
        }
        if isStopped { task.cancel() }
        await task.value
        control.withLock { $0.body = nil }
    }

    func startAsync(_ body: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
        waiting.append(body)
        return Task {}
    }

    func deliver(_ report: inout LocalRun.Report, of run: LocalRun, node: UInt32) {
        run.asyncEnded(node)
        run.absorb(&report, worker: 0)
        run.settle(&report, host: self)
    }

    func retry(_ node: UInt32, of run: LocalRun, worker: Int, after seconds: Double) {
        timers.append((now + seconds, node, worker))
    }
}
