extension ArrowType {
    /// The type's format string in the Arrow C Data Interface; a dictionary's is its index type's.
    package var formatString: String {
        switch self {
        case .null: "n"
        case .bool: "b"
        case .int8: "c"
        case .uint8: "C"
        case .int16: "s"
        case .uint16: "S"
        case .int32: "i"
        case .uint32: "I"
        case .int64: "l"
        case .uint64: "L"
        case .float16: "e"
        case .float32: "f"
        case .float64: "g"
        case .binary: "z"
        case .largeBinary: "Z"
        case .binaryView: "vz"
        case .utf8: "u"
        case .largeUtf8: "U"
        case .utf8View: "vu"
        case .fixedSizeBinary(let count): "w:\(count)"
        case .decimal32(let precision, let scale): "d:\(precision),\(scale),32"
        case .decimal64(let precision, let scale): "d:\(precision),\(scale),64"
        case .decimal128(let precision, let scale): "d:\(precision),\(scale)"
        case .decimal256(let precision, let scale): "d:\(precision),\(scale),256"
        case .date32: "tdD"
        case .date64: "tdm"
        case .time32(let unit), .time64(let unit): "tt\(unit.letter)"
        case .timestamp(let unit, let zone): "ts\(unit.letter):\(zone ?? "")"
        case .duration(let unit): "tD\(unit.letter)"
        case .interval(.yearMonth): "tiM"
        case .interval(.dayTime): "tiD"
        case .interval(.monthDayNano): "tin"
        case .list: "+l"
        case .largeList: "+L"
        case .fixedSizeList(_, let count): "+w:\(count)"
        case .struct: "+s"
        case .map: "+m"
        case .dictionary(let index, _, _): index.formatString
        }
    }

    /// The type that a format string of the Arrow C Data Interface and the fields of the children name.
    package init(formatString format: String, children: [ArrowField] = [], mapKeysSorted: Bool = false) throws(ArrowError) {
        func unsupported() -> ArrowError {
            ArrowError(.unsupported, "the Arrow format “\(format)” is not supported", hint: "cast the column to another type first")
        }
        func onlyChild() throws(ArrowError) -> ArrowField {
            guard children.count == 1, let child = children.first else {
                throw ArrowError(.invalidData, "the Arrow format “\(format)” needs one child, and there are \(children.count)")
            }
            return child
        }
        if let simple = ArrowType.simpleFormats[format] {
            self = simple
            return
        }
        let parts = format.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let argument = parts.count == 2 ? parts[1] : ""
        switch parts.first ?? "" {
        case "w":
            guard let count = Int(argument), count >= 0 else { throw unsupported() }
            self = .fixedSizeBinary(byteCount: count)
        case "d":
            let numbers = argument.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
            guard numbers.count == 2 || numbers.count == 3, let precision = numbers[0], let scale = numbers[1] else { throw unsupported() }
            self = try ArrowType.decimal(bits: numbers.count == 3 ? numbers[2] ?? -1 : 128, precision: precision, scale: scale)
        case "tss", "tsm", "tsu", "tsn":
            guard parts.count == 2, let unit = format.dropFirst(2).first.flatMap(ArrowTimeUnit.init(letter:)) else { throw unsupported() }
            self = .timestamp(unit, zone: argument.isEmpty ? nil : String(argument))
        case "+l": self = .list(try onlyChild())
        case "+L": self = .largeList(try onlyChild())
        case "+w":
            guard let count = Int(argument), count >= 0 else { throw unsupported() }
            self = .fixedSizeList(try onlyChild(), count: count)
        case "+s": self = .struct(children)
        case "+m": self = try ArrowType.map(entries: try onlyChild(), keysSorted: mapKeysSorted)
        default: throw unsupported()
        }
        try check()
    }

    /// The decimal type of so many bits.
    static func decimal(bits: Int, precision: Int, scale: Int) throws(ArrowError) -> ArrowType {
        switch bits {
        case 32: .decimal32(precision: precision, scale: scale)
        case 64: .decimal64(precision: precision, scale: scale)
        case 128: .decimal128(precision: precision, scale: scale)
        case 256: .decimal256(precision: precision, scale: scale)
        default: throw ArrowError(.invalidData, "decimals of \(bits) bits do not exist")
        }
    }

