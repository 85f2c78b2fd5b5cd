public import SheafCore
internal import Synchronization

/// The embedded engine's scheduler driven by one thread on a simulated clock.
///
/// It pretends to have the session's number of workers, and lets the session's seed decide which of them moves next: every seed is one
/// possible interleaving, and the same seed is always the same one. Waits before retries take no time. For tests, and for stepping
/// through a failing task in a debugger.
public final class DeterministicEngine: Engine, Sendable {
    public let capabilities = Capabilities(engine: "local", closures: true)
    private let options: SessionOptions
    private let memory: MemoryLedger
    private let spill: SpillFile
    private let state = Mutex(State())

    private struct State {
        var stored: [UInt64: AnyValue] = [:]
        var next: UInt64 = 1
        var cancelled: Set<JobID> = []
        var isStopped = false
    }

    public init(options: SessionOptions = SessionOptions()) {
        self.options = options
        memory = MemoryLedger(budget: options.memory)
        spill = SpillFile(folder: options.spillFolder, limit: options.spillLimit)
    }

    public func ship(_ program: ProgramImage) async throws {}

    public func put(_ value: Payload) async throws -> ValueRef {
        guard case .value(let value) = value else {
            throw EngineError(.unsupported, "the embedded engine takes values by reference, not encoded")
        }
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
        guard let value = state.withLock({ $0.stored[ref.id] }) else {
            throw EngineError(.unknownValue, "the embedded engine holds no value \(ref.id)", hint: "it was released, or the engine shut down")
        }
        return .value(value)
    }

    public func release(_ refs: [ValueRef]) async {
        for value in state.withLock({ state in refs.compactMap { state.stored.removeValue(forKey: $0.id) } }) {
            memory.charge(-value.byteCount)
        }
    }

    public func submit(_ job: Job) -> AsyncThrowingStream<EngineEvent, any Error> {
        AsyncThrowingStream { continuation in
            guard !state.withLock(\.isStopped) else {
                return continuation.finish(throwing: EngineError(.closed, "the embedded engine was shut down"))
            }
            let resources = TaskResources(memory: memory, spill: spill, seed: job.seed)
            let run = LocalRun(job: job, workers: options.workers, resources: resources, continuation: continuation) { [self] in store($0) }
            Task.detached { [self] in await SimulatedRun(run, seed: options.seed, workers: options.workers, memory: memory).drive(isCancelled: { self.state.withLock { $0.cancelled.contains(job.id) || $0.isStopped } }) }
        }
    }

    public func cancel(_ job: JobID) async { state.withLock { _ = $0.cancelled.insert(job) } }

    public func resources() async throws -> Resources {
        Resources(engine: "local", workers: options.workers, cores: 1, memoryBytes: options.memory, usedBytes: memory.used)
    }

    public func shutdown() async {
        state.withLock { state in
            state.isStopped = true
            state.stored = [:]
        }
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
    private var timers: [(due: Double, body: @Sendable () -> Void)] = []
    private var waiting: [@Sendable () async -> Void] = []

    init(_ run: LocalRun, seed: UInt64, workers: Int, memory: MemoryLedger) {
        self.run = run
        self.workers = workers
        self.memory = memory
        random = SplitMix64(seed: seed)
    }

    func drive(isCancelled: () -> Bool) async {
        var inFlight: [Int: Assignment] = [:]
        var report = LocalRun.Report()
        let scope = TaskScope(resources: run.resources)
        while !run.scheduler.isComplete {
            if isCancelled() { run.cancel() }
            // A random idle worker takes a task, or a random busy one completes its own.
            let worker = Int(random.next() % UInt64(workers))
            if let assignment = inFlight.removeValue(forKey: worker) {
                run.execute(assignment, scope: scope, worker: worker, report: &report)
                run.absorb(&report, worker: worker, host: self)
                run.drop(&report.released)
                continue
            }
            var assignment = Assignment()
            run.scheduler.take(worker: worker, limit: 1, room: memory.available, into: &assignment)
            if !assignment.isEmpty {
                inFlight[worker] = assignment
            } else if !waiting.isEmpty {
                await waiting.remove(at: Int(random.next() % UInt64(waiting.count)))()
            } else if inFlight.isEmpty, let next = timers.indices.min(by: { timers[$0].due < timers[$1].due }) {
                let timer = timers.remove(at: next)
                now = max(now, timer.due)
                timer.body()
            }
        }
        run.end()
    }

    func startAsync(_ body: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
        waiting.append(body)
        return Task {}
    }

    func deliver(_ report: inout LocalRun.Report, of run: LocalRun, node: UInt32) {
        run.asyncEnded(node)
        run.absorb(&report, worker: 0, host: self)
        run.drop(&report.released)
    }

    func schedule(after seconds: Double, _ body: @escaping @Sendable () -> Void) {
        timers.append((now + seconds, body))
    }
}
