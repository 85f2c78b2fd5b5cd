public import Foundation
public import SheafArrow

/// A Swift type that a column's values can have.
///
/// Optional types are for columns that may hold nulls. Nulls follow SQL: an operation on a null is null, a comparison with a null is
/// neither true nor false but null, a filter keeps the rows for which its condition is true, and aggregates pass nulls over.
public protocol ColumnValue: Sendable, Hashable, Codable {
    /// The type itself, or what an optional wraps.
    associatedtype Base: ColumnValue
    /// The type for columns that may hold nulls.
    associatedtype Nullable: ColumnValue
    /// What a comparison gives: `Bool`, or `Bool?` where a null may take part.
    associatedtype Truth: ColumnValue

    static var sqlType: SQLType { get }
    static var isNullable: Bool { get }
    var literal: SQLLiteral { get }
    /// Any value, for finding out how a row is laid out; `marked` ones differ from others.
    static func sample(marked: Bool) -> Self
    /// How values are read from a column of a result, by position; for positions that hold a value, unless the type is optional.
    ///
    /// - Throws: ``ColumnMismatch`` when the column's values are no such values; the function, when one cannot be had.
    static func reader(of column: ArrowColumn) throws -> (Int) throws -> Self
}

extension ColumnValue where Base == Self, Nullable == Self?, Truth == Bool {
    public static var isNullable: Bool { false }
}

/// A value written in a query.
public enum SQLLiteral: Sendable, Hashable {
    case null
    case boolean(Bool)
    case integer(Int64)
    case unsigned(UInt64)
    case double(Double)
    case decimal(Decimal)
    case string(String)
    case blob([UInt8])
    case date(CalendarDate)
    /// Microseconds since 1970, UTC.
    case timestamp(Int64)
    case uuid(UUID)
    case list([SQLLiteral], SQLType)
}

/// Integers, floating-point numbers and decimals.
public protocol NumericColumnValue: ColumnValue {
    /// The floating-point type beside it: `Double`, or `Double?` where a null may be.
    associatedtype Real: ColumnValue = Double
}

extension Bool: ColumnValue {
    public typealias Base = Bool
    public typealias Nullable = Bool?
    public typealias Truth = Bool
    public static var sqlType: SQLType { .boolean }
    public var literal: SQLLiteral { .boolean(self) }
    public static func sample(marked: Bool) -> Bool { marked }
    public static func reader(of column: ArrowColumn) throws -> (Int) throws -> Bool { try ColumnReading.truths(column) }
}

extension String: ColumnValue {
    public typealias Base = String
    public typealias Nullable = String?
    public typealias Truth = Bool
    public static var sqlType: SQLType { .string }
    public var literal: SQLLiteral { .string(self) }
    public static func sample(marked: Bool) -> String { marked ? "x" : "" }
    public static func reader(of column: ArrowColumn) throws -> (Int) throws -> String { try ColumnReading.texts(column) }
}

extension Date: ColumnValue {
    public typealias Base = Date
    public typealias Nullable = Date?
    public typealias Truth = Bool
    public static var sqlType: SQLType { .timestamp }
    public var literal: SQLLiteral { .timestamp(Int64((timeIntervalSince1970 * 1_000_000).rounded())) }
    public static func sample(marked: Bool) -> Date { Date(timeIntervalSince1970: marked ? 1 : 0) }
    public static func reader(of column: ArrowColumn) throws -> (Int) throws -> Date { try ColumnReading.moments(column) }
}

extension UUID: ColumnValue {
    public typealias Base = UUID
    public typealias Nullable = UUID?
    public typealias Truth = Bool
    public static var sqlType: SQLType { .uuid }
    public var literal: SQLLiteral { .uuid(self) }
    public static func sample(marked: Bool) -> UUID { UUID(uuid: (marked ? 1 : 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)) }
    public static func reader(of column: ArrowColumn) throws -> (Int) throws -> UUID { try ColumnReading.identifiers(column) }
}

extension Data: ColumnValue {
    public typealias Base = Data
    public typealias Nullable = Data?
    public typealias Truth = Bool
    public static var sqlType: SQLType { .blob }
    public var literal: SQLLiteral { .blob(Array(self)) }
    public static func sample(marked: Bool) -> Data { Data(marked ? [1] : []) }
    public static func reader(of column: ArrowColumn) throws -> (Int) throws -> Data { try ColumnReading.bytes(column) }
}

