/// Reads the schema of an IPC stream or file from its metadata.
struct SchemaReading {
    private let options: ArrowReadOptions
    private var fields = 0
    /// What is left of the length that names and texts may have together.
    private var budget: Int

    init(options: ArrowReadOptions, metadataBytes: Int) {
        self.options = options
        budget = metadataBytes * 4 + 1_024
    }

    mutating func read(_ table: FlatTable) throws(ArrowError) -> (schema: ArrowTableSchema, fields: [IPCField]) {
        guard try table.integer(0, default: Int16(0)) == 0 else {
            throw ArrowError(.unsupported, "big-endian Arrow data is not supported")
        }
        var result: [IPCField] = []
        for field in try table.tables(1, &budget) { result.append(try readField(field, depth: 1)) }
        if let wanted = options.columns {
            for position in wanted.sorted() where !result.indices.contains(position) {
                throw ArrowError(.invalidArgument, "there is no column \(position): the schema has \(result.count), counted from 0")
            }
            for position in result.indices where !wanted.contains(position) { result[position].isRead = false }
        }
        let fields = result.filter(\.isRead).map(\.field)
        return (ArrowTableSchema(fields, metadata: try readMetadata(table, 2)), result)
    }

    private mutating func readMetadata(_ table: FlatTable, _ field: Int) throws(ArrowError) -> [String: String] {
        var metadata: [String: String] = [:]
        for pair in try table.tables(field, &budget) {
            metadata[try pair.string(0, &budget) ?? ""] = try pair.string(1, &budget) ?? ""
        }
        return metadata
    }

    private mutating func readField(_ table: FlatTable, depth: Int) throws(ArrowError) -> IPCField {
        fields += 1
        guard fields <= options.fields else { throw ArrowError(.limitExceeded, "the schema has more than \(options.fields) fields") }
        guard depth <= options.depth else { throw ArrowError(.limitExceeded, "the schema is nested more than \(options.depth) deep") }
        let name = try table.string(0, &budget) ?? ""
        do throws(ArrowError) {
            var children: [IPCField] = []
            for child in try table.tables(5, &budget) { children.append(try readField(child, depth: depth + 1)) }
            let number = try table.integer(2, default: UInt8(0))
            guard let description = try table.table(3) else { throw ArrowError(.invalidData, "the field has no type") }
            var type = try readType(number, description, children.map(\.field))
            try type.check()
            var id: Int64?
            if let dictionary = try table.table(4) {
                guard try dictionary.integer(3, default: Int16(0)) == 0 else {
                    throw ArrowError(.unsupported, "dictionaries other than dense arrays are not supported")
                }
                id = try dictionary.integer(0, default: 0)
                var index = ArrowType.int32
                if let integer = try dictionary.table(1) { index = try Self.readInteger(integer) }
                type = .dictionary(index: index, value: type, isOrdered: try dictionary.bool(2))
                try type.check()
            }
            let field = ArrowField(name, type, isNullable: try table.bool(1), metadata: try readMetadata(table, 6))
            return IPCField(field: field, dictionaryID: id, children: children)
        } catch { throw error.inside(name) }
    }

    private static func readInteger(_ table: FlatTable) throws(ArrowError) -> ArrowType {
        let signed = try table.bool(1)
        switch try table.integer(0, default: Int32(0)) {
        case 8: return signed ? .int8 : .uint8
        case 16: return signed ? .int16 : .uint16
        case 32: return signed ? .int32 : .uint32
        case 64: return signed ? .int64 : .uint64
        case let bits: throw ArrowError(.invalidData, "integers of \(bits) bits do not exist")
        }
    }

    private static func unit(_ table: FlatTable, _ field: Int, default standard: ArrowTimeUnit) throws(ArrowError) -> ArrowTimeUnit {
        let number = Int(try table.integer(field, default: Int16(standard.rawValue)))
        guard let unit = ArrowTimeUnit(rawValue: number) else { throw ArrowError(.invalidData, "there is no time unit \(number)") }
        return unit
    }

    private mutating func readType(_ number: UInt8, _ table: FlatTable, _ children: [ArrowField]) throws(ArrowError) -> ArrowType {
        func onlyChild() throws(ArrowError) -> ArrowField {
            guard children.count == 1 else { throw ArrowError(.invalidData, "a list has \(children.count) children instead of one") }
            return children[0]
        }
        func leaf(_ type: ArrowType) throws(ArrowError) -> ArrowType {
            guard children.isEmpty else { throw ArrowError(.invalidData, "a field of type \(type) has children") }
            return type
        }
        switch number {
        case 1: return try leaf(.null)
        case 2: return try leaf(try Self.readInteger(table))
        case 3:
            switch try table.integer(0, default: Int16(0)) {
            case 0: return try leaf(.float16)
            case 1: return try leaf(.float32)
            case 2: return try leaf(.float64)
            case let precision: throw ArrowError(.invalidData, "there is no precision \(precision) of floats")
            }
        case 4: return try leaf(.binary)
        case 5: return try leaf(.utf8)
        case 6: return try leaf(.bool)
        case 7:
            let (precision, scale) = (try table.integer(0, default: Int32(0)), try table.integer(1, default: Int32(0)))
            let bits = Int(try table.integer(2, default: Int32(128)))
            return try leaf(try .decimal(bits: bits, precision: Int(precision), scale: Int(scale)))
        case 8:
            switch try table.integer(0, default: Int16(1)) {
            case 0: return try leaf(.date32)
            case 1: return try leaf(.date64)
            case let unit: throw ArrowError(.invalidData, "there is no date unit \(unit)")
            }
        case 9:
            let unit = try Self.unit(table, 0, default: .millisecond)
            switch try table.integer(1, default: Int32(32)) {
            case 32: return try leaf(.time32(unit))
            case 64: return try leaf(.time64(unit))
            case let bits: throw ArrowError(.invalidData, "times of \(bits) bits do not exist")
            }
        case 10:
            let zone = try table.string(1, &budget)
            return try leaf(.timestamp(try Self.unit(table, 0, default: .second), zone: zone == "" ? nil : zone))
        case 11:
            let unit = Int(try table.integer(0, default: Int16(0)))
            guard let unit = ArrowIntervalUnit(rawValue: unit) else { throw ArrowError(.invalidData, "there is no interval unit \(unit)") }
            return try leaf(.interval(unit))
        case 12: return .list(try onlyChild())
        case 13: return .struct(children)
        case 15: return try leaf(.fixedSizeBinary(byteCount: Int(try table.integer(0, default: Int32(0)))))
        case 16: return .fixedSizeList(try onlyChild(), count: Int(try table.integer(0, default: Int32(0))))
        case 17: return try .map(entries: try onlyChild(), keysSorted: try table.bool(0))
        case 18: return try leaf(.duration(try Self.unit(table, 0, default: .millisecond)))
        case 19: return try leaf(.largeBinary)
        case 20: return try leaf(.largeUtf8)
        case 21: return .largeList(try onlyChild())
        case 23: return try leaf(.binaryView)
        case 24: return try leaf(.utf8View)
        case 14, 22, 25, 26:
            let names: [UInt8: String] = [14: "unions", 22: "run-end encoding", 25: "list views", 26: "list views"]
            throw ArrowError(.unsupported, "\(names[number] ?? "this type") are not supported", hint: "cast the column before writing it")
        default: throw ArrowError(.invalidData, "there is no type number \(number)")
        }
    }
}
