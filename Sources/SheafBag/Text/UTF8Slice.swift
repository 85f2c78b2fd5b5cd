public import SheafCore

/// A piece of UTF-8 text that shares its buffer: a line of a file, or a word of a line, without a heap allocation of its own.
///
/// Copying it shares the buffer, which lives as long as any slice of it. Operations that keep keys for long (`reduceByKey`,
/// `groupByKey`, `distinct`) store compact copies, so that a few kept words do not hold whole buffers.
///
/// - Note: Equality and hashing are by bytes, unlike `String`'s canonical equivalence.
public struct UTF8Slice: Sendable {
    @usableFromInline let buffer: TextBuffer
    @usableFromInline let start: UInt32
    @usableFromInline let length: UInt32

    @inlinable
    init(buffer: TextBuffer, start: Int, count: Int) {
        self.buffer = buffer
        self.start = UInt32(truncatingIfNeeded: start)
        self.length = UInt32(truncatingIfNeeded: count)
    }

    /// Copies a string's bytes.
    public init(_ string: some StringProtocol) {
        var string = String(string)
        self = string.withUTF8 { bytes in
            let buffer = TextBuffer(capacity: bytes.count)
            UnsafeMutableRawPointer(buffer.base).copyMemory(from: bytes.baseAddress ?? UnsafePointer(buffer.base), byteCount: bytes.count)
            return UTF8Slice(buffer: buffer, start: 0, count: bytes.count)
        }
    }

    /// Bytes.
    @inlinable public var count: Int { Int(length) }
    @inlinable public var isEmpty: Bool { length == 0 }

    @inlinable @inline(__always)
    var base: UnsafePointer<UInt8> { UnsafePointer(buffer.base + Int(start)) }

    /// The bytes, valid during the call.
    @inlinable
    public func withBytes<R>(_ body: (UnsafeBufferPointer<UInt8>) throws -> R) rethrows -> R {
        defer { extendLifetime(buffer) }
        return try body(UnsafeBufferPointer(start: base, count: count))
    }

    /// The byte at `position`, which has to be below ``count``.
    @inlinable
    public subscript(position: Int) -> UInt8 {
        precondition(position >= 0 && position < count, "byte \(position) of a slice of \(count)")
        defer { extendLifetime(buffer) }
        return base[position]
    }

    /// A part of this slice, sharing its buffer.
    @inlinable
    public subscript(range: Range<Int>) -> UTF8Slice {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "bytes \(range) of a slice of \(count)")
        return UTF8Slice(buffer: buffer, start: Int(start) + range.lowerBound, count: range.count)
    }

    /// The position of the first `byte`, from `offset` on.
    @inlinable
    public func firstIndex(of byte: UInt8, from offset: Int = 0) -> Int? {
        defer { extendLifetime(buffer) }
        let base = base
        var position = offset
        while position < count {
            if base[position] == byte { return position }
            position += 1
        }
        return nil
    }

    @inlinable
    public func hasPrefix(_ prefix: StaticString) -> Bool {
        guard prefix.utf8CodeUnitCount <= count else { return false }
        defer { extendLifetime(buffer) }
        let base = base
        for position in 0..<prefix.utf8CodeUnitCount where base[position] != prefix.utf8Start[position] { return false }
        return true
    }

    /// A copy with a buffer of its own, of just its size.
    public func detached() -> UTF8Slice {
        let copy = TextBuffer(capacity: count)
        copy.base.update(from: base, count: count)
        extendLifetime(buffer)
        return UTF8Slice(buffer: copy, start: 0, count: count)
    }
}

/// Bytes that slices share. Written by one owner before it is shared; immutable from then on.
@usableFromInline
final class TextBuffer: @unchecked Sendable {
    @usableFromInline let base: UnsafeMutablePointer<UInt8>
    @usableFromInline let capacity: Int

