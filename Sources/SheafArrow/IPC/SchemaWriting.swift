/// Writes schemas as IPC metadata; numbers dictionaries in the order they are met, a dictionary's own after those inside its values.
struct SchemaWriting {
    private(set) var fields: [IPCField] = []
    let table: FlatValue

    init(_ schema: ArrowTableSchema) {
        var nextID: Int64 = 0
        fields = schema.fields.map { Self.number($0, &nextID) }
        table = .table([nil, .tables(fields.map { Self.field($0) }), Self.metadata(schema.metadata)])
    }

    private static func number(_ field: ArrowField, _ nextID: inout Int64) -> IPCField {
        guard case .dictionary(_, let value, _) = field.type else {
            return IPCField(field: field, dictionaryID: nil, children: field.type.children.map { number($0, &nextID) })
        }
        let children = value.children.map { number($0, &nextID) }
        defer { nextID += 1 }
        return IPCField(field: field, dictionaryID: nextID, children: children)
    }

    private static func metadata(_ metadata: [String: String]) -> FlatValue? {
        metadata.isEmpty
            ? nil : .tables(metadata.sorted { $0.key < $1.key }.map { .table([.string($0.key), .string($0.value)]) })
    }

    private static func field(_ field: IPCField) -> FlatValue {
        let (number, type) = describe(field.valueType)
        var dictionary: FlatValue?
        if case .dictionary(let index, _, let isOrdered) = field.field.type, let id = field.dictionaryID {
            dictionary = .table([.int64(id), describe(index).1, .bool(isOrdered)])
        }
        return .table([
            .string(field.field.name), .bool(field.field.isNullable), .int8(number), type, dictionary,
            .tables(field.children.map { Self.field($0) }), metadata(field.field.metadata),
        ])
    }

    private static func integer(_ bits: Int32, _ signed: Bool) -> (UInt8, FlatValue) { (2, .table([.int32(bits), .bool(signed)])) }

    private static func decimal(_ precision: Int, _ scale: Int, _ bits: Int32) -> (UInt8, FlatValue) {
        (7, .table([.int32(Int32(precision)), .int32(Int32(scale)), .int32(bits)]))
    }

    /// A type's number in the union of types, and its table.
    private static func describe(_ type: ArrowType) -> (UInt8, FlatValue) {
        func unit(_ unit: ArrowTimeUnit) -> FlatValue { .int16(Int16(unit.rawValue)) }
        return switch type {
        case .null: (1, .table([]))
        case .int8: integer(8, true)
        case .int16: integer(16, true)
        case .int32: integer(32, true)
        case .int64: integer(64, true)
        case .uint8: integer(8, false)
        case .uint16: integer(16, false)
        case .uint32: integer(32, false)
        case .uint64: integer(64, false)
        case .float16: (3, .table([.int16(0)]))
        case .float32: (3, .table([.int16(1)]))
        case .float64: (3, .table([.int16(2)]))
        case .binary: (4, .table([]))
        case .utf8: (5, .table([]))
        case .bool: (6, .table([]))
        case .decimal32(let precision, let scale): decimal(precision, scale, 32)
        case .decimal64(let precision, let scale): decimal(precision, scale, 64)
        case .decimal128(let precision, let scale): decimal(precision, scale, 128)
        case .decimal256(let precision, let scale): decimal(precision, scale, 256)
        case .date32: (8, .table([.int16(0)]))
        case .date64: (8, .table([.int16(1)]))
        case .time32(let count): (9, .table([unit(count), .int32(32)]))
        case .time64(let count): (9, .table([unit(count), .int32(64)]))
        case .timestamp(let count, let zone): (10, .table([unit(count), zone.map { .string($0) }]))
        case .interval(let count): (11, .table([.int16(Int16(count.rawValue))]))
        case .list: (12, .table([]))
        case .struct: (13, .table([]))
        case .fixedSizeBinary(let count): (15, .table([.int32(Int32(count))]))
        case .fixedSizeList(_, let count): (16, .table([.int32(Int32(count))]))
        case .map(_, _, let keysSorted): (17, .table([.bool(keysSorted)]))
        case .duration(let count): (18, .table([unit(count)]))
        case .largeBinary: (19, .table([]))
        case .largeUtf8: (20, .table([]))
        case .largeList: (21, .table([]))
        case .binaryView: (23, .table([]))
        case .utf8View: (24, .table([]))
        case .dictionary(_, let value, _): describe(value)
        }
    }
}
