/// An Arrow IPC file, whose batches may be read in any order and by several threads at once.
public struct ArrowFileReader: Sendable {
    public let schema: ArrowTableSchema
    private let memory: ArrowMemory
    private let options: ArrowReadOptions
    private let fields: [IPCField]
    private let dictionaries: IPCDictionaries
    private let blocks: [Block]

    private struct Block: Sendable {
        var offset: Int
        var metadataLength: Int
        var bodyLength: Int
    }

    /// Reads the footer and the dictionaries.
    ///
    /// - Throws: ``ArrowError``, naming the field.
    public init(_ memory: ArrowMemory, options: ArrowReadOptions = ArrowReadOptions()) throws(ArrowError) {
        let bytes = memory.bytes
        let mark = IPCFormat.magic.count
        guard Self.isFile(memory), bytes.count >= mark * 2 + 6, bytes.suffix(mark).elementsEqual(IPCFormat.magic) else {
            throw ArrowError(
                .invalidData, "an Arrow file begins and ends with ARROW1, and this does not",
                hint: "if it is being written, wait; if it is a stream, use RecordBatchReader(ipc:)")
        }
        let footerEnd = bytes.count - mark - 4
        let footerLength = Int(Int32(littleEndian: bytes.loadUnaligned(fromByteOffset: footerEnd, as: Int32.self)))
        guard footerLength > 0, footerLength <= footerEnd - 8 else {
            throw ArrowError(.invalidData, "a footer of \(footerLength) bytes in a file of \(bytes.count)")
        }
        guard footerLength <= options.metadataBytes else {
            throw ArrowError(.limitExceeded, "a footer of \(footerLength) bytes, and \(options.metadataBytes) are accepted")
        }
        let footer = try FlatTable(rootOf: UnsafeRawBufferPointer(rebasing: bytes[(footerEnd - footerLength)..<footerEnd]))
        guard let table = try footer.table(1) else { throw ArrowError(.invalidData, "the footer has no schema") }
        var reading = SchemaReading(options: options, metadataBytes: footerLength)
        (schema, fields) = try reading.read(table)
        self.memory = memory
        self.options = options
        blocks = try Self.blocks(footer, 3, memory)
        var dictionaries = IPCDictionaries(fields)
        for block in try Self.blocks(footer, 2, memory) {
            let (message, body) = try Self.message(block, memory, options)
            guard message.header == .dictionaryBatch else {
                throw ArrowError(.invalidData, "the footer names something as a dictionary that is none")
            }
            try dictionaries.read(message.table, body: body, options: options)
        }
        self.dictionaries = dictionaries
    }

    /// Whether the bytes begin as a file's.
    public static func isFile(_ memory: ArrowMemory) -> Bool { memory.bytes.prefix(IPCFormat.magic.count).elementsEqual(IPCFormat.magic) }

    /// The number of record batches.
    public var batchCount: Int { blocks.count }

    /// The number of rows of a record batch, from its metadata alone.
    ///
    /// - Throws: ``ArrowError`` with the batch's number.
    public func rowCount(ofBatch index: Int) throws(ArrowError) -> Int {
        do throws(ArrowError) {
            let (message, body) = try recordBatch(index)
            return try BatchReading(message.table, body: body, options: options, dictionaries: [:]).rowCount
        } catch { throw error.inMessage(index) }
    }

    /// A record batch by its number, from 0.
    ///
    /// - Throws: ``ArrowError`` with the batch's number.
    public func batch(at index: Int) throws(ArrowError) -> RecordBatch {
        do throws(ArrowError) {
            let (message, body) = try recordBatch(index)
            var reading = try BatchReading(message.table, body: body, options: options, dictionaries: dictionaries.values)
            let columns = try reading.columns(fields)
            return RecordBatch(uncheckedSchema: schema, columns: columns, rowCount: reading.rowCount)
        } catch { throw error.inMessage(index) }
    }

    private func recordBatch(_ index: Int) throws(ArrowError) -> (IPCMessage, ArrowMemory) {
        guard blocks.indices.contains(index) else {
            throw ArrowError(.invalidArgument, "the file has \(blocks.count) batches, numbered from 0, and none \(index)")
        }
        let (message, body) = try Self.message(blocks[index], memory, options)
        guard message.header == .recordBatch else {
            throw ArrowError(.invalidData, "the footer names something as a record batch that is none")
        }
        return (message, body)
    }

    private static func blocks(_ footer: FlatTable, _ field: Int, _ memory: ArrowMemory) throws(ArrowError) -> [Block] {
        let (start, count) = try footer.vector(field, elementSize: 24)
        var blocks: [Block] = []
        for index in 0..<count {
            let place = start + index * 24
            let (offset, metadata) = (try footer.int64(at: place), Int64(try footer.int32(at: place + 8)))
            let body = try footer.int64(at: place + 16)
            let size = Int64(memory.count)
            guard offset >= 0, metadata >= 8, body >= 0, offset <= size, metadata <= size - offset, body <= size - offset - metadata else {
                throw ArrowError(.invalidData, "the footer points outside the file")
            }
            blocks.append(Block(offset: Int(offset), metadataLength: Int(metadata), bodyLength: Int(body)))
        }
        return blocks
    }

    private static func message(
        _ block: Block, _ memory: ArrowMemory, _ options: ArrowReadOptions
    ) throws(ArrowError) -> (IPCMessage, ArrowMemory) {
        let marker = UInt32(littleEndian: memory.bytes.loadUnaligned(fromByteOffset: block.offset, as: UInt32.self))
        let prefix = marker == IPCFormat.continuation ? 8 : 4
        let message = try IPCMessage(memory.slice(block.offset + prefix, block.metadataLength - prefix), options: options)
        guard message.bodyLength <= memory.count - block.offset - block.metadataLength else {
            throw ArrowError(.truncated, "a body of \(message.bodyLength) bytes reaches beyond the file's end")
        }
        return (message, memory.slice(block.offset + block.metadataLength, message.bodyLength))
    }
}
