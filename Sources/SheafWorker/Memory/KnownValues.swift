internal import SheafCore
internal import Synchronization

/// Large values of this process that lie in shared memory already, for as long as somebody refers to them. Thread-safe.
final class KnownValues: Sendable {
    /// How a value is encoded: as its codec does, or with its type before it.
    enum Form { case plain, typed }

    private struct Key: Hashable { var value: ObjectIdentifier, form: Form }
    private struct Entry {
        weak var value: AnyValue?
        let block: ArenaBlock
    }
    private let entries = Locked<[Key: Entry]>([:])

    /// Where a value lies encoded.
    func block(of value: AnyValue, _ form: Form) -> ArenaBlock? {
        entries.withLock { entries in
            guard let entry = entries[Key(value: ObjectIdentifier(value), form: form)], entry.value === value else { return nil }
            return entry.block
        }
    }

    func insert(_ value: AnyValue, _ block: ArenaBlock, _ form: Form) {
        entries.withLock { $0[Key(value: ObjectIdentifier(value), form: form)] = Entry(value: value, block: block) }
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
