public import SheafCore

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// A piece of UTF-8 text: a line of a file, or a word of a line, without a heap allocation of its own.
///
/// Up to 15 bytes are held inline; longer text shares its buffer, which lives as long as any slice of it. Operations that keep keys
/// for long (`reduceByKey`, `groupByKey`, `distinct`) store compact copies, so that a few kept words do not hold whole buffers.
///
/// - Note: Equality, order and hashing are by bytes, unlike `String`'s canonical equivalence.
public struct UTF8Slice: Sendable {
    /// `nil` when the text is inline.
    @usableFromInline let buffer: TextBuffer?
    /// Inline: the first eight bytes, the first one lowest. Else: the address of the first byte.
    @usableFromInline let low: UInt64
    /// Inline: seven bytes more, and the count in the highest byte; unused bytes are zero. Else: the count.
    @usableFromInline let high: UInt64

    @usableFromInline static var inlineCapacity: Int { 15 }

    /// A part of a buffer that is filled up to there.
    @inlinable @inline(__always)
    init(buffer: TextBuffer, start: Int, count: Int) {
        self.init(buffer, UnsafePointer(buffer.base + start), count)
    }

    /// Text inside `buffer`. Every slice is inline when it can be, so equal text has equal form.
    @inlinable @inline(__always)
    init(_ buffer: TextBuffer, _ text: UnsafePointer<UInt8>, _ count: Int) {
        if count > Self.inlineCapacity {
            self.init(buffer: buffer, low: UInt64(UInt(bitPattern: text)), high: UInt64(truncatingIfNeeded: count))
        } else {
            // Buffers are padded, so sixteen bytes can be read at any position.
            let bytes = UnsafeRawPointer(text)
            self.init(
                inline: bytes.loadUnaligned(as: UInt64.self).littleEndian,
                bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self).littleEndian, count)
        }
    }

    /// Inline text; bytes beyond the count are cleared.
    @inlinable @inline(__always)
    init(inline first: UInt64, _ second: UInt64, _ count: Int) {
        let size = UInt64(truncatingIfNeeded: count)
        self.init(
            buffer: nil, low: count >= 8 ? first : first & ~(~0 &<< (size &* 8)),
            high: (count > 8 ? second & ~(~0 &<< ((size &- 8) &* 8)) : 0) | size << 56)
    }

    @inlinable @inline(__always)
    init(buffer: TextBuffer?, low: UInt64, high: UInt64) {
        self.buffer = buffer
        self.low = low
        self.high = high
    }

    /// Copies bytes.
    @usableFromInline
    init(copying bytes: UnsafeRawBufferPointer) {
        let copy = TextBuffer(capacity: bytes.count)
        if let source = bytes.baseAddress { UnsafeMutableRawPointer(copy.base).copyMemory(from: source, byteCount: bytes.count) }
        self.init(buffer: copy, start: 0, count: bytes.count)
    }

    /// Copies a string's bytes.
    public init(_ string: some StringProtocol) {
        var string = String(string)
        self = string.withUTF8 { UTF8Slice(copying: UnsafeRawBufferPointer($0)) }
    }

    @inlinable @inline(__always)
    var isInline: Bool { buffer == nil }

    /// Bytes.
    @inlinable public var count: Int { Int(truncatingIfNeeded: isInline ? high >> 56 : high) }
    @inlinable public var isEmpty: Bool { high == 0 }

    /// The first byte of text that is not inline.
    @inlinable @inline(__always)
    var address: UnsafePointer<UInt8> { UnsafePointer(bitPattern: UInt(low)).unsafelyUnwrapped }

    /// The bytes, valid during the call.
    @inlinable @inline(__always)
    public func withBytes<R>(_ body: (UnsafeBufferPointer<UInt8>) throws -> R) rethrows -> R {
        if let buffer {
            defer { extendLifetime(buffer) }
            return try body(UnsafeBufferPointer(start: address, count: count))
        }
        return try withUnsafeBytes(of: (low.littleEndian, high.littleEndian)) { bytes in
            try body(UnsafeBufferPointer(start: bytes.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: UInt8.self), count: count))
        }
    }

    /// The byte at `position`, which has to be below ``count``.
    @inlinable
    public subscript(position: Int) -> UInt8 {
        precondition(position >= 0 && position < count, "byte \(position) of a slice of \(count)")
        return byte(position)
    }

    @inlinable @inline(__always)
    func byte(_ position: Int) -> UInt8 {
        if let buffer {
            defer { extendLifetime(buffer) }
            return address[position]
        }
        return UInt8(truncatingIfNeeded: position < 8 ? low >> UInt64(position * 8) : high >> UInt64((position - 8) * 8))
    }

    /// A part of this slice; it shares the buffer, or is inline.
    @inlinable
    public subscript(range: Range<Int>) -> UTF8Slice {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "bytes \(range) of a slice of \(count)")
        if let buffer { return UTF8Slice(buffer, address + range.lowerBound, range.count) }
        let shifted = (UInt128(high & 0x00FF_FFFF_FFFF_FFFF) << 64 | UInt128(low)) >> UInt128(range.lowerBound * 8)
        return UTF8Slice(inline: UInt64(truncatingIfNeeded: shifted), UInt64(truncatingIfNeeded: shifted >> 64), range.count)
    }

    /// The position of the first `byte`, from `offset` on.
    @inlinable
    public func firstIndex(of byte: UInt8, from offset: Int = 0) -> Int? {
        precondition(offset >= 0, "byte \(offset) of a slice of \(count)")
        let count = count
        let pattern = UInt64(byte) &* 0x0101_0101_0101_0101
        var position = offset
        if let buffer {
            defer { extendLifetime(buffer) }
            let text = UnsafeRawPointer(address)
            while position < count {
                let word = text.loadUnaligned(fromByteOffset: position, as: UInt64.self).littleEndian ^ pattern
                let match = zeroBytes(word)
                if match != 0 {
                    position += match.trailingZeroBitCount / 8
                    return position < count ? position : nil
                }
                position += 8
            }
            return nil
        }
        if position < 8 {
            // What lies before is made different, since it must not only be passed over: see `zeroBytes`.
            let match = zeroBytes(low ^ pattern | ~(~0 &<< UInt64(position * 8)))
            if match != 0 {
                let found = match.trailingZeroBitCount / 8
                return found < count ? found : nil
            }
            position = 8
        }
        guard position < count else { return nil }
        let match = zeroBytes(high ^ pattern | ~(~0 &<< UInt64((position - 8) * 8)))
        let found = 8 + match.trailingZeroBitCount / 8
        return match != 0 && found < count ? found : nil
    }

    @inlinable
    public func hasPrefix(_ prefix: StaticString) -> Bool {
        guard prefix.utf8CodeUnitCount <= count else { return false }
        return withBytes { bytes in
            for position in 0..<prefix.utf8CodeUnitCount where bytes[position] != prefix.utf8Start[position] { return false }
            return true
        }
    }

    /// The same text without a share in a larger buffer.
    public func detached() -> UTF8Slice {
        isInline ? self : withBytes { UTF8Slice(copying: UnsafeRawBufferPointer($0)) }
    }
}

