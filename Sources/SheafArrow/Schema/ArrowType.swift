/// The type of a column, as the Arrow columnar format defines it.
public indirect enum ArrowType: Hashable, Sendable {
    /// A column of nulls, without buffers.
    case null
    case bool
    case int8, int16, int32, int64
    case uint8, uint16, uint32, uint64
    /// IEEE 754 binary16, read as `UInt16` patterns or, cell by cell, as `Double`.
    case float16
    case float32, float64
    /// UTF-8 text with 32-bit offsets, so at most 2 GiB in a column.
    case utf8
    /// UTF-8 text with 64-bit offsets.
    case largeUtf8
    /// UTF-8 text in 16-byte views: short texts inline, long ones in several data buffers.
    case utf8View
    case binary, largeBinary, binaryView
    case fixedSizeBinary(byteCount: Int)
    /// An integer of 32 bits that stands for integer × 10^−scale, of at most 9 digits.
    case decimal32(precision: Int, scale: Int)
    /// At most 18 digits.
    case decimal64(precision: Int, scale: Int)
    /// At most 38 digits.
    case decimal128(precision: Int, scale: Int)
    /// At most 76 digits.
    case decimal256(precision: Int, scale: Int)
    /// Days since 1970-01-01, as `Int32`.
    case date32
    /// Milliseconds since 1970-01-01, whole days, as `Int64`.
    case date64
    /// Seconds or milliseconds since midnight, as `Int32`.
    case time32(ArrowTimeUnit)
    /// Microseconds or nanoseconds since midnight, as `Int64`.
    case time64(ArrowTimeUnit)
    /// Units since 1970-01-01T00:00:00 as `Int64`: of UTC, to be shown in `zone`, or, without a zone, of a clock on some wall.
    case timestamp(ArrowTimeUnit, zone: String?)
    case duration(ArrowTimeUnit)
    case interval(ArrowIntervalUnit)
    /// Lists with 32-bit offsets.
    case list(ArrowField)
    /// Lists with 64-bit offsets.
    case largeList(ArrowField)
    case fixedSizeList(ArrowField, count: Int)
    case `struct`([ArrowField])
    case map(key: ArrowField, value: ArrowField, keysSorted: Bool)
    /// Integers that point into a column of distinct values.
    case dictionary(index: ArrowType, value: ArrowType, isOrdered: Bool)

    /// A list whose items may be null, as most writers name it.
    public static func list(of item: ArrowType) -> ArrowType { .list(ArrowField("item", item)) }

    /// A map from keys that are never null to values that may be.
    public static func map(from key: ArrowType, to value: ArrowType) -> ArrowType {
        .map(key: ArrowField("key", key, isNullable: false), value: ArrowField("value", value), keysSorted: false)
    }

    /// The fields of the child columns: a list's item, a struct's fields, a map's entries.
    public var children: [ArrowField] {
        switch self {
        case .list(let item), .largeList(let item), .fixedSizeList(let item, _): [item]
        case .struct(let fields): fields
        case .map(let key, let value, _): [ArrowField("entries", .struct([key, value]), isNullable: false)]
        default: []
        }
    }
}

/// What the integers of a time, timestamp or duration count.
public enum ArrowTimeUnit: Int, Hashable, Sendable, CaseIterable {
    case second, millisecond, microsecond, nanosecond

    /// 1, 1,000, 1,000,000 or 1,000,000,000.
    public var unitsPerSecond: Int64 {
        switch self {
        case .second: 1
        case .millisecond: 1_000
        case .microsecond: 1_000_000
        case .nanosecond: 1_000_000_000
        }
    }
}

/// What an interval counts.
public enum ArrowIntervalUnit: Int, Hashable, Sendable, CaseIterable {
    /// Months, as `Int32`.
    case yearMonth
    /// Days and milliseconds, two `Int32`.
    case dayTime
    /// Months and days, two `Int32`, and nanoseconds, an `Int64`.
    case monthDayNano
}

/// A column's name, type and what else its schema says.
public struct ArrowField: Hashable, Sendable {
    public var name: String
    public var type: ArrowType
    public var isNullable: Bool
    /// Free text for whoever reads the schema; names of extension types are kept here, too.
    public var metadata: [String: String]

    public init(_ name: String, _ type: ArrowType, isNullable: Bool = true, metadata: [String: String] = [:]) {
        self.name = name
        self.type = type
        self.isNullable = isNullable
        self.metadata = metadata
    }
}

