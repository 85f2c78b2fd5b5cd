internal import Synchronization

/// Counts the bytes an engine's values and tasks hold against its budget. Thread-safe, lock-free.
public final class MemoryLedger: Sendable {
    /// In bytes.
    public let budget: Int
    private let held = Atomic<Int>(0)
    private let peakHeld = Atomic<Int>(0)

    public init(budget: Int) {
        precondition(budget > 0, "a memory budget is a positive number of bytes")
        self.budget = budget
    }

    /// Bytes held now.
    public var used: Int { held.load(ordering: .relaxed) }
    /// The most bytes held so far.
    public var peak: Int { peakHeld.load(ordering: .relaxed) }
    public var available: Int { budget - used }

    /// Counts `bytes` as held (or, negative, as given back).
    public func charge(_ bytes: Int) {
        guard bytes != 0 else { return }
        let now = held.wrappingAdd(bytes, ordering: .relaxed).newValue
        var peak = peakHeld.load(ordering: .relaxed)
        while now > peak {
            let (exchanged, original) = peakHeld.compareExchange(expected: peak, desired: now, ordering: .relaxed)
            if exchanged { break }
            peak = original
        }
    }

    /// Whether a task that can write its state to disk should do so now: more than three quarters of the budget is held.
    public var isUnderPressure: Bool { used > budget / 4 * 3 }
}
