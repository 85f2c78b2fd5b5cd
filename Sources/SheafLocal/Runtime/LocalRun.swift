internal import CSheaf
internal import SheafCore

/// One job in this process: the scheduler's state, the values, and what to tell the caller.
///
/// Everything marked *under the lock* is called with the engine's monitor held; executing tasks, spilling, letting go of values and
/// whatever calls the Swift runtime or the user's code happens outside it. A value's slot is written by the worker that runs its node before the worker reports, and read by workers
/// that were handed a dependent afterwards, so the monitor orders all accesses.
final class LocalRun: @unchecked Sendable {
    let job: Job
    let resources: TaskResources
    private let mail: RunMail
    private let outputPositions: [UInt32: [Int]]

    // Pinned copies, so that tasks read them through plain pointers.
    private let values: UnsafeMutablePointer<AnyValue?>
    private let constants: UnsafeMutableBufferPointer<AnyValue>
    private let arguments: UnsafeMutableBufferPointer<Graph.Argument>

    // Under the lock. Behind a pointer, which spares the hot path the run-time exclusivity checks of a class's properties.
    private let schedulerPointer = UnsafeMutablePointer<Scheduler>.allocate(capacity: 1)
    var scheduler: Scheduler {
        @inline(__always) unsafeAddress { UnsafePointer(schedulerPointer) }
        @inline(__always) unsafeMutableAddress { schedulerPointer }
    }
    private var firstError: (any Error)?
    private var events: [TaskEvent] = []
    private var lastProgress: UInt64 = 0
    private var failures = 0
    private var asyncBodies: [UInt32: AsyncBody] = [:]
    /// A moving average, in nanoseconds; how many tasks are worth one visit to the lock follows from it.
    private(set) var taskNanoseconds = 0.0
    private var isFinished = false
    private var isAbandoned = false
    /// Outputs that the caller has been told about.
    private var stored: [ValueRef] = []
    /// Workers that execute tasks of this run, or are about to come back for more.
    var activeWorkers = 0
    /// Registered outputs: called with each value that becomes an output.
    private let store: (AnyValue) -> ValueRef

    init(
        job: Job, workers: Int, resources: TaskResources, continuation: AsyncThrowingStream<EngineEvent, any Error>.Continuation,
        store: @escaping (AnyValue) -> ValueRef, discard: @escaping @Sendable ([ValueRef]) -> Void
    ) {
        self.job = job
        self.resources = resources
        mail = RunMail(continuation, discard: discard)
        self.store = store
        schedulerPointer.initialize(
            to: Scheduler(graph: job.graph, outputs: job.outputs, order: job.order, workers: workers, budget: resources.memory.budget))
        outputPositions = Dictionary(grouping: job.outputs.indices) { UInt32(job.outputs[$0]) }
        values = .allocate(capacity: job.graph.count)
        values.initialize(repeating: nil, count: job.graph.count)
        constants = .allocate(capacity: job.graph.constants.count)
        _ = constants.initialize(from: job.graph.constants)
        arguments = .allocate(capacity: max(job.graph.arguments.count, 1))
        _ = arguments.initialize(from: job.graph.arguments)
    }

    deinit {
        schedulerPointer.deinitialize(count: 1)
        schedulerPointer.deallocate()
        values.deinitialize(count: job.graph.count)
        values.deallocate()
        constants.deinitialize()
        constants.deallocate()
        arguments.deallocate()
    }

    // MARK: Outside the lock

    /// What a worker did with an assignment, to be reported under the lock.
    struct Report {
        var finished: [UInt32] = []
        var failed: [(node: UInt32, error: any Error)] = []
        var suspended: [(node: UInt32, body: @Sendable (AsyncTaskScope) async throws -> AnyValue)] = []
        var spilled: [(node: UInt32, freed: Int, movedOut: Bool, refused: Bool)] = []
        var loaded: [(node: UInt32, bytes: Int)] = []
        var engineError: (any Error)?
        var events: [TaskEvent] = []
        /// How long the tasks took, and when they ended; 0 when they were not timed.
        var nanoseconds: UInt64 = 0
        var now: UInt64 = 0
        /// Assignments executed so far.
        var batches = 0
        /// What follows from the report: filled under the lock, done outside it by ``LocalRun/settle(_:host:)``.
        var released: [UInt32] = []
        var toStart: [AsyncBody] = []
        var toCancel: [AsyncBody] = []
        var toRetry: [(node: UInt32, worker: Int, seconds: Double)] = []
        var taskCount: Int { finished.count + failed.count }

