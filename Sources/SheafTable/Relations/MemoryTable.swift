internal import Foundation
package import SheafArrow
internal import SheafCore
internal import Synchronization

/// Rows in memory.
package final class MemoryTable: Sendable {
    package enum Rows: Sendable {
        /// A few, which are written in the query.
        case literals([[SQLLiteral]])
        /// Many, which the engine reads in place.
        case batch(RecordBatch)
    }
    package let columns: [RowSchema.Field]
    package let rows: Rows
    /// Of this table alone, in this process.
    package let number: Int
    private static let next = Atomic<Int>(1)
    /// Tables of more rows than this are handed over as data rather than text.
    private static let mostLiterals = 64

    /// - Throws: ``PlanError`` when a row does not encode the columns it has.
    init<Row: TableRow>(_ rows: [Row], _ columns: [RowSchema.Field]) throws(PlanError) {
        self.columns = columns
        if rows.count <= Self.mostLiterals {
            self.rows = .literals(try RowWriter.literals(rows, columns))
        } else {
            let batches = try RowBatches<Row>()
            do {
                for row in rows { try batches.append(row) }
                self.rows = .batch(try batches.take())
            } catch {
                throw PlanError(.invalidArgument, "rows of \(Row.self) cannot be encoded: \(error)", cause: error)
            }
        }
        number = Self.next.wrappingAdd(1, ordering: .relaxed).oldValue
    }

    /// The rows, where the engine reads them in place.
    package var batch: RecordBatch? {
        if case .batch(let batch) = rows { batch } else { nil }
    }
}

extension Relation {
    /// The tables in memory that it reads.
    package var memoryTables: [MemoryTable] {
        if case .source(.memory(let table)) = operation { return [table] }
        return operation.inputs.flatMap(\.memoryTables)
    }
}

extension SQLType {
    var arrowType: ArrowType {
        switch self {
        case .boolean: .bool
        case .int8: .int8
        case .int16: .int16
        case .int32: .int32
        case .int64: .int64
        case .uint8: .uint8
        case .uint16: .uint16
        case .uint32: .uint32
        case .uint64: .uint64
        case .float: .float32
        case .double: .float64
        case .decimal(let precision, let scale): .decimal128(precision: precision, scale: scale)
        case .string, .uuid: .utf8
        case .blob: .binary
        case .date: .date32
        case .time: .time64(.microsecond)
        case .timestamp: .timestamp(.microsecond, zone: nil)
        case .timestampWithZone: .timestamp(.microsecond, zone: "UTC")
        case .list(let element): .list(of: element.arrowType)
        case .structure(let fields): .struct(fields.map { ArrowField($0.name, $0.type.arrowType) })
        }
    }
}

extension SQLLiteral {
    var cell: ArrowCell {
        switch self {
        case .null: .null
        case .boolean(let value): .bool(value)
        case .integer(let value): .int(value)
        case .unsigned(let value): .uint(value)
        case .double(let value): .double(value)
        case .decimal(let value): .decimal(scaled(value), scale: 10)
        case .string(let value): .string(value)
        case .blob(let bytes): .bytes(bytes)
        case .date(let date): .date(days: Int(date.daysSince1970))
        case .timestamp(let value): .timestamp(value, .microsecond, zone: nil)
        case .uuid(let value): .string(value.uuidString)
        case .list(let values, _): .list(values.map(\.cell))
        }
    }

    /// In units of 10⁻¹⁰, as ``Foundation/Decimal`` columns have it.
    private func scaled(_ value: Decimal) -> Int128 {
        var product = value * Decimal(sign: .plus, exponent: 10, significand: 1), rounded = Decimal()
        NSDecimalRound(&rounded, &product, 0, .plain)
        return Int128("\(rounded)") ?? 0
    }
}
