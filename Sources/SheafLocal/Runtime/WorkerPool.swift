internal import CSheaf
internal import SheafCore
internal import Synchronization

/// The threads of the embedded engine, the jobs they work on, and the values it holds for its callers.
///
/// Workers come to the monitor to report a batch of tasks and take the next, so the cost of the lock is shared by the batch; its size
/// follows from how long tasks take, so long tasks are still handed out one by one. Where that was misjudged, because a few of many
/// short tasks are long, an idle worker takes what lies behind them.
final class WorkerPool: @unchecked Sendable, RunHost {
    let memory: MemoryLedger
    let spill: SpillFile
    let workers: Int
    private let monitor = Monitor()
    private let executor = PoolExecutor()

    // Under the monitor.
    private var runs: [LocalRun] = []
    private var stored: [UInt64: AnyValue] = [:]
    private var nextRef: UInt64 = 1
    private var swiftJobs = JobQueue()
    /// Workers that wait, and those of them that will look by themselves whether a batch was misjudged.
    private var idle = 0, watching = 0
    private var crew: [Member] = []
    private var isStopped = false
    /// Bytes spilled when the heap was last trimmed.
    private let trimmedAt = Atomic<Int>(0)

    /// How many nanoseconds of tasks to hand out at a time.
    private let batchWorth: Double

    init(options: SessionOptions, spill: SpillFile, batchWorth: Double = 50_000) {
        self.batchWorth = batchWorth
        memory = MemoryLedger(budget: options.memory)
        self.spill = spill
        workers = max(options.workers, 1)
        crew = (0..<workers).map { _ in Member() }
        executor.pool = self
        // Freed blocks of this size go back to the system at once, so resident memory follows the ledger.
        sheaf_map_blocks_from(4 << 20)
        for worker in 0..<workers {
            startThread(named: "sheaf-\(worker)") { [self] in work(worker) }
        }
    }

    // MARK: Requests

    func submit(_ job: Job, _ continuation: AsyncThrowingStream<EngineEvent, any Error>.Continuation) {
        let resources = TaskResources(memory: memory, spill: spill, seed: job.seed)
        let run = LocalRun(job: job, workers: workers, resources: resources, continuation: continuation) { [unowned self] value in
            storeLocked(value)
        } discard: { [unowned self] refs in
            release(refs)
        }
        monitor.withLock {
            if isStopped { _ = run.cancel(Self.closed) }
            if isStopped || run.scheduler.isComplete {
                run.end()
                return
            }
            runs.append(run)
            monitor.wakeOne()
        }
        run.deliverMail()
    }

    /// Cancels a job. When nobody listens to it any more, nobody will release its outputs either, so that happens here.
    ///
    /// - Returns: what is left to do: it calls the Swift runtime and the cancellation handlers of `async` bodies, so no lock may be held.
    func cancel(_ id: JobID, abandoned: Bool = false) -> @Sendable () -> Void {
        let (run, bodies, outputs) = monitor.withLock { () -> (LocalRun?, [AsyncBody], [ValueRef]) in
            guard let run = runs.first(where: { $0.job.id == id }) else { return (nil, [], []) }
            let outputs = abandoned ? run.abandon() : []
            let bodies = run.cancel()
            endIfComplete(run)
            return (run, bodies, outputs)
        }
        return { [self] in
            for body in bodies { body.cancel() }
            release(outputs)
            run?.deliverMail()
        }
    }

    var hasStopped: Bool { monitor.withLock { isStopped } }

    static let closed = EngineError(.closed, "the embedded engine was shut down")

    func put(_ value: AnyValue) throws -> ValueRef {
        try monitor.withLock {
            if isStopped { throw Self.closed }
            return storeLocked(value)
        }
    }

    func get(_ ref: ValueRef) throws -> AnyValue? {
        try monitor.withLock {
            if isStopped { throw Self.closed }
            return stored[ref.id]
        }
    }

    func release(_ refs: [ValueRef]) {
        let values = monitor.withLock { refs.compactMap { stored.removeValue(forKey: $0.id) } }
        for value in values { memory.charge(-value.byteCount) }
    }

    private func storeLocked(_ value: AnyValue) -> ValueRef {
        let ref = ValueRef(id: nextRef, byteCount: value.byteCount)
        nextRef += 1
        stored[ref.id] = value
        memory.charge(value.byteCount)
        return ref
    }

    /// Cancels what runs; threads end when their tasks do.
    func stop() {
        let (stopped, bodies, values) = monitor.withLock { () -> ([LocalRun], [AsyncBody], [UInt64: AnyValue]) in
            isStopped = true
            let stopped = runs
            var bodies: [AsyncBody] = []
            for run in stopped {
                bodies += run.cancel(Self.closed)
                endIfComplete(run)
            }
            monitor.wakeAll()
            defer { stored = [:] }
            return (stopped, bodies, stored)
        }
        for body in bodies { body.cancel() }
        for run in stopped { run.deliverMail() }
        for value in values.values { memory.charge(-value.byteCount) }
    }