        mutating func clear() {
            finished.removeAll(keepingCapacity: true)
            failed.removeAll(keepingCapacity: true)
            suspended.removeAll(keepingCapacity: true)
            spilled.removeAll(keepingCapacity: true)
            loaded.removeAll(keepingCapacity: true)
            events.removeAll(keepingCapacity: true)
            engineError = nil
        }
    }

    /// Does what an assignment says. `batch` holds which of its tasks are still to be begun; other workers may take some away.
    func execute(_ assignment: Assignment, _ batch: Batch, scope: TaskScope, worker: Int, report: inout Report) {
        report.clear()
        scope.attach(values: values, constants: UnsafePointer(constants.baseAddress!))
        do {
            for node in assignment.spills { try spill(node, worker, &report) }
            for node in assignment.loads { try load(node, worker, &report) }
        } catch {
            report.engineError = error
            // The run ends with this; what was not written stays where it is.
            for node in assignment.spills.dropFirst(report.spilled.count) { report.spilled.append((node, 0, false, true)) }
            while let position = batch.next() { report.failed.append((assignment.tasks[position], CancellationError())) }
            return
        }
        // Reading the clock costs as much as a tiny task, so of small batches only some are timed.
        report.batches &+= 1
        let isTimed = assignment.tasks.count >= 8 || report.batches & 15 == 1
        let begin = isTimed ? sheaf_monotonic_nanoseconds() : 0
        if job.detail >= .tasks {
            while let position = batch.next() { runTraced(assignment.tasks[position], assignment.attempts, scope, worker, &report) }
        } else {
            runAll(assignment.tasks, assignment.attempts, batch, scope, &report)
        }
        report.now = isTimed ? sheaf_monotonic_nanoseconds() : 0
        report.nanoseconds = report.now - begin
    }

    /// The hot loop: consecutive tasks of one function share the loads of its body.
    private func runAll(_ tasks: [UInt32], _ attempts: [UInt32: Int], _ batch: Batch, _ scope: TaskScope, _ report: inout Report) {
        let graph = job.graph
        var position = batch.next()
        while let first = position {
            let index = graph.functionIndex(Int(tasks[first]))
            if let body = graph.functions[index].batch {
                position = runBatch(body, from: first, tasks, attempts, batch, &report)
                continue
            }
            guard case .sync(let body) = graph.functions[index].body else {
                start(tasks[first], &report)
                position = batch.next()
                continue
            }
            while let current = position, graph.functionIndex(Int(tasks[current])) == index {
                call(body, tasks[current], attempts, graph, scope, &report)
                position = batch.next()
            }
        }
    }

    /// Hands the consecutive tasks of one function over. Returns the position of the first task of another one.
    private func runBatch(
        _ body: BatchBody, from first: Int, _ tasks: [UInt32], _ attempts: [UInt32: Int], _ batch: Batch, _ report: inout Report
    ) -> Int? {
        let graph = job.graph, index = graph.functionIndex(Int(tasks[first]))
        var position: Int? = first
        var ended: [(node: NodeID, result: Result<AnyValue, any Error>)] = []
        body(
            TaskBatch {
                guard let current = position, graph.functionIndex(Int(tasks[current])) == index else { return nil }
                let node = tasks[current]
                position = batch.next()
                return TaskBatch.Task(node: Int(node), attempt: attempts[node] ?? 1, arguments: self.references(of: node))
            } done: { node, result in
                ended.append((node, result))
            }, resources)
        for (node, result) in ended {
            switch result {
            case .success(let value):
                values[node] = value
                report.finished.append(UInt32(node))
            case .failure(let error): report.failed.append((UInt32(node), decorate(error, UInt32(node), nil)))
            }
        }
        return position
    }

    private func references(of node: UInt32) -> [AnyValue] {
        job.graph.argumentRange(Int(node)).map { position -> AnyValue in
            let argument = arguments[position]
            if argument.isPrevious { return AbsentValue.none }
            return argument.isNode ? values[argument.index]! : constants[argument.index]
        }
    }

    @inline(__always)
    private func call(
        _ body: (TaskScope) throws -> AnyValue, _ node: UInt32, _ attempts: [UInt32: Int], _ graph: Graph, _ scope: TaskScope,
        _ report: inout Report
    ) {
        do {
            if resources.isCancelled { throw CancellationError() }
            prepare(scope, node, attempts, graph)
            (values + Int(node)).pointee = try body(scope)
            report.finished.append(node)
        } catch {
            report.failed.append((node, decorate(error, node, scope)))
        }
    }