/// The highest bit of each byte that is zero. Exact up to and including the first such byte, which is all that is asked for.
@inlinable @inline(__always)
func zeroBytes(_ word: UInt64) -> UInt64 {
    (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080
}

/// Bytes that slices share. Written by one owner before it is shared; immutable from then on.
@usableFromInline
final class TextBuffer: @unchecked Sendable {
    @usableFromInline let base: UnsafeMutablePointer<UInt8>
    @usableFromInline let capacity: Int
    /// Bytes beyond the capacity that may be read, though they mean nothing.
    static let padding = 16

    @usableFromInline
    init(capacity: Int) {
        base = .allocate(capacity: capacity + Self.padding)
        (base + capacity).initialize(repeating: 0, count: Self.padding)
        self.capacity = capacity
    }

    deinit { base.deallocate() }
}

extension UTF8Slice: Hashable, Comparable {
    @inlinable @inline(__always)
    public static func == (left: UTF8Slice, right: UTF8Slice) -> Bool {
        // The count, and for inline text half of the bytes too.
        guard left.high == right.high else { return false }
        return left.low == right.low || (!left.isInline && left.hasSameBytes(as: right))
    }

    /// For two slices of the same count, neither inline.
    @usableFromInline
    func hasSameBytes(as other: UTF8Slice) -> Bool {
        withBytes { a in other.withBytes { b in memcmp(a.baseAddress!, b.baseAddress!, a.count) == 0 } }
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

    /// A fast hash for partitioning, the same in every process: multiply and fold (after wyhash, https://github.com/wangyi-fudan/wyhash).
    @inlinable @inline(__always)
    var stableHash: UInt64 {
        if isInline { return foldedMultiply(low ^ 0xA076_1D64_78BD_642F, high ^ 0xE703_7ED1_A0B4_28DB) }
        return hashOfLongText
    }

    @usableFromInline
    var hashOfLongText: UInt64 {
        withBytes { bytes in
            let text = UnsafeRawPointer(bytes.baseAddress!)
            var state: UInt64 = 0x8EBC_6AF0_9C88_C6E3 ^ high
            var position = 0
            while position + 8 <= bytes.count {
                state = foldedMultiply(
                    state ^ text.loadUnaligned(fromByteOffset: position, as: UInt64.self).littleEndian, 0xE703_7ED1_A0B4_28DB)
                position += 8
            }
            // Long text has eight bytes before its end, so the last word overlaps what was read.
            return foldedMultiply(
                state ^ text.loadUnaligned(fromByteOffset: bytes.count - 8, as: UInt64.self).littleEndian, 0xA076_1D64_78BD_642F)
        }
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
    public var memoryByteCount: Int { MemoryLayout<Self>.size + (isInline ? 0 : count) }
}

extension UTF8Slice: SpillCodable {
    public func spill(to bytes: inout [UInt8]) {
        appendCount(count, to: &bytes)
        withBytes { bytes.append(contentsOf: $0) }
    }

    public init(spilled reader: inout SpillReader) throws { self.init(copying: try reader.take(try reader.count())) }

    /// The lengths, then all bytes.
    public static func spill(_ values: [UTF8Slice], to bytes: inout [UInt8]) {
        values.map { UInt64($0.count) }.withUnsafeBytes { bytes.append(contentsOf: $0) }
        bytes.reserveCapacity(bytes.count + values.reduce(0) { $0 + $1.count })
        for value in values { value.withBytes { bytes.append(contentsOf: $0) } }
    }

    public static func values(_ count: Int, spilled reader: inout SpillReader) throws -> [UTF8Slice] {
        let (size, isTooLarge) = count.multipliedReportingOverflow(by: 8)
        let lengths = try reader.take(isTooLarge ? .max : size)
        return try (0..<count).map { index in
            let length = lengths.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self)
            return UTF8Slice(copying: try reader.take(Int(clamping: length)))
        }
    }
}

extension String {
    /// Copies the bytes; invalid UTF-8 is repaired with U+FFFD.
    @inlinable
    public init(_ slice: UTF8Slice) {
        self = slice.withBytes { String(decoding: $0, as: UTF8.self) }
    }
}
