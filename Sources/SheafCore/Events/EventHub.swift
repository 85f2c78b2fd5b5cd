internal import Synchronization

/// Hands a session's events to its subscribers. A slow subscriber loses the oldest events, and slows nobody down. Thread-safe.
final class EventHub: Sendable {
    private struct Subscriber {
        let detail: EventDetail
        let continuation: AsyncStream<SessionEvent>.Continuation
    }

    private struct Observer {
        let detail: EventDetail
        let body: @Sendable (SessionEvent) -> Void
    }

    private struct State {
        var next = 0
        var subscribers: [Int: Subscriber] = [:]
        var observers: [Observer] = []
        var isClosed = false
    }

    private let state = Locked(State())

    deinit { close() }

    /// The most detail that anybody asked for, or `nil` when nobody listens.
    var detail: EventDetail? {
        state.withLock { ($0.subscribers.values.map(\.detail) + $0.observers.map(\.detail)).max() }
    }

    func observe(_ detail: EventDetail, _ body: @escaping @Sendable (SessionEvent) -> Void) {
        state.withLock { $0.observers.append(Observer(detail: detail, body: body)) }
    }

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
        let isTask = if case .task = event { true } else { false }
        let (subscribers, observers) = state.withLock { (Array($0.subscribers.values), $0.observers) }
        for observer in observers where !isTask || observer.detail >= .tasks { observer.body(event) }
        for subscriber in subscribers where !isTask || subscriber.detail >= .tasks { subscriber.continuation.yield(event) }
    }

    func close() {
        let subscribers = state.withLock { state in
            state.isClosed = true
            state.observers = []
            defer { state.subscribers = [:] }
            return Array(state.subscribers.values)
        }
        for subscriber in subscribers { subscriber.continuation.finish() }
    }
}
