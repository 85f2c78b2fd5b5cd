internal import CSheaf
internal import SheafCore
internal import Synchronization

/// Writes a session's tasks as a file in the Trace Event Format, which Perfetto and `chrome://tracing` open.
///
/// Every worker is a thread of the process “tasks”; asynchronous tasks that overlap others of their worker get rows of their own. Every run
/// is a slice of the process “runs”. Memory is a counter, spilling an instant. Thread-safe.
///
/// The format: N. Duca and D. Sinclair, “Trace Event Format”, 2016. Times are microseconds since the trace began.
final class ChromeTrace: Sendable {
    private struct State {
        let file: OutputFile
        var isEmpty = true
        var failure: (any Error)?
        /// Tasks that have started and not ended.
        var open: [TaskKey: TaskEvent] = [:]
        var runs: [JobID: (name: String, tasks: Int, begin: UInt64)] = [:]
        var rows = TraceRows()
        var latest: UInt64
        /// Names of tasks as JSON; there are few.
        private var labels: [String: String] = [:]

        init(file: OutputFile, latest: UInt64) {
            self.file = file
            self.latest = latest
        }

        mutating func quoted(_ name: String) -> String {
            if let known = labels[name] { return known }
            let made = JSONText.quoted(name)
            if labels.count < 4096 { labels[name] = made }
            return made
        }
    }

    private struct TaskKey: Hashable {
        let job: JobID
        let node: NodeID
    }

    private static let runsProcess = 0
    private static let tasksProcess = 1

    private let begin: UInt64
    private let state: Locked<State>

    /// - Parameters:
    ///   - begin: time 0, in nanoseconds of the monotonic clock; now by default.
    /// - Throws: ``EngineError`` (`.inputOutput`) when the file cannot be made.
    init(path: String, begin: UInt64 = sheaf_monotonic_nanoseconds()) throws {
        self.begin = begin
        state = Locked(State(file: try OutputFile(path: path), latest: begin))
        state.withLock { state in
            emit(Self.metadata("process_name", process: Self.runsProcess, name: "runs"), &state)
            emit(Self.metadata("process_name", process: Self.tasksProcess, name: "tasks"), &state)
        }
    }

    func handle(_ event: SessionEvent) {
        handle(event, now: sheaf_monotonic_nanoseconds())
    }

    /// - Parameter now: nanoseconds of the monotonic clock, for events that carry no time.
    func handle(_ event: SessionEvent, now: UInt64) {
        state.withLock { state in
            switch event {
            case .task(let task):
                state.latest = max(state.latest, task.nanoseconds)
                self.task(task, &state)
            case .progress(let progress):
                state.latest = max(state.latest, now)
                let values: KeyValuePairs = ["resident": "\(progress.residentBytes)", "spilled": "\(progress.spilledBytes)"]
                emit(Self.event("C", "memory", Self.tasksProcess, [("ts", time(now)), ("args", JSONText.object(values))]), &state)
            case .runStarted(let job, let name, let tasks):
                state.runs[job] = (name, tasks, now)
            case .runFinished(let job, _):
                endRun(job, now, nil, &state)
            case .runFailed(let job, let error):
                endRun(job, now, error, &state)
            case .rejected(_, let count, _):
                let values = JSONText.object(["count": "\(count)"])
                emit(Self.event("i", "records left out", Self.runsProcess, [("ts", time(now)), ("s", "\"p\""), ("args", values)]), &state)
            }
        }
    }

    /// Completes the file: tasks that have not ended are cut off at the last event.
    ///
    /// - Throws: ``EngineError``, for the first thing that could not be written.
    func close() throws {
        try state.withLock { state in
            let latest = state.latest
            for job in state.runs.keys.sorted() { endRun(job, latest, nil, &state) }
            for task in state.open.values.sorted(by: { $0.nanoseconds < $1.nanoseconds }) {
                slice(task, end: latest, ["unfinished": "true"], &state)
            }
            state.open = [:]
            if state.failure == nil {
                do {
                    try state.file.write("\n],\"displayTimeUnit\":\"ms\"}\n")
                    try state.file.flush()
                } catch { state.failure = error }
            }
            if let failure = state.failure { throw failure }
        }
    }

    // MARK: Events

    private func task(_ event: TaskEvent, _ state: inout State) {
        let key = TaskKey(job: event.job, node: event.node)
        switch event.kind {
        case .started:
            state.open[key] = event
        case .finished(let bytes):
            slice(state.open.removeValue(forKey: key) ?? event, end: event.nanoseconds, ["bytes": "\(bytes)"], &state)
        case .failed(let message, let willRetry):
            let values: KeyValuePairs = ["error": JSONText.quoted(message), "willRetry": "\(willRetry)"]
            slice(state.open.removeValue(forKey: key) ?? event, end: event.nanoseconds, values, &state)
        case .cancelled:
            state.open[key] = nil
        case .spilled(let bytes): instant("spilled", event, bytes, &state)
        case .loaded(let bytes): instant("read back", event, bytes, &state)
        }
    }

