/// Reads the columns of one record batch or dictionary from a message's metadata and body.
struct BatchReading {
    private let body: ArrowMemory
    private let options: ArrowReadOptions
    private let dictionaries: [Int64: ArrowColumn]
    private let table: FlatTable
    private let compression: IPCFormat.Compression?
    private let nodes: (start: Int, count: Int)
    private let buffers: (start: Int, count: Int)
    private let viewCounts: (start: Int, count: Int)
    private var nextNode = 0
    private var nextBuffer = 0
    private var nextViewCount = 0
    /// What is left to copy: buffers of a hostile body may overlap.
    private var copyBudget: Int
    let rowCount: Int

    init(
        _ table: FlatTable, body: ArrowMemory, options: ArrowReadOptions, dictionaries: [Int64: ArrowColumn]
    ) throws(ArrowError) {
        self.table = table
        self.body = body
        self.options = options
        self.dictionaries = dictionaries
        copyBudget = max(options.bodyBytes, body.count)
        nodes = try table.vector(1, elementSize: 16)
        buffers = try table.vector(2, elementSize: 16)
        viewCounts = try table.vector(4, elementSize: 8)
        if let description = try table.table(3) {
            let codec = try description.integer(0, default: Int8(0))
            guard let compression = IPCFormat.Compression(rawValue: codec), try description.integer(1, default: Int8(0)) == 0 else {
                throw ArrowError(.unsupported, "the body's compression, number \(codec), is not known")
            }
            self.compression = compression
        } else {
            compression = nil
        }
        rowCount = try Self.count(try table.integer(0, default: Int64(0)), options)
    }

    private static func count(_ value: Int64, _ options: ArrowReadOptions) throws(ArrowError) -> Int {
        guard value >= 0 else { throw ArrowError(.invalidData, "a length of \(value)") }
        guard value <= Int64(options.rows) else { throw ArrowError(.limitExceeded, "\(value) rows, and \(options.rows) are accepted") }
        return Int(value)
    }

    /// The columns of the fields, each as long as the batch, checked.
    mutating func columns(_ fields: [IPCField]) throws(ArrowError) -> [ArrowColumn] {
        var columns: [ArrowColumn] = []
        for field in fields {
            do throws(ArrowError) {
                guard field.isRead else {
                    try skipColumn(field)
                    continue
                }
                let column = try readColumn(field)
                guard column.count == rowCount else {
                    throw ArrowError(.invalidData, "the column has \(column.count) rows, and the batch \(rowCount)")
                }
                try column.validate(utf8: options.validatesUTF8, dictionaries: false)
                columns.append(column)
            } catch { throw error.inside(field.field.name) }
        }
        return columns
    }

    /// The values of a dictionary whose field is given.
    mutating func dictionaryValues(_ field: IPCField) throws(ArrowError) -> ArrowColumn {
        let plain = IPCField(field: ArrowField(field.field.name, field.valueType), dictionaryID: nil, children: field.children)
        return try columns([plain])[0]
    }

    private mutating func readColumn(_ field: IPCField) throws(ArrowError) -> ArrowColumn {
        guard nextNode < nodes.count else { throw ArrowError(.invalidData, "the batch describes too few columns") }
        let node = nodes.start + nextNode * 16
        nextNode += 1
        let length = try Self.count(try table.int64(at: node), options)
        let nullCount = try table.int64(at: node + 8)
        guard nullCount >= 0, nullCount <= length else { throw ArrowError(.invalidData, "\(nullCount) nulls among \(length) values") }
        let type = field.field.type
        if type == .null { return ArrowColumn(ColumnStorage(type: .null, length: length)) }
        var validity: ColumnBuffer? = try takeBuffer()
        if nullCount == 0 { validity = nil }
        var buffers: [ColumnBuffer] = []
        switch type.layout {
        case .none, .structure, .fixedList: break
        case .bits, .fixed, .list: buffers = [try takeBuffer(alignment: type.alignment)]
        case .bytes: buffers = [try takeBuffer(alignment: type.alignment), try takeBuffer()]
        case .views:
            for _ in 0...(try takeViewCount()) { buffers.append(try takeBuffer()) }
        }
        var children: [ArrowColumn] = []
        var dictionary: ArrowColumn?
        if let id = field.dictionaryID {
            // A dictionary may be missing when all its indices are null.
            let values = dictionaries[id] ?? ArrowCellBuilder(field.valueType).finish()
            guard values.type == field.valueType else {
                throw ArrowError(.invalidData, "dictionary \(id) has values of \(values.type) instead of \(field.valueType)")
            }
            dictionary = values
        } else {
            for child in field.children {
                do { children.append(try readColumn(child)) } catch { throw error.inside(child.field.name) }
            }
        }
        let storage = try ColumnStorage.checked(
            type: type, length: length, validity: validity, buffers: buffers, children: children, dictionary: dictionary)
        let column = ArrowColumn(storage, nullCount: nil)
        guard column.nullCount == nullCount else {
            throw ArrowError(.invalidData, "the column says it has \(nullCount) nulls, and it has \(column.nullCount)")
        }
        return ArrowColumn(storage, nullCount: Int(nullCount))
    }

