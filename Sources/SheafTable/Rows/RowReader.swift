package import SheafArrow
package import SheafCore

/// Reads one field of rows from a column of a result.
class AnyFieldReader {
    let column: ArrowColumn
    /// Whether the column has nulls at all.
    let hasNulls: Bool
    /// Of the values.
    let type: Any.Type

    init(column: ArrowColumn, type: Any.Type) {
        self.column = column
        self.type = type
        hasNulls = column.nullCount > 0 || column.type == .null
    }

    final func isNull(_ position: Int) -> Bool { hasNulls && column.isNull(at: position) }
}

final class FieldReader<Value>: AnyFieldReader {
    let read: (Int) throws -> Value

    init(column: ArrowColumn, read: @escaping (Int) throws -> Value) {
        self.read = read
        super.init(column: column, type: Value.self)
    }
}

/// Makes rows of a ``TableRow`` type from batches of a result. Not thread-safe.
package final class RowReader<Row: TableRow> {
    private let schema: RowSchema
    private let decoder: BatchDecoder

    package init() throws(PlanError) {
        schema = try RowSchemas.schema(Row.self)
        decoder = BatchDecoder(keys: schema.fields.map(\.key))
    }

    deinit { decoder.forgetContainer() }

    /// Appends a batch's rows.
    ///
    /// - Parameter first: the number of the batch's first row in the result, for errors.
    /// - Throws: ``TaskError`` that names the column and the row.
    package func append(_ batch: RecordBatch, first: Int, to rows: inout [Row]) throws {
        var readers: [AnyFieldReader] = []
        for field in schema.fields {
            guard let column = batch[field.name] else {
                throw TaskError(
                    .malformedRecord, "the result has no column “\(field.name)”, which \(Row.self) wants",
                    hint: "its columns are: \(batch.schema.fields.map(\.name).joined(separator: ", "))")
            }
            do {
                readers.append(try field.makeReader(column))
            } catch let mismatch as ColumnMismatch {
                throw TaskError(
                    .malformedRecord, "the column “\(field.name)” is no \(Row.self).\(field.key): \(mismatch.reason)",
                    hint: "change the property's type, or cast the column")
            }
        }
        try decoder.load(readers)
        for row in 0..<batch.rowCount {
            decoder.begin(row)
            do {
                rows.append(try Row(from: decoder))
            } catch let error as TaskError {
                throw error
            } catch {
                let name = schema.fields.indices.contains(decoder.current) ? schema.fields[decoder.current].name : "?"
                let reason = (error as? ColumnMismatch)?.reason ?? "\(error)"
                throw TaskError(.malformedRecord, "row \(first + row) of the result, column “\(name)”: \(reason)")
            }
        }
    }
}

/// Decodes row after row of batches.
private final class BatchDecoder: Decoder {
    let codingPath: [any CodingKey] = []
    let userInfo: [CodingUserInfoKey: Any] = [:]
    private let keys: [String]
    /// Of the current batch, in the keys' order.
    @exclusivity(unchecked) private var readers: [AnyFieldReader] = []
    /// The same as numbers in memory, where that is what they are; the readers' columns own it.
    private let numbers: UnsafeMutablePointer<Numbers>
    @exclusivity(unchecked) private var row = 0
    /// The field that is being read.
    @exclusivity(unchecked) private(set) var current = -1
    /// The field of a key of one byte, by that byte, once it is known; what compilers make of `CodingKeys` are such keys.
    private let positions = UnsafeMutablePointer<Int>.allocate(capacity: 256)
    /// The container that was asked for, and its keys' type; making one for each row would cost as much as reading a few fields.
    @exclusivity(unchecked) private var container: (key: any CodingKey.Type, holder: AnyObject)?

    /// Numbers without nulls that are stored as the property has them.
    private struct Numbers {
        enum Kind { case others, int, int32, double }
        var kind = Kind.others
        var start: UnsafeRawPointer?
    }

    init(keys: [String]) {
        self.keys = keys
        numbers = .allocate(capacity: keys.count)
        numbers.initialize(repeating: Numbers(), count: keys.count)
        positions.initialize(repeating: -1, count: 256)
    }

    deinit {
        numbers.deallocate()
        positions.deallocate()
    }