/// The columns of a record batch: their names and types in order.
public struct ArrowTableSchema: Hashable, Sendable {
    public var fields: [ArrowField]
    public var metadata: [String: String]

    public init(_ fields: [ArrowField], metadata: [String: String] = [:]) {
        self.fields = fields
        self.metadata = metadata
    }

    /// The place of the first field of that name.
    /// - Complexity: O(fields)
    public func index(of name: String) -> Int? { fields.firstIndex { $0.name == name } }
}

/// How a type's values lie in buffers.
@usableFromInline enum ArrowLayout: Hashable, Sendable {
    case none
    case bits
    case fixed(width: Int)
    case bytes(wide: Bool)
    case views
    case list(wide: Bool)
    case fixedList(count: Int)
    case structure
}

extension ArrowType {
    var layout: ArrowLayout {
        switch self {
        case .null: .none
        case .bool: .bits
        case .int8, .uint8: .fixed(width: 1)
        case .int16, .uint16, .float16: .fixed(width: 2)
        case .int32, .uint32, .float32, .date32, .time32, .decimal32, .interval(.yearMonth): .fixed(width: 4)
        case .int64, .uint64, .float64, .date64, .time64, .timestamp, .duration, .decimal64, .interval(.dayTime): .fixed(width: 8)
        case .decimal128, .interval(.monthDayNano): .fixed(width: 16)
        case .decimal256: .fixed(width: 32)
        case .fixedSizeBinary(let count): .fixed(width: count)
        case .utf8, .binary: .bytes(wide: false)
        case .largeUtf8, .largeBinary: .bytes(wide: true)
        case .utf8View, .binaryView: .views
        case .list, .map: .list(wide: false)
        case .largeList: .list(wide: true)
        case .fixedSizeList(_, let count): .fixedList(count: count)
        case .struct: .structure
        case .dictionary(let index, _, _): index.layout
        }
    }

    /// What the address of the second buffer is a multiple of, in bytes.
    var alignment: Int {
        switch self {
        case .fixedSizeBinary: return 1
        case .interval(.dayTime): return 4
        case .interval(.monthDayNano), .decimal256: return 8
        default: break
        }
        return switch layout {
        case .none, .bits, .fixedList, .structure: 1
        case .fixed(let width): width
        case .bytes(let wide), .list(let wide): wide ? 8 : 4
        case .views: 4
        }
    }

    var isInteger: Bool {
        switch self {
        case .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32, .uint64: true
        default: false
        }
    }

    var isText: Bool {
        switch self {
        case .utf8, .largeUtf8, .utf8View: true
        default: false
        }
    }

    /// Whether precision, widths, units and keys are ones that the format allows; says which is not.
    func check() throws(ArrowError) {
        func refuse(_ why: String) -> ArrowError { ArrowError(.invalidData, "\(self) \(why)") }
        func checkDecimal(_ precision: Int, _ scale: Int, _ digits: Int) throws(ArrowError) {
            guard (1...digits).contains(precision) else { throw refuse("has a precision outside 1...\(digits)") }
            guard (-1_000...1_000).contains(scale) else { throw refuse("has a scale outside -1000...1000") }
        }
        switch self {
        case .fixedSizeBinary(let count) where !(0...Int(Int32.max)).contains(count): throw refuse("has an impossible width")
        case .fixedSizeList(_, let count) where !(0...Int(Int32.max)).contains(count): throw refuse("has an impossible length")
        case .decimal32(let precision, let scale): try checkDecimal(precision, scale, 9)
        case .decimal64(let precision, let scale): try checkDecimal(precision, scale, 18)
        case .decimal128(let precision, let scale): try checkDecimal(precision, scale, 38)
        case .decimal256(let precision, let scale): try checkDecimal(precision, scale, 76)
        case .time32(let unit) where unit != .second && unit != .millisecond: throw refuse("must count seconds or milliseconds")
        case .time64(let unit) where unit != .microsecond && unit != .nanosecond: throw refuse("must count microseconds or nanoseconds")
        case .dictionary(let index, let value, _):
            guard index.isInteger else { throw refuse("has an index type that is no integer") }
            if case .dictionary = value { throw refuse("has a dictionary as its values") }
        default: break
        }
    }
}
