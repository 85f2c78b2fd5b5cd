package import SheafArrow
package import SheafCore

/// Rows in batches that can move to disk one by one: what a query leaves for tasks, and tasks for a query.
///
/// Filled by one task through a ``BatchStoreWriter``, read by others afterwards. The engine moves a finished one to disk only while no
/// task reads it.
package final class BatchStore: SelfSpilling, MemorySized, @unchecked Sendable {
    private enum Batch {
        case memory(RecordBatch)
        case disk(SpillExtent, rows: Int)
    }

    package let schema: ArrowTableSchema
    package private(set) var rowCount = 0
    private var batches: [Batch] = []
    private var memoryBytes = 0
    private var file: SpillFile?

    init(schema: ArrowTableSchema) { self.schema = schema }

    deinit {
        for case .disk(let extent, _) in batches { file?.free(extent) }
    }

    package var memoryByteCount: Int { memoryBytes + 64 }
    package var batchCount: Int { batches.count }

    package func rows(ofBatch index: Int) -> Int {
        switch batches[index] {
        case .memory(let batch): batch.rowCount
        case .disk(_, let rows): rows
        }
    }

    /// A batch; one on disk is mapped into memory, and lives no longer than that is used.
    package func batch(at index: Int) throws -> RecordBatch {
        switch batches[index] {
        case .memory(let batch): return batch
        case .disk(let extent, _):
            guard let file else { throw EngineError(.protocolViolation, "rows on disk without their file") }
            let mapping = try file.map(extent)
            // The extent is this object's: it has to live as long as the mapping.
            let memory = ArrowMemory(adopting: mapping.bytes) { [self] _ in withExtendedLifetime((mapping, self)) {} }
            var options = ArrowReadOptions()
            options.bodyBytes = extent.count
            guard let batch = try RecordBatchReader(ipc: memory, options: options).next() else {
                throw EngineError(.protocolViolation, "rows on disk without a batch")
            }
            return batch
        }
    }

    /// The batches that hold a range of the rows, cut to it, with the number of each one's first row.
    package func forEachBatch(in range: Range<Int>, _ body: (RecordBatch, Int) throws -> Void) throws {
        var first = 0
        for index in batches.indices {
            let count = rows(ofBatch: index)
            let rows = range.clamped(to: first..<first + count)
            if !rows.isEmpty {
                let batch = try batch(at: index)
                try body(rows.count == count ? batch : batch[rows.lowerBound - first..<rows.upperBound - first], rows.lowerBound)
            }
            first += count
            if first >= range.upperBound { return }
        }
    }

    package func spill(to file: SpillFile) throws -> Int {
        self.file = file
        for index in batches.indices {
            if case .memory(let batch) = batches[index] {
                batches[index] = .disk(try Self.write(batch, to: file), rows: batch.rowCount)
            }
        }
        defer { memoryBytes = 0 }
        return memoryBytes
    }

    fileprivate func append(_ batch: RecordBatch, toDisk file: SpillFile?) throws -> Int {
        guard batch.rowCount > 0 else { return 0 }
        rowCount += batch.rowCount
        if let file {
            self.file = file
            batches.append(.disk(try Self.write(batch, to: file), rows: batch.rowCount))
            return 0
        }
        batches.append(.memory(batch))
        let bytes = batch.byteCount
        memoryBytes += bytes
        return bytes
    }

    private static func write(_ batch: RecordBatch, to file: SpillFile) throws -> SpillExtent {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(batch.byteCount + 4096)
        let writer = try ArrowWriter(schema: batch.schema) { bytes.append(contentsOf: $0) }
        try writer.write(batch)
        try writer.finish()
        return try bytes.withUnsafeBytes { try file.write($0) }
    }
}

extension BatchStore: SpillCodable {
    /// As an Arrow stream.
    package func spill(to bytes: inout [UInt8]) throws {
        var stream: [UInt8] = []
        let writer = try ArrowWriter(schema: schema) { stream.append(contentsOf: $0) }
        for index in batches.indices { try writer.write(try batch(at: index)) }
        try writer.finish()
        appendCount(stream.count, to: &bytes)
        bytes += stream
    }

    package convenience init(spilled reader: inout SpillReader) throws {
        let bytes = try reader.take(try reader.count())
        var options = ArrowReadOptions()
        options.bodyBytes = bytes.count
        let batches = try RecordBatchReader(ipc: ArrowMemory(copying: bytes), options: options)
        self.init(schema: batches.schema)
        while let batch = try batches.next() { _ = try append(batch, toDisk: nil) }
    }
}

/// Fills a ``BatchStore``; batches go to disk by themselves when memory is short.
package struct BatchStoreWriter: ~Copyable {
    private let store: BatchStore
    private let resources: TaskResources
    private var charged = 0

    package init(_ schema: ArrowTableSchema, _ resources: TaskResources) {
        store = BatchStore(schema: schema)
        self.resources = resources
    }

    package mutating func append(_ batch: RecordBatch) throws {
        let bytes = try store.append(batch, toDisk: resources.memory.isUnderPressure ? resources.spill : nil)
        resources.memory.charge(bytes)
        charged += bytes
    }

    /// Ends the sequence. From here on the engine counts its bytes, as those of the task's result.
    package consuming func finish() -> BatchStore { store }

    // Also after an error, when the store is dropped.
    deinit { resources.memory.charge(-charged) }
}
