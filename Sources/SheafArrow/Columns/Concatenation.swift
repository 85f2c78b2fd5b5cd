extension RecordBatch {
    /// The rows of all batches, one after another, in new memory; of a single batch, that batch.
    ///
    /// - Throws: ``ArrowError`` (`.invalidArgument`) if a batch's types are not the schema's, `.limitExceeded` if 32-bit offsets or the
    ///   indices of a dictionary do not suffice.
    /// - Complexity: O(rows), at the speed of memory except for texts in views and for dictionaries that differ between batches.
    public init(concatenating batches: [RecordBatch], schema: ArrowTableSchema) throws(ArrowError) {
        for batch in batches where batch.columns.count != schema.fields.count {
            throw ArrowError(.invalidArgument, "a batch of \(batch.columns.count) columns where the schema has \(schema.fields.count)")
        }
        var columns: [ArrowColumn] = []
        for (index, field) in schema.fields.enumerated() {
            columns.append(
                try inField(field.name) { () throws(ArrowError) in
                    try ArrowColumn(concatenating: batches.map { $0.columns[index] }, type: field.type)
                })
        }
        self.init(uncheckedSchema: schema, columns: columns, rowCount: batches.reduce(0) { $0 + $1.rowCount })
    }
}

extension ArrowColumn {
    /// The values of all columns, one after another, in new memory; of a single column, that column.
    ///
    /// - Throws: ``ArrowError`` (`.invalidArgument`) if a column is of another type, `.limitExceeded` if 32-bit offsets or the indices of a
    ///   dictionary do not suffice.
    public init(concatenating columns: [ArrowColumn], type: ArrowType) throws(ArrowError) {
        for column in columns where column.type != type {
            throw ArrowError(.invalidArgument, "a column of \(column.type) among columns of \(type)")
        }
        if columns.count == 1 {
            self = columns[0]
            return
        }
        let parts = columns.filter { $0.count > 0 }
        let length = parts.reduce(0) { $0 + $1.count }
        if case .dictionary(let index, let value, _) = type {
            let (indices, values) = try Concatenation.dictionary(parts, index: index, value: value)
            let buffers = indices.storage.buffers
            self.init(
                ColumnStorage(
                    type: type, length: length, validity: indices.storage.validityBuffer, buffers: buffers, dictionary: values))
            return
        }
        let validity = type == .null ? nil : Concatenation.validity(parts, length)
        var buffers: [ColumnBuffer] = []
        var children: [ArrowColumn] = []
        func joinChildren(_ range: (ArrowColumn) -> Range<Int>) throws(ArrowError) {
            for (number, field) in type.children.enumerated() {
                children.append(
                    try inField(field.name) { () throws(ArrowError) in
                        try ArrowColumn(concatenating: parts.map { $0.storage.children[number][range($0)] }, type: field.type)
                    })
            }
        }
        switch type.layout {
        case .none: break
        case .bits: buffers = [Concatenation.bits(parts, length) { ($0.storage.values, $0.offset) }]
        case .fixed(let width):
            var values = GrowingBuffer(capacity: length * width)
            for part in parts {
                values.append(UnsafeRawBufferPointer(start: part.storage.values + part.offset * width, count: part.count * width))
            }
            buffers = [values.finish()]
        case .bytes(let wide):
            buffers = [try Concatenation.offsets(parts, length, wide: wide)]
            var data = GrowingBuffer()
            for part in parts {
                let range = part.itemRange(wide: wide)
                data.append(UnsafeRawBufferPointer(start: part.storage.data + range.lowerBound, count: range.count))
            }
            buffers.append(data.finish())
        case .views: buffers = Concatenation.views(parts, length)
        case .list(let wide):
            buffers = [try Concatenation.offsets(parts, length, wide: wide)]
            try joinChildren { $0.itemRange(wide: wide) }
        case .fixedList(let count): try joinChildren { $0.offset * count..<($0.offset + $0.count) * count }
        case .structure: try joinChildren { $0.offset..<$0.offset + $0.count }
        }
        self.init(ColumnStorage(type: type, length: length, validity: validity, buffers: buffers, children: children))
        withExtendedLifetime(parts) {}
    }

    /// The bytes or items that all rows' offsets refer to.
    fileprivate func itemRange(wide: Bool) -> Range<Int> {
        storage.valueOffset(offset, wide: wide)..<storage.valueOffset(offset + count, wide: wide)
    }
}