    /// Passes over what ``readColumn(_:)`` would read.
    private mutating func skipColumn(_ field: IPCField) throws(ArrowError) {
        nextNode += 1
        let type = field.field.type
        if type == .null { return }
        switch type.layout {
        case .none, .structure, .fixedList: nextBuffer += 1
        case .bits, .fixed, .list: nextBuffer += 2
        case .bytes: nextBuffer += 3
        case .views: nextBuffer += 2 + (try takeViewCount())
        }
        if field.dictionaryID == nil { for child in field.children { try skipColumn(child) } }
    }

    /// How many buffers the next column of views points into.
    private mutating func takeViewCount() throws(ArrowError) -> Int {
        guard nextViewCount < viewCounts.count else { throw ArrowError(.invalidData, "the number of the views' buffers is missing") }
        let count = try table.int64(at: viewCounts.start + nextViewCount * 8)
        nextViewCount += 1
        guard count >= 0, count < Int64(buffers.count) else { throw ArrowError(.invalidData, "a view column with \(count) buffers") }
        return Int(count)
    }

    private mutating func takeBuffer(alignment: Int = 1) throws(ArrowError) -> ColumnBuffer {
        guard nextBuffer < buffers.count else { throw ArrowError(.invalidData, "the batch describes too few buffers") }
        let place = buffers.start + nextBuffer * 16
        nextBuffer += 1
        let (offset, count) = (try table.int64(at: place), try table.int64(at: place + 8))
        guard offset >= 0, count >= 0, offset <= Int64(body.count), count <= Int64(body.count) - offset else {
            throw ArrowError(.invalidData, "a buffer of \(count) bytes at \(offset) of a body of \(body.count) bytes")
        }
        guard count > 0, let start = body.bytes.baseAddress else { return .empty }
        if let compression { return try decompress(UnsafeRawBufferPointer(start: start + Int(offset), count: Int(count)), compression) }
        let buffer = ColumnBuffer(start + Int(offset), byteCount: Int(count), owner: body)
        if Int(bitPattern: buffer.start) % alignment == 0 { return buffer }
        try spend(Int(count))
        return buffer.aligned(to: alignment)
    }

    private mutating func spend(_ count: Int) throws(ArrowError) {
        copyBudget -= count
        guard copyBudget >= 0 else {
            throw ArrowError(
                .limitExceeded, "the message's buffers are longer than the \(options.bodyBytes) bytes that are accepted",
                hint: "raise ArrowReadOptions.bodyBytes")
        }
    }

    /// A compressed buffer begins with its length before compression, or −1 if it was left as it is.
    private mutating func decompress(_ bytes: UnsafeRawBufferPointer, _ compression: IPCFormat.Compression) throws(ArrowError)
        -> ColumnBuffer
    {
        guard bytes.count >= 8 else { throw ArrowError(.invalidData, "a compressed buffer of \(bytes.count) bytes") }
        let length = Int64(littleEndian: bytes.loadUnaligned(as: Int64.self))
        let source = UnsafeRawBufferPointer(rebasing: bytes[8...])
        guard length >= -1, length <= Int64(options.bodyBytes) || length <= Int64(bytes.count) else {
            throw ArrowError(.limitExceeded, "a compressed buffer of \(length) bytes", hint: "raise ArrowReadOptions.bodyBytes")
        }
        let size = length == -1 ? source.count : Int(length)
        try spend(size)
        let target = UnsafeMutableRawBufferPointer.allocate(byteCount: max(size, 64), alignment: 64)
        let memory = ArrowMemory(adopting: UnsafeRawBufferPointer(target)) { $0.deallocate() }
        let filled = UnsafeMutableRawBufferPointer(rebasing: target[..<size])
        if length == -1 {
            filled.copyMemory(from: source)
        } else if compression == .lz4 {
            try LZ4Frame.decompress(source, into: filled)
        } else if let decompress = options.decompress {
            do { try decompress(source, filled) } catch { throw ArrowError(.invalidData, "a buffer cannot be decompressed: \(error)") }
        } else {
            throw ArrowError(
                .unsupported, "the message is compressed with ZSTD",
                hint: "pass a ZSTD decompressor in ArrowReadOptions.decompress, or write the data with LZ4 or uncompressed")
        }
        return target.baseAddress.map { ColumnBuffer($0, byteCount: size, owner: memory) } ?? .empty
    }
}
