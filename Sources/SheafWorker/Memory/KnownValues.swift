internal import SheafCore
internal import Synchronization

/// Large values of this process that lie in shared memory already, for as long as somebody refers to them. Thread-safe.
final class KnownValues: Sendable {
    private struct Entry {
        weak var value: AnyValue?
        let block: ArenaBlock
    }
    private let entries = Locked<[ObjectIdentifier: Entry]>([:])

    /// Where a value lies encoded.
    func block(of value: AnyValue) -> ArenaBlock? {
        entries.withLock { entries in
            guard let entry = entries[ObjectIdentifier(value)], entry.value === value else { return nil }
            return entry.block
        }
    }

    func insert(_ value: AnyValue, _ block: ArenaBlock) {
        entries.withLock { $0[ObjectIdentifier(value)] = Entry(value: value, block: block) }
    }

    /// Lets go of the memory of values that are gone.
    func purge() {
        // Freed outside the lock.
        let gone = entries.withLock { entries in
            let gone = entries.filter { $0.value.value == nil }
            for key in gone.keys { entries[key] = nil }
            return gone
        }
        withExtendedLifetime(gone) {}
    }
}
