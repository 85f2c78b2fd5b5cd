internal import Foundation
internal import SheafArrow

/// Why a column's values cannot be read as a Swift type.
public struct ColumnMismatch: Error, Sendable {
    public var reason: String

    public init(reason: String) { self.reason = reason }

    init(_ column: ArrowColumn, _ type: Any.Type) { reason = "values of the type \(column.type) cannot be read as \(type)" }
}

/// Functions that read a column's values as Swift values, by position. The column's type is looked at once.
enum ColumnReading {
    static func integers<Value: FixedWidthInteger & SendableMetatype>(_ column: ArrowColumn) throws -> (Int) throws -> Value {
        func exact<Stored: ArrowPrimitive & BinaryInteger>(_: Stored.Type) throws -> (Int) throws -> Value {
            let values = try column.values(as: Stored.self)
            return { position in
                let stored = values.value(at: position)
                guard let value = Value(exactly: stored) else {
                    throw ColumnMismatch(reason: "\(stored) is outside the range of \(Value.self)")
                }
                return value
            }
        }
        switch column.type {
        case .int8: return try exact(Int8.self)
        case .int16: return try exact(Int16.self)
        case .int32: return try exact(Int32.self)
        case .int64:
            if Value.self == Int.self {
                let values = try column.values(as: Int64.self)
                return { Value(truncatingIfNeeded: values.value(at: $0)) }
            }
            return try exact(Int64.self)
        case .uint8: return try exact(UInt8.self)
        case .uint16: return try exact(UInt16.self)
        case .uint32: return try exact(UInt32.self)
        case .uint64: return try exact(UInt64.self)
        case .decimal128(_, scale: 0): return try exact(Int128.self)
        default: throw ColumnMismatch(column, Value.self)
        }
    }

    static func numbers<Value: BinaryFloatingPoint>(_ column: ArrowColumn) throws -> (Int) throws -> Value {
        func integers<Stored: ArrowPrimitive & BinaryInteger>(_: Stored.Type) throws -> (Int) throws -> Value {
            let values = try column.values(as: Stored.self)
            return { Value(values.value(at: $0)) }
        }
        switch column.type {
        case .float64:
            let values = try column.values(as: Double.self)
            return { Value(values.value(at: $0)) }
        case .float32:
            let values = try column.values(as: Float.self)
            return { Value(values.value(at: $0)) }
        case .decimal128(_, let scale):
            let values = try column.values(as: Int128.self)
            let unit = pow(10, Double(scale))
            // A quotient of two numbers that doubles hold exactly is the nearest double to the decimal.
            return { Value(Double(values.value(at: $0)) / unit) }
        case .int8: return try integers(Int8.self)
        case .int16: return try integers(Int16.self)
        case .int32: return try integers(Int32.self)
        case .int64: return try integers(Int64.self)
        case .uint8: return try integers(UInt8.self)
        case .uint16: return try integers(UInt16.self)
        case .uint32: return try integers(UInt32.self)
        case .uint64: return try integers(UInt64.self)
        default: throw ColumnMismatch(column, Value.self)
        }
    }

    static func decimals(_ column: ArrowColumn) throws -> (Int) throws -> Decimal {
        switch column.type {
        case .decimal128(_, let scale):
            let values = try column.values(as: Int128.self)
            return { position in
                guard let whole = Decimal(string: "\(values.value(at: position))") else { throw ColumnMismatch(column, Decimal.self) }
                return scale == 0 ? whole : whole * Decimal(sign: .plus, exponent: -Int(scale), significand: 1)
            }
        case .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32:
            let values: (Int) throws -> Int64 = try integers(column)
            return { Decimal(try values($0)) }
        default: throw ColumnMismatch(column, Decimal.self)
        }
    }

    static func truths(_ column: ArrowColumn) throws -> (Int) throws -> Bool {
        guard column.type == .bool else { throw ColumnMismatch(column, Bool.self) }
        let values = try column.bools()
        return { values[$0] ?? false }
    }

    static func texts(_ column: ArrowColumn) throws -> (Int) throws -> String {
        switch column.type {
        case .utf8, .largeUtf8, .utf8View:
            let values = try column.strings()
            return { values[$0] ?? "" }
        case .dictionary: return { column.string(at: $0) ?? "" }
        default: throw ColumnMismatch(column, String.self)
        }
    }

    static func bytes(_ column: ArrowColumn) throws -> (Int) throws -> Data {
        switch column.type {
        case .binary, .largeBinary, .binaryView, .fixedSizeBinary:
            let values = try column.byteStrings()
            return { Data(values[$0] ?? []) }
        default: throw ColumnMismatch(column, Data.self)
        }
    }

    static func identifiers(_ column: ArrowColumn) throws -> (Int) throws -> UUID {
        let text = try texts(column)
        return { position in
            let text = try text(position)
            guard let value = UUID(uuidString: text) else { throw ColumnMismatch(reason: "“\(text)” is no UUID") }
            return value
        }
    }

    static func moments(_ column: ArrowColumn) throws -> (Int) throws -> Date {
        switch column.type {
        case .timestamp(let unit, _):
            let values = try column.values(as: Int64.self), perSecond = Double(unit.unitsPerSecond)
            return { Date(timeIntervalSince1970: Double(values.value(at: $0)) / perSecond) }
        case .date32:
            let values = try column.values(as: Int32.self)
            return { Date(timeIntervalSince1970: Double(values.value(at: $0)) * 86_400) }
        default: throw ColumnMismatch(column, Date.self)
        }
    }
}
