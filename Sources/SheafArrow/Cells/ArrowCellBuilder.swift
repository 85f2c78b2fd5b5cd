/// Builds a column of any type from cells: slower than the typed builders, and complete.
public final class ArrowCellBuilder {
    public let type: ArrowType
    /// The number of cells appended, nulls included.
    public private(set) var count = 0

    private var validity = GrowingValidity()
    /// Values or offsets.
    private var values = GrowingBuffer()
    private var bits: [Bool] = []
    private var bytes: BytesBuilder?
    private var children: [ArrowCellBuilder]
    /// The values of a dictionary and where each is.
    private var places: [ArrowCell: Int64] = [:]
    private var failure: ArrowError?

    public init(_ type: ArrowType) {
        self.type = type
        switch type {
        case .map(let key, let value, _): children = [ArrowCellBuilder(.struct([key, value]))]
        case .dictionary(_, let value, _): children = [ArrowCellBuilder(value)]
        default: children = type.children.map { ArrowCellBuilder($0.type) }
        }
        switch type.layout {
        case .bytes, .views: bytes = BytesBuilder(type)
        case .list(let wide): appendOffset(0, wide: wide)
        default: break
        }
    }

    /// Appends a cell of the builder's type; integers become other integers or floats where they fit exactly.
    ///
    /// - Throws: ``ArrowError`` (`.typeMismatch`) for a cell of another type or a number that does not fit; then the builder is of no
    ///   more use, and throws the same error again.
    public func append(_ cell: ArrowCell) throws(ArrowError) {
        if let failure { throw failure }
        if case .null = cell {
            appendNull()
            return
        }
        do {
            try appendPresent(cell)
        } catch {
            failure = error
            throw error
        }
        validity.append(true)
        count += 1
    }

    public func appendNull() {
        switch type.layout {
        case .none: break
        case .bits: bits.append(false)
        case .fixed(let width): values.fill(to: values.count + width)
        case .bytes, .views: bytes?.appendNull()
        case .list(let wide): appendOffset(children[0].count, wide: wide)
        case .fixedList(let count): for _ in 0..<count { children[0].appendNull() }
        case .structure: for child in children { child.appendNull() }
        }
        validity.append(false)
        count += 1
    }

    /// The column of everything appended so far; the builder is empty afterwards.
    public func finish() -> ArrowColumn {
        let (length, nulls) = (count, validity.nullCount)
        let validityBits = validity.finish()
        validity = GrowingValidity()
        count = 0
        let filled = values.finish()
        values = GrowingBuffer()
        if let bytes = bytes.take() {
            self.bytes = BytesBuilder(type)
            let column = bytes.finish()
            return column
        }
        let buffers: [ColumnBuffer] =
            switch type.layout {
            case .none, .structure, .fixedList: []
            case .bits: [ColumnBuffer(bits: bits)]
            default: [filled]
            }
        bits = []
        if case .list(let wide) = type.layout { appendOffset(0, wide: wide) }
        let columns = children.map { $0.finish() }
        places = [:]
        let isDictionary = if case .dictionary = type { true } else { false }
        let storage = ColumnStorage(
            type: type, length: length, validity: type == .null ? nil : validityBits, buffers: buffers,
            children: isDictionary ? [] : columns,
            dictionary: isDictionary ? columns[0] : nil)
        return ArrowColumn(storage, nullCount: nulls)
    }

    private func mismatch(_ cell: ArrowCell) -> ArrowError {
        ArrowError(.typeMismatch, "“\(cell)” is no value of a column of \(type)")
    }

    private func appendOffset(_ offset: Int, wide: Bool) {
        if wide { values.append(Int64(offset)) } else { values.append(Int32(truncatingIfNeeded: offset)) }
    }

