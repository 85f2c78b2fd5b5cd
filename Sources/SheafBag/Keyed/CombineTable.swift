internal import Foundation
public import SheafCore

/// A hash table that folds values into one accumulator per key: the inside of `reduceByKey`.
///
/// Entries lie densely in the order of first insertion; an index of 8-byte slots, with half of each key's hash, points into them
/// (open addressing, linear probing, at most 3/4 full). Unlike `Dictionary` it uses a fast, unseeded hash for the usual key types,
/// keeps entries dense for the shuffle that follows, and stores compact copies of shared text.
@usableFromInline
struct CombineTable<Key: Hashable, Accumulator> {
    @usableFromInline typealias Entry = (key: Key, value: Accumulator)

    @usableFromInline var slots: UnsafeMutablePointer<UInt64>
    @usableFromInline var mask: Int
    @usableFromInline var entries: UnsafeMutablePointer<Entry>
    @usableFromInline var capacity: Int
    @usableFromInline var count = 0
    @usableFromInline var text = TextPool()

    @inlinable
    init(minimumCapacity: Int = 256) {
        var size = 512
        while size * 3 / 4 < minimumCapacity { size *= 2 }
        slots = .allocate(capacity: size)
        slots.initialize(repeating: 0, count: size)
        mask = size - 1
        capacity = size * 3 / 4
        entries = .allocate(capacity: capacity)
    }

    /// Frees the memory; ``TableBox`` calls it once.
    @inlinable
    func destroy() {
        entries.deinitialize(count: count)
        entries.deallocate()
        slots.deallocate()
    }

    /// Bytes allocated, without what keys and accumulators hold outside themselves.
    @inlinable
    var byteCount: Int { (mask + 1) * 8 + capacity * MemoryLayout<Entry>.stride + text.byteCount }

    /// Folds a value into the accumulator of its key.
    @inlinable @inline(__always)
    mutating func fold<Value>(
        _ key: Key, _ value: Value, initial: (Value) throws -> Accumulator, add: (inout Accumulator, Value) throws -> Void
    ) rethrows {
        let hash = stableHash(key)
        try fold(key, hash: hash, value, initial: initial, add: add)
    }

    @inlinable @inline(__always)
    mutating func fold<Value>(
        _ key: Key, hash: UInt64, _ value: Value, initial: (Value) throws -> Accumulator,
        add: (inout Accumulator, Value) throws -> Void
    ) rethrows {
        var position = Int(truncatingIfNeeded: hash) & mask
        let tag = hash & 0xFFFF_FFFF_0000_0000
        while true {
            let slot = slots[position]
            if slot == 0 { break }
            if slot & 0xFFFF_FFFF_0000_0000 == tag {
                let index = Int(slot & 0xFFFF_FFFF) &- 1
                if entries[index].key == key {
                    try add(&entries[index].value, value)
                    return
                }
            }
            position = (position &+ 1) & mask
        }
        insert(key, try initial(value), hash, position)
    }

    /// The accumulator of a key, if it has one.
    @inlinable
    func find(_ key: Key) -> Accumulator? {
        let hash = stableHash(key)
        var position = Int(truncatingIfNeeded: hash) & mask
        let tag = hash & 0xFFFF_FFFF_0000_0000
        while true {
            let slot = slots[position]
            if slot == 0 { return nil }
            if slot & 0xFFFF_FFFF_0000_0000 == tag {
                let index = Int(slot & 0xFFFF_FFFF) &- 1
                if entries[index].key == key { return entries[index].value }
            }
            position = (position &+ 1) & mask
        }
    }

    @inlinable @inline(never)
    mutating func insert(_ key: Key, _ value: Accumulator, _ hash: UInt64, _ free: Int) {
        var position = free
        if count == capacity {
            grow()
            position = Int(truncatingIfNeeded: hash) & mask
            while slots[position] != 0 { position = (position &+ 1) & mask }
        }
        (entries + count).initialize(to: (text.compact(key), value))
        count += 1
        slots[position] = hash & 0xFFFF_FFFF_0000_0000 | UInt64(truncatingIfNeeded: count)
    }

    @inlinable @inline(never)
    mutating func grow() {
        let size = (mask + 1) * 2
        precondition(size <= 1 << 31, "a table of more than 2³¹ keys; use more partitions")
        slots.deallocate()
        slots = .allocate(capacity: size)
        slots.initialize(repeating: 0, count: size)
        mask = size - 1
        capacity = size * 3 / 4
        let larger = UnsafeMutablePointer<Entry>.allocate(capacity: capacity)
        larger.moveInitialize(from: entries, count: count)
        entries.deallocate()
        entries = larger
        for index in 0..<count {
            let hash = stableHash(entries[index].key)
            var position = Int(truncatingIfNeeded: hash) & mask
            while slots[position] != 0 { position = (position &+ 1) & mask }
            slots[position] = hash & 0xFFFF_FFFF_0000_0000 | UInt64(truncatingIfNeeded: index + 1)
        }
    }

    /// Calls the body for each entry, in the order of first insertion.
    @inlinable
    func forEach(_ body: (Key, Accumulator) throws -> Void) rethrows {
        for index in 0..<count { try body(entries[index].key, entries[index].value) }
    }

