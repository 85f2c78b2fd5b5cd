internal import Synchronization

/// Hands a session's events to its subscribers. A slow subscriber loses the oldest events, and slows nobody down. Thread-safe.
final class EventHub: Sendable {
    private struct Subscriber {
        let detail: EventDetail
        let continuation: AsyncStream<SessionEvent>.Continuation
    }

    private struct State {
        var next = 0
        var subscribers: [Int: Subscriber] = [:]
        var isClosed = false
    }

    private let state = Mutex(State())

    deinit { close() }

    /// The most detail that anybody asked for, or `nil` when nobody listens.
    var detail: EventDetail? { state.withLock { $0.subscribers.values.map(\.detail).max() } }

    func subscribe(_ detail: EventDetail, buffer: Int) -> AsyncStream<SessionEvent> {
        let (stream, continuation) = AsyncStream.makeStream(of: SessionEvent.self, bufferingPolicy: .bufferingNewest(buffer))
        let id = state.withLock { state -> Int? in
            if state.isClosed { return nil }
            state.next += 1
            state.subscribers[state.next] = Subscriber(detail: detail, continuation: continuation)
            return state.next
        }
        guard let id else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in self?.state.withLock { $0.subscribers[id] = nil } }
        return stream
    }

    func publish(_ event: SessionEvent) {
        for subscriber in state.withLock({ Array($0.subscribers.values) }) {
            if case .task = event, subscriber.detail < .tasks { continue }
            subscriber.continuation.yield(event)
        }
    }

    func close() {
        let subscribers = state.withLock { state in
            state.isClosed = true
            defer { state.subscribers = [:] }
            return Array(state.subscribers.values)
        }
        for subscriber in subscribers { subscriber.continuation.finish() }
    }
}
