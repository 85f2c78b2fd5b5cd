extension UTF8Slice {
    /// The parts between separators, in order, empty ones included, without an array of them.
    @inlinable
    public func fields(separatedBy separator: UInt8 = UInt8(ascii: ",")) -> Fields { Fields(slice: self, separator: separator) }

    /// The runs of bytes other than ASCII white space.
    @inlinable public var words: Words { Words(slice: self) }

    public struct Fields: Sequence, IteratorProtocol, Sendable {
        @usableFromInline let slice: UTF8Slice
        @usableFromInline let separator: UInt8
        @usableFromInline var position = 0

        @inlinable
        init(slice: UTF8Slice, separator: UInt8) {
            self.slice = slice
            self.separator = separator
        }

        @inlinable
        public mutating func next() -> UTF8Slice? {
            guard position <= slice.count else { return nil }
            let end = slice.firstIndex(of: separator, from: position) ?? slice.count
            defer { position = end + 1 }
            return slice[position..<end]
        }
    }

    public struct Words: Sequence, IteratorProtocol, Sendable {
        @usableFromInline let slice: UTF8Slice
        @usableFromInline var position = 0

        @inlinable
        init(slice: UTF8Slice) { self.slice = slice }

        @inlinable @inline(__always)
        public mutating func next() -> UTF8Slice? {
            guard let buffer = slice.buffer else { return nextInline() }
            defer { extendLifetime(buffer) }
            let text = UnsafeRawPointer(slice.address), count = slice.count
            var start = position
            while start < count, isSpace(text.load(fromByteOffset: start, as: UInt8.self)) { start += 1 }
            guard start < count else { return nil }
            var end = start
            while true {
                // Eight bytes at a time: which are at most a space?
                let word = text.loadUnaligned(fromByteOffset: end, as: UInt64.self).littleEndian
                let match = (word &- 0x2121_2121_2121_2121) & ~word & 0x8080_8080_8080_8080
                if match == 0 {
                    end += 8
                    if end >= count { break }
                    continue
                }
                end += match.trailingZeroBitCount / 8
                // Other control characters belong to words.
                if end >= count || isSpace(text.load(fromByteOffset: end, as: UInt8.self)) { break }
                end += 1
            }
            if end > count { end = count }
            position = end
            return UTF8Slice(buffer, slice.address + start, end - start)
        }

        @usableFromInline
        mutating func nextInline() -> UTF8Slice? {
            let count = slice.count
            var start = position
            while start < count, isSpace(slice.byte(start)) { start += 1 }
            guard start < count else { return nil }
            var end = start + 1
            while end < count, !isSpace(slice.byte(end)) { end += 1 }
            position = end
            return slice[start..<end]
        }
    }
}

/// Space, tab, line feed, vertical tab, form feed, carriage return.
@inlinable @inline(__always)
func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (byte >= 9 && byte <= 13) }

extension FixedWidthInteger {
    /// Reads a decimal integer, with a sign or without; `nil` when there is anything else or it does not fit.
    @inlinable @inline(__always)
    public init?(_ slice: UTF8Slice) {
        if Self.bitWidth >= 32, let value = slice.shortDecimal {
            self = Self(truncatingIfNeeded: value)
        } else {
            self.init(anyDecimal: slice)
        }
    }

    @inlinable
    init?(anyDecimal slice: UTF8Slice) {
        let parsed: Self? = slice.withBytes { bytes in
            var rest = bytes[...]
            let isNegative = rest.first == UInt8(ascii: "-")
            if isNegative || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
            guard !rest.isEmpty else { return nil }
            var value: Self = 0
            for byte in rest {
                let digit = byte &- UInt8(ascii: "0")
                guard digit < 10 else { return nil }
                let (product, overflow) = value.multipliedReportingOverflow(by: 10)
                let (sum, carry) =
                    isNegative
                    ? product.subtractingReportingOverflow(Self(truncatingIfNeeded: digit))
                    : product.addingReportingOverflow(Self(truncatingIfNeeded: digit))
                guard !overflow, !carry else { return nil }
                value = sum
            }
            return value
        }
        guard let parsed else { return nil }
        self = parsed
    }
}

extension UTF8Slice {
    /// The value of one to eight digits, all at once; `nil` for anything else. (D. Lemire, “Quickly parsing eight digits”, 2018.)
    @inlinable @inline(__always)
    var shortDecimal: UInt64? {
        let count = high >> 56
        guard isInline, count &- 1 < 8 else { return nil }
        // Right-aligned, with zeros in front.
        let spare = 64 &- count &* 8
        let text = low << spare | ~(~0 << spare) & 0x3030_3030_3030_3030
        guard text & 0xF0F0_F0F0_F0F0_F0F0 == 0x3030_3030_3030_3030,
            (text &+ 0x0606_0606_0606_0606) & 0xF0F0_F0F0_F0F0_F0F0 == 0x3030_3030_3030_3030
        else { return nil }
        let digits = text &- 0x3030_3030_3030_3030
        let pairs = digits &* 10 &+ digits >> 8
        let mask: UInt64 = 0x0000_00FF_0000_00FF
        return ((pairs & mask) &* 0x000F_4240_0000_0064 &+ ((pairs >> 16) & mask) &* 0x0000_2710_0000_0001) >> 32
    }
}

extension Double {
    /// Reads a decimal number as `Double.init(_: String)` does.
    public init?(_ slice: UTF8Slice) {
        // Short plain decimals are exact as a quotient of two exactly representable numbers (Clinger 1990); the rest goes to the
        // standard library.
        let quick: Double? = slice.withBytes { bytes in
            var mantissa = 0, scale = 1, digits = 0
            var sawPoint = false
            var rest = bytes[...]
            let isNegative = rest.first == UInt8(ascii: "-")
            if isNegative { rest = rest.dropFirst() }
            for byte in rest {
                if byte == UInt8(ascii: "."), !sawPoint {
                    sawPoint = true
                    continue
                }
                let digit = byte &- UInt8(ascii: "0")
                guard digit < 10 else { return nil }
                mantissa = mantissa * 10 + Int(digit)
                if sawPoint { scale *= 10 }
                digits += 1
                if digits > 15 { return nil }
            }
            guard digits > 0 else { return nil }
            let value = Double(mantissa) / Double(scale)
            return isNegative ? -value : value
        }
        if let quick {
            self = quick
        } else if let slow = Double(String(slice)) {
            self = slow
        } else {
            return nil
        }
    }
}