    private func runTraced(_ node: UInt32, _ attempts: [UInt32: Int], _ scope: TaskScope, _ worker: Int, _ report: inout Report) {
        let attempt = attempts[node] ?? 1
        report.events.append(event(node, worker, .started, attempt: attempt))
        guard case .sync(let body) = job.graph.function(Int(node)).body else { return start(node, &report) }
        let finished = report.finished.count
        call(body, node, attempts, job.graph, scope, &report)
        if report.finished.count > finished {
            report.events.append(event(node, worker, .finished(bytes: values[Int(node)]?.byteCount ?? 0), attempt: attempt))
        }
    }

    @inline(__always)
    private func prepare(_ scope: TaskScope, _ node: UInt32, _ attempts: [UInt32: Int], _ graph: Graph) {
        let range = graph.argumentRange(Int(node))
        scope.prepare(
            node: Int(node), attempt: attempts.isEmpty ? 1 : attempts[node] ?? 1,
            arguments: UnsafePointer(arguments.baseAddress! + range.lowerBound), count: range.count)
    }

    private func start(_ node: UInt32, _ report: inout Report) {
        let function = job.graph.function(Int(node))
        if case .async(let body) = function.body {
            report.suspended.append((node, body))
        } else {
            report.failed.append(
                (
                    node,
                    EngineError(
                        .unsupported, "the function “\(function.name)” has no body in this program", node: job.graph.name(Int(node)))
                ))
        }
    }

    private func asyncScope(_ node: UInt32, attempt: Int) -> AsyncTaskScope {
        AsyncTaskScope(arguments: references(of: node), node: Int(node), attempt: attempt, resources: resources)
    }

    private func spill(_ node: UInt32, _ worker: Int, _ report: inout Report) throws {
        let value = values[Int(node)]!
        if let freed = try value.spillInPlace(to: resources.spill) {
            report.spilled.append((node, min(freed, value.byteCount), false, freed == 0))
        } else if let form = try value.writeOut(to: resources.spill) {
            values[Int(node)] = SpilledValue(form, file: resources.spill)
            report.spilled.append((node, value.byteCount, true, false))
        } else {
            report.spilled.append((node, 0, false, true))
            return
        }
        report.events.append(event(node, worker, .spilled(bytes: value.byteCount)))
    }

    private func load(_ node: UInt32, _ worker: Int, _ report: inout Report) throws {
        guard let spilled = values[Int(node)] as? SpilledValue else { return }
        let value = try spilled.load()
        values[Int(node)] = value
        report.loaded.append((node, value.byteCount))
        report.events.append(event(node, worker, .loaded(bytes: value.byteCount)))
    }

    /// Does what follows from a report: lets go of values nobody needs, starts and cancels `async` bodies, tells the caller.
    func settle(_ report: inout Report, host: any RunHost) {
        for node in report.released { values[Int(node)] = nil }
        report.released.removeAll(keepingCapacity: true)
        if !report.toStart.isEmpty {
            for body in report.toStart { body.attach(host.startAsync { [self] in await run(body, host) }) }
            report.toStart.removeAll()
        }
        if !report.toCancel.isEmpty {
            for body in report.toCancel { body.cancel() }
            report.toCancel.removeAll()
        }
        if !report.toRetry.isEmpty {
            for (node, worker, seconds) in report.toRetry { host.retry(node, of: self, worker: worker, after: seconds) }
            report.toRetry.removeAll()
        }
        mail.deliver()
    }

    /// Tells the caller what it has not heard yet.
    func deliverMail() { mail.deliver() }

    private func run(_ async: AsyncBody, _ host: any RunHost) async {
        let begin = sheaf_monotonic_nanoseconds()
        let node = async.node
        var report = Report()
        do {
            if resources.isCancelled { throw CancellationError() }
            let value = try await async.body(async.scope)
            values[Int(node)] = value
            report.finished.append(node)
            if job.detail >= .tasks {
                report.events.append(event(node, async.worker, .finished(bytes: value.byteCount), attempt: async.attempt))
            }
        } catch {
            report.failed.append((node, decorate(error, node, nil)))
        }
        report.now = sheaf_monotonic_nanoseconds()
        report.nanoseconds = report.now - begin
        host.deliver(&report, of: self, node: node)
    }

    // MARK: Under the lock

