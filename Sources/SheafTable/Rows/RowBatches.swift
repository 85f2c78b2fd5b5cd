package import SheafArrow
package import SheafCore

/// Makes batches of rows of a ``TableRow`` type. Not thread-safe.
package final class RowBatches<Row: TableRow> {
    private let schema: RowSchema
    private let encoder: BatchEncoder
    /// Rows since the last ``take()``.
    package private(set) var count = 0

    package init() throws(PlanError) {
        schema = try RowSchemas.schema(Row.self)
        encoder = BatchEncoder(keys: schema.fields.map(\.key), writers: schema.fields.map(FieldWriter.init))
    }

    /// The columns that batches have.
    package var columns: ArrowTableSchema { ArrowTableSchema(schema.fields.map { ArrowField($0.name, $0.type.arrowType) }) }

    /// - Throws: ``TaskError`` when the row does not encode what its type declares.
    package func append(_ row: Row) throws {
        do {
            try row.encode(to: encoder)
            try encoder.endRow()
        } catch let error as TaskError {
            throw error
        } catch {
            throw TaskError(.malformedRecord, "a \(Row.self) cannot be encoded as a table's row: \(error)")
        }
        count += 1
    }

    /// The rows so far as a batch.
    package func take() throws -> RecordBatch {
        let rows = count
        count = 0
        encoder.rows = 0
        return try RecordBatch(schema: columns, columns: encoder.writers.map { $0.take() }, rowCount: rows)
    }
}

/// Builds one column from the values of a property.
private final class FieldWriter {
    private enum Builder {
        case ints([Int64]), doubles([Double]), strings([String])
        /// Of any type, and with nulls: a few times slower.
        case cells(ArrowCellBuilder)
    }
    private let type: SQLType
    private let isNullable: Bool
    private var builder: Builder
    private(set) var count = 0

    init(_ field: RowSchema.Field) {
        type = field.type
        isNullable = field.isNullable
        builder = Self.builder(field.type, field.isNullable)
    }

    private static func builder(_ type: SQLType, _ isNullable: Bool) -> Builder {
        switch type {
        case .int64 where !isNullable: .ints([])
        case .double where !isNullable: .doubles([])
        case .string where !isNullable: .strings([])
        default: .cells(ArrowCellBuilder(type.arrowType))
        }
    }

    func append<T>(_ value: T) throws {
        count += 1
        switch builder {
        case .ints(var values):
            guard let value = (value as? Int).map(Int64.init) ?? value as? Int64 else { throw wrong(T.self) }
            builder = .ints([])
            values.append(value)
            builder = .ints(values)
        case .doubles(var values):
            guard let value = value as? Double else { throw wrong(T.self) }
            builder = .doubles([])
            values.append(value)
            builder = .doubles(values)
        case .strings(var values):
            guard let value = value as? String else { throw wrong(T.self) }
            builder = .strings([])
            values.append(value)
            builder = .strings(values)
        case .cells(let cells):
            guard let value = value as? any ColumnValue else { throw wrong(T.self) }
            try cells.append(value.literal.cell)
        }
    }

    func appendNull() throws {
        count += 1
        guard case .cells(let cells) = builder else { throw ColumnMismatch(reason: "nothing was encoded for it") }
        try cells.append(.null)
    }

    func take() -> ArrowColumn {
        defer { (builder, count) = (Self.builder(type, isNullable), 0) }
        switch builder {
        case .ints(let values): return ArrowColumn(values)
        case .doubles(let values): return ArrowColumn(values)
        case .strings(let values): return ArrowColumn(values)
        case .cells(let cells): return cells.finish()
        }
    }

    private func wrong(_ type: Any.Type) -> ColumnMismatch { ColumnMismatch(reason: "\(type) was encoded for a column of \(self.type)") }
}

/// Encodes row after row, each property into the builder of its column.
private final class BatchEncoder: Encoder {
    let codingPath: [any CodingKey] = []
    let userInfo: [CodingUserInfoKey: Any] = [:]
    let keys: [String]
    let writers: [FieldWriter]
    /// In the batch so far.
    var rows = 0
    private var current = -1

    init(keys: [String], writers: [FieldWriter]) {
        self.keys = keys
        self.writers = writers
    }

    /// Properties come in their order, as a rule.
    func writer(_ key: some CodingKey) throws -> FieldWriter {
        let name = key.stringValue
        current += 1
        if current >= keys.count || keys[current] != name {
            guard let position = keys.firstIndex(of: name) else {
                throw ColumnMismatch(reason: "the property “\(name)” is encoded but is no column")
            }
            current = position
        }
        return writers[current]
    }

    /// Properties that are nil are not encoded.
    func endRow() throws {
        rows += 1
        current = -1
        for (key, writer) in zip(keys, writers) where writer.count < rows {
            do { try writer.appendNull() } catch { throw TaskError(.malformedRecord, "row \(rows - 1), property “\(key)”: \(error)") }
        }
        if rows == writers.first?.count { return }
        throw ColumnMismatch(reason: "a property was encoded twice")
    }

    func container<Key: CodingKey>(keyedBy: Key.Type) -> KeyedEncodingContainer<Key> { KeyedEncodingContainer(Fields<Key>(encoder: self)) }
    func unkeyedContainer() -> any UnkeyedEncodingContainer { preconditionFailure("a table's row is encoded by names") }
    func singleValueContainer() -> any SingleValueEncodingContainer { preconditionFailure("a table's row is encoded by names") }

    private struct Fields<Key: CodingKey>: KeyedEncodingContainerProtocol {
        let encoder: BatchEncoder
        var codingPath: [any CodingKey] { [] }
        func encodeNil(forKey key: Key) throws { try encoder.writer(key).appendNull() }
        func encode<T: Encodable>(_ value: T, forKey key: Key) throws { try encoder.writer(key).append(value) }
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