    /// Takes the readers of a batch.
    func load(_ readers: [AnyFieldReader]) throws {
        self.readers = readers
        for (position, reader) in readers.enumerated() {
            numbers[position] = Numbers()
            guard !reader.hasNulls else { continue }
            switch reader.column.type {
            case .int64 where reader.type == Int.self: numbers[position] = try Self.numbers(reader.column, .int, Int64.self)
            case .int32 where reader.type == Int32.self: numbers[position] = try Self.numbers(reader.column, .int32, Int32.self)
            case .float64 where reader.type == Double.self: numbers[position] = try Self.numbers(reader.column, .double, Double.self)
            default: break
            }
        }
    }

    private static func numbers<Value: ArrowPrimitive>(_ column: ArrowColumn, _ kind: Numbers.Kind, _: Value.Type) throws -> Numbers {
        try column.withSpan(of: Value.self) { span in
            Numbers(kind: kind, start: span.withUnsafeBufferPointer { $0.baseAddress.map { UnsafeRawPointer($0) } })
        }
    }

    func begin(_ row: Int) {
        self.row = row
        current = -1
    }

    /// The container refers to its decoder.
    func forgetContainer() { container = nil }

    /// Finds the field of a key, which is then the current one. Fields are asked for in their order, as a rule.
    @inline(__always)
    private func find<Key: CodingKey>(_ key: Key) throws {
        if MemoryLayout<Key>.size == 1 {
            let byte = Int(withUnsafeBytes(of: key) { $0[0] }), known = positions[byte]
            if known >= 0 {
                current = known
            } else {
                current = try position(key.stringValue)
                positions[byte] = current
            }
        } else {
            current = try position(key.stringValue)
        }
    }

    private func position(_ name: String) throws -> Int {
        if keys.indices.contains(current + 1), keys[current + 1] == name { return current + 1 }
        guard let position = keys.firstIndex(of: name) else { throw ColumnMismatch(reason: "no column for “\(name)”") }
        return position
    }

    func int(_ key: some CodingKey) throws -> Int { try number(key, .int) }
    func int32(_ key: some CodingKey) throws -> Int32 { try number(key, .int32) }
    func double(_ key: some CodingKey) throws -> Double { try number(key, .double) }

    @inline(__always)
    private func number<T: BitwiseCopyable>(_ key: some CodingKey, _ kind: Numbers.Kind) throws -> T {
        try find(key)
        let stored = numbers[current]
        if stored.kind == kind, let start = stored.start { return start.load(fromByteOffset: row &* MemoryLayout<T>.stride, as: T.self) }
        return try currentValue(T.self)
    }

    @inline(__always)
    func value<T>(_ key: some CodingKey, _: T.Type) throws -> T {
        try find(key)
        return try currentValue(T.self)
    }

    @inline(__always)
    private func currentValue<T>(_: T.Type) throws -> T {
        let reader = readers[current]
        let typed = try typed(reader, T.self)
        // An optional type reads nulls itself.
        if reader.hasNulls, !(T.self is any OptionalValue.Type), reader.isNull(row) {
            throw ColumnMismatch(reason: "null, where \(T.self) is wanted; make the property optional, or replace nulls with coalesce")
        }
        return try typed.read(row)
    }

    @inline(__always)
    func valueIfPresent<T>(_ key: some CodingKey, _: T.Type) throws -> T? {
        try find(key)
        let reader = readers[current]
        if reader.isNull(row) { return nil }
        return try typed(reader, T.self).read(row)
    }

    @inline(__always)
    private func typed<T>(_ reader: AnyFieldReader, _: T.Type) throws -> FieldReader<T> {
        guard reader.type == T.self else {
            throw ColumnMismatch(reason: "it is decoded as \(T.self) now, and was as \(reader.type) before")
        }
        // A reader of that type is nothing else; the cast would cost more than the rest.
        return unsafeDowncast(reader, to: FieldReader<T>.self)
    }

    func container<Key: CodingKey>(keyedBy: Key.Type) -> KeyedDecodingContainer<Key> {
        if let container, container.key == Key.self { return unsafeDowncast(container.holder, to: Holder<Key>.self).container }
        let holder = Holder(container: KeyedDecodingContainer(Fields<Key>(decoder: self)))
        container = (Key.self, holder)
        // The bytes of other keys mean something else.
        positions.update(repeating: -1, count: 256)
        return holder.container
    }
    func unkeyedContainer() throws -> any UnkeyedDecodingContainer { throw notFlat }
    func singleValueContainer() throws -> any SingleValueDecodingContainer { throw notFlat }
    fileprivate var notFlat: ColumnMismatch { ColumnMismatch(reason: "a row is decoded from named values only") }
}

