/// What goes into a FlatBuffers buffer, as a tree. A table's fields stand at their numbers in the schema, nil where the default stands.
indirect enum FlatValue {
    case int8(UInt8)
    case int16(Int16)
    case int32(Int32)
    case int64(Int64)
    case string(String)
    case table([FlatValue?])
    case tables([FlatValue])
    /// A vector of structs of `Int64`s: so many structs.
    case structs([Int64], count: Int)

    static func bool(_ value: Bool) -> FlatValue { .int8(value ? 1 : 0) }

    /// The buffer whose root is this table.
    func encoded() -> [UInt8] {
        var writer = FlatWriter()
        writer.append(UInt32(0))
        writer.point(from: 0, to: writer.write(self))
        return writer.bytes
    }

    /// How many bytes a value takes in its table.
    fileprivate var inlineSize: Int {
        switch self {
        case .int8: 1
        case .int16: 2
        case .int32, .string, .table, .tables, .structs: 4
        case .int64: 8
        }
    }
}

/// Writes from front to back: a table before what it points to, since FlatBuffers' offsets point forward.
private struct FlatWriter {
    var bytes: [UInt8] = []

    mutating func append<Value: FixedWidthInteger>(_ value: Value) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func align(_ size: Int) { while bytes.count % size != 0 { bytes.append(0) } }

    private mutating func set<Value: FixedWidthInteger>(_ value: Value, at position: Int) {
        withUnsafeBytes(of: value.littleEndian) { for (index, byte) in $0.enumerated() { bytes[position + index] = byte } }
    }

    mutating func point(from place: Int, to target: Int) { set(UInt32(target - place), at: place) }

    /// Writes a value that tables point to, and returns where it is.
    mutating func write(_ value: FlatValue) -> Int {
        switch value {
        case .int8, .int16, .int32, .int64: preconditionFailure("integers lie in their table")
        case .string(let text):
            align(4)
            let start = bytes.count
            append(UInt32(text.utf8.count))
            bytes += text.utf8
            bytes.append(0)
            return start
        case .tables(let elements):
            align(4)
            let start = bytes.count
            append(UInt32(elements.count))
            for _ in elements { append(UInt32(0)) }
            for (index, element) in elements.enumerated() { point(from: start + 4 + index * 4, to: write(element)) }
            return start
        case .structs(let integers, let count):
            // The elements, not the count before them, lie on a multiple of 8.
            align(4)
            if bytes.count % 8 == 0 { append(UInt32(0)) }
            let start = bytes.count
            append(UInt32(count))
            for integer in integers { append(integer) }
            return start
        case .table(let fields): return writeTable(fields)
        }
    }

    private mutating func writeTable(_ fields: [FlatValue?]) -> Int {
        // Fields by falling size lie without gaps.
        let order = fields.indices.filter { fields[$0] != nil }.sorted { size(fields[$0]) > size(fields[$1]) }
        var places = [UInt16](repeating: 0, count: fields.count)
        // The table's first 4 bytes lead to the vtable; it starts 4 before a multiple of 8 if integers of 8 bytes follow.
        var end = 4
        for index in order {
            places[index] = UInt16(end)
            end += size(fields[index])
        }
        align(2)
        let vtable = bytes.count
        append(UInt16(4 + fields.count * 2))
        append(UInt16(end))
        for place in places { append(place) }
        align(4)
        if bytes.count % 8 == 0 { append(UInt32(0)) }
        let table = bytes.count
        append(Int32(table - vtable))
        for index in order {
            switch fields[index] {
            case .int8(let value): append(value)
            case .int16(let value): append(value)
            case .int32(let value): append(value)
            case .int64(let value): append(value)
            default: append(UInt32(0))
            }
        }
        for index in order {
            guard let value = fields[index] else { continue }
            switch value {
            case .int8, .int16, .int32, .int64: break
            default: point(from: table + Int(places[index]), to: write(value))
            }
        }
        return table
    }

    private func size(_ value: FlatValue?) -> Int { value?.inlineSize ?? 0 }
}
