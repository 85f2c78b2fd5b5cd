public import SheafArrow

// Integer columns. Written out for each type, since an extension of `FixedWidthInteger` cannot add a conformance.

extension Int: IntegerColumnValue {
    public typealias Base = Int
    public typealias Nullable = Int?
    public typealias Truth = Bool
    public static var sqlType: SQLType { .int64 }
    public var literal: SQLLiteral { .integer(Int64(self)) }
    public static func sample(marked: Bool) -> Int { marked ? 1 : 0 }
    public static func reader(of column: ArrowColumn) throws -> (Int) throws -> Int { try ColumnReading.integers(column) }
}

extension Int8: IntegerColumnValue {
    public typealias Base = Int8
    public typealias Nullable = Int8?
    public typealias Truth = Bool
    public static var sqlType: SQLType { .int8 }
    public var literal: SQLLiteral { .integer(Int64(self)) }
    public static func sample(marked: Bool) -> Int8 { marked ? 1 : 0 }
    public static func reader(of column: ArrowColumn) throws -> (Int) throws -> Int8 { try ColumnReading.integers(column) }
}

extension Int16: IntegerColumnValue {
    public typealias Base = Int16
    public typealias Nullable = Int16?
    public typealias Truth = Bool
    public static var sqlType: SQLType { .int16 }
    public var literal: SQLLiteral { .integer(Int64(self)) }
    public static func sample(marked: Bool) -> Int16 { marked ? 1 : 0 }
    public static func reader(of column: ArrowColumn) throws -> (Int) throws -> Int16 { try ColumnReading.integers(column) }
}

extension Int32: IntegerColumnValue {
    public typealias Base = Int32
    public typealias Nullable = Int32?
    public typealias Truth = Bool
    public static var sqlType: SQLType { .int32 }
    public var literal: SQLLiteral { .integer(Int64(self)) }
    public static func sample(marked: Bool) -> Int32 { marked ? 1 : 0 }
    public static func reader(of column: ArrowColumn) throws -> (Int) throws -> Int32 { try ColumnReading.integers(column) }
}

extension Int64: IntegerColumnValue {
    public typealias Base = Int64
    public typealias Nullable = Int64?
    public typealias Truth = Bool
    public static var sqlType: SQLType { .int64 }
    public var literal: SQLLiteral { .integer(Int64(self)) }
    public static func sample(marked: Bool) -> Int64 { marked ? 1 : 0 }
    public static func reader(of column: ArrowColumn) throws -> (Int) throws -> Int64 { try ColumnReading.integers(column) }
}

extension UInt8: IntegerColumnValue {
    public typealias Base = UInt8
    public typealias Nullable = UInt8?
    public typealias Truth = Bool
    public static var sqlType: SQLType { .uint8 }
    public var literal: SQLLiteral { .integer(Int64(self)) }
    public static func sample(marked: Bool) -> UInt8 { marked ? 1 : 0 }
    public static func reader(of column: ArrowColumn) throws -> (Int) throws -> UInt8 { try ColumnReading.integers(column) }
}

extension UInt16: IntegerColumnValue {
    public typealias Base = UInt16
    public typealias Nullable = UInt16?
    public typealias Truth = Bool
    public static var sqlType: SQLType { .uint16 }
    public var literal: SQLLiteral { .integer(Int64(self)) }
    public static func sample(marked: Bool) -> UInt16 { marked ? 1 : 0 }
    public static func reader(of column: ArrowColumn) throws -> (Int) throws -> UInt16 { try ColumnReading.integers(column) }
}

extension UInt32: IntegerColumnValue {
    public typealias Base = UInt32
    public typealias Nullable = UInt32?
    public typealias Truth = Bool
    public static var sqlType: SQLType { .uint32 }
    public var literal: SQLLiteral { .integer(Int64(self)) }
    public static func sample(marked: Bool) -> UInt32 { marked ? 1 : 0 }
    public static func reader(of column: ArrowColumn) throws -> (Int) throws -> UInt32 { try ColumnReading.integers(column) }
}

extension UInt64: IntegerColumnValue {
    public typealias Base = UInt64
    public typealias Nullable = UInt64?
    public typealias Truth = Bool
    public static var sqlType: SQLType { .uint64 }
    public var literal: SQLLiteral { .unsigned(self) }
    public static func sample(marked: Bool) -> UInt64 { marked ? 1 : 0 }
    public static func reader(of column: ArrowColumn) throws -> (Int) throws -> UInt64 { try ColumnReading.integers(column) }
}

/// Integers: their quotient is rounded towards zero.
public protocol IntegerColumnValue: NumericColumnValue {}

extension Optional: IntegerColumnValue where Wrapped: IntegerColumnValue, Wrapped.Base == Wrapped {}
