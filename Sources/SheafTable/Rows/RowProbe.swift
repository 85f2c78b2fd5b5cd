internal import Foundation
import SheafArrow
import SheafCore

/// A decoder that makes up rows, to find out which columns a row type has and which of them a key path reads: in a made-up row exactly
/// one field differs from the others' usual values.
final class RowProbe: Decoder {
    let codingPath: [any CodingKey] = []
    let userInfo: [CodingUserInfoKey: Any] = [:]
    private let marked: Int?
    private var fields: [RowSchema.Field] = []
    private let naming: ColumnNaming

    private init(marking: Int?, naming: ColumnNaming) {
        marked = marking
        self.naming = naming
    }

    static func schema<Row: TableRow>(of: Row.Type) throws(PlanError) -> RowSchema {
        let probe = RowProbe(marking: nil, naming: Row.columnNaming)
        _ = try decode(Row.self, probe)
        if probe.fields.isEmpty { throw PlanError(.invalidArgument, "\(Row.self) has no columns", hint: "give it stored properties") }
        var names: Set<String> = []
        for field in probe.fields where !names.insert(field.name.lowercased()).inserted {
            throw PlanError(
                .invalidArgument, "\(Row.self) has two columns called “\(field.name)” (SQL does not tell cases apart)",
                hint: "rename one with CodingKeys")
        }
        return RowSchema(fields: probe.fields)
    }

    static func row<Row: TableRow>(_: Row.Type, marking: Int?) throws(PlanError) -> Row {
        try decode(Row.self, RowProbe(marking: marking, naming: Row.columnNaming))
    }

    private static func decode<Row: TableRow>(_: Row.Type, _ probe: RowProbe) throws(PlanError) -> Row {
        do {
            return try Row(from: probe)
        } catch let error as PlanError {
            throw error
        } catch {
            throw PlanError(
                .invalidArgument, "\(Row.self) cannot be the row of a table: its init(from:) refused sample values (\(error))",
                hint: "leave checks of values to the query, or to code that reads the rows")
        }
    }

    /// Notes a field and makes its value up.
    fileprivate func value<T>(_ type: T.Type, _ key: any CodingKey, isNullable: Bool) throws -> T {
        guard let column = type as? any ColumnValue.Type else {
            throw PlanError(
                .invalidArgument, "the property “\(key.stringValue)” has the type \(type), which no column has",
                hint: "use numbers, Bool, String, Date, CalendarDate, Decimal, UUID, Data, arrays of these, or a ColumnEnum")
        }
        fields.append(
            RowSchema.Field(
                key: key.stringValue, name: naming.columnName(key.stringValue), type: column.sqlType,
                isNullable: isNullable || column.isNullable,
                makeReader: Self.readers(of: column)))
        guard let sample = column.sample(marked: fields.count - 1 == marked) as? T else {
            throw PlanError(.invalidArgument, "no sample of \(type) can be made")
        }
        return sample
    }

    private static func readers<Value: ColumnValue>(of _: Value.Type) -> @Sendable (ArrowColumn) throws -> AnyFieldReader {
        { FieldReader<Value>(column: $0, read: try Value.reader(of: $0)) }
    }

    func container<Key: CodingKey>(keyedBy: Key.Type) -> KeyedDecodingContainer<Key> { KeyedDecodingContainer(Fields<Key>(probe: self)) }
    func unkeyedContainer() throws -> any UnkeyedDecodingContainer { throw notFlat() }
    func singleValueContainer() throws -> any SingleValueDecodingContainer { throw notFlat() }

    fileprivate func notFlat() -> PlanError {
        PlanError(.invalidArgument, "a table's row is decoded from named values only", hint: "use a structure with stored properties")
    }
}

private struct Fields<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let probe: RowProbe
    var codingPath: [any CodingKey] { [] }
    var allKeys: [Key] { [] }

    func contains(_: Key) -> Bool { true }
    func decodeNil(forKey: Key) -> Bool { false }
    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T { try probe.value(type, key, isNullable: false) }
    func decodeIfPresent<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T? { try probe.value(type, key, isNullable: true) }
    // The protocol has a method of its own for each of the standard types; without these, optional properties would not be seen as such.
    func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? { try probe.value(type, key, isNullable: true) }
    func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? { try probe.value(type, key, isNullable: true) }
    func decodeIfPresent(_ type: Double.Type, forKey key: Key) throws -> Double? { try probe.value(type, key, isNullable: true) }
    func decodeIfPresent(_ type: Float.Type, forKey key: Key) throws -> Float? { try probe.value(type, key, isNullable: true) }
    func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? { try probe.value(type, key, isNullable: true) }
    func decodeIfPresent(_ type: Int8.Type, forKey key: Key) throws -> Int8? { try probe.value(type, key, isNullable: true) }
    func decodeIfPresent(_ type: Int16.Type, forKey key: Key) throws -> Int16? { try probe.value(type, key, isNullable: true) }
    func decodeIfPresent(_ type: Int32.Type, forKey key: Key) throws -> Int32? { try probe.value(type, key, isNullable: true) }
    func decodeIfPresent(_ type: Int64.Type, forKey key: Key) throws -> Int64? { try probe.value(type, key, isNullable: true) }
    func decodeIfPresent(_ type: UInt8.Type, forKey key: Key) throws -> UInt8? { try probe.value(type, key, isNullable: true) }
    func decodeIfPresent(_ type: UInt16.Type, forKey key: Key) throws -> UInt16? { try probe.value(type, key, isNullable: true) }
    func decodeIfPresent(_ type: UInt32.Type, forKey key: Key) throws -> UInt32? { try probe.value(type, key, isNullable: true) }
    func decodeIfPresent(_ type: UInt64.Type, forKey key: Key) throws -> UInt64? { try probe.value(type, key, isNullable: true) }
    func nestedContainer<Nested: CodingKey>(keyedBy: Nested.Type, forKey: Key) throws -> KeyedDecodingContainer<Nested> {
        throw probe.notFlat()
    }
    func nestedUnkeyedContainer(forKey: Key) throws -> any UnkeyedDecodingContainer { throw probe.notFlat() }
    func superDecoder() throws -> any Decoder { throw probe.notFlat() }
    func superDecoder(forKey: Key) throws -> any Decoder { throw probe.notFlat() }
}
