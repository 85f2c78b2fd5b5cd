internal import CSheaf
internal import SheafCore

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// Makes a run's events of what an engine reports about its tasks, which may be late, out of order or missing: each node's story is told
/// from start to end.
struct TaskStories: Sendable {
    private struct Story: Sendable {
        var attempt = 0
        var isOpen = false
        var isSettled = false
    }
    private let job: Job
    private let tasks: JobTasks
    private var stories: [Story]
    /// Tasks that are said to have failed, whose reason has not been told.
    private var failed: [NodeID: (time: Double, worker: String)] = [:]
    private var workers: [String: Int] = [:]
    /// Nanoseconds of the monotonic clock when that of the day was at 0 seconds.
    private let offset: Double

    init(_ job: Job, _ tasks: JobTasks) {
        self.job = job
        self.tasks = tasks
        stories = Array(repeating: Story(), count: job.graph.count)
        offset = Double(sheaf_monotonic_nanoseconds()) - Self.now * 1e9
    }

    private static var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// The attempt that a node is at, if that is known.
    func attempt(of node: NodeID) -> Int? { stories[node].attempt > 0 ? stories[node].attempt : nil }

    mutating func take(_ report: TaskReport) -> [TaskEvent] {
        guard let node = tasks.node(of: report.key), !stories[node].isSettled else { return [] }
        var events: [TaskEvent] = []
        let (time, worker) = (report.time, report.worker)
        switch report.kind {
        case .started:
            // Once more: the worker that had it is gone.
            if stories[node].isOpen { fail(node, time, worker, "its worker was lost", willRetry: true, &events) }
            open(node, time, worker, &events)
        case .retried: fail(node, time, worker, "the task failed", willRetry: true, &events)
        case .finished:
            open(node, time, worker, &events)
            stories[node].isSettled = true
            events.append(event(node, time, worker, .finished(bytes: 0)))
        // The reason comes with the run's error, if it is its first.
        case .failed: failed[node] = (time, worker)
        }
        return events
    }

    /// A node has failed for good.
    mutating func failure(of node: NodeID, _ message: String, worker: String) -> [TaskEvent] {
        guard !stories[node].isSettled else { return [] }
        var events: [TaskEvent] = []
        let told = failed.removeValue(forKey: node)
        fail(node, told?.time ?? Self.now, told?.worker ?? worker, message, willRetry: false, &events)
        return events
    }

    /// The run has ended: what is left to tell.
    mutating func end(ok: Bool) -> [TaskEvent] {
        var events: [TaskEvent] = []
        for node in failed.keys.sorted() { events += failure(of: node, "the task failed", worker: "") }
        guard ok else { return events }
        for node in stories.indices where !stories[node].isSettled {
            open(node, Self.now, "", &events)
            stories[node].isSettled = true
            events.append(event(node, Self.now, "", .finished(bytes: 0)))
        }
        return events
    }

    private mutating func open(_ node: NodeID, _ time: Double, _ worker: String, _ events: inout [TaskEvent]) {
        guard !stories[node].isOpen else { return }
        stories[node].isOpen = true
        stories[node].attempt += 1
        events.append(event(node, time, worker, .started))
    }

    private mutating func fail(
        _ node: NodeID, _ time: Double, _ worker: String, _ message: String, willRetry: Bool, _ events: inout [TaskEvent]
    ) {
        open(node, time, worker, &events)
        stories[node].isOpen = false
        events.append(event(node, time, worker, .failed(message: message, willRetry: willRetry)))
        if willRetry { return }
        stories[node].isSettled = true
        // Those that needed it are after it.
        var doomed: Set<NodeID> = [node]
        for other in node + 1..<max(job.graph.count, node + 1) where job.graph.inputs(other).contains(where: doomed.contains) {
            doomed.insert(other)
            guard !stories[other].isSettled else { continue }
            stories[other].isSettled = true
            events.append(event(other, time, worker, .cancelled))
        }
    }

    private mutating func event(_ node: NodeID, _ time: Double, _ worker: String, _ kind: TaskEvent.Kind) -> TaskEvent {
        let number = workers[worker] ?? workers.count
        workers[worker] = number
        // Clocks of other machines differ; nothing has happened later than now.
        let nanoseconds = min(max(time * 1e9 + offset, 0), Double(sheaf_monotonic_nanoseconds()))
        return TaskEvent(
            job: job.id, node: node, attempt: max(stories[node].attempt, 1), worker: number, nanoseconds: UInt64(nanoseconds), kind: kind,
            name: job.graph.label(node))
    }
}
