/// One message of a stream or file: its metadata, parsed as far as the header, and its body.
struct IPCMessage {
    let header: IPCFormat.Header
    let table: FlatTable
    let metadata: ArrowMemory
    let bodyLength: Int

    /// - Parameter metadata: The FlatBuffers buffer, without the prefix.
    init(_ metadata: ArrowMemory, options: ArrowReadOptions) throws(ArrowError) {
        let message = try FlatTable(rootOf: metadata.bytes)
        let version = try message.integer(0, default: Int16(0))
        guard version == IPCFormat.version || version == IPCFormat.version - 1 else {
            throw ArrowError(.unsupported, "metadata version V\(Int(version) + 1) of Arrow is not supported; V4 and V5 are")
        }
        let number = try message.integer(1, default: UInt8(0))
        guard let header = IPCFormat.Header(rawValue: number), let table = try message.table(2) else {
            throw ArrowError(.unsupported, "messages of kind \(number) are not supported")
        }
        let length = try message.integer(3, default: Int64(0))
        guard length >= 0 else { throw ArrowError(.invalidData, "a body of \(length) bytes") }
        guard length <= Int64(options.bodyBytes) else {
            throw ArrowError(
                .limitExceeded, "a body of \(length) bytes, and \(options.bodyBytes) are accepted", hint: "raise ArrowReadOptions.bodyBytes"
            )
        }
        self.header = header
        self.table = table
        self.metadata = metadata
        bodyLength = Int(length)
    }
}

/// The dictionaries of a stream or file, as they are read.
struct IPCDictionaries: Sendable {
    /// The first field that refers to each dictionary.
    private var fields: [Int64: IPCField] = [:]
    private(set) var values: [Int64: ArrowColumn] = [:]
    /// Those that only columns refer to that are not read.
    private var unread: Set<Int64> = []

    init(_ fields: [IPCField]) {
        for field in fields where field.isRead { register(field) }
        for field in fields where !field.isRead { disregard(field) }
    }

    private mutating func disregard(_ field: IPCField) {
        if let id = field.dictionaryID, fields[id] == nil { unread.insert(id) }
        for child in field.children { disregard(child) }
    }

    private mutating func register(_ field: IPCField) {
        if let id = field.dictionaryID, fields[id] == nil { fields[id] = field }
        for child in field.children { register(child) }
    }

    /// Takes in a dictionary batch, which replaces or, if it is a delta, extends the dictionary's values.
    mutating func read(_ table: FlatTable, body: ArrowMemory, options: ArrowReadOptions) throws(ArrowError) {
        let id = try table.integer(0, default: Int64(0))
        if unread.contains(id) { return }
        guard let field = fields[id] else { throw ArrowError(.invalidData, "no field refers to dictionary \(id)") }
        guard let batch = try table.table(1) else { throw ArrowError(.invalidData, "dictionary \(id) has no values") }
        var reading = try BatchReading(batch, body: body, options: options, dictionaries: values)
        let added = try reading.dictionaryValues(field)
        guard try table.bool(2), let before = values[id] else {
            values[id] = added
            return
        }
        guard before.count + added.count <= options.rows else { throw ArrowError(.limitExceeded, "dictionary \(id) grows too large") }
        values[id] = try ArrowColumn(concatenating: [before, added], type: field.valueType)
    }
}
