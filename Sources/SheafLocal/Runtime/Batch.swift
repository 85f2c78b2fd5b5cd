internal import Synchronization

/// Which of the tasks a worker was handed nobody has begun yet.
///
/// The worker takes from the front without a lock; others, one at a time, take from the back. So a task that turns out to be long
/// holds up none of those handed out with it.
final class Batch: Sendable {
    /// The next position in the upper half, the end in the lower.
    private let range = Atomic<UInt64>(0)

    private static func parts(_ packed: UInt64) -> (next: Int, end: Int) { (Int(packed >> 32), Int(packed & 0xffff_ffff)) }

    /// Offers positions `0..<count`. The batch before has to have been used up.
    func publish(_ count: Int) { range.store(UInt64(count), ordering: .releasing) }

    /// Tasks that nobody has begun.
    var remaining: Int {
        let (next, end) = Self.parts(range.load(ordering: .relaxed))
        return end - next
    }

    /// Takes the next position; for the worker that the batch was handed to.
    func next() -> Int? {
        var packed = range.load(ordering: .relaxed)
        while true {
            let (next, end) = Self.parts(packed)
            guard next < end else { return nil }
            let result = range.weakCompareExchange(expected: packed, desired: packed + 1 << 32, ordering: .acquiringAndReleasing)
            if result.exchanged { return next }
            packed = result.original
        }
    }

    /// Takes half of what is left, and says how much that is; for other workers, one at a time.
    func takeHalf() -> Int {
        var packed = range.load(ordering: .relaxed)
        while true {
            let (next, end) = Self.parts(packed)
            guard next < end else { return 0 }
            let count = (end - next + 1) / 2
            let result = range.weakCompareExchange(expected: packed, desired: packed - UInt64(count), ordering: .acquiringAndReleasing)
            if result.exchanged { return count }
            packed = result.original
        }
    }
}