private final class Holder<Key: CodingKey> {
    let container: KeyedDecodingContainer<Key>
    init(container: KeyedDecodingContainer<Key>) { self.container = container }
}

private protocol OptionalValue {}
extension Optional: OptionalValue {}

private struct Fields<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let decoder: BatchDecoder
    var codingPath: [any CodingKey] { [] }
    var allKeys: [Key] { [] }

    func contains(_: Key) -> Bool { true }
    func decodeNil(forKey: Key) -> Bool { false }
    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T { try decoder.value(key, type) }
    func decodeIfPresent<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T? { try decoder.valueIfPresent(key, type) }
    // Written out, so that they are compiled for their types.
    func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try decoder.value(key, type) }
    func decode(_ type: String.Type, forKey key: Key) throws -> String { try decoder.value(key, type) }
    func decode(_: Double.Type, forKey key: Key) throws -> Double { try decoder.double(key) }
    func decode(_ type: Float.Type, forKey key: Key) throws -> Float { try decoder.value(key, type) }
    func decode(_: Int.Type, forKey key: Key) throws -> Int { try decoder.int(key) }
    func decode(_ type: Int8.Type, forKey key: Key) throws -> Int8 { try decoder.value(key, type) }
    func decode(_ type: Int16.Type, forKey key: Key) throws -> Int16 { try decoder.value(key, type) }
    func decode(_: Int32.Type, forKey key: Key) throws -> Int32 { try decoder.int32(key) }
    func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 { try decoder.value(key, type) }
    func decode(_ type: UInt8.Type, forKey key: Key) throws -> UInt8 { try decoder.value(key, type) }
    func decode(_ type: UInt16.Type, forKey key: Key) throws -> UInt16 { try decoder.value(key, type) }
    func decode(_ type: UInt32.Type, forKey key: Key) throws -> UInt32 { try decoder.value(key, type) }
    func decode(_ type: UInt64.Type, forKey key: Key) throws -> UInt64 { try decoder.value(key, type) }
    // The protocol's own methods for the standard types would first ask for `decodeNil`.
    func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? { try decoder.valueIfPresent(key, type) }
    func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? { try decoder.valueIfPresent(key, type) }
    func decodeIfPresent(_ type: Double.Type, forKey key: Key) throws -> Double? { try decoder.valueIfPresent(key, type) }
    func decodeIfPresent(_ type: Float.Type, forKey key: Key) throws -> Float? { try decoder.valueIfPresent(key, type) }
    func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? { try decoder.valueIfPresent(key, type) }
    func decodeIfPresent(_ type: Int8.Type, forKey key: Key) throws -> Int8? { try decoder.valueIfPresent(key, type) }
    func decodeIfPresent(_ type: Int16.Type, forKey key: Key) throws -> Int16? { try decoder.valueIfPresent(key, type) }
    func decodeIfPresent(_ type: Int32.Type, forKey key: Key) throws -> Int32? { try decoder.valueIfPresent(key, type) }
    func decodeIfPresent(_ type: Int64.Type, forKey key: Key) throws -> Int64? { try decoder.valueIfPresent(key, type) }
    func decodeIfPresent(_ type: UInt8.Type, forKey key: Key) throws -> UInt8? { try decoder.valueIfPresent(key, type) }
    func decodeIfPresent(_ type: UInt16.Type, forKey key: Key) throws -> UInt16? { try decoder.valueIfPresent(key, type) }
    func decodeIfPresent(_ type: UInt32.Type, forKey key: Key) throws -> UInt32? { try decoder.valueIfPresent(key, type) }
    func decodeIfPresent(_ type: UInt64.Type, forKey key: Key) throws -> UInt64? { try decoder.valueIfPresent(key, type) }
    func nestedContainer<Nested: CodingKey>(keyedBy: Nested.Type, forKey: Key) throws -> KeyedDecodingContainer<Nested> {
        throw decoder.notFlat
    }
    func nestedUnkeyedContainer(forKey: Key) throws -> any UnkeyedDecodingContainer { throw decoder.notFlat }
    func superDecoder() throws -> any Decoder { throw decoder.notFlat }
    func superDecoder(forKey: Key) throws -> any Decoder { throw decoder.notFlat }
}
