internal import SheafCore
internal import SheafWorker
internal import Synchronization

/// One job on an engine behind a sidecar.
///
/// What the sidecar says of it comes in order, from one thread; the caller may end it from any other.
final class BridgeRun: Sendable {
    let job: Job
    let name: String
    private let mail: BridgeMail

    private struct State {
        var tasks: JobTasks?
        var stories: TaskStories?
        var progress: Progress
        /// Tasks that have said something beside their result; those that run twice say it twice.
        var remarked: Set<NodeID> = []
        /// Of the first task that failed.
        var error: (any Error)?
        /// Outputs that the caller has been told about.
        var stored: [ValueRef] = []
        var isSent = false
        var isCancelled = false
        /// Nobody listens any more.
        var isAbandoned = false
        var isOver = false
    }
    private let state: Locked<State>
    private let rejected = RejectedRecords()

    init(_ job: Job, name: String, _ mail: BridgeMail) {
        self.job = job
        self.name = name
        self.mail = mail
        state = Locked(State(progress: Progress(job: job.id, total: job.graph.count)))
    }

    // MARK: Its start

    /// The message that starts it, or `nil` when it has ended before.
    func start(_ makeCalls: () throws -> any NodeCalls, _ phase: Phase?) -> SidecarFrame? {
        if state.withLock({ $0.isOver }) { return nil }
        do {
            var tasks = try JobTasks(job, run: name, calls: try makeCalls(), phase: phase)
            let frame = ClientMessage.submit(run: name, tasks.submission)
            tasks.forget()
            let stories = job.detail == .tasks ? TaskStories(job, tasks) : nil
            return state.withLock { [tasks] state in
                if state.isOver { return nil }
                state.tasks = tasks
                state.stories = stories
                state.progress.total = tasks.count
                state.isSent = true
                return frame
            }
        } catch {
            end(error)
            return nil
        }
    }

    // MARK: What the sidecar says

    func take(_ reports: [TaskReport]) {
        let events = state.withLock { state in reports.flatMap { state.stories?.take($0) ?? [] } }
        tell(events)
    }

    /// Takes note of what a task said beside its result.
    ///
    /// - Throws: ``WireError``.
    func take(remarks bytes: [UInt8], of key: String) throws {
        guard state.withLock({ state in state.tasks?.node(of: key).map { state.remarked.insert($0).inserted } == true }) else { return }
        do {
            let remarks = try NodeValue.Remarks(bytes)
            rejected.record(remarks.rejected, remarks.samples)
        } catch { throw WireError("what no task says of “\(key)”") }
    }

    func take(_ counts: RunProgress) {
        let progress = state.withLock { state -> Progress? in
            guard !state.isOver, counts.done >= state.progress.done else { return nil }
            state.progress.done = min(counts.done, state.progress.total)
            state.progress.running = counts.running
            state.progress.failed = counts.failed
            return state.progress
        }
        if let progress { mail.post(.progress(progress)) }
    }

    /// A result is ready.
    ///
    /// - Parameter hold: makes a reference to it.
    /// - Returns: references that nobody wants.
    /// - Throws: ``WireError`` for an output that was not asked for.
    func output(_ key: String, hold: (AnyCodec) -> ValueRef) throws -> [ValueRef] {
        let found = state.withLock { state -> (positions: [Int], codec: AnyCodec)? in
            guard let tasks = state.tasks, let node = tasks.node(of: key), let codec = tasks.outputCodecs[node] else { return nil }
            return (job.outputs.indices.filter { job.outputs[$0] == node }, codec)
        }
        guard let (positions, codec) = found else { throw WireError("the output “\(key)”, which was not asked for") }
        return positions.compactMap { position in
            let ref = hold(codec)
            let isWanted = state.withLock { state in
                if state.isOver || state.isAbandoned { return false }
                state.stored.append(ref)
                return true
            }
            return isWanted && mail.post(.output(position: position, ref: ref)) ? nil : ref
        }
    }

    func failed(_ failure: TaskFailure, _ engine: BridgeKind) {
        let events = state.withLock { state -> [TaskEvent] in
            let node = state.tasks?.node(of: failure.key)
            let retries = node.map { job.graph.attributes($0).retry.attempts } ?? 1
            // Told after the attempts, where they are told at all; else the task has had as many as it may have.
            let attempt = node.flatMap { state.stories?.attempt(of: $0) } ?? (failure.kind.isRetried ? retries : 1)
            let error = failure.error(node, attempt: attempt, in: job, engine)
            state.error = state.error ?? error
            guard let node else { return [] }
            let message = (error as? any SheafError)?.message ?? "\(error)"
            return state.stories?.failure(of: node, message, worker: failure.worker) ?? []
        }
        tell(events)
    }

    func done(ok: Bool, engine: String) {
        let (events, progress, error) = state.withLock { state -> ([TaskEvent], Progress?, (any Error)?) in
            let events = state.stories?.end(ok: ok && state.error == nil) ?? []
            var progress: Progress?
            if ok, state.progress.done < state.progress.total || state.progress.running > 0 {
                state.progress.done = state.progress.total
                state.progress.running = 0
                progress = state.progress
            }
            var error = state.isCancelled ? CancellationError() : state.error
            if !ok, error == nil {
                error = EngineError(.protocolViolation, "\(engine) ended a run without its results and gave no reason")
            }
            return (events, progress, error)
        }
        tell(events)
        if let progress { mail.post(.progress(progress)) }
        if rejected.count > 0 { mail.post(.rejected(count: rejected.count, samples: rejected.samples)) }
        end(error)
    }

    private func tell(_ events: [TaskEvent]) {
        if !events.isEmpty { mail.post(.tasks(events)) }
    }

    // MARK: Its end

    /// Asks for its end.
    ///
    /// - Parameter abandoned: nobody listens any more.
    /// - Returns: whether the sidecar has to be told, and outputs that nobody will ask for.
    func cancel(abandoned: Bool = false) -> (tell: Bool, unwanted: [ValueRef]) {
        let (tell, unwanted, isUnsent) = state.withLock { state -> (Bool, [ValueRef], Bool) in
            // What it has told of belongs to the caller.
            if state.isOver { return (false, [], false) }
            if abandoned { state.isAbandoned = true }
            let unwanted = abandoned ? state.stored : []
            if abandoned { state.stored = [] }
            if state.isCancelled { return (false, unwanted, false) }
            state.isCancelled = true
            return (state.isSent, unwanted, !state.isSent)
        }
        if isUnsent { end(CancellationError()) }
        return (tell, unwanted)
    }

    /// Ends the caller's stream; the first end counts.
    func end(_ error: (any Error)?) {
        let isFirst = state.withLock { state in
            defer { state.isOver = true }
            return !state.isOver
        }
        if isFirst { mail.end(error) }
    }

    var isOver: Bool { state.withLock(\.isOver) }
}

extension TaskFailure.Kind {
    /// Whether the engine has tried again, if it was to.
    var isRetried: Bool { self == .failure || self == .crashed }
}
