/// Follows one job from its events, whatever the engine: drops duplicates and stale attempts, collects outputs, remembers the
/// first cause. A pure state machine.
package struct RunLedger {
    private var attempts: [NodeID: Int] = [:]
    private var failures: [NodeID: Int] = [:]
    private var settled: Set<NodeID> = []
    package private(set) var outputs: [ValueRef?]
    package private(set) var rejected = 0

    package init(outputCount: Int) {
        outputs = Array(repeating: nil, count: outputCount)
    }

    /// Whether the event is news: not a repetition, and not of an attempt older than one already seen.
    package mutating func accept(_ event: TaskEvent) -> Bool {
        let known = attempts[event.node] ?? 0
        switch event.kind {
        case .started:
            guard event.attempt > known else { return false }
            attempts[event.node] = event.attempt
            return true
        case .finished:
            guard event.attempt >= known, !settled.contains(event.node) else { return false }
            settled.insert(event.node)
            return true
        case .failed(_, let willRetry):
            guard event.attempt >= known, event.attempt > failures[event.node] ?? 0, !settled.contains(event.node) else { return false }
            failures[event.node] = event.attempt
            if !willRetry { settled.insert(event.node) }
            return true
        case .cancelled:
            return settled.insert(event.node).inserted
        case .spilled, .loaded:
            return true
        }
    }

    /// Stores an output's reference; a second one for the same position is handed back, to be released.
    package mutating func store(_ ref: ValueRef, at position: Int) -> ValueRef? {
        guard outputs.indices.contains(position), outputs[position] == nil else { return ref }
        outputs[position] = ref
        return nil
    }

    package mutating func reject(_ count: Int) { rejected += count }
}