    private func appendPresent(_ cell: ArrowCell) throws(ArrowError) {
        switch (type, cell) {
        case (.bool, .bool(let value)): bits.append(value)
        case (.int8, _): values.append(try integer(cell, as: Int8.self))
        case (.int16, _): values.append(try integer(cell, as: Int16.self))
        case (.int32, _): values.append(try integer(cell, as: Int32.self))
        case (.int64, _): values.append(try integer(cell, as: Int64.self))
        case (.uint8, _): values.append(try integer(cell, as: UInt8.self))
        case (.uint16, _): values.append(try integer(cell, as: UInt16.self))
        case (.uint32, _): values.append(try integer(cell, as: UInt32.self))
        case (.uint64, _): values.append(try integer(cell, as: UInt64.self))
        case (.float16, _): values.append(HalfFloat.bits(try number(cell)))
        case (.float32, _): values.append(Float(try number(cell)))
        case (.float64, _): values.append(try number(cell))
        case (.utf8, .string(var text)), (.largeUtf8, .string(var text)), (.utf8View, .string(var text)):
            text.withUTF8 { bytes?.append(UnsafeRawBufferPointer($0)) }
        case (.binary, .bytes(let added)), (.largeBinary, .bytes(let added)), (.binaryView, .bytes(let added)):
            added.withUnsafeBytes { bytes?.append($0) }
        case (.fixedSizeBinary(let size), .bytes(let added)) where added.count == size: added.withUnsafeBytes { values.append($0) }
        case (.decimal32(_, let scale), .decimal(let value, let given)) where given == scale:
            values.append(try exactly(value, cell, as: Int32.self))
        case (.decimal64(_, let scale), .decimal(let value, let given)) where given == scale:
            values.append(try exactly(value, cell, as: Int64.self))
        case (.decimal128(_, let scale), .decimal(let value, let given)) where given == scale: values.append(value)
        case (.decimal256(_, let scale), .decimal(let value, let given)) where given == scale:
            values.append(value)
            values.append(Int128(value < 0 ? -1 : 0))
        case (.decimal256(_, let scale), .wideDecimal(let high, let low, let given)) where given == scale:
            values.append(low)
            values.append(high)
        case (.date32, .date(let days)): values.append(try exactly(days, cell, as: Int32.self))
        case (.date64, .date(let days)): values.append(try exactly(Int128(days) * 86_400_000, cell, as: Int64.self))
        case (.time32(let unit), .time(let value, let given)) where given == unit: values.append(try exactly(value, cell, as: Int32.self))
        case (.time64(let unit), .time(let value, let given)) where given == unit: values.append(value)
        case (.timestamp(let unit, let zone), .timestamp(let value, let given, let shown)) where given == unit && shown == zone:
            values.append(value)
        case (.duration(let unit), .duration(let value, let given)) where given == unit: values.append(value)
        case (.interval(let unit), .interval(let months, let days, let nanoseconds)):
            try appendInterval(unit, months, days, nanoseconds, cell)
        case (.list, .list(let items)), (.largeList, .list(let items)), (.fixedSizeList, .list(let items)): try appendItems(items, cell)
        case (.map, .map(let entries)):
            guard case .struct(let fields) = children[0].type else { throw mismatch(cell) }
            try appendItems(
                entries.map { .struct([ArrowCell.Member(fields[0].name, $0.key), ArrowCell.Member(fields[1].name, $0.value)]) }, cell)
        case (.struct(let fields), .struct(let members)):
            guard members.count == fields.count else { throw mismatch(cell) }
            for (child, member) in zip(children, members) {
                try inField(member.name) { () throws(ArrowError) in try child.append(member.value) }
            }
        case (.dictionary(let index, _, _), _): try appendIndex(index, cell)
        default: throw mismatch(cell)
        }
    }

    private func exactly<Value: BinaryInteger, Result: FixedWidthInteger>(
        _ value: Value, _ cell: ArrowCell, as: Result.Type
    ) throws(ArrowError) -> Result {
        guard let result = Result(exactly: value) else { throw mismatch(cell) }
        return result
    }

    private func integer<Result: FixedWidthInteger>(_ cell: ArrowCell, as type: Result.Type) throws(ArrowError) -> Result {
        switch cell {
        case .int(let value): try exactly(value, cell, as: type)
        case .uint(let value): try exactly(value, cell, as: type)
        default: throw mismatch(cell)
        }
    }

    private func number(_ cell: ArrowCell) throws(ArrowError) -> Double {
        let number: Double? =
            switch cell {
            case .double(let value): value
            case .int(let value): Double(exactly: value)
            case .uint(let value): Double(exactly: value)
            default: nil
            }
        guard let number else { throw mismatch(cell) }
        return number
    }

    private func appendInterval(
        _ unit: ArrowIntervalUnit, _ months: Int, _ days: Int, _ nanoseconds: Int64, _ cell: ArrowCell
    ) throws(ArrowError) {
        switch unit {
        case .yearMonth:
            guard days == 0, nanoseconds == 0 else { throw mismatch(cell) }
            values.append(try exactly(months, cell, as: Int32.self))
        case .dayTime:
            guard months == 0, nanoseconds % 1_000_000 == 0 else { throw mismatch(cell) }
            let (first, second) = (try exactly(days, cell, as: Int32.self), try exactly(nanoseconds / 1_000_000, cell, as: Int32.self))
            values.append(first)
            values.append(second)
        case .monthDayNano:
            let (first, second) = (try exactly(months, cell, as: Int32.self), try exactly(days, cell, as: Int32.self))
            values.append(first)
            values.append(second)
            values.append(nanoseconds)
        }
    }

    private func appendItems(_ items: [ArrowCell], _ cell: ArrowCell) throws(ArrowError) {
        if case .fixedList(let size) = type.layout, items.count != size { throw mismatch(cell) }
        for item in items { try children[0].append(item) }
        if case .list(let wide) = type.layout {
            guard wide || children[0].count <= Int(Int32.max) else {
                throw ArrowError(.limitExceeded, "a list column has at most 2^31 items", hint: "use largeList")
            }
            appendOffset(children[0].count, wide: wide)
        }
    }

    private func appendIndex(_ index: ArrowType, _ cell: ArrowCell) throws(ArrowError) {
        let place = places[cell] ?? Int64(children[0].count)
        if places[cell] == nil {
            try children[0].append(cell)
            places[cell] = place
        }
        switch index {
        case .int8: values.append(try exactly(place, cell, as: Int8.self))
        case .uint8: values.append(try exactly(place, cell, as: UInt8.self))
        case .int16: values.append(try exactly(place, cell, as: Int16.self))
        case .uint16: values.append(try exactly(place, cell, as: UInt16.self))
        case .int32, .uint32: values.append(try exactly(place, cell, as: Int32.self))
        default: values.append(place)
        }
    }
}
