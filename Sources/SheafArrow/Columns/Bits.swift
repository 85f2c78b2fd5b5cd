/// Arrow's bitmaps: bit i is bit i % 8 of byte i / 8.
@usableFromInline enum Bits {
    @inlinable static func isSet(_ bits: UnsafePointer<UInt8>, _ index: Int) -> Bool { (bits[index &>> 3] &>> (index & 7)) & 1 != 0 }

    /// The bytes that `count` bits take.
    @inlinable static func byteCount(_ count: Int) -> Int { (count &+ 7) &>> 3 }

    /// How many of the bits from `offset` are set.
    static func countOnes(_ bits: UnsafeRawPointer, offset: Int, count: Int) -> Int {
        let bytes = bits.assumingMemoryBound(to: UInt8.self)
        var ones = 0
        var index = offset
        let end = offset + count
        while index < end, index & 7 != 0 {
            if isSet(bytes, index) { ones &+= 1 }
            index += 1
        }
        while end - index >= 64 {
            ones &+= bits.loadUnaligned(fromByteOffset: index &>> 3, as: UInt64.self).nonzeroBitCount
            index += 64
        }
        while index < end {
            if isSet(bytes, index) { ones &+= 1 }
            index += 1
        }
        return ones
    }

    /// Copies `count` bits from `offset` to the start of `target`, whose last byte is filled up with zeros.
    static func copy(_ bits: UnsafeRawPointer, offset: Int, count: Int, to target: UnsafeMutableRawPointer) {
        guard count > 0 else { return }
        let bytes = byteCount(count)
        let source = bits + (offset &>> 3)
        let shift = UInt8(offset & 7)
        if shift == 0 {
            target.copyMemory(from: source, byteCount: bytes)
        } else {
            let available = byteCount(count + Int(shift))
            for index in 0..<bytes {
                let low = source.load(fromByteOffset: index, as: UInt8.self) &>> shift
                let high = index + 1 < available ? source.load(fromByteOffset: index + 1, as: UInt8.self) &<< (8 - shift) : 0
                target.storeBytes(of: low | high, toByteOffset: index, as: UInt8.self)
            }
        }
        if count & 7 != 0 {
            let last = target.load(fromByteOffset: bytes - 1, as: UInt8.self)
            target.storeBytes(of: last & (UInt8(1) &<< UInt8(count & 7) &- 1), toByteOffset: bytes - 1, as: UInt8.self)
        }
    }
}

extension ColumnBuffer {
    /// One bit a flag.
    init(bits flags: [Bool]) {
        var bytes = [UInt8](repeating: 0, count: Bits.byteCount(flags.count))
        for index in flags.indices where flags[index] { bytes[index >> 3] |= 1 << UInt8(index & 7) }
        self.init(copying: bytes)
    }

    /// A copy of the elements.
    init<Element: BitwiseCopyable>(copying elements: [Element]) {
        let memory = elements.withUnsafeBytes { ArrowMemory(copying: $0) }
        self = memory.bytes.baseAddress.map { ColumnBuffer($0, byteCount: memory.count, owner: memory) } ?? .empty
    }
}
