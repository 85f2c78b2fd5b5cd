package import CArrowABI

/// An array of another library, moved here; its `release` is called once, when the last column that points into it is gone.
private final class ForeignArray: @unchecked Sendable {
    let array: UnsafeMutablePointer<CArrowABI.ArrowArray>

    init(moving source: UnsafeMutablePointer<CArrowABI.ArrowArray>) {
        array = .allocate(capacity: 1)
        array.initialize(to: source.pointee)
        source.pointee.release = nil
    }

    deinit {
        if let release = array.pointee.release { release(array) }
        array.deallocate()
    }
}

extension RecordBatch {
    /// Takes over a record batch of another library without copying it: `array` is moved from, whether or not this throws.
    ///
    /// Buffers are trusted to be as long as the format says; ``validate(utf8:)`` looks at what offsets and indices they contain.
    /// - Throws: ``ArrowError`` (`.invalidData`) if the array does not fit the schema.
    package init(importing array: UnsafeMutablePointer<CArrowABI.ArrowArray>, schema: ArrowTableSchema) throws(ArrowError) {
        let column = try ArrowColumn(importing: array, type: .struct(schema.fields))
        self.init(uncheckedSchema: schema, columns: schema.fields.indices.map { column.child($0) }, rowCount: column.count)
    }

    /// Writes the batch into `target` as a struct array, without copying it; its `release` lets go of the batch.
    package func export(to target: UnsafeMutablePointer<CArrowABI.ArrowArray>) {
        ExportedArray.export(
            length: rowCount, nullCount: 0, offset: 0, buffers: [nil], viewSizes: nil, children: columns, dictionary: nil, keeping: nil,
            to: target)
    }
}

extension ArrowColumn {
    /// Takes over an array of another library without copying it: `array` is moved from, whether or not this throws.
    package init(importing array: UnsafeMutablePointer<CArrowABI.ArrowArray>, type: ArrowType) throws(ArrowError) {
        guard array.pointee.release != nil else { throw ArrowError(.invalidData, "the Arrow array has been released already") }
        let owner = ForeignArray(moving: array)
        self = try ArrowColumn(reading: owner.array.pointee, type: type, owner: owner)
    }

    private init(reading array: CArrowABI.ArrowArray, type: ArrowType, owner: ForeignArray) throws(ArrowError) {
        let (length, overflow) = Int(array.length).addingReportingOverflow(Int(array.offset))
        guard array.length >= 0, array.offset >= 0, !overflow else {
            throw ArrowError(.invalidData, "an array of length \(array.length) at offset \(array.offset)")
        }
        let layout = type.layout
        var pointers: [UnsafeRawPointer?] = []
        if let buffers = array.buffers { pointers = (0..<max(0, Int(array.n_buffers))).map { buffers[$0] } }
        let needed =
            switch layout {
            case .none: 0
            case .structure, .fixedList: 1
            case .bits, .fixed, .list: 2
            case .bytes, .views: 3
            }
        guard layout == .views ? pointers.count >= needed : pointers.count == needed || layout == .none else {
            throw ArrowError(.invalidData, "an array of \(type) has \(pointers.count) buffers, not \(needed)")
        }
        func buffer(_ index: Int, _ byteCount: Int) throws(ArrowError) -> ColumnBuffer {
            guard let start = pointers[index] else {
                if byteCount == 0 || length == 0 { return .empty }
                throw ArrowError(.invalidData, "buffer \(index) of an array of \(length) values of \(type) is missing")
            }
            return ColumnBuffer(start, byteCount: byteCount, owner: owner)
        }
        func size(_ slots: Int, _ width: Int) throws(ArrowError) -> Int {
            let (size, overflow) = slots.multipliedReportingOverflow(by: width)
            guard !overflow else { throw ArrowError(.invalidData, "an array of \(slots) values of \(type)") }
            return size
        }
        var buffers: [ColumnBuffer] = []
        switch layout {
        case .none, .structure, .fixedList: break
        case .bits: buffers = [try buffer(1, Bits.byteCount(length))]
        case .fixed(let width): buffers = [try buffer(1, try size(length, width))]
        case .list(let wide): buffers = [try buffer(1, try size(length + 1, wide ? 8 : 4))]
        case .bytes(let wide):
            let offsets = try buffer(1, try size(length + 1, wide ? 8 : 4))
            let end =
                wide
                ? Int(offsets.start.loadUnaligned(fromByteOffset: offsets.byteCount == 0 ? 0 : length * 8, as: Int64.self))
                : Int(offsets.start.loadUnaligned(fromByteOffset: offsets.byteCount == 0 ? 0 : length * 4, as: Int32.self))
            guard end >= 0 else { throw ArrowError(.invalidData, "the last offset of an array of \(type) is \(end)") }
            buffers = [offsets, try buffer(2, end)]
        case .views:
            buffers = [try buffer(1, try size(length, 16))]
            let dataCount = pointers.count - 3
            let sizes = pointers[pointers.count - 1]
            guard sizes != nil || dataCount == 0 else {
                throw ArrowError(.invalidData, "the sizes of the data buffers of \(type) are missing")
            }
            for index in 0..<dataCount {
                let byteCount = Int(sizes?.loadUnaligned(fromByteOffset: index * 8, as: Int64.self) ?? 0)
                guard byteCount >= 0 else { throw ArrowError(.invalidData, "data buffer \(index) of \(type) has \(byteCount) bytes") }
                buffers.append(try buffer(index + 2, byteCount))
            }
        }
        var validity: ColumnBuffer?
        if layout != .none, let start = pointers.first ?? nil, array.null_count != 0 {
            validity = ColumnBuffer(start, byteCount: Bits.byteCount(length), owner: owner)
        }
        let fields = type.children
        guard array.n_children == fields.count, fields.isEmpty || array.children != nil else {
            throw ArrowError(.invalidData, "an array of \(type) has \(array.n_children) children, not \(fields.count)")
        }
        var children: [ArrowColumn] = []
        for (index, field) in fields.enumerated() {
            children.append(
                try inField(field.name) { () throws(ArrowError) in
                    guard let child = array.children?[index] else { throw ArrowError(.invalidData, "the child array is missing") }
                    return try ArrowColumn(reading: child.pointee, type: field.type, owner: owner)
                })
        }
        var dictionary: ArrowColumn?
        if case .dictionary(_, let value, _) = type {
            guard let values = array.dictionary else { throw ArrowError(.invalidData, "the dictionary of an array of \(type) is missing") }
            dictionary = try ArrowColumn(reading: values.pointee, type: value, owner: owner)
        }
        let storage = try ColumnStorage.checked(
            type: type, length: length, validity: validity, buffers: buffers, children: children, dictionary: dictionary)
        self.init(storage, offset: Int(array.offset), nullCount: array.null_count < 0 ? nil : Int(array.null_count))
    }

