public import SheafCore

/// The table of a shuffle's map task: it folds values in batches once it has outgrown the cache, and hands its entries over to the
/// shuffle when it has outgrown its share of the memory.
///
/// Looking up a key then costs two or three cache misses, one after the other. For a batch of keys the first loads do not depend on each
/// other, so the processor overlaps them: all slots are read, then all entries they point to, and only then are the values folded.
@usableFromInline
final class MapSideTable<Key: Hashable & Sendable, Value, Accumulator: Sendable> {
    @usableFromInline let box = TableBox<Key, Accumulator>()
    @usableFromInline let keys: UnsafeMutablePointer<Key>
    @usableFromInline let values: UnsafeMutablePointer<Value>
    @usableFromInline let hashes: UnsafeMutablePointer<UInt64>
    @usableFromInline let slots: UnsafeMutablePointer<UInt64>
    @usableFromInline let waiting: UnsafeMutablePointer<Int>
    @usableFromInline let memory: MemoryLedger
    @usableFromInline let writer: ShuffleWriter<(Key, Accumulator)>
    @usableFromInline let buckets: Int

    @usableFromInline static var batch: Int { 32 }
    /// Tables up to this many keys are folded into directly.
    @usableFromInline static var small: Int { 2048 }

    @inlinable
    init(_ memory: MemoryLedger, _ writer: ShuffleWriter<(Key, Accumulator)>, _ buckets: Int) {
        self.memory = memory
        self.writer = writer
        self.buckets = buckets
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

    /// Called when the next new key would make the table grow: with many distinct keys it hands over what there is and goes on empty.
    @inlinable @inline(never)
    func drainIfTooLarge() throws {
        if box.isTooLarge(memory) { try box.drain(into: writer, buckets) }
    }

    @inlinable @inline(__always)
    func fold(
        _ key: Key, _ value: Value, initial: (Value) throws -> Accumulator, add: (inout Accumulator, Value) throws -> Void
    ) throws {
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
    func flush(initial: (Value) throws -> Accumulator, add: (inout Accumulator, Value) throws -> Void) throws {
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
        if box.table.count + Self.batch > box.table.capacity { try drainIfTooLarge() }
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
