public import SheafCore

extension DenseArray: MemorySized {
    /// The bytes of its elements; where they repeat, of the elements that repeat.
    public var memoryByteCount: Int { min(count * MemoryLayout<Element>.stride, storage.byteCount) }
}

extension DenseArray: DirectlySpilled {
    /// In the order in which the elements lie in memory, so that a transposed chunk is not copied either; of repeated ones, one each.
    public func write(to file: SpillFile) throws -> (extent: SpillExtent, load: @Sendable (SpillExtent, SpillFile) throws -> DenseArray) {
        let order = shape.indices.filter { shape[$0] != 1 && strides[$0] != 0 }.sorted { abs(strides[$0]) > abs(strides[$1]) }
        let stored = viewed(shape: order.map { shape[$0] }, strides: order.map { strides[$0] }).contiguous()
        let extent = try withExtendedLifetime(stored.storage) {
            try file.write(UnsafeRawBufferPointer(start: stored.base, count: stored.count * MemoryLayout<Element>.stride))
        }
        var steps = [Int](repeating: 0, count: rank)
        for (axis, stride) in zip(order, stored.strides) { steps[axis] = stride }
        return (
            extent,
            { [shape, steps, storedShape = stored.shape] extent, file in
                let loaded = try DenseArray(shape: storedShape) { try file.read(extent, into: UnsafeMutableRawBufferPointer($0)) }
                return loaded.viewed(shape: shape, strides: steps)
            }
        )
    }
}

extension DenseArray: SpillCodable {
    public func spill(to bytes: inout [UInt8]) {
        appendCount(shape.count, to: &bytes)
        for size in shape { appendCount(size, to: &bytes) }
        withUnsafeBufferPointer { bytes.append(contentsOf: UnsafeRawBufferPointer($0)) }
    }

    public init(spilled reader: inout SpillReader) throws {
        let rank = try reader.count()
        let shape = try (0..<rank).map { _ in try reader.count() }
        let bytes = try reader.take(shape.reduce(1, *) * MemoryLayout<Element>.stride)
        self.init(shape: shape) { buffer in
            if bytes.count > 0 { UnsafeMutableRawPointer(buffer.baseAddress!).copyMemory(from: bytes.baseAddress!, byteCount: bytes.count) }
        }
    }
}