    // MARK: Workers

    /// What a worker is about.
    private struct Member {
        let batch = Batch()
        var run: LocalRun?
        /// Whether others may take from the batch: not when its tasks wait for values that the worker is to load first.
        var isShared = false
        /// Whether somebody idle has seen this very batch before.
        var isWatched = false
    }

    private func work(_ worker: Int) {
        var assignment = Assignment()
        var report = LocalRun.Report()
        var scope: TaskScope?
        var ranJob = false
        var patience = Self.leastPatience
        monitor.lock()
        let batch = crew[worker].batch
        while true {
            // In turns with tasks, so that jobs that keep yielding do not starve them.
            if !ranJob, let job = swiftJobs.popFirst() {
                monitor.unlock()
                job.runSynchronously(on: executor.asUnownedTaskExecutor())
                monitor.lock()
                ranJob = true
                continue
            }
            ranJob = false
            if let run = takeWork(worker, &assignment) ?? takeFromWatched(worker, patience, &assignment) {
                patience = Self.leastPatience
                run.activeWorkers += 1
                repeat {
                    begin(assignment, of: run, worker)
                    if isMoreWorthwhile(run) || isWatchWorthwhile(assignment, of: run) { monitor.wakeOne() }
                    monitor.unlock()
                    if scope?.resources !== run.resources { scope = TaskScope(resources: run.resources) }
                    run.settle(&report, host: self)
                    run.execute(assignment, batch, scope: scope!, worker: worker, report: &report)
                    trimHeapIfWorthwhile()
                    monitor.lock()
                    run.absorb(&report, worker: worker)
                    run.publish(now: report.now, force: false)
                    guard swiftJobs.isEmpty, isWorthJoining(run, others: run.activeWorkers - 1) else { break }
                    run.scheduler.take(worker: worker, limit: batchLimit(run), room: memory.available, into: &assignment)
                } while !assignment.isEmpty
                crew[worker].run = nil
                run.activeWorkers -= 1
                endIfComplete(run)
                monitor.unlock()
                run.settle(&report, host: self)
                monitor.lock()
                continue
            }
            if !swiftJobs.isEmpty { continue }
            if isStopped && runs.isEmpty { break }
            scope = nil
            patience = wait(patience)
        }
        monitor.unlock()
    }

    private func begin(_ assignment: Assignment, of run: LocalRun, _ worker: Int) {
        crew[worker].run = run
        crew[worker].isShared = assignment.spills.isEmpty && assignment.loads.isEmpty
        crew[worker].isWatched = false
        crew[worker].batch.publish(assignment.tasks.count)
    }

    private func takeWork(_ worker: Int, _ assignment: inout Assignment) -> LocalRun? {
        for run in runs where isWorthJoining(run, others: run.activeWorkers) {
            run.scheduler.take(worker: worker, limit: batchLimit(run), room: memory.available, into: &assignment)
            if !assignment.isEmpty { return run }
        }
        return nil
    }

    // MARK: Misjudged batches

    /// In nanoseconds: the first and the longest wait before an idle worker looks again at what others were handed.
    private static let leastPatience: UInt64 = 250_000, mostPatience: UInt64 = 16_000_000

    /// How long a worker waits awake for the next job, in nanoseconds.
    private static let awake: UInt64 = 50_000

    /// Waits for something to do: while others work on batches, only for so long. Returns how long to wait the next time.
    private func wait(_ patience: UInt64) -> UInt64 {
        idle += 1
        defer { idle -= 1 }
        guard crew.contains(where: { $0.run != nil }) else {
            // The next job may follow the last at once, so one worker stays awake for a moment.
            if idle < workers || !monitor.waitAwake(nanoseconds: Self.awake) { monitor.wait() }
            return Self.leastPatience
        }
        for member in crew.indices { crew[member].isWatched = true }
        watching += 1
        defer { watching -= 1 }
        return monitor.wait(nanoseconds: patience) ? Self.leastPatience : min(patience * 2, Self.mostPatience)
    }

    /// Whether somebody has to be woken who looks, in a while, whether this batch was misjudged, and what was left to this worker.
    private func isWatchWorthwhile(_ assignment: Assignment, of run: LocalRun) -> Bool {
        idle > 0 && watching == 0 && (assignment.tasks.count > 1 || run.scheduler.readyCount > 0)
    }

