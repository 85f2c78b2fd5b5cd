internal import SheafCore
internal import Synchronization

/// What a run tells its caller, in order; the caller takes it when it likes. Thread-safe.
///
/// Unlike a stream's continuation it goes on to the end when the caller's task is cancelled: what was cancelled has ended then, and nothing
/// of it starts any more.
final class BridgeMail: Sendable {
    private struct State {
        var events: [EngineEvent] = []
        var end: Result<Void, any Error>?
        var waiting: CheckedContinuation<Void, Never>?
        /// Nobody listens any more.
        var isAbandoned = false
    }
    private let state = Locked(State())

    /// Returns false when nobody will hear of it.
    @discardableResult
    func post(_ event: EngineEvent) -> Bool {
        let (isHeard, waiting) = state.withLock { state -> (Bool, CheckedContinuation<Void, Never>?) in
            if state.isAbandoned || state.end != nil { return (false, nil) }
            state.events.append(event)
            return (true, state.waiting.take())
        }
        waiting?.resume()
        return isHeard
    }

    /// The last that is told; the first end counts.
    func end(_ error: (any Error)?) {
        let waiting = state.withLock { state -> CheckedContinuation<Void, Never>? in
            if state.end == nil { state.end = error.map { .failure($0) } ?? .success(()) }
            return state.waiting.take()
        }
        waiting?.resume()
    }

    /// The stream of what is told.
    ///
    /// - Parameter drop: called when nobody wants more, with outputs that nobody has heard of; perhaps more than once.
    func stream(drop: @escaping @Sendable ([ValueRef]) -> Void) -> AsyncThrowingStream<EngineEvent, any Error> {
        let listener = Listener(mail: self, drop: drop)
        return AsyncThrowingStream { try await listener.next() }
    }

    /// Lives as long as somebody listens.
    private final class Listener: Sendable {
        let mail: BridgeMail
        let drop: @Sendable ([ValueRef]) -> Void

        init(mail: BridgeMail, drop: @escaping @Sendable ([ValueRef]) -> Void) {
            self.mail = mail
            self.drop = drop
        }

        func next() async throws -> EngineEvent? {
            try await withTaskCancellationHandler {
                while let event = try await mail.next() {
                    guard Task.isCancelled else { return event }
                    // The caller would not come back for more after this one.
                    if case .output(_, let ref) = event { drop([ref]) }
                }
                return nil
            } onCancel: {
                drop([])
            }
        }

        deinit { drop(mail.abandon()) }
    }

    private func next() async throws -> EngineEvent? {
        while true {
            let (event, end) = state.withLock { state -> (EngineEvent?, Result<Void, any Error>?) in
                state.events.isEmpty ? (nil, state.end) : (state.events.removeFirst(), nil)
            }
            if let event { return event }
            if let end {
                try end.get()
                return nil
            }
            await withCheckedContinuation { continuation in
                let isWaiting = state.withLock { state in
                    if !state.events.isEmpty || state.end != nil { return false }
                    state.waiting = continuation
                    return true
                }
                if !isWaiting { continuation.resume() }
            }
        }
    }

    private func abandon() -> [ValueRef] {
        state.withLock { state in
            state.isAbandoned = true
            defer { state.events = [] }
            return state.events.compactMap { if case .output(_, let ref) = $0 { ref } else { nil } }
        }
    }
}