    /// Removes all entries and keeps the memory.
    @inlinable
    mutating func removeAll() {
        entries.deinitialize(count: count)
        count = 0
        slots.update(repeating: 0, count: mask + 1)
        text = TextPool()
    }
}

/// Owns a table, and lets closures fill it without the run-time exclusivity checks of a class's stored properties.
@usableFromInline
final class TableBox<Key: Hashable, Accumulator> {
    @usableFromInline let pointer: UnsafeMutablePointer<CombineTable<Key, Accumulator>>

    @inlinable
    init(minimumCapacity: Int = 256) {
        pointer = .allocate(capacity: 1)
        pointer.initialize(to: CombineTable(minimumCapacity: minimumCapacity))
    }

    @inlinable
    deinit {
        pointer.pointee.destroy()
        pointer.deinitialize(count: 1)
        pointer.deallocate()
    }

    @inlinable var table: CombineTable<Key, Accumulator> {
        @inline(__always) unsafeAddress { UnsafePointer(pointer) }
        @inline(__always) unsafeMutableAddress { pointer }
    }

    /// Whether growing further would pass a task's fair share of what the budget leaves.
    @usableFromInline
    func isTooLarge(_ memory: MemoryLedger) -> Bool {
        let bytes = table.byteCount
        return bytes > max(memory.budget / 16, 1 << 20) && (memory.isUnderPressure || bytes > memory.budget / 8)
    }
}

extension TableBox where Key: Sendable, Accumulator: Sendable {
    /// Hands all entries over and empties the table.
    @inlinable
    func drain(into writer: ShuffleWriter<(Key, Accumulator)>, _ buckets: Int) throws {
        for index in 0..<table.count {
            let entry = table.entries[index]
            try writer.append((entry.key, entry.value), to: bucket(of: stableHash(entry.key), among: buckets))
        }
        table.removeAll()
    }
}

/// Packs the text of kept keys into buffers of their own.
@usableFromInline
struct TextPool {
    private var buffer: TextBuffer?
    private var used = 0
    @usableFromInline var byteCount = 0

    @usableFromInline init() {}

    /// The key itself, or for shared text a copy in this pool.
    @inlinable
    mutating func compact<Key>(_ key: Key) -> Key {
        if Key.self == UTF8Slice.self { return unsafeBitCast(compact(unsafeBitCast(key, to: UTF8Slice.self)), to: Key.self) }
        return key
    }

    @usableFromInline
    mutating func compact(_ slice: UTF8Slice) -> UTF8Slice {
        if slice.isInline { return slice }
        if buffer == nil || used + slice.count > buffer!.capacity {
            let capacity = max(slice.count, 1 << 15)
            buffer = TextBuffer(capacity: capacity)
            byteCount += capacity
            used = 0
        }
        let copy = UTF8Slice(buffer: buffer!, start: used, count: slice.count)
        slice.withBytes { (buffer!.base + used).update(from: $0.baseAddress!, count: $0.count) }
        used += slice.count
        return copy
    }
}

/// A hash for partitioning and combining. For integers, strings and text slices it is the same in every process; other types use
/// their own `hashValue`, which is seeded per process.
@inlinable @inline(__always)
func stableHash<Key: Hashable>(_ key: Key) -> UInt64 {
    // The comparisons of types fold away where the key's type is known at compile time.
    if Key.self == Int.self { return SplitMix64.mix(UInt64(bitPattern: Int64(unsafeBitCast(key, to: Int.self)))) }
    if Key.self == UTF8Slice.self { return SplitMix64.mix(unsafeBitCast(key, to: UTF8Slice.self).stableHash) }
    if Key.self == String.self { return hashOfString(unsafeBitCast(key, to: String.self)) }
    if Key.self == UInt64.self { return SplitMix64.mix(unsafeBitCast(key, to: UInt64.self)) }
    if Key.self == Int32.self { return SplitMix64.mix(UInt64(truncatingIfNeeded: unsafeBitCast(key, to: Int32.self))) }
    return SplitMix64.mix(UInt64(bitPattern: Int64(key.hashValue)))
}

/// Equal strings have equal hashes whichever way they are composed, so anything beyond ASCII is normalised first.
@usableFromInline
func hashOfString(_ string: String) -> UInt64 {
    hashOfASCII(string) ?? hashOfASCII(string.precomposedStringWithCanonicalMapping, assuming: true)!
}

private func hashOfASCII(_ string: String, assuming isNormal: Bool = false) -> UInt64? {
    var string = string
    return string.withUTF8 { bytes in
        var state: UInt64 = 0xA076_1D64_78BD_642F ^ UInt64(bytes.count)
        var word: UInt64 = 0, high: UInt8 = 0
        for (position, byte) in bytes.enumerated() {
            high |= byte
            word = word << 8 | UInt64(byte)
            if position & 7 == 7 {
                state = foldedMultiply(state ^ word, 0xE703_7ED1_A0B4_28DB)
                word = 0
            }
        }
        return high < 128 || isNormal ? SplitMix64.mix(foldedMultiply(state ^ word, 0x8EBC_6AF0_9C88_C6E3)) : nil
    }
}