    @usableFromInline
    init(capacity: Int) {
        // Room to read eight bytes at any position.
        base = .allocate(capacity: capacity + 8)
        (base + capacity).initialize(repeating: 0, count: 8)
        self.capacity = capacity
    }

    deinit { base.deallocate() }
}

extension UTF8Slice: Hashable, Comparable {
    @inlinable
    public static func == (left: UTF8Slice, right: UTF8Slice) -> Bool {
        guard left.length == right.length else { return false }
        defer {
            extendLifetime(left.buffer)
            extendLifetime(right.buffer)
        }
        let a = UnsafeRawPointer(left.base), b = UnsafeRawPointer(right.base)
        var position = 0
        let count = left.count
        while position + 8 <= count {
            if a.loadUnaligned(fromByteOffset: position, as: UInt64.self) != b.loadUnaligned(fromByteOffset: position, as: UInt64.self) {
                return false
            }
            position += 8
        }
        // Buffers are padded, so a whole word can be read and what lies beyond the end shifted away.
        let rest = count - position
        if rest == 0 { return true }
        let difference =
            a.loadUnaligned(fromByteOffset: position, as: UInt64.self).littleEndian
            ^ b.loadUnaligned(fromByteOffset: position, as: UInt64.self).littleEndian
        return difference << UInt64(64 - rest * 8) == 0
    }

    @inlinable
    public static func < (left: UTF8Slice, right: UTF8Slice) -> Bool {
        left.withBytes { a in right.withBytes { b in a.lexicographicallyPrecedes(b) } }
    }

    @inlinable
    public func hash(into hasher: inout Hasher) {
        withBytes { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        hasher.combine(0xFF as UInt8)
    }

    /// A fast hash for partitioning, the same in every process: multiply and fold, eight bytes at a time
    /// (after wyhash, https://github.com/wangyi-fudan/wyhash).
    @inlinable
    var stableHash: UInt64 {
        defer { extendLifetime(buffer) }
        let bytes = UnsafeRawPointer(base)
        var state: UInt64 = 0xA076_1D64_78BD_642F ^ UInt64(length)
        var position = 0
        let count = self.count
        while position + 8 < count {
            state = foldedMultiply(state ^ bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self).littleEndian, 0xE703_7ED1_A0B4_28DB)
            position += 8
        }
        let rest = count - position
        guard rest > 0 else { return state }
        let last = bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self).littleEndian << UInt64(64 - rest * 8)
        return foldedMultiply(state ^ last, 0x8EBC_6AF0_9C88_C6E3)
    }
}

@inlinable @inline(__always)
func foldedMultiply(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let (high, low) = a.multipliedFullWidth(by: b)
    return high ^ low
}

extension UTF8Slice: CustomStringConvertible, ExpressibleByStringLiteral {
    public var description: String { String(self) }
    public init(stringLiteral value: String) { self.init(value) }
}

extension UTF8Slice: Codable {
    public init(from decoder: any Decoder) throws { self.init(try decoder.singleValueContainer().decode(String.self)) }
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(String(self))
    }
}

extension UTF8Slice: MemorySized {
    public var memoryByteCount: Int { MemoryLayout<Self>.size + count }
}

extension UTF8Slice: SpillCodable {
    public func spill(to bytes: inout [UInt8]) {
        appendCount(count, to: &bytes)
        withBytes { bytes.append(contentsOf: $0) }
    }

    public init(spilled reader: inout SpillReader) throws {
        let bytes = try reader.take(try reader.count())
        let buffer = TextBuffer(capacity: bytes.count)
        UnsafeMutableRawBufferPointer(start: buffer.base, count: bytes.count).copyMemory(from: bytes)
        self.init(buffer: buffer, start: 0, count: bytes.count)
    }
}

extension String {
    /// Copies the bytes; invalid UTF-8 is repaired with U+FFFD.
    @inlinable
    public init(_ slice: UTF8Slice) {
        self = slice.withBytes { String(decoding: $0, as: UTF8.self) }
    }
}
