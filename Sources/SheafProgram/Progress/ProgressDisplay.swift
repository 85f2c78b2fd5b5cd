internal import SheafCore
internal import Synchronization

/// Shows on standard error how a session's runs are getting on, and what was left out of their input. Thread-safe.
///
/// Runs that overlap are shown as one. The events only update totals; drawing happens a few times a second, by a task that lives while
/// something runs, so that time goes on even when one long task keeps everything waiting.
final class ProgressDisplay: Sendable {
    enum Style: Sendable {
        /// One line, redrawn.
        case live
        /// Lines one below the other, far apart.
        case log
        /// Only what was left out.
        case quiet
    }

    /// What surrounds the display; tests have their own.
    struct Surroundings: Sendable {
        var write: @Sendable (String) -> Void
        var width: @Sendable () -> Int
        /// In seconds.
        var now: @Sendable () -> Double
        var isUnicode = true
        /// Whether a task calls ``tick()`` while something runs.
        var ticks = true

        static var process: Surroundings {
            let terminal = Terminal.standardError
            let clock = ContinuousClock()
            let begin = clock.now
            return Surroundings(
                write: { terminal.write($0) }, width: { terminal.width }, now: { (clock.now - begin) / .seconds(1) },
                isUnicode: Terminal.isUnicode)
        }
    }

    private struct Run {
        var name: String
        var progress: Progress
    }

    private struct State {
        /// What runs now, and what ended since something has been running without a break.
        var active: [JobID: Run] = [:]
        var ended: [Run] = []
        var begin = 0.0
        /// When the totals changed last.
        var changed = 0.0
        var lastReport = 0.0
        var isDrawn = false
        var hasReported = false
        var ticker: Task<Void, Never>?
    }

    private let style: Style
    private let surroundings: Surroundings
    private let state = Locked(State())

    /// A run shorter than this shows nothing, in seconds.
    static let patience = 0.2
    /// Between the lines of a log, in seconds.
    static let reportInterval = 5.0
    /// A run at least as long leaves a line behind, in seconds.
    static let worthSummary = 1.0

    init(style: Style, surroundings: Surroundings) {
        self.style = style
        self.surroundings = surroundings
    }

    convenience init(mode: ProgressMode) {
        let style: Style =
            switch mode {
            case .never: .quiet
            case .always: .live
            case .auto: Terminal.standardError.isInteractive ? .live : .log
            }
        self.init(style: style, surroundings: .process)
    }

    func handle(_ event: SessionEvent) {
        state.withLock { state in
            switch event {
            case .runStarted(let job, let name, let tasks): start(job, name, tasks, &state)
            case .progress(let progress): update(progress, &state)
            case .rejected(_, let count, let samples): notice(Self.notice(count, samples), &state)
            case .runFinished(let job, _), .runFailed(let job, _): end(job, &state)
            case .task: break
            }
        }
    }

    /// Draws, if it is time to.
    func tick() {
        state.withLock { state in
            guard !state.active.isEmpty else { return }
            let now = surroundings.now()
            switch style {
            case .live where now - state.begin >= Self.patience:
                // The last column stays free: a terminal would move on to the next line.
                let line = text(state, now).line(width: surroundings.width() - 1, unicode: surroundings.isUnicode)
                surroundings.write("\r" + line + Self.clearing)
                state.isDrawn = true
            case .log where now - max(state.lastReport, state.begin) >= Self.reportInterval:
                surroundings.write(text(state, now).report + "\n")
                state.lastReport = now
                state.hasReported = true
            default: break
            }
        }
    }

    /// Takes away what is drawn. Nothing is shown afterwards, unless something runs again.
    func close() {
        state.withLock { state in
            state.active = [:]
            state.ended = []
            stop(&state)
        }
    }

    private func start(_ job: JobID, _ name: String, _ tasks: Int, _ state: inout State) {
        if state.active.isEmpty {
            state.begin = surroundings.now()
            state.changed = state.begin
            state.lastReport = 0
            state.hasReported = false
            if surroundings.ticks, style != .quiet {
                state.ticker = Task.detached { [weak self] in
                    while !Task.isCancelled {
                        try? await Task.sleep(for: .milliseconds(100))
                        self?.tick()
                    }
                }
            }
        }
        state.active[job] = Run(name: name, progress: Progress(job: job, total: tasks))
    }

    private func update(_ progress: Progress, _ state: inout State) {
        guard let known = state.active[progress.job]?.progress else { return }
        if progress.done != known.done || progress.readBytes != known.readBytes { state.changed = surroundings.now() }
        state.active[progress.job]?.progress = progress
    }

    private func end(_ job: JobID, _ state: inout State) {
        guard let run = state.active.removeValue(forKey: job) else { return }
        state.ended.append(run)
        guard state.active.isEmpty else { return }
        let now = surroundings.now()
        let hasShown = state.isDrawn ? now - state.begin >= Self.worthSummary : state.hasReported
        let summary = text(state, now).summary
        stop(&state)
        if hasShown { surroundings.write(summary + "\n") }
        state.ended = []
    }

    private func stop(_ state: inout State) {
        state.ticker?.cancel()
        state.ticker = nil
        erase(&state)
    }

    private func erase(_ state: inout State) {
        if state.isDrawn { surroundings.write("\r" + Self.clearing) }
        state.isDrawn = false
    }

    /// Says something between the drawings.
    private func notice(_ text: String, _ state: inout State) {
        erase(&state)
        surroundings.write(text + "\n")
    }

    /// The totals of all runs, as if they were one.
    private func text(_ state: State, _ now: Double) -> ProgressText {
        let runs = state.ended + state.active.values
        var total = Progress(job: 0)
        for run in runs {
            let progress = run.progress
            total.done += progress.done
            total.total += progress.total
            total.running += progress.running
            total.failed += progress.failed
            total.bytes += progress.bytes
            total.readBytes += progress.readBytes
            // These belong to the engine, not to a run.
            total.residentBytes = max(total.residentBytes, progress.residentBytes)
            total.spilledBytes = max(total.spilledBytes, progress.spilledBytes)
        }
        let names = Set(runs.map(\.name))
        let name = names.count == 1 ? runs[0].name : "\(runs.count) runs"
        return ProgressText(name: name, progress: total, elapsed: now - state.begin, measured: state.changed - state.begin)
    }

    /// `12 records left out; the first: data.csv:17: “abc,1”: not a number`.
    static func notice(_ count: Int, _ samples: [RejectedRecords.Rejection]) -> String {
        var text = count == 1 ? "1 record left out" : "\(NumberText.grouped(count)) records left out"
        if let first = samples.first {
            let reason = first.reason.split(separator: "\n").first.map(String.init) ?? first.reason
            text += (count == 1 ? ": " : "; the first: ") + (first.position.map { "\($0): " } ?? "") + reason
        }
        return text
    }

    /// Everything behind the cursor, to the end of the line, gone.
    private static let clearing = "\u{1B}[K"
}
