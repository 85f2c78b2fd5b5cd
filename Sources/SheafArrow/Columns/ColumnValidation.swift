extension ColumnStorage {
    /// Storage for buffers whose sizes, and children whose lengths, have been found to fit `length` slots.
    ///
    /// What the buffers contain is not looked at: ``ArrowColumn/validate(utf8:)`` does.
    static func checked(
        type: ArrowType, length: Int, validity: ColumnBuffer?, buffers: [ColumnBuffer], children: [ArrowColumn] = [],
        dictionary: ArrowColumn? = nil
    ) throws(ArrowError) -> ColumnStorage {
        func need(_ buffer: Int, _ perSlot: Int, extraSlots: Int = 0) throws(ArrowError) {
            let (needed, overflow) = (length + extraSlots).multipliedReportingOverflow(by: perSlot)
            let available = buffer < buffers.count ? buffers[buffer].byteCount : 0
            guard !overflow, available >= needed || length == 0 else {
                throw ArrowError(.invalidData, "\(length) values of \(type) do not fit into a buffer of \(available) bytes")
            }
        }
        guard length >= 0, length < Int.max / 2 else { throw ArrowError(.invalidData, "a column of \(length) slots") }
        if let validity, validity.byteCount < Bits.byteCount(length) {
            throw ArrowError(.invalidData, "\(length) validity bits do not fit into a buffer of \(validity.byteCount) bytes")
        }
        var childLength = 0
        var buffers = buffers
        switch type.layout {
        case .none: break
        case .bits:
            let available = buffers.first?.byteCount ?? 0
            guard available >= Bits.byteCount(length) else {
                throw ArrowError(.invalidData, "\(length) bits do not fit into a buffer of \(available) bytes")
            }
        case .fixed(let width): try need(0, width)
        case .views: try need(0, 16)
        case .bytes(let wide), .list(let wide):
            try need(0, wide ? 8 : 4, extraSlots: 1)
            // An empty column's offsets may be missing.
            if let first = buffers.first, first.byteCount < (wide ? 8 : 4) { buffers[0] = .empty }
        case .fixedList(let count):
            let (product, overflow) = length.multipliedReportingOverflow(by: count)
            guard !overflow else { throw ArrowError(.invalidData, "\(length) lists of \(count) items are too many") }
            childLength = product
        case .structure: childLength = length
        }
        let fields = type.children
        guard children.count == fields.count else {
            throw ArrowError(.invalidData, "\(type) needs \(fields.count) child columns, and there are \(children.count)")
        }
        for (child, field) in zip(children, fields) where child.count < childLength || child.type != field.type {
            throw ArrowError(
                .invalidData, "\(child.count) values of \(child.type) where \(childLength) of \(field.type) are needed", field: field.name)
        }
        return ColumnStorage(type: type, length: length, validity: validity, buffers: buffers, children: children, dictionary: dictionary)
    }
}

extension ArrowColumn {
    /// Looks whether offsets, views and dictionary indices stay inside what they point into; lengths of buffers are checked already
    /// when a column is made.
    ///
    /// Columns read from Arrow IPC have been checked. Those of other libraries in the process are trusted unless this is called.
    /// - Parameter utf8: Whether to look at texts, too, which otherwise are repaired where they become a `String`.
    /// - Throws: ``ArrowError`` (`.invalidData`) that names the field.
    /// - Complexity: O(slots), and O(bytes) of text if asked.
    public func validate(utf8: Bool = false) throws(ArrowError) { try validate(utf8: utf8, dictionaries: true) }

    func validate(utf8: Bool, dictionaries: Bool) throws(ArrowError) {
        switch storage.layout {
        case .bytes(let wide):
            try checkOffsets(wide: wide, limit: storage.buffers.count > 1 ? storage.buffers[1].byteCount : 0, what: "bytes")
        case .list(let wide): try checkOffsets(wide: wide, limit: storage.children.first?.count ?? 0, what: "items")
        case .views: try checkViews()
        default: break
        }
        if utf8, type.isText, let row = (0..<count).first(where: { !isNullUnchecked($0) && !isUTF8(row: $0) }) {
            throw ArrowError(.invalidData, "the text of row \(row) is not UTF-8")
        }
        if storage.dictionary != nil { try checkIndices() }
        for (child, field) in zip(storage.children, type.children) {
            try inField(field.name) { () throws(ArrowError) in try child.validate(utf8: utf8, dictionaries: dictionaries) }
        }
        if dictionaries, let dictionary { try inField("dictionary") { () throws(ArrowError) in try dictionary.validate(utf8: utf8) } }
    }

