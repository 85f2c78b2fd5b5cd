internal import SheafCore
internal import Synchronization

/// What a run tells its caller, in order.
///
/// Posted under the engine's lock, delivered outside it: telling a task something takes locks of the Swift runtime, and the runtime
/// calls the engine, to enqueue a job or to cancel a run, while it holds those.
final class RunMail: Sendable {
    private enum Message {
        case event(EngineEvent)
        case end((any Error)?)
    }

    private struct State { var queue: [Message] = []; var isDelivering = false }
    private let state = Locked(State())
    private let isWaiting = Atomic<Bool>(false)
    private let continuation: AsyncThrowingStream<EngineEvent, any Error>.Continuation
    private let discard: @Sendable ([ValueRef]) -> Void

    /// - Parameter discard: lets go of outputs that the caller did not want to hear of any more.
    init(_ continuation: AsyncThrowingStream<EngineEvent, any Error>.Continuation, discard: @escaping @Sendable ([ValueRef]) -> Void) {
        self.continuation = continuation
        self.discard = discard
    }

    func post(_ event: EngineEvent) { post(.event(event)) }
    func end(_ error: (any Error)?) { post(.end(error)) }

    private func post(_ message: Message) {
        state.withLock { $0.queue.append(message) }
        isWaiting.store(true, ordering: .releasing)
    }

    /// Hands over what was posted. One thread at a time does; others leave theirs to it.
    func deliver() {
        guard isWaiting.load(ordering: .relaxed) else { return }
        while let messages = next() {
            for message in messages {
                switch message {
                case .event(let event):
                    let result = continuation.yield(event)
                    if case .terminated = result, case .output(_, let ref) = event { discard([ref]) }
                case .end(let error): continuation.finish(throwing: error)
                }
            }
            state.withLock { $0.isDelivering = false }
        }
    }

    private func next() -> [Message]? {
        state.withLock { state in
            guard !state.isDelivering, !state.queue.isEmpty else { return nil }
            state.isDelivering = true
            isWaiting.store(false, ordering: .relaxed)
            defer { state.queue = [] }
            return state.queue
        }
    }
}

/// An `async` body that has been handed out: it can be cancelled before its task exists.
final class AsyncBody: Sendable {
    let node: UInt32
    let attempt: Int
    let worker: Int
    let scope: AsyncTaskScope
    let body: @Sendable (AsyncTaskScope) async throws -> AnyValue
    private struct State { var task: Task<Void, Never>?; var isCancelled = false }
    private let state = Locked(State())

    init(
        node: UInt32, attempt: Int, worker: Int, scope: AsyncTaskScope, body: @escaping @Sendable (AsyncTaskScope) async throws -> AnyValue
    ) {
        self.node = node
        self.attempt = attempt
        self.worker = worker
        self.scope = scope
        self.body = body
    }

    /// Takes the task that runs the body, which is cancelled at once if that was asked for before.
    func attach(_ task: Task<Void, Never>) {
        let isCancelled = state.withLock { state in
            state.task = task
            return state.isCancelled
        }
        if isCancelled { task.cancel() }
    }

    /// Calls the body's cancellation handlers, so no lock may be held.
    func cancel() {
        let task = state.withLock { state in
            state.isCancelled = true
            return state.task
        }
        task?.cancel()
    }
}
