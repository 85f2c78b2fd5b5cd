internal import Foundation
import SheafCore

/// Rows as values to be written in a query.
enum RowWriter {
    /// - Throws: ``PlanError`` when a row does not encode the columns it has.
    static func literals<Row: TableRow>(_ rows: [Row], _ fields: [RowSchema.Field]) throws(PlanError) -> [[SQLLiteral]] {
        let positions = Dictionary(uniqueKeysWithValues: fields.enumerated().map { ($1.key, $0) })
        var result: [[SQLLiteral]] = []
        result.reserveCapacity(rows.count)
        for (number, row) in rows.enumerated() {
            let encoder = RowEncoder(positions: positions)
            do {
                try row.encode(to: encoder)
            } catch {
                throw (error as? PlanError)
                    ?? PlanError(.invalidArgument, "row \(number) of \(Row.self) cannot be encoded: \(error)")
            }
            result.append(encoder.values)
        }
        return result
    }
}

private final class RowEncoder: Encoder {
    let codingPath: [any CodingKey] = []
    let userInfo: [CodingUserInfoKey: Any] = [:]
    let positions: [String: Int]
    var values: [SQLLiteral]

    init(positions: [String: Int]) {
        self.positions = positions
        values = Array(repeating: .null, count: positions.count)
    }

    func set(_ key: any CodingKey, _ value: Any) throws {
        guard let position = positions[key.stringValue], let column = value as? any ColumnValue else {
            throw PlanError(.invalidArgument, "the property “\(key.stringValue)” is encoded but is no column")
        }
        values[position] = column.literal
    }

    func container<Key: CodingKey>(keyedBy: Key.Type) -> KeyedEncodingContainer<Key> { KeyedEncodingContainer(Fields<Key>(encoder: self)) }
    func unkeyedContainer() -> any UnkeyedEncodingContainer { preconditionFailure("a table's row is encoded by names") }
    func singleValueContainer() -> any SingleValueEncodingContainer { preconditionFailure("a table's row is encoded by names") }

    private struct Fields<Key: CodingKey>: KeyedEncodingContainerProtocol {
        let encoder: RowEncoder
        var codingPath: [any CodingKey] { [] }
        func encodeNil(forKey key: Key) throws {}
        func encode<T: Encodable>(_ value: T, forKey key: Key) throws { try encoder.set(key, value) }
        func nestedContainer<Nested: CodingKey>(keyedBy: Nested.Type, forKey: Key) -> KeyedEncodingContainer<Nested> {
            preconditionFailure("a table's row has no nested containers")
        }
        func nestedUnkeyedContainer(forKey: Key) -> any UnkeyedEncodingContainer {
            preconditionFailure("a table's row has no nested containers")
        }
        func superEncoder() -> any Encoder { encoder }
        func superEncoder(forKey: Key) -> any Encoder { encoder }
    }
}