    private func isUTF8(row: Int) -> Bool {
        withExtendedLifetime(storage) {
            let bytes = storage.bytes(ofSlot: offset + row)
            return bytes.allSatisfy { $0 < 0x80 } || String(validating: bytes, as: UTF8.self) != nil
        }
    }

    private func checkOffsets(wide: Bool, limit: Int, what: String) throws(ArrowError) {
        let isInside = withExtendedLifetime(storage) {
            wide
                ? Self.areMonotonic(storage.values.assumingMemoryBound(to: Int64.self) + offset, count: count, limit: limit)
                : Self.areMonotonic(storage.values.assumingMemoryBound(to: Int32.self) + offset, count: count, limit: limit)
        }
        guard isInside else {
            throw ArrowError(.invalidData, "offsets fall, or point outside the \(limit) \(what) they refer to")
        }
    }

    private static func areMonotonic<Offset: FixedWidthInteger>(_ offsets: UnsafePointer<Offset>, count: Int, limit: Int) -> Bool {
        guard offsets[0] >= 0, Int(offsets[count]) <= limit else { return false }
        // No difference of two that are not negative overflows, so one sign bit is set if an offset falls or is negative.
        var signs: Offset = 0
        for index in 0..<count { signs |= offsets[index &+ 1] | (offsets[index &+ 1] &- offsets[index]) }
        return signs >= 0
    }

    private func checkViews() throws(ArrowError) {
        try withExtendedLifetime(storage) { () throws(ArrowError) in
            for index in 0..<count where !isNullUnchecked(index) {
                let view = storage.values + (offset + index) * 16
                let length = Int(view.loadUnaligned(as: Int32.self))
                if (0...12).contains(length) { continue }
                let buffer = Int(view.loadUnaligned(fromByteOffset: 8, as: Int32.self)) + 1
                let start = Int(view.loadUnaligned(fromByteOffset: 12, as: Int32.self))
                guard length > 0, buffer >= 1, buffer < storage.buffers.count, start >= 0,
                    start + length <= storage.buffers[buffer].byteCount
                else { throw ArrowError(.invalidData, "the view of row \(index) points outside the column's data") }
            }
        }
    }

    /// Looks whether every index that is not null points into the dictionary.
    func checkIndices() throws(ArrowError) {
        guard let dictionary = storage.dictionary, case .dictionary(let index, _, _) = type else { return }
        let row: Int? = withExtendedLifetime(storage) {
            switch index {
            case .int8: firstOutside(dictionary.count, as: Int8.self)
            case .uint8: firstOutside(dictionary.count, as: UInt8.self)
            case .int16: firstOutside(dictionary.count, as: Int16.self)
            case .uint16: firstOutside(dictionary.count, as: UInt16.self)
            case .int32: firstOutside(dictionary.count, as: Int32.self)
            case .uint32: firstOutside(dictionary.count, as: UInt32.self)
            case .uint64: firstOutside(dictionary.count, as: UInt64.self)
            default: firstOutside(dictionary.count, as: Int64.self)
            }
        }
        if let row {
            throw ArrowError(.invalidData, "row \(row) points outside the dictionary, which has \(dictionary.count) values")
        }
    }

    private func firstOutside<Index: FixedWidthInteger>(_ limit: Int, as: Index.Type) -> Int? {
        guard count > 0 else { return nil }
        let indices = storage.values.assumingMemoryBound(to: Index.self) + offset
        var (low, high) = (Index.max, Index.min)
        for index in 0..<count {
            low = Swift.min(low, indices[index])
            high = Swift.max(high, indices[index])
        }
        if low >= 0, high < limit { return nil }
        // Indices of nulls may be anything.
        return (0..<count).first { !(indices[$0] >= 0 && indices[$0] < limit) && !isNullUnchecked($0) }
    }
}
