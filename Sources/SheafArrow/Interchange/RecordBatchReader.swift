package import CArrowABI

/// Record batches one after another, from another library, from Arrow IPC or from Swift code.
///
/// Not safe to use from several threads at once; it may be handed from one to another. After the end or an error nothing more is read
/// and what the reader held is let go.
public final class RecordBatchReader {
    public let schema: ArrowTableSchema
    private var state: State

    private enum State {
        case reading(() throws -> RecordBatch?)
        case ended
        case failed(any Error)
    }

    /// - Parameter next: Returns the next batch, nil at the end.
    public init(schema: ArrowTableSchema, next: @escaping () throws -> RecordBatch?) {
        self.schema = schema
        state = .reading(next)
    }

    /// A reader of batches that are there already.
    public convenience init(schema: ArrowTableSchema, batches: [RecordBatch]) {
        var rest = batches[...]
        self.init(schema: schema) { rest.popFirst() }
    }

    /// The next batch, nil at the end.
    ///
    /// - Throws: ``ArrowError``, or what the producer in Swift throws; once it has thrown, the same again.
    public func next() throws -> RecordBatch? {
        switch state {
        case .ended: return nil
        case .failed(let error): throw error
        case .reading(let produce):
            do {
                if let batch = try produce() { return batch }
                state = .ended
                return nil
            } catch {
                state = .failed(error)
                throw error
            }
        }
    }

    /// All batches that are left.
    public func readAll() throws -> [RecordBatch] {
        var batches: [RecordBatch] = []
        while let batch = try next() { batches.append(batch) }
        return batches
    }
}

/// A stream of another library, moved here and released once.
private final class ForeignStream {
    let stream: UnsafeMutablePointer<CArrowABI.ArrowArrayStream>

    init(moving source: UnsafeMutablePointer<CArrowABI.ArrowArrayStream>) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: source.pointee)
        source.pointee.release = nil
    }

    deinit {
        if let release = stream.pointee.release { release(stream) }
        stream.deallocate()
    }

    func failure(_ call: String, _ number: Int32) -> ArrowError {
        let reason = stream.pointee.get_last_error?(stream).map { String(cString: $0) } ?? "it gives no reason"
        return ArrowError(.producerFailed, "the Arrow stream's \(call) failed with error \(number): \(reason)")
    }

    func schema() throws(ArrowError) -> ArrowTableSchema {
        guard stream.pointee.release != nil, let call = stream.pointee.get_schema else {
            throw ArrowError(.invalidData, "the Arrow stream has been released already")
        }
        var schema = CArrowABI.ArrowSchema()
        let number = call(stream, &schema)
        guard number == 0 else { throw failure("get_schema", number) }
        return try ArrowTableSchema(importing: &schema)
    }

    func next(_ schema: ArrowTableSchema) throws(ArrowError) -> RecordBatch? {
        guard let call = stream.pointee.get_next else { throw ArrowError(.invalidData, "the Arrow stream has no get_next") }
        var array = CArrowABI.ArrowArray()
        let number = call(stream, &array)
        guard number == 0 else { throw failure("get_next", number) }
        guard array.release != nil else { return nil }
        return try RecordBatch(importing: &array, schema: schema)
    }
}

extension RecordBatchReader {
    /// Takes over a stream of another library: `stream` is moved from, whether or not this throws, and released when the reader is gone.
    ///
    /// - Throws: ``ArrowError`` (`.producerFailed`, `.invalidData`, `.unsupported`) if the schema cannot be had.
    package convenience init(importing stream: UnsafeMutablePointer<CArrowABI.ArrowArrayStream>) throws(ArrowError) {
        let foreign = ForeignStream(moving: stream)
        let schema = try foreign.schema()
        self.init(schema: schema) { try foreign.next(schema) }
    }

    /// Writes the reader into `target` as a C stream, whose `release` lets go of it. Consumers may call it from any thread, one at a time.
    package func export(to target: UnsafeMutablePointer<CArrowABI.ArrowArrayStream>) {
        var stream = CArrowABI.ArrowArrayStream()
        stream.get_schema = { pointer, out in
            guard let exported = ExportedStream.of(pointer), let out else { return ExportedStream.invalidArgument }
            exported.reader.schema.export(to: out)
            return 0
        }
        stream.get_next = { pointer, out in
            guard let exported = ExportedStream.of(pointer), let out else { return ExportedStream.invalidArgument }
            return exported.next(to: out)
        }
        stream.get_last_error = { pointer in ExportedStream.of(pointer)?.lastError.map { UnsafePointer($0) } }
        stream.release = { pointer in
            guard let pointer, let data = pointer.pointee.private_data else { return }
            pointer.pointee.release = nil
            Unmanaged<ExportedStream>.fromOpaque(data).release()
        }
        stream.private_data = Unmanaged.passRetained(ExportedStream(self)).toOpaque()
        target.initialize(to: stream)
    }
}

/// What an exported stream keeps.
private final class ExportedStream {
    let reader: RecordBatchReader
    private(set) var lastError: UnsafeMutablePointer<CChar>?

    /// EINVAL and EIO, the same on every platform.
    static let invalidArgument: Int32 = 22
    static let inputOutput: Int32 = 5

    init(_ reader: RecordBatchReader) { self.reader = reader }

    deinit { lastError?.deallocate() }

    static func of(_ stream: UnsafeMutablePointer<CArrowABI.ArrowArrayStream>?) -> ExportedStream? {
        stream?.pointee.private_data.map { Unmanaged<ExportedStream>.fromOpaque($0).takeUnretainedValue() }
    }

    func next(to out: UnsafeMutablePointer<CArrowABI.ArrowArray>) -> Int32 {
        do {
            if let batch = try reader.next() {
                batch.export(to: out)
            } else {
                out.initialize(to: CArrowABI.ArrowArray())
            }
            return 0
        } catch {
            let text = "\(error)".utf8CString
            lastError?.deallocate()
            let copy = UnsafeMutablePointer<CChar>.allocate(capacity: text.count)
            for (index, byte) in text.enumerated() { copy[index] = byte }
            lastError = copy
            return Self.inputOutput
        }
    }
}