private enum Concatenation {
    static func validity(_ parts: [ArrowColumn], _ length: Int) -> ColumnBuffer? {
        guard parts.contains(where: { $0.storage.validity != nil }) else { return nil }
        return bits(parts, length) { part in part.storage.validity.map { (UnsafeRawPointer($0), part.offset) } }
    }

    /// Bits one after another; ones for a part that has none.
    static func bits(
        _ parts: [ArrowColumn], _ length: Int, _ source: (ArrowColumn) -> (UnsafeRawPointer, offset: Int)?
    ) -> ColumnBuffer {
        var joined = GrowingBuffer(capacity: Bits.byteCount(length) + 8)
        joined.fill(to: Bits.byteCount(length))
        var end = 0
        for part in parts {
            let bits = source(part)
            if let bits, end % 8 == 0 {
                Bits.copy(bits.0, offset: bits.offset, count: part.count, to: joined.start + end / 8)
            } else {
                let target = joined.start.assumingMemoryBound(to: UInt8.self)
                for index in 0..<part.count {
                    guard let bits, !Bits.isSet(bits.0.assumingMemoryBound(to: UInt8.self), bits.offset + index) else {
                        target[(end + index) / 8] |= 1 << UInt8((end + index) % 8)
                        continue
                    }
                }
            }
            end += part.count
        }
        return joined.finish()
    }

    static func offsets(_ parts: [ArrowColumn], _ length: Int, wide: Bool) throws(ArrowError) -> ColumnBuffer {
        var offsets = GrowingBuffer(capacity: (length + 1) * (wide ? 8 : 4))
        var end = 0
        if wide { offsets.append(Int64(0)) } else { offsets.append(Int32(0)) }
        for part in parts {
            let range = part.itemRange(wide: wide)
            guard wide || end + range.count <= Int(Int32.max) else {
                throw ArrowError(.limitExceeded, "the columns together need 64-bit offsets", hint: "cast them to the large type first")
            }
            let shift = end - range.lowerBound
            for index in 1...part.count {
                let offset = part.storage.valueOffset(part.offset + index, wide: wide) + shift
                if wide { offsets.append(Int64(offset)) } else { offsets.append(Int32(truncatingIfNeeded: offset)) }
            }
            end += range.count
        }
        return offsets.finish()
    }

    /// The views, then the data buffers of all parts, which are shared.
    static func views(_ parts: [ArrowColumn], _ length: Int) -> [ColumnBuffer] {
        var views = GrowingBuffer(capacity: length * 16)
        var data: [ColumnBuffer] = []
        for part in parts {
            for index in 0..<part.count {
                if part.isNullUnchecked(index) {
                    views.fill(to: views.count + 16)
                    continue
                }
                let view = part.storage.values + (part.offset + index) * 16
                views.append(UnsafeRawBufferPointer(start: view, count: 16))
                if view.loadUnaligned(as: Int32.self) > 12 {
                    let buffer = view.loadUnaligned(fromByteOffset: 8, as: Int32.self) + Int32(data.count)
                    views.start.storeBytes(of: buffer, toByteOffset: views.count - 8, as: Int32.self)
                }
            }
            data += part.storage.buffers.dropFirst()
        }
        return [views.finish()] + data
    }

    /// Indices into one dictionary: that of all parts, or one made of theirs.
    static func dictionary(
        _ parts: [ArrowColumn], index: ArrowType, value: ArrowType
    ) throws(ArrowError) -> (indices: ArrowColumn, values: ArrowColumn) {
        let indices = parts.compactMap(\.dictionaryIndices)
        let first = parts.first?.dictionary
        // Batches of one source have one dictionary, if not always in the same memory; it must not change on the way to a file.
        if let first, parts.allSatisfy({ $0.storage.dictionary.map(first.isSame) ?? false }) {
            return (try ArrowColumn(concatenating: indices, type: index), first)
        }
        let builder = ArrowCellBuilder(.dictionary(index: index, value: value, isOrdered: false))
        do {
            for part in parts {
                for row in 0..<part.count { try builder.append(part.cell(at: row)) }
            }
        } catch { throw ArrowError(.limitExceeded, "the dictionaries together have more values than \(index) can number") }
        let joined = builder.finish()
        guard let values = joined.dictionary, let numbers = joined.dictionaryIndices else {
            throw ArrowError(.invalidData, "a dictionary is missing")
        }
        return (numbers, values)
    }
}
