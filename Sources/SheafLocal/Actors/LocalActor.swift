internal import Dispatch
public import SheafCore
internal import Synchronization

/// An object in this process.
final class LocalActor: ActorPlace {
    private let slot = ActorSlot()
    private struct State {
        var running: Task<AnyValue, any Error>?
        var isEnded = false
    }
    private let state = Locked(State())

    /// Makes an object.
    static func made(_ make: ActorCall) async throws -> LocalActor {
        let place = LocalActor()
        _ = try await place.call(make)
        return place
    }

    func call(_ call: ActorCall) async throws -> AnyValue {
        // A task of its own: it is told when the caller is cancelled, and when the object is ended.
        let task = Task(executorPreference: call.isSynchronous ? ActorThreads.shared : nil) { [slot] in
            try await call.body(slot, call.input)
        }
        let isEnded = state.withLock { state in
            state.running = task
            return state.isEnded
        }
        if isEnded { task.cancel() }
        defer { finish() }
        return try await withTaskCancellationHandler {
            do { return try await task.value } catch { throw Self.decorated(error) }
        } onCancel: {
            task.cancel()
        }
    }

    private func finish() {
        let isEnded = state.withLock { state in
            state.running = nil
            return state.isEnded
        }
        if isEnded { slot.clear() }
    }

    /// What is thrown in a task is thrown like this.
    private static func decorated(_ error: any Error) -> any Error {
        if error is CancellationError || error is any SheafError { return error }
        return TaskError(.failed, "a call of an object failed: \(error)", cause: error)
    }

    func end() async {
        let running = state.withLock { state in
            state.isEnded = true
            return state.running
        }
        if let running { running.cancel() } else { slot.clear() }
    }
}

extension LocalEngine: ActorEngine {
    public func makeActor(_ make: ActorCall) async throws -> any ActorPlace {
        if pool.hasStopped { throw WorkerPool.closed }
        return try await LocalActor.made(make)
    }
}

extension DeterministicEngine: ActorEngine {
    /// As the embedded engine does: not on the simulated clock.
    public func makeActor(_ make: ActorCall) async throws -> any ActorPlace {
        _ = try await resources()
        return try await LocalActor.made(make)
    }
}

/// Where synchronous methods run: a thread for each that runs, since they may block, and nobody is to wait for that.
private final class ActorThreads: TaskExecutor {
    static let shared = ActorThreads()
    private let threads = BlockingThreads(limit: .max)

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let isTaken = threads.submit { [self] in job.runSynchronously(on: asUnownedTaskExecutor()) }
        // The system has no thread to give: then on those that are there.
        if !isTaken { DispatchQueue.global().async { [self] in job.runSynchronously(on: asUnownedTaskExecutor()) } }
    }
}
