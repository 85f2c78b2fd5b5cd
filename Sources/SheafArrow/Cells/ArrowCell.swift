/// One value of any column, for printing and for code that does not know the types. Loops over many are faster through typed views.
public indirect enum ArrowCell: Hashable, Sendable {
    case null
    case bool(Bool)
    case int(Int64)
    case uint(UInt64)
    /// A number of any of the three float types.
    case double(Double)
    case string(String)
    case bytes([UInt8])
    /// The integer × 10^−scale.
    case decimal(Int128, scale: Int)
    /// A decimal beyond 128 bits: the high half × 2^128 + the low half, × 10^−scale.
    case wideDecimal(high: Int128, low: UInt128, scale: Int)
    /// Days since 1970-01-01.
    case date(days: Int)
    /// Units since midnight.
    case time(Int64, ArrowTimeUnit)
    /// Units since 1970-01-01T00:00:00, of UTC if there is a zone.
    case timestamp(Int64, ArrowTimeUnit, zone: String?)
    case duration(Int64, ArrowTimeUnit)
    case interval(months: Int, days: Int, nanoseconds: Int64)
    case list([ArrowCell])
    case `struct`([Member])
    case map([Entry])

    /// A field of a struct.
    public struct Member: Hashable, Sendable {
        public var name: String
        public var value: ArrowCell

        public init(_ name: String, _ value: ArrowCell) {
            self.name = name
            self.value = value
        }
    }

    /// An entry of a map.
    public struct Entry: Hashable, Sendable {
        public var key: ArrowCell
        public var value: ArrowCell

        public init(_ key: ArrowCell, _ value: ArrowCell) {
            self.key = key
            self.value = value
        }
    }

    public var isNull: Bool { self == .null }
}

extension ArrowColumn {
    /// The value of row `index`; a dictionary-encoded column's is the dictionary's value.
    public func cell(at index: Int) -> ArrowCell {
        guard !isNull(at: index) else { return .null }
        return withExtendedLifetime(storage) { presentCell(at: index) }
    }

    /// All values.
    public func cells() -> [ArrowCell] { (0..<count).map { cell(at: $0) } }

    private func presentCell(at index: Int) -> ArrowCell {
        let slot = offset + index
        func load<Value: BitwiseCopyable>(_: Value.Type, at byte: Int = 0) -> Value {
            storage.values.loadUnaligned(fromByteOffset: slot * width + byte, as: Value.self)
        }
        switch type {
        case .null: return .null
        case .bool: return .bool(Bits.isSet(storage.values.assumingMemoryBound(to: UInt8.self), slot))
        case .int8: return .int(Int64(load(Int8.self)))
        case .int16: return .int(Int64(load(Int16.self)))
        case .int32: return .int(Int64(load(Int32.self)))
        case .int64: return .int(load(Int64.self))
        case .uint8: return .uint(UInt64(load(UInt8.self)))
        case .uint16: return .uint(UInt64(load(UInt16.self)))
        case .uint32: return .uint(UInt64(load(UInt32.self)))
        case .uint64: return .uint(load(UInt64.self))
        case .float16: return .double(HalfFloat.double(load(UInt16.self)))
        case .float32: return .double(Double(load(Float.self)))
        case .float64: return .double(load(Double.self))
        case .utf8, .largeUtf8, .utf8View: return .string(String(decoding: storage.bytes(ofSlot: slot), as: UTF8.self))
        case .binary, .largeBinary, .binaryView, .fixedSizeBinary: return .bytes([UInt8](storage.bytes(ofSlot: slot)))
        case .decimal32(_, let scale): return .decimal(Int128(load(Int32.self)), scale: scale)
        case .decimal64(_, let scale): return .decimal(Int128(load(Int64.self)), scale: scale)
        case .decimal128(_, let scale): return .decimal(load(Int128.self), scale: scale)
        case .decimal256(_, let scale):
            let (low, high) = (load(UInt128.self), load(Int128.self, at: 16))
            let narrow = Int128(truncatingIfNeeded: low)
            return high == (narrow < 0 ? -1 : 0) ? .decimal(narrow, scale: scale) : .wideDecimal(high: high, low: low, scale: scale)
        case .date32: return .date(days: Int(load(Int32.self)))
        case .date64: return .date(days: Int(load(Int64.self).flooredDivision(by: 86_400_000).quotient))
        case .time32(let unit): return .time(Int64(load(Int32.self)), unit)
        case .time64(let unit): return .time(load(Int64.self), unit)
        case .timestamp(let unit, let zone): return .timestamp(load(Int64.self), unit, zone: zone)
        case .duration(let unit): return .duration(load(Int64.self), unit)
        case .interval(.yearMonth): return .interval(months: Int(load(Int32.self)), days: 0, nanoseconds: 0)
        case .interval(.dayTime):
            return .interval(months: 0, days: Int(load(Int32.self)), nanoseconds: Int64(load(Int32.self, at: 4)) * 1_000_000)
        case .interval(.monthDayNano):
            return .interval(months: Int(load(Int32.self)), days: Int(load(Int32.self, at: 4)), nanoseconds: load(Int64.self, at: 8))
        case .list, .largeList, .fixedSizeList:
            return .list(range(at: index).map { storage.children[0].cell(at: $0) })
        case .struct(let fields):
            return .struct(fields.indices.map { ArrowCell.Member(fields[$0].name, storage.children[$0].cell(at: slot)) })
        case .map:
            let entries = storage.children[0]
            let (keys, values) = (entries.child(0), entries.child(1))
            return .map(range(at: index).map { ArrowCell.Entry(keys.cell(at: $0), values.cell(at: $0)) })
        case .dictionary:
            return storage.dictionary?.cell(at: integer(ofSlot: slot)) ?? .null
        }
    }

    /// The bytes of a slot of fixed width.
    private var width: Int { if case .fixed(let width) = storage.layout { width } else { 0 } }
}

/// IEEE 754 binary16 by hand, since `Float16` does not exist on every platform.
enum HalfFloat {
    static func double(_ bits: UInt16) -> Double {
        let sign = bits & 0x8000 == 0 ? 1.0 : -1.0
        let (exponent, fraction) = (Int(bits >> 10 & 0x1f), Double(bits & 0x3ff))
        switch exponent {
        case 0: return sign * fraction * 0x1p-24
        case 31: return fraction == 0 ? sign * .infinity : .nan
        default: return sign * (fraction + 1_024) * Double(sign: .plus, exponent: exponent - 25, significand: 1)
        }
    }

    /// The nearest value, ties to even.
    static func bits(_ value: Double) -> UInt16 {
        let sign: UInt16 = value.sign == .minus ? 0x8000 : 0
        if value.isNaN { return sign | 0x7e00 }
        let size = value.magnitude
        if size >= 65_520 { return sign | 0x7c00 }
        if size < 0x1p-14 { return sign | UInt16((size * 0x1p24).rounded(.toNearestOrEven)) }
        let exponent = Int(size.exponent)
        let fraction = UInt16((size.significand * 1_024).rounded(.toNearestOrEven)) - 1_024
        // A fraction that was rounded up to 1024 carries into the exponent, as it should.
        return sign | (UInt16(exponent + 15) << 10 &+ fraction)
    }
}

extension FixedWidthInteger {
    /// The quotient rounded down, and a remainder that is not negative.
    func flooredDivision(by divisor: Self) -> (quotient: Self, remainder: Self) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
