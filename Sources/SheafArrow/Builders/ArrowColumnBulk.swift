// Whole arrays become columns at once.
extension ArrowColumn {
    /// A column of the values.
    ///
    /// - Parameter type: One whose values are kept as `Value`, such as `.date32` for `Int32`.
    /// - Precondition: `Value.canRead(type)`
    /// - Complexity: O(values), one copy of memory.
    public init<Value: ArrowPrimitive>(_ values: [Value], type: ArrowType = Value.arrowType) {
        precondition(Value.canRead(type), "a column of \(type) cannot be made from \(Value.self)")
        self.init(ColumnStorage(type: type, length: values.count, buffers: [ColumnBuffer(copying: values)]), nullCount: 0)
    }

    /// A column of the values and, for nil, nulls.
    ///
    /// - Parameter type: One whose values are kept as `Value`, such as `.date32` for `Int32`.
    /// - Precondition: `Value.canRead(type)`
    @inlinable public init<Value: ArrowPrimitive>(_ values: [Value?], type: ArrowType = Value.arrowType) {
        precondition(Value.canRead(type), "a column of \(type) cannot be made from \(Value.self)")
        let count = values.count
        let (data, bits) = ArrowColumn.allocate(byteCount: count &* MemoryLayout<Value>.stride, bitCount: count)
        let target = data.assumingMemoryBound(to: Value.self)
        let zeroBytes: InlineArray<2, UInt64> = [0, 0]
        let zero = withUnsafeBytes(of: zeroBytes) { $0.loadUnaligned(as: Value.self) }
        var nulls = 0
        values.withUnsafeBufferPointer { source in
            var index = 0
            while index < count {
                let end = Swift.min(index &+ 64, count)
                var word: UInt64 = 0
                for place in index..<end {
                    let value = source[place]
                    target[place] = value ?? zero
                    word |= (value == nil ? 0 : 1) &<< UInt64(truncatingIfNeeded: place & 63)
                }
                bits[index &>> 6] = word
                nulls &+= end &- index &- word.nonzeroBitCount
                index = end
            }
        }
        self.init(
            adoptingData: data, byteCount: count &* MemoryLayout<Value>.stride, bits: bits, type: type, count: count, nullCount: nulls)
    }

    @usableFromInline static func allocate(byteCount: Int, bitCount: Int) -> (UnsafeMutableRawPointer, UnsafeMutablePointer<UInt64>) {
        let data = UnsafeMutableRawPointer.allocate(byteCount: max(byteCount, 64), alignment: 64)
        let words = UnsafeMutableRawPointer.allocate(byteCount: (bitCount + 63) / 64 * 8 + 8, alignment: 64)
        return (data, words.bindMemory(to: UInt64.self, capacity: (bitCount + 63) / 64 + 1))
    }

    @usableFromInline init(
        adoptingData data: UnsafeMutableRawPointer, byteCount: Int, bits: UnsafeMutablePointer<UInt64>, type: ArrowType, count: Int,
        nullCount: Int
    ) {
        func adopt(_ start: UnsafeMutableRawPointer, _ byteCount: Int) -> ColumnBuffer {
            let memory = ArrowMemory(adopting: UnsafeRawBufferPointer(start: start, count: byteCount)) { $0.deallocate() }
            return ColumnBuffer(start, byteCount: byteCount, owner: memory)
        }
        let values = adopt(data, byteCount)
        let validity = adopt(UnsafeMutableRawPointer(bits), (count + 63) / 64 * 8)
        self.init(
            ColumnStorage(type: type, length: count, validity: nullCount == 0 ? nil : validity, buffers: [values]), nullCount: nullCount)
    }

    /// A column of Booleans.
    public init(_ values: [Bool]) {
        self.init(ColumnStorage(type: .bool, length: values.count, buffers: [ColumnBuffer(bits: values)]), nullCount: 0)
    }

    /// A column of Booleans and, for nil, nulls.
    public init(_ values: [Bool?]) {
        var builder = ArrowBoolBuilder()
        for value in values { builder.append(value) }
        self = builder.finish()
    }

    /// A column of texts; `utf8` becomes `largeUtf8` when they exceed 2 GiB.
    public init(_ values: [String], type: ArrowType = .utf8) {
        let byteCount = values.reduce(0) { $0 &+ $1.utf8.count }
        guard type == .utf8, byteCount <= Int(Int32.max) else {
            var builder = ArrowStringBuilder(type)
            for value in values { builder.append(value) }
            self = builder.finish()
            return
        }
        // The sizes are known, so offsets and bytes go straight to their places.
        var offsets = GrowingBuffer(capacity: (values.count + 1) * 4)
        var data = GrowingBuffer(capacity: byteCount)
        offsets.append(Int32(0))
        for value in values {
            var value = value
            value.withUTF8 { data.append(UnsafeRawBufferPointer($0)) }
            offsets.append(Int32(truncatingIfNeeded: data.count))
        }
        self.init(ColumnStorage(type: .utf8, length: values.count, buffers: [offsets.finish(), data.finish()]), nullCount: 0)
    }

    /// A column of texts and, for nil, nulls.
    public init(_ values: [String?], type: ArrowType = .utf8) {
        var builder = ArrowStringBuilder(type)
        for value in values { builder.append(value) }
        self = builder.finish()
    }

    /// A column of byte strings and, for nil, nulls.
    public init(_ values: [[UInt8]?], type: ArrowType = .binary) {
        var builder = ArrowBinaryBuilder(type)
        for value in values { builder.append(value) }
        self = builder.finish()
    }

    /// A column of nulls, without memory.
    public init(nulls count: Int) { self.init(ColumnStorage(type: .null, length: count)) }
}
