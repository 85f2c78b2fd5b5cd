import Sheaf
import SheafCore
import Synchronization

/// Adds up what a session tells of the plans it runs.
final class RunMeter: Sendable {
    private struct State {
        var tasks: [JobID: Int] = [:]
        var taskNanoseconds: UInt64 = 0
        var begun: [Task: UInt64] = [:]
    }

    private struct Task: Hashable {
        let job: JobID
        let node: NodeID
        let attempt: Int
    }

    private let state = Mutex(State())

    /// Forgets what was.
    func reset() { state.withLock { $0 = State() } }

    /// Tasks of all plans.
    var tasks: Int { state.withLock { $0.tasks.values.reduce(0, +) } }

    /// The time of all tasks added up; 0 unless the session tells of each.
    var taskSeconds: Double { state.withLock { Double($0.taskNanoseconds) * 1e-9 } }

    func handle(_ event: SessionEvent) {
        state.withLock { state in
            switch event {
            case .runStarted(let job, _, let tasks): state.tasks[job] = tasks
            // An engine may run a plan as fewer tasks, or as more.
            case .progress(let progress) where progress.total > 0: state.tasks[progress.job] = progress.total
            case .task(let event):
                let task = Task(job: event.job, node: event.node, attempt: event.attempt)
                switch event.kind {
                case .started: state.begun[task] = event.nanoseconds
                case .finished, .failed:
                    guard let begin = state.begun.removeValue(forKey: task), event.nanoseconds > begin else { break }
                    state.taskNanoseconds += event.nanoseconds - begin
                case .cancelled, .spilled, .loaded: break
                }
            default: break
            }
        }
    }
}
