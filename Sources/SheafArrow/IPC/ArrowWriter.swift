/// Writes record batches as an Arrow IPC stream or file.
///
/// ```swift
/// let writer = try ArrowWriter(schema: schema, format: .file) { bytes in try output.write(bytes) }
/// for batch in batches { try writer.write(batch) }
/// try writer.finish()
/// ```
/// Not safe to use from several threads at once. After an error what was written is of no use.
public final class ArrowWriter {
    public enum Format: Sendable {
        /// Batches one after another, for pipes and sockets.
        case stream
        /// With a footer, for reading batches in any order; files of this kind end in `.arrow`, and are called Feather version 2, too.
        case file
    }

    public let schema: ArrowTableSchema
    private let format: Format
    private let sink: (UnsafeRawBufferPointer) throws -> Void
    private let fields: [IPCField]
    private let schemaTable: FlatValue
    private var written: [Int64: ArrowColumn] = [:]
    private var dictionaryBlocks: [Int64] = []
    private var batchBlocks: [Int64] = []
    private var isFinished = false
    /// How many bytes have been written.
    public private(set) var byteCount = 0

    /// Writes the schema.
    ///
    /// - Parameter sink: Takes bytes that stay where they are only until it returns, in order.
    /// - Throws: What `sink` throws.
    public init(schema: ArrowTableSchema, format: Format = .stream, to sink: @escaping (UnsafeRawBufferPointer) throws -> Void) throws {
        self.schema = schema
        self.format = format
        self.sink = sink
        let writing = SchemaWriting(schema)
        fields = writing.fields
        schemaTable = writing.table
        if format == .file { try put(IPCFormat.magic + [0, 0]) }
        try putMessage(.schema, schemaTable, pieces: [], bodyLength: 0)
    }

    /// Writes a batch, after the dictionaries it needs.
    ///
    /// - Throws: ``ArrowError`` (`.invalidArgument`) if its types are not the schema's, `.unsupported` if a file's dictionary changes
    ///   between batches, and what the sink throws.
    public func write(_ batch: RecordBatch) throws {
        guard !isFinished else { throw ArrowError(.invalidArgument, "a batch after the writer was finished") }
        guard batch.columns.count == fields.count else {
            throw ArrowError(.invalidArgument, "the schema has \(fields.count) columns, and the batch \(batch.columns.count)")
        }
        for (field, column) in zip(schema.fields, batch.columns) where field.type != column.type {
            throw ArrowError(.invalidArgument, "the schema says \(field.type), and the column is \(column.type)", field: field.name)
        }
        for (field, column) in zip(fields, batch.columns) { try writeDictionaries(field, column) }
        var writing = BatchWriting()
        for column in batch.columns { writing.add(column) }
        let table = writing.table(rowCount: batch.rowCount)
        batchBlocks += try putMessage(.recordBatch, table, pieces: writing.pieces, bodyLength: writing.bodyLength)
    }

    /// Ends the stream or writes the file's footer. Does nothing the second time.
    public func finish() throws {
        guard !isFinished else { return }
        isFinished = true
        try putWords([IPCFormat.continuation, 0])
        guard format == .file else { return }
        let footer = FlatValue.table([
            .int16(IPCFormat.version), schemaTable, .structs(dictionaryBlocks, count: dictionaryBlocks.count / 3),
            .structs(batchBlocks, count: batchBlocks.count / 3),
        ]).encoded()
        try put(footer)
        try putWords([UInt32(footer.count)])
        try put(IPCFormat.magic)
    }

    /// The batches as one array of bytes.
    public static func encode(
        _ batches: [RecordBatch], schema: ArrowTableSchema, format: Format = .stream
    ) throws(ArrowError) -> [UInt8] {
        func write(to sink: @escaping (UnsafeRawBufferPointer) -> Void) throws -> Int {
            let writer = try ArrowWriter(schema: schema, format: format, to: sink)
            for batch in batches { try writer.write(batch) }
            try writer.finish()
            return writer.byteCount
        }
        var bytes: [UInt8] = []
        do {
            // Columns are not copied on the way to the sink, so finding the size first costs little.
            bytes.reserveCapacity(try write { _ in })
            _ = try write { bytes.append(contentsOf: $0) }
        } catch let error as ArrowError {
            throw error
        } catch { throw ArrowError(.invalidArgument, "\(error)") }
        return bytes
    }

    private func writeDictionaries(_ field: IPCField, _ column: ArrowColumn) throws {
        guard let id = field.dictionaryID else {
            for (child, values) in zip(field.children, column.storage.children) { try writeDictionaries(child, values) }
            return
        }
        guard let dictionary = column.dictionary else { return }
        for (child, values) in zip(field.children, dictionary.storage.children) { try writeDictionaries(child, values) }
        if let before = written[id] {
            if before.isSame(as: dictionary) { return }
            guard format == .stream else {
                throw ArrowError(
                    .unsupported, "the dictionary changes between batches, which the file format does not allow", field: field.field.name,
                    hint: "write a stream, or give all batches one dictionary")
            }
        }
        written[id] = dictionary
        var writing = BatchWriting()
        writing.add(dictionary)
        let table = FlatValue.table([.int64(id), writing.table(rowCount: dictionary.count)])
        dictionaryBlocks += try putMessage(.dictionaryBatch, table, pieces: writing.pieces, bodyLength: writing.bodyLength)
    }

    /// Writes a message and returns its block in a file's footer: where it is, and how long its metadata and body are.
    @discardableResult
    private func putMessage(
        _ header: IPCFormat.Header, _ table: FlatValue, pieces: [ColumnBuffer], bodyLength: Int
    ) throws -> [Int64] {
        let start = byteCount
        var metadata = FlatValue.table([.int16(IPCFormat.version), .int8(header.rawValue), table, .int64(Int64(bodyLength))]).encoded()
        // The body begins at a multiple of the alignment of what has been written altogether.
        let end = IPCFormat.padded(start + 8 + metadata.count)
        metadata += [UInt8](repeating: 0, count: end - start - 8 - metadata.count)
        try putWords([IPCFormat.continuation, UInt32(metadata.count)])
        try put(metadata)
        for piece in pieces {
            try withExtendedLifetime(piece.owner) {
                try put(UnsafeRawBufferPointer(start: piece.start, count: piece.byteCount))
                try put(UnsafeRawBufferPointer(start: ColumnBuffer.empty.start, count: IPCFormat.padded(piece.byteCount) - piece.byteCount))
            }
        }
        return [Int64(start), Int64(8 + metadata.count), Int64(bodyLength)]
    }

    private func putWords(_ words: [UInt32]) throws {
        try put(words.flatMap { word in withUnsafeBytes(of: word.littleEndian) { [UInt8]($0) } })
    }

    private func put(_ bytes: [UInt8]) throws { try bytes.withUnsafeBytes { try put($0) } }

    private func put(_ bytes: UnsafeRawBufferPointer) throws {
        guard bytes.count > 0 else { return }
        try sink(bytes)
        byteCount += bytes.count
    }
}

extension ArrowColumn {
    /// Whether both show the same values: the same memory or, if not, equal cells.
    func isSame(as other: ArrowColumn) -> Bool {
        if isSameMemory(other) { return true }
        guard type == other.type, count == other.count else { return false }
        return (0..<count).allSatisfy { cell(at: $0) == other.cell(at: $0) }
    }

    func isSameMemory(_ other: ArrowColumn) -> Bool { storage === other.storage && offset == other.offset && count == other.count }
}
