public import SheafCore

/// A sequence of elements in blocks that can move to disk one by one: what shuffles exchange and `persist` keeps.
///
/// Filled by one task through a ``BlockWriter``, read by others afterwards. The engine moves a finished one to disk only while no
/// task reads it.
@usableFromInline
final class Blocks<Element: Sendable>: SelfSpilling, MemorySized, @unchecked Sendable {
    @usableFromInline
    enum Block {
        case memory([Element])
        case disk(SpillExtent, count: Int)

        @usableFromInline var count: Int {
            switch self {
            case .memory(let elements): elements.count
            case .disk(_, let count): count
            }
        }
    }

    @usableFromInline var blocks: [Block] = []
    @usableFromInline var count = 0
    /// What the blocks in memory hold, in bytes.
    @usableFromInline var memoryBytes = 0
    /// What all blocks held in memory when they were written, in bytes.
    @usableFromInline var writtenBytes = 0
    @usableFromInline var file: SpillFile?

    @usableFromInline init() {}

    deinit {
        for case .disk(let extent, _) in blocks { file?.free(extent) }
    }

    @usableFromInline var memoryByteCount: Int { memoryBytes + 64 }

    /// Elements in the order in which they were written.
    @inlinable
    func forEach(_ body: (Element) throws -> Void) throws {
        for index in blocks.indices {
            for element in try block(index) { try body(element) }
        }
    }

    /// One block's elements, read back if need be.
    @usableFromInline
    func block(_ index: Int) throws -> [Element] {
        switch blocks[index] {
        case .memory(let elements): return elements
        case .disk(let extent, let count): return try BlockCoder<Element>.read(extent, count, from: file!)
        }
    }

    @usableFromInline
    func spill(to file: SpillFile) throws -> Int {
        guard let coder = BlockCoder<Element>.shared else { return 0 }
        self.file = file
        for index in blocks.indices {
            if case .memory(let elements) = blocks[index] {
                blocks[index] = .disk(try coder.write(elements, to: file), count: elements.count)
            }
        }
        defer { memoryBytes = 0 }
        return memoryBytes
    }
}

/// Writes blocks of one element type to a spill file: trivial types as they lie in memory, others element by element.
@usableFromInline
struct BlockCoder<Element> {
    private let codec: ValueCodec<Element>

    /// `nil` when elements cannot be written, and therefore stay in memory.
    @usableFromInline
    static var shared: BlockCoder? { ValueCodec<Element>.find().map(BlockCoder.init) }

    @usableFromInline
    func write(_ elements: [Element], to file: SpillFile) throws -> SpillExtent {
        if _isPOD(Element.self) { return try elements.withUnsafeBytes { try file.write($0) } }
        var bytes: [UInt8] = []
        for element in elements { try codec.write(element, &bytes) }
        return try bytes.withUnsafeBytes { try file.write($0) }
    }

    static func read(_ extent: SpillExtent, _ count: Int, from file: SpillFile) throws -> [Element] {
        if _isPOD(Element.self) {
            return try [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
                try file.read(extent, into: UnsafeMutableRawBufferPointer(buffer))
                initialized = count
            }
        }
        guard let codec = ValueCodec<Element>.find() else { preconditionFailure("a block of \(Element.self) was written without a codec") }
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: max(extent.count, 1), alignment: 16)
        defer { bytes.deallocate() }
        let used = UnsafeMutableRawBufferPointer(rebasing: bytes[..<extent.count])
        try file.read(extent, into: used)
        var reader = SpillReader(UnsafeRawBufferPointer(used))
        var elements: [Element] = []
        elements.reserveCapacity(count)
        for _ in 0..<count { elements.append(try codec.read(&reader)) }
        return elements
    }
}

/// Fills ``Blocks``, and moves full blocks to disk by itself when memory is short.
@usableFromInline
struct BlockWriter<Element: Sendable> {
    @usableFromInline let blocks: Blocks<Element>
    @usableFromInline let resources: TaskResources
    @usableFromInline var current: [Element] = []
    /// Elements per block.
    @usableFromInline let capacity: Int
    @usableFromInline var charged = 0
    /// Whether blocks go to disk even while there is room in memory.
    @usableFromInline let toDisk: Bool

    @inlinable
    init(_ resources: TaskResources, blockBytes: Int = 1 << 16, toDisk: Bool = false) {
        self.toDisk = toDisk
        self.blocks = Blocks()
        self.resources = resources
        capacity = max(16, blockBytes / max(MemoryLayout<Element>.stride, 1))
    }

    @inlinable
    mutating func append(_ element: Element) throws {
        if current.count == capacity { try flush() }
        current.append(element)
    }

    @usableFromInline
    mutating func flush() throws {
        guard !current.isEmpty else { return }
        let bytes = SheafCore.memoryByteCount(of: current)
        blocks.count += current.count
        blocks.writtenBytes += bytes
        if toDisk || resources.memory.isUnderPressure, let coder = BlockCoder<Element>.shared {
            blocks.file = resources.spill
            blocks.blocks.append(.disk(try coder.write(current, to: resources.spill), count: current.count))
            current.removeAll(keepingCapacity: true)
        } else {
            blocks.blocks.append(.memory(current))
            blocks.memoryBytes += bytes
            resources.memory.charge(bytes)
            charged += bytes
            current = []
            current.reserveCapacity(capacity)
        }
    }

    /// Ends the sequence. From here on the engine counts its bytes, as those of the task's result.
    @usableFromInline
    mutating func finishInPlace() throws -> Blocks<Element> {
        defer { abandon() }
        try flush()
        return blocks
    }

    /// Gives back what was charged for blocks in memory: they now count as the task's result, or are dropped after an error.
    @usableFromInline
    mutating func abandon() {
        resources.memory.charge(-charged)
        charged = 0
    }
}

extension Blocks: SpillCodable {
    @usableFromInline
    func spill(to bytes: inout [UInt8]) throws { try write(to: &bytes, try ValueCodec.required("an element")) }

    func write(to bytes: inout [UInt8], _ elements: ValueCodec<[Element]>) throws {
        appendCount(blocks.count, to: &bytes)
        for index in blocks.indices { try elements.write(try block(index), &bytes) }
    }

    @usableFromInline
    convenience init(spilled reader: inout SpillReader) throws {
        try self.init(reading: &reader, try ValueCodec.required("an element"))
    }

    convenience init(reading reader: inout SpillReader, _ elements: ValueCodec<[Element]>) throws {
        self.init()
        for _ in 0..<(try reader.count()) {
            let block = try elements.read(&reader)
            blocks.append(.memory(block))
            count += block.count
            memoryBytes += SheafCore.memoryByteCount(of: block)
        }
        writtenBytes = memoryBytes
    }
}