    /// Writes the column into `target` without copying it; its `release` lets go of the column.
    package func export(to target: UnsafeMutablePointer<CArrowABI.ArrowArray>) {
        var buffers = storage.buffers.map { Optional($0.start) }
        var sizes: [Int64]?
        switch storage.layout {
        case .none: buffers = []
        case .structure, .fixedList: buffers = [storage.validityBuffer?.start]
        case .views:
            sizes = storage.buffers.dropFirst().map { Int64($0.byteCount) }
            fallthrough
        default: buffers.insert(storage.validityBuffer?.start, at: 0)
        }
        if case .bytes = storage.layout, buffers.count == 2 { buffers.append(ColumnBuffer.empty.start) }
        ExportedArray.export(
            length: count, nullCount: knownNullCount ?? -1, offset: offset, buffers: buffers, viewSizes: sizes, children: storage.children,
            dictionary: storage.dictionary, keeping: storage, to: target)
    }
}

/// What an exported array points to. Every array, children included, keeps its own, since a consumer may move a child away and release
/// it later than its parent.
private final class ExportedArray {
    let storage: ColumnStorage?
    let buffers: UnsafeMutablePointer<UnsafeRawPointer?>
    let sizes: UnsafeMutablePointer<Int64>
    let childCount: Int
    let children: UnsafeMutablePointer<UnsafeMutablePointer<CArrowABI.ArrowArray>?>
    let dictionary: UnsafeMutablePointer<CArrowABI.ArrowArray>?

    private init(
        storage: ColumnStorage?, buffers pointers: [UnsafeRawPointer?], viewSizes: [Int64]?, children columns: [ArrowColumn],
        dictionary values: ArrowColumn?
    ) {
        func export(_ column: ArrowColumn) -> UnsafeMutablePointer<CArrowABI.ArrowArray> {
            let array = UnsafeMutablePointer<CArrowABI.ArrowArray>.allocate(capacity: 1)
            column.export(to: array)
            return array
        }
        self.storage = storage
        sizes = .allocate(capacity: max(1, viewSizes?.count ?? 0))
        for (index, size) in (viewSizes ?? []).enumerated() { sizes[index] = size }
        buffers = .allocate(capacity: pointers.count + 1)
        for (index, pointer) in pointers.enumerated() { (buffers + index).initialize(to: pointer) }
        (buffers + pointers.count).initialize(to: UnsafeRawPointer(sizes))
        childCount = columns.count
        children = .allocate(capacity: max(1, columns.count))
        for (index, column) in columns.enumerated() { (children + index).initialize(to: export(column)) }
        dictionary = values.map(export)
    }

    static func export(
        length: Int, nullCount: Int, offset: Int, buffers: [UnsafeRawPointer?], viewSizes: [Int64]?, children: [ArrowColumn],
        dictionary: ArrowColumn?, keeping storage: ColumnStorage?, to target: UnsafeMutablePointer<CArrowABI.ArrowArray>
    ) {
        let exported = ExportedArray(
            storage: storage, buffers: buffers, viewSizes: viewSizes, children: children, dictionary: dictionary)
        var array = CArrowABI.ArrowArray()
        array.length = Int64(length)
        array.null_count = Int64(nullCount)
        array.offset = Int64(offset)
        array.n_buffers = Int64(buffers.count + (viewSizes == nil ? 0 : 1))
        array.buffers = exported.buffers
        array.n_children = Int64(children.count)
        array.children = children.isEmpty ? nil : exported.children
        array.dictionary = exported.dictionary
        array.release = { pointer in
            guard let pointer, let data = pointer.pointee.private_data else { return }
            pointer.pointee.release = nil
            Unmanaged<ExportedArray>.fromOpaque(data).release()
        }
        array.private_data = Unmanaged.passRetained(exported).toOpaque()
        target.initialize(to: array)
    }

    deinit {
        for index in 0..<childCount {
            guard let child = children[index] else { continue }
            if let release = child.pointee.release { release(child) }
            child.deallocate()
        }
        if let dictionary {
            if let release = dictionary.pointee.release { release(dictionary) }
            dictionary.deallocate()
        }
        children.deallocate()
        buffers.deallocate()
        sizes.deallocate()
    }
}
