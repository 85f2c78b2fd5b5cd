/// Memory that grows while a column is built, then becomes one of its buffers. A copy would share the memory: builders, which cannot be
/// copied, have each their own.
@usableFromInline struct GrowingBuffer {
    @usableFromInline var start: UnsafeMutableRawPointer
    /// In bytes.
    @usableFromInline var count = 0
    @usableFromInline var capacity: Int
    /// Frees what `start` points to.
    private var memory: ArrowMemory

    @usableFromInline init(capacity: Int = 0) {
        self.capacity = max(64, capacity)
        (start, memory) = Self.allocate(self.capacity)
    }

    private static func allocate(_ capacity: Int) -> (UnsafeMutableRawPointer, ArrowMemory) {
        let start = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 64)
        return (start, ArrowMemory(adopting: UnsafeRawBufferPointer(start: start, count: capacity)) { $0.deallocate() })
    }

    /// Makes room for `extra` more bytes.
    @inlinable mutating func reserve(_ extra: Int) {
        if count &+ extra > capacity { grow(extra) }
    }

    @usableFromInline mutating func grow(_ extra: Int) {
        let larger = max(capacity * 2, count + extra)
        let (copy, owner) = Self.allocate(larger)
        withExtendedLifetime(memory) { copy.copyMemory(from: start, byteCount: count) }
        (start, memory, capacity) = (copy, owner, larger)
    }

    @inlinable mutating func append<Value: BitwiseCopyable>(_ value: Value) {
        reserve(MemoryLayout<Value>.stride)
        start.storeBytes(of: value, toByteOffset: count, as: Value.self)
        count &+= MemoryLayout<Value>.stride
    }

    @inlinable mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress, bytes.count > 0 else { return }
        reserve(bytes.count)
        (start + count).copyMemory(from: source, byteCount: bytes.count)
        count &+= bytes.count
    }

    /// Appends zeros up to a size in bytes.
    mutating func fill(to size: Int) {
        guard size > count else { return }
        reserve(size - count)
        (start + count).initializeMemory(as: UInt8.self, repeating: 0, count: size - count)
        count = size
    }

    /// The bytes as a buffer, without a copy.
    func finish() -> ColumnBuffer { ColumnBuffer(start, byteCount: count, owner: memory) }
}

/// Validity bits while a column is built; they take room only after the first null.
@usableFromInline struct GrowingValidity {
    /// Whole 64-bit words of bits.
    @usableFromInline var words = GrowingBuffer()
    /// The bits of the word that is not full yet.
    @usableFromInline var word: UInt64 = 0
    @usableFromInline var count = 0
    @usableFromInline var nullCount = 0

    @usableFromInline init() {}

    @inlinable mutating func append(_ isValid: Bool) {
        if isValid {
            if nullCount > 0 { word |= 1 &<< UInt64(truncatingIfNeeded: count & 63) }
        } else {
            if nullCount == 0 { start() }
            nullCount &+= 1
        }
        count &+= 1
        if nullCount > 0, count & 63 == 0 {
            words.append(word)
            word = 0
        }
    }

    /// The first null has come: all before had values.
    @usableFromInline mutating func start() {
        for _ in 0..<count / 64 { words.append(UInt64.max) }
        word = (1 &<< UInt64(count & 63)) &- 1
    }

    /// Appends `added` rows that have values.
    @usableFromInline mutating func appendValid(_ added: Int) {
        if nullCount == 0 {
            count += added
        } else {
            for _ in 0..<added { append(true) }
        }
    }

    mutating func finish() -> ColumnBuffer? {
        guard nullCount > 0 else { return nil }
        words.append(word)
        return words.finish()
    }
}