    /// Takes what was left to workers who have not come back for it since this one began to wait, or else half of what such a worker
    /// was handed and has not begun.
    private func takeFromWatched(_ worker: Int, _ patience: UInt64, _ assignment: inout Assignment) -> LocalRun? {
        guard patience > Self.leastPatience else { return nil }
        for member in crew where member.isWatched {
            guard let run = member.run, run.scheduler.readyCount > 0 else { continue }
            run.scheduler.take(worker: worker, limit: batchLimit(run), room: memory.available, into: &assignment)
            if !assignment.isEmpty { return run }
        }
        for victim in crew.indices where victim != worker && crew[victim].isWatched && crew[victim].isShared {
            guard let run = crew[victim].run, !run.scheduler.isCancelled else { continue }
            let count = crew[victim].batch.takeHalf()
            guard count > 0 else { continue }
            run.scheduler.reassign(last: count, of: victim, to: worker, into: &assignment)
            // There may be more where this came from.
            if idle > 0 { monitor.wakeOne() }
            return run
        }
        return nil
    }

    // MARK: How much at a time

    /// Tasks to hand out at a time: some 50 µs worth unless the engine says otherwise, but never more than this worker's share of what
    /// is ready.
    private func batchLimit(_ run: LocalRun) -> Int {
        guard run.taskNanoseconds > 0 else { return 1 }
        let worth = Int(batchWorth / max(run.taskNanoseconds, 50))
        let ready = run.scheduler.readyCount
        // Few tiny tasks are not worth another worker's waking up, so nobody else will come for a share of them.
        let sharers = isWorthWaking(run) ? workers : max(run.activeWorkers, 1)
        let share = (ready + sharers - 1) / sharers
        return max(1, min(worth, share, 512))
    }

    /// Whether a worker should take tasks of a run that `others` work on already. A few tiny tasks are left to them: passing the lock
    /// to and fro would cost more than the tasks. Those others come back for more until nothing is left; where a long task keeps them,
    /// whoever is idle takes it after a while.
    private func isWorthJoining(_ run: LocalRun, others: Int) -> Bool {
        others == 0 || run.taskNanoseconds == 0 || Double(run.scheduler.readyCount) * run.taskNanoseconds > 10_000
            || run.scheduler.readyCount == 0
    }

    /// Whether there is enough left to pay for waking another worker, which takes some microseconds.
    private func isMoreWorthwhile(_ run: LocalRun) -> Bool {
        idle > 0 && isWorthWaking(run)
    }

    private func isWorthWaking(_ run: LocalRun) -> Bool {
        let ready = run.scheduler.readyCount
        return ready > 0 && (run.taskNanoseconds == 0 || Double(ready) * run.taskNanoseconds > 50_000)
    }

    private func endIfComplete(_ run: LocalRun) {
        if run.scheduler.isComplete {
            run.end()
            runs.removeAll { $0 === run }
            if isStopped { monitor.wakeAll() }
        } else if idle > 0, run.scheduler.readyCount > 0, run.activeWorkers == 0 || isWorthWaking(run) {
            monitor.wakeOne()
        }
    }

    /// After much has been spilled the allocator is told to give the pages back.
    private func trimHeapIfWorthwhile() {
        let written = spill.writtenBytes
        let last = trimmedAt.load(ordering: .relaxed)
        guard written - last > memory.budget / 8,
            trimmedAt.compareExchange(expected: last, desired: written, ordering: .relaxed).exchanged
        else { return }
        sheaf_trim_heap()
    }

    // MARK: Async bodies and timers

    func startAsync(_ body: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
        Task(executorPreference: executor) { await body() }
    }

    func deliver(_ report: inout LocalRun.Report, of run: LocalRun, node: UInt32) {
        monitor.lock()
        run.asyncEnded(node)
        run.absorb(&report, worker: 0)
        run.publish(now: report.now, force: false)
        endIfComplete(run)
        monitor.unlock()
        run.settle(&report, host: self)
    }

    func retry(_ node: UInt32, of run: LocalRun, worker: Int, after seconds: Double) {
        Task.detached { [self] in
            if seconds > 0 { try? await Task.sleep(for: .seconds(seconds)) }
            monitor.withLock {
                run.scheduler.retry(node, worker: worker)
                endIfComplete(run)
            }
            run.deliverMail()
        }
    }

    func enqueue(_ job: UnownedJob) {
        monitor.withLock {
            swiftJobs.append(job)
            monitor.wakeOne()
        }
    }
}

/// The pool as a Swift task executor, so that `async` bodies run on the engine's threads.
final class PoolExecutor: TaskExecutor, @unchecked Sendable {
    // Set once, right after initialisation; the pool owns the executor.
    unowned(unsafe) var pool: WorkerPool!

    func enqueue(_ job: consuming ExecutorJob) {
        pool.enqueue(UnownedJob(job))
    }
}

/// What a run asks of whoever drives it.
protocol RunHost: AnyObject, Sendable {
    /// Starts an `async` body.
    func startAsync(_ body: @escaping @Sendable () async -> Void) -> Task<Void, Never>
    /// Takes in the report of an `async` body that has ended.
    func deliver(_ report: inout LocalRun.Report, of run: LocalRun, node: UInt32)
    /// Tells the run's scheduler, after so many seconds, that a failed task may be tried again.
    func retry(_ node: UInt32, of run: LocalRun, worker: Int, after seconds: Double)
}