extension Decimal: NumericColumnValue {
    public typealias Base = Decimal
    public typealias Nullable = Decimal?
    public typealias Truth = Bool
    public static var sqlType: SQLType { .decimal(precision: 38, scale: 10) }
    public var literal: SQLLiteral { .decimal(self) }
    public static func sample(marked: Bool) -> Decimal { marked ? 1 : 0 }
    public static func reader(of column: ArrowColumn) throws -> (Int) throws -> Decimal { try ColumnReading.decimals(column) }
}

extension Double: NumericColumnValue {
    public typealias Base = Double
    public typealias Nullable = Double?
    public typealias Truth = Bool
    public static var sqlType: SQLType { .double }
    public var literal: SQLLiteral { .double(self) }
    public static func sample(marked: Bool) -> Double { marked ? 1 : 0 }
    public static func reader(of column: ArrowColumn) throws -> (Int) throws -> Double { try ColumnReading.numbers(column) }
}

extension Float: NumericColumnValue {
    public typealias Base = Float
    public typealias Nullable = Float?
    public typealias Truth = Bool
    public static var sqlType: SQLType { .float }
    public var literal: SQLLiteral { .double(Double(self)) }
    public static func sample(marked: Bool) -> Float { marked ? 1 : 0 }
    public static func reader(of column: ArrowColumn) throws -> (Int) throws -> Float { try ColumnReading.numbers(column) }
}

extension Optional: ColumnValue where Wrapped: ColumnValue, Wrapped.Base == Wrapped {
    public typealias Base = Wrapped
    public typealias Nullable = Wrapped?
    public typealias Truth = Bool?
    public static var sqlType: SQLType { Wrapped.sqlType }
    public static var isNullable: Bool { true }
    public var literal: SQLLiteral { self?.literal ?? .null }
    public static func sample(marked: Bool) -> Wrapped? { .some(.sample(marked: marked)) }
    public static func reader(of column: ArrowColumn) throws -> (Int) throws -> Wrapped? {
        // A column of nothing but nulls has no type.
        if column.type == .null { return { _ in nil } }
        let value = try Wrapped.reader(of: column)
        return { column.isNull(at: $0) ? nil : try value($0) }
    }
}

extension Optional: NumericColumnValue where Wrapped: NumericColumnValue, Wrapped.Base == Wrapped {
    public typealias Real = Double?
}

extension Array: ColumnValue where Element: ColumnValue {
    public typealias Base = [Element]
    public typealias Nullable = [Element]?
    public typealias Truth = Bool
    public static var sqlType: SQLType { .list(Element.sqlType) }
    public var literal: SQLLiteral { .list(map(\.literal), Element.sqlType) }
    public static func sample(marked: Bool) -> [Element] { marked ? [.sample(marked: true)] : [] }
    public static func reader(of column: ArrowColumn) throws -> (Int) throws -> [Element] {
        { position in
            guard let list = column.list(at: position) else { throw ColumnMismatch(column, Self.self) }
            let element = try Element.reader(of: list)
            return try (0..<list.count).map { index in
                if !Element.isNullable, list.isNull(at: index) { throw ColumnMismatch(reason: "null in a list of \(Element.self)") }
                return try element(index)
            }
        }
    }
}

/// An enumeration of strings or numbers, stored as those: `enum Origin: String, ColumnEnum { case ewr = "EWR" }`.
public protocol ColumnEnum: ColumnValue, RawRepresentable, CaseIterable where RawValue: ColumnValue {}

extension ColumnEnum {
    public static var sqlType: SQLType { RawValue.sqlType }
    public var literal: SQLLiteral { rawValue.literal }
    public static func sample(marked: Bool) -> Self {
        let all = Array(allCases)
        return marked ? all[all.count - 1] : all[0]
    }
    public static func reader(of column: ArrowColumn) throws -> (Int) throws -> Self {
        let raw = try RawValue.reader(of: column)
        return { position in
            let value = try raw(position)
            guard let made = Self(rawValue: value) else { throw ColumnMismatch(reason: "“\(value)” is no case of \(Self.self)") }
            return made
        }
    }
}