    /// Takes a worker's report in. What follows from it is added to the report, to be settled once the lock has been given up.
    func absorb(_ report: inout Report, worker: Int) {
        // Before anything that follows from them: a task has started before it fails.
        if !report.events.isEmpty { events.append(contentsOf: report.events) }
        if let error = report.engineError { report.toCancel += abort(error) }
        for item in report.spilled {
            let before = scheduler.residentBytes
            if item.refused {
                scheduler.spillRefused(item.node, worker: worker, released: &report.released)
            } else {
                scheduler.spilled(item.node, freed: item.freed, movedOut: item.movedOut, worker: worker, released: &report.released)
            }
            resources.memory.charge(scheduler.residentBytes - before)
        }
        let before = scheduler.residentBytes
        for item in report.loaded { scheduler.loaded(item.node, bytes: item.bytes, worker: worker) }
        for node in report.finished { finish(node, worker, &report.released) }
        for item in report.failed { fail(item.node, item.error, worker, &report) }
        resources.memory.charge(scheduler.residentBytes - before)
        for item in report.suspended { report.toStart.append(launch(item.node, item.body, worker)) }
        if report.taskCount > 0, report.now > 0 {
            let average = Double(report.nanoseconds) / Double(report.taskCount)
            taskNanoseconds = taskNanoseconds == 0 ? average : taskNanoseconds * 0.75 + average * 0.25
        }
    }

    private func finish(_ node: UInt32, _ worker: Int, _ released: inout [UInt32]) {
        let value = values[Int(node)]!
        scheduler.finish(node, resultBytes: value.byteCount, worker: worker, released: &released)
        if !outputPositions.isEmpty, !isAbandoned, let positions = outputPositions[node] {
            scheduler.handOver(node)
            for position in positions {
                let ref = store(value)
                stored.append(ref)
                mail.post(.output(position: position, ref: ref))
            }
        }
    }

    private func fail(_ node: UInt32, _ error: any Error, _ worker: Int, _ report: inout Report) {
        let attempt = scheduler.attempt(node)
        switch scheduler.fail(node, released: &report.released) {
        case .retry(let seconds):
            events.append(event(node, worker, .failed(message: "\(error)", willRetry: true), attempt: attempt))
            report.toRetry.append((node, worker, seconds))
        case .cancelled where scheduler.isCancelled && error is CancellationError:
            events.append(event(node, worker, .cancelled, attempt: attempt))
        case .cancelled(let nodes):
            failures += 1
            if firstError == nil || (firstError is CancellationError && !scheduler.isCancelled) {
                firstError = chained(error, node, attempt)
            }
            events.append(event(node, worker, .failed(message: "\(error)", willRetry: false), attempt: attempt))
            for cancelled in nodes { events.append(event(cancelled, worker, .cancelled)) }
        }
    }

    private func launch(
        _ node: UInt32, _ body: @escaping @Sendable (AsyncTaskScope) async throws -> AnyValue, _ worker: Int
    ) -> AsyncBody {
        let attempt = scheduler.attempt(node)
        let scope = asyncScope(node, attempt: attempt)
        let async = AsyncBody(node: node, attempt: attempt, worker: worker, scope: scope, body: body)
        asyncBodies[node] = async
        return async
    }

    func asyncEnded(_ node: UInt32) { asyncBodies[node] = nil }

    /// Stops handing out tasks, and tells those that run, apart from the `async` bodies it returns: cancelling them calls handlers of
    /// theirs, so the caller does that once it has given the lock up.
    func cancel(_ error: any Error = CancellationError()) -> [AsyncBody] {
        if firstError == nil { firstError = error }
        resources.cancel()
        scheduler.cancel()
        return Array(asyncBodies.values)
    }

    private func abort(_ error: any Error) -> [AsyncBody] {
        if firstError == nil || firstError is CancellationError { firstError = error }
        return cancel(error)
    }

    /// Nobody listens any more. Returns the outputs stored so far, which nobody else will release.
    func abandon() -> [ValueRef] {
        isAbandoned = true
        defer { stored = [] }
        return stored
    }

    /// Tells the caller what has happened, at most every few milliseconds unless `force`; `now` is 0 when nobody looked at the clock.
    func publish(now: UInt64, force: Bool) {
        guard force || events.count >= 1024 || (now > 0 && now &- lastProgress > 50_000_000) else { return }
        lastProgress = now
        if !events.isEmpty {
            mail.post(.tasks(events))
            events.removeAll(keepingCapacity: true)
        }
        mail.post(
            .progress(
                Progress(
                    job: job.id, done: scheduler.done, total: job.graph.count, running: scheduler.running, failed: failures,
                    bytes: scheduler.producedBytes, residentBytes: resources.memory.used, spilledBytes: resources.spill.writtenBytes,
                    readBytes: resources.readBytes)))
    }

    /// Ends the stream, when the scheduler has nothing left.
    func end() {
        guard !isFinished else { return }
        isFinished = true
        publish(now: sheaf_monotonic_nanoseconds(), force: true)
        if resources.rejected.count > 0 {
            mail.post(.rejected(count: resources.rejected.count, samples: resources.rejected.samples))
        }
        // Outputs live on in the store, with their own charge.
        resources.memory.charge(-scheduler.residentBytes)
        mail.end(firstError)
    }
}
