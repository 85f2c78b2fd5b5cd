extension RecordBatchReader {
    /// Reads an Arrow IPC stream or file that lies in memory, without copying what is aligned.
    ///
    /// Everything is checked: bytes from anybody give batches or an error, never a crash.
    /// - Throws: ``ArrowError``, naming message and field.
    public convenience init(ipc memory: ArrowMemory, options: ArrowReadOptions = ArrowReadOptions()) throws(ArrowError) {
        if ArrowFileReader.isFile(memory) {
            let file = try ArrowFileReader(memory, options: options)
            var index = 0
            self.init(schema: file.schema) {
                guard index < file.batchCount else { return nil }
                defer { index += 1 }
                return try file.batch(at: index)
            }
        } else {
            var position = 0
            try self.init(
                stream: StreamReading(options: options) { (count, isOptional) throws(ArrowError) in
                    let rest = memory.count - position
                    guard rest >= count else {
                        if rest == 0, isOptional { return nil }
                        throw ArrowError(.truncated, "the stream ends \(count - rest) bytes too early")
                    }
                    defer { position += count }
                    return memory.slice(position, count)
                })
        }
    }

    /// Reads an Arrow IPC stream from wherever bytes come from, such as a pipe or socket.
    ///
    /// - Parameter read: Fills the buffer from its start with at least one byte and returns how many; 0 at the end.
    /// - Throws: ``ArrowError``, naming message and field; what `read` throws is its message.
    public convenience init(
        ipcStream read: @escaping (UnsafeMutableRawBufferPointer) throws -> Int, options: ArrowReadOptions = ArrowReadOptions()
    ) throws(ArrowError) {
        try self.init(
            stream: StreamReading(options: options) { (count, isOptional) throws(ArrowError) in
                let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: max(count, 1), alignment: 64)
                let memory = ArrowMemory(adopting: UnsafeRawBufferPointer(bytes)) { $0.deallocate() }
                var filled = 0
                while filled < count {
                    let added: Int
                    do { added = try read(UnsafeMutableRawBufferPointer(rebasing: bytes[filled..<count])) } catch {
                        throw ArrowError(.producerFailed, "the stream's bytes cannot be read: \(error)")
                    }
                    guard added > 0, added <= count - filled else {
                        if added == 0, filled == 0, isOptional { return nil }
                        throw ArrowError(.truncated, "the stream ends \(count - filled) bytes too early")
                    }
                    filled += added
                }
                return memory.slice(0, count)
            })
    }

    private convenience init(stream: StreamReading) throws(ArrowError) {
        let schema = try stream.readSchema()
        self.init(schema: schema) { try stream.next() }
    }
}

extension ArrowMemory {
    /// A part of the memory, which keeps all of it.
    func slice(_ start: Int, _ count: Int) -> ArrowMemory {
        ArrowMemory(adopting: UnsafeRawBufferPointer(rebasing: bytes[start..<start + count])) { _ in withExtendedLifetime(self) {} }
    }
}

/// An IPC stream on its way through its messages.
private final class StreamReading {
    /// The next bytes, exactly so many; nil at the end where that is allowed.
    private let take: (_ count: Int, _ isOptional: Bool) throws(ArrowError) -> ArrowMemory?
    private let options: ArrowReadOptions
    private var schema = ArrowTableSchema([])
    private var fields: [IPCField] = []
    private var dictionaries = IPCDictionaries([])
    private var number = 0

    init(options: ArrowReadOptions, take: @escaping (_ count: Int, _ isOptional: Bool) throws(ArrowError) -> ArrowMemory?) {
        self.options = options
        self.take = take
    }

    func readSchema() throws(ArrowError) -> ArrowTableSchema {
        do throws(ArrowError) {
            guard let message = try readMessage() else { throw ArrowError(.truncated, "the stream is empty") }
            guard message.header == .schema else { throw ArrowError(.invalidData, "the stream does not begin with a schema") }
            var reading = SchemaReading(options: options, metadataBytes: message.metadata.count)
            (schema, fields) = try reading.read(message.table)
        } catch { throw error.inMessage(0) }
        dictionaries = IPCDictionaries(fields)
        number = 1
        return schema
    }

    func next() throws(ArrowError) -> RecordBatch? {
        do throws(ArrowError) {
            while let message = try readMessage() {
                guard let body = try take(message.bodyLength, false) else { throw ArrowError(.truncated, "a message's body is missing") }
                switch message.header {
                case .schema: throw ArrowError(.invalidData, "the stream has a second schema")
                case .dictionaryBatch: try dictionaries.read(message.table, body: body, options: options)
                case .recordBatch:
                    var reading = try BatchReading(message.table, body: body, options: options, dictionaries: dictionaries.values)
                    let columns = try reading.columns(fields)
                    number += 1
                    return RecordBatch(uncheckedSchema: schema, columns: columns, rowCount: reading.rowCount)
                }
                number += 1
            }
            return nil
        } catch { throw error.inMessage(number) }
    }

    /// The next message; nil at the end of the stream, marked or not.
    private func readMessage() throws(ArrowError) -> IPCMessage? {
        func word() throws(ArrowError) -> UInt32? {
            try take(4, true).map { UInt32(littleEndian: $0.bytes.loadUnaligned(as: UInt32.self)) }
        }
        guard var length = try word() else { return nil }
        // Before Arrow 0.15 the length came without the marker.
        if length == IPCFormat.continuation {
            guard let marked = try word() else { throw ArrowError(.truncated, "the stream ends in a message's prefix") }
            length = marked
        }
        if length == 0 { return nil }
        guard length <= UInt32(clamping: options.metadataBytes) else {
            throw ArrowError(.limitExceeded, "metadata of \(length) bytes, and \(options.metadataBytes) are accepted")
        }
        guard let metadata = try take(Int(length), false) else { throw ArrowError(.truncated, "a message's metadata is missing") }
        return try IPCMessage(metadata, options: options)
    }
}