    /// - Parameter values: more members of the arguments, JSON already.
    private func slice(_ start: TaskEvent, end: UInt64, _ values: KeyValuePairs<String, String>, _ state: inout State) {
        let (row, name) = state.rows.place(worker: start.worker, from: start.nanoseconds, to: end)
        if let name { announce(row, name, start.worker, &state) }
        let label = state.quoted(start.name)
        let duration = Self.microseconds(Int64(end) - Int64(start.nanoseconds))
        // In one piece: this is written for every task.
        var text = "{\"ph\":\"X\",\"name\":\(label),\"pid\":\(Self.tasksProcess),\"tid\":\(row),\"cat\":\"task\","
        text +=
            "\"ts\":\(time(start.nanoseconds)),\"dur\":\(duration),\"args\":{\"job\":\(start.job),\"node\":\(start.node),\"attempt\":\(start.attempt)"
        for (key, value) in values { text += ",\"\(key)\":\(value)" }
        text += "}}"
        emit(text, &state)
    }

    private func instant(_ name: String, _ event: TaskEvent, _ bytes: Int, _ state: inout State) {
        if let title = state.rows.name(ofWorker: event.worker) { announce(event.worker, title, event.worker, &state) }
        let values = JSONText.object(["node": "\(event.node)", "name": JSONText.quoted(event.name), "bytes": "\(bytes)"])
        emit(
            Self.event(
                "i", name, Self.tasksProcess,
                [("tid", "\(event.worker)"), ("cat", "\"memory\""), ("ts", time(event.nanoseconds)), ("s", "\"t\""), ("args", values)]),
            &state)
    }

    private func endRun(_ job: JobID, _ now: UInt64, _ error: (any Error)?, _ state: inout State) {
        guard let run = state.runs.removeValue(forKey: job) else { return }
        state.latest = max(state.latest, now)
        let values =
            error.map { JSONText.object(["tasks": "\(run.tasks)", "error": JSONText.quoted("\($0)")]) }
            ?? JSONText.object(["tasks": "\(run.tasks)"])
        let duration = Self.microseconds(Int64(now) - Int64(run.begin))
        emit(
            Self.event(
                "X", run.name, Self.runsProcess,
                [("tid", "\(job)"), ("cat", "\"run\""), ("ts", time(run.begin)), ("dur", duration), ("args", values)]), &state)
    }

    private func announce(_ row: Int, _ name: String, _ worker: Int, _ state: inout State) {
        emit(Self.metadata("thread_name", process: Self.tasksProcess, thread: row, name: name), &state)
        let order = JSONText.object(["sort_index": "\(worker)"])
        emit(Self.event("M", "thread_sort_index", Self.tasksProcess, [("tid", "\(row)"), ("args", order)]), &state)
    }

    // MARK: Text

    private func emit(_ event: String, _ state: inout State) {
        guard state.failure == nil else { return }
        do {
            try state.file.write(state.isEmpty ? "{\"traceEvents\":[\n" : ",\n")
            try state.file.write(event)
            state.isEmpty = false
        } catch { state.failure = error }
    }

    private static func event(_ phase: String, _ name: String, _ process: Int, _ members: [(String, String)]) -> String {
        var text = "{\"ph\":\"\(phase)\",\"name\":\(JSONText.quoted(name)),\"pid\":\(process)"
        for (key, value) in members { text += ",\"\(key)\":\(value)" }
        return text + "}"
    }

    private static func metadata(_ kind: String, process: Int, thread: Int = 0, name: String) -> String {
        event("M", kind, process, [("tid", "\(thread)"), ("args", JSONText.object(["name": JSONText.quoted(name)]))])
    }

    private func time(_ nanoseconds: UInt64) -> String { Self.microseconds(Int64(nanoseconds) - Int64(begin)) }

    /// With three digits after the point, so that no nanosecond is lost.
    static func microseconds(_ nanoseconds: Int64) -> String {
        let magnitude = nanoseconds.magnitude
        let rest = magnitude % 1000
        return "\(nanoseconds < 0 ? "-" : "")\(magnitude / 1000).\(rest < 10 ? "00" : rest < 100 ? "0" : "")\(rest)"
    }
}

/// The rows of a trace. A worker's row has its number; slices that would overlap there go to further rows, since the format cannot show
/// slices of one row that overlap without one being inside the other.
struct TraceRows {
    /// By worker, the rows it has and where the last slice of each ends.
    private var rows: [Int: [(row: Int, end: UInt64)]] = [:]
    /// Far above any number of workers.
    private var nextExtra = 1_000_000

    /// Finds a row for a slice. With its name when it is used for the first time.
    mutating func place(worker: Int, from begin: UInt64, to end: UInt64) -> (row: Int, name: String?) {
        let known = rows[worker] ?? []
        if let index = known.firstIndex(where: { $0.end <= begin }) {
            rows[worker]![index].end = end
            return (known[index].row, nil)
        }
        var row = worker
        if !known.isEmpty {
            row = nextExtra
            nextExtra += 1
        }
        rows[worker, default: []].append((row, end))
        return (row, known.isEmpty ? "worker \(worker)" : "worker \(worker), waiting \(known.count)")
    }

    /// The name of a worker's own row, when it is used for the first time.
    mutating func name(ofWorker worker: Int) -> String? {
        guard rows[worker] == nil else { return nil }
        rows[worker] = [(worker, 0)]
        return "worker \(worker)"
    }
}
