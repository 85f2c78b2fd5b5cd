/// A ``CombineTable`` that folds values in batches once it has outgrown the cache.
///
/// Looking up a key then costs two or three cache misses, one after the other. For a batch of keys the first loads do not depend on each
/// other, so the processor overlaps them: all slots are read, then all entries they point to, and only then are the values folded.
@usableFromInline
final class BatchingTable<Key: Hashable, Value, Accumulator> {
    @usableFromInline let box = TableBox<Key, Accumulator>()
    @usableFromInline let keys: UnsafeMutablePointer<Key>
    @usableFromInline let values: UnsafeMutablePointer<Value>
    @usableFromInline let hashes: UnsafeMutablePointer<UInt64>
    @usableFromInline let slots: UnsafeMutablePointer<UInt64>
    @usableFromInline let waiting: UnsafeMutablePointer<Int>

    @usableFromInline static var batch: Int { 32 }
    /// Tables up to this many keys are folded into directly.
    @usableFromInline static var small: Int { 2048 }

    @inlinable
    init() {
        keys = .allocate(capacity: Self.batch)
        values = .allocate(capacity: Self.batch)
        hashes = .allocate(capacity: Self.batch)
        slots = .allocate(capacity: Self.batch)
        waiting = .allocate(capacity: 1)
        waiting.initialize(to: 0)
    }

    @inlinable
    deinit {
        keys.deinitialize(count: waiting.pointee)
        values.deinitialize(count: waiting.pointee)
        keys.deallocate()
        values.deallocate()
        hashes.deallocate()
        slots.deallocate()
        waiting.deallocate()
    }

    /// Whether the next new key makes the table grow.
    @inlinable var isFull: Bool { box.table.count == box.table.capacity }

    @inlinable @inline(__always)
    func fold(
        _ key: Key, _ value: Value, initial: (Value) throws -> Accumulator, add: (inout Accumulator, Value) throws -> Void
    ) rethrows {
        let hash = stableHash(key)
        if box.table.count < Self.small {
            try box.table.fold(key, hash: hash, value, initial: initial, add: add)
            return
        }
        let position = waiting.pointee
        (keys + position).initialize(to: key)
        (values + position).initialize(to: value)
        hashes[position] = hash
        waiting.pointee = position + 1
        if position + 1 == Self.batch { try flush(initial: initial, add: add) }
    }

    /// Folds what waits.
    @inlinable
    func flush(initial: (Value) throws -> Accumulator, add: (inout Accumulator, Value) throws -> Void) rethrows {
        let count = waiting.pointee
        box.table.touch(hashes, slots, count)
        var index = 0
        defer {
            // Only after an error is there a rest.
            (keys + index).deinitialize(count: count - index)
            (values + index).deinitialize(count: count - index)
            waiting.pointee = 0
        }
        while index < count {
            let key = (keys + index).move(), value = (values + index).move()
            index += 1
            try box.table.fold(key, hash: hashes[index - 1], value, initial: initial, add: add)
        }
    }
}

extension CombineTable {
    /// Brings the slots and entries of some hashes into the cache.
    @inlinable
    func touch(_ hashes: UnsafePointer<UInt64>, _ found: UnsafeMutablePointer<UInt64>, _ count: Int) {
        for index in 0..<count { found[index] = slots[Int(truncatingIfNeeded: hashes[index]) & mask] }
        let base = UnsafeRawPointer(entries)
        for index in 0..<count {
            let entry = Int(found[index] & 0xFFFF_FFFF)
            // Kept in memory, so that the load is not optimised away.
            if entry != 0 { found[index] = base.load(fromByteOffset: (entry &- 1) &* MemoryLayout<Entry>.stride, as: UInt64.self) }
        }
    }
}