    /// The map whose entries are of the given field.
    static func map(entries: ArrowField, keysSorted: Bool) throws(ArrowError) -> ArrowType {
        guard case .struct(let pair) = entries.type, pair.count == 2 else {
            throw ArrowError(.invalidData, "a map's entries must be structs of a key and a value, and they are \(entries.type)")
        }
        return .map(key: pair[0], value: pair[1], keysSorted: keysSorted)
    }

    private static let simpleFormats: [String: ArrowType] = [
        "n": .null, "b": .bool, "c": .int8, "C": .uint8, "s": .int16, "S": .uint16, "i": .int32, "I": .uint32, "l": .int64, "L": .uint64,
        "e": .float16, "f": .float32, "g": .float64, "z": .binary, "Z": .largeBinary, "vz": .binaryView, "u": .utf8, "U": .largeUtf8,
        "vu": .utf8View, "tdD": .date32, "tdm": .date64, "tts": .time32(.second), "ttm": .time32(.millisecond),
        "ttu": .time64(.microsecond), "ttn": .time64(.nanosecond), "tDs": .duration(.second), "tDm": .duration(.millisecond),
        "tDu": .duration(.microsecond), "tDn": .duration(.nanosecond), "tiM": .interval(.yearMonth), "tiD": .interval(.dayTime),
        "tin": .interval(.monthDayNano),
    ]
}

extension ArrowTimeUnit {
    var letter: Character {
        switch self {
        case .second: "s"
        case .millisecond: "m"
        case .microsecond: "u"
        case .nanosecond: "n"
        }
    }

    init?(letter: Character) {
        switch letter {
        case "s": self = .second
        case "m": self = .millisecond
        case "u": self = .microsecond
        case "n": self = .nanosecond
        default: return nil
        }
    }
}

extension ArrowType: CustomStringConvertible {
    /// The type as it reads in a schema: `list<item: int64>`, `timestamp[us, UTC]`.
    public var description: String {
        func list(_ fields: [ArrowField]) -> String { fields.map(\.description).joined(separator: ", ") }
        func unit(_ unit: ArrowTimeUnit) -> String { unit == .second ? "s" : "\(unit.letter)s" }
        return switch self {
        case .null: "null"
        case .bool: "bool"
        case .int8: "int8"
        case .int16: "int16"
        case .int32: "int32"
        case .int64: "int64"
        case .uint8: "uint8"
        case .uint16: "uint16"
        case .uint32: "uint32"
        case .uint64: "uint64"
        case .float16: "float16"
        case .float32: "float32"
        case .float64: "float64"
        case .utf8: "utf8"
        case .largeUtf8: "largeUtf8"
        case .utf8View: "utf8View"
        case .binary: "binary"
        case .largeBinary: "largeBinary"
        case .binaryView: "binaryView"
        case .fixedSizeBinary(let count): "fixedSizeBinary[\(count)]"
        case .decimal32(let precision, let scale): "decimal32(\(precision), \(scale))"
        case .decimal64(let precision, let scale): "decimal64(\(precision), \(scale))"
        case .decimal128(let precision, let scale): "decimal128(\(precision), \(scale))"
        case .decimal256(let precision, let scale): "decimal256(\(precision), \(scale))"
        case .date32: "date32"
        case .date64: "date64"
        case .time32(let count): "time32[\(unit(count))]"
        case .time64(let count): "time64[\(unit(count))]"
        case .timestamp(let count, nil): "timestamp[\(unit(count))]"
        case .timestamp(let count, let zone?): "timestamp[\(unit(count)), \(zone)]"
        case .duration(let count): "duration[\(unit(count))]"
        case .interval(let count): "interval[\(count)]"
        case .list(let item): "list<\(item)>"
        case .largeList(let item): "largeList<\(item)>"
        case .fixedSizeList(let item, let count): "fixedSizeList<\(item)>[\(count)]"
        case .struct(let fields): "struct<\(list(fields))>"
        case .map(let key, let value, _): "map<\(key), \(value)>"
        case .dictionary(let index, let value, _): "dictionary<\(index), \(value)>"
        }
    }
}

extension ArrowField: CustomStringConvertible {
    public var description: String { "\(name): \(type)\(isNullable ? "" : " not null")" }
}

extension ArrowTableSchema: CustomStringConvertible {
    /// One field a line.
    public var description: String { fields.map(\.description).joined(separator: "\n") }
}
