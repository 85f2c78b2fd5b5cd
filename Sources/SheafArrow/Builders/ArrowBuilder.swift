/// What makes a column row by row.
public protocol ArrowBuilder: ~Copyable {
    /// The number of rows appended, nulls included.
    var count: Int { get }
    mutating func appendNull()
    /// The column of everything appended; takes the builder's memory without a copy.
    consuming func finish() -> ArrowColumn
}

/// A builder whose rows are single values.
public protocol ArrowValueBuilder: ArrowBuilder, ~Copyable {
    associatedtype Value
    mutating func append(_ value: Value)
}

extension ArrowValueBuilder where Self: ~Copyable {
    /// Appends the value, or a null for nil.
    @inlinable public mutating func append(_ value: Value?) {
        if let value { append(value) } else { appendNull() }
    }
}

/// Builds columns of numbers, dates, times, timestamps, durations and decimals.
///
/// ```swift
/// var days = ArrowPrimitiveBuilder<Int32>(.date32)
/// ```
public struct ArrowPrimitiveBuilder<Value: ArrowPrimitive>: ArrowValueBuilder, ~Copyable {
    @usableFromInline var values: GrowingBuffer
    @usableFromInline var validity = GrowingValidity()
    let type: ArrowType

    /// - Parameter type: One whose values are kept as `Value`: what ``ArrowPrimitive/canRead(_:)`` accepts.
    /// - Parameter capacity: For how many values to take memory at once.
    public init(_ type: ArrowType = Value.arrowType, capacity: Int = 0) {
        precondition(Value.canRead(type), "a column of \(type) cannot be built from \(Value.self)")
        self.type = type
        values = GrowingBuffer(capacity: capacity * MemoryLayout<Value>.stride)
    }

    public var count: Int { validity.count }

    @inlinable public mutating func append(_ value: Value) {
        values.append(value)
        validity.append(true)
    }

    @inlinable public mutating func appendNull() {
        reserveNull()
        validity.append(false)
    }

    @inlinable mutating func reserveNull() {
        let size = MemoryLayout<Value>.stride
        values.reserve(size)
        (values.start + values.count).initializeMemory(as: UInt8.self, repeating: 0, count: size)
        values.count &+= size
    }

    /// Appends all values, at the speed of memory.
    public mutating func append(contentsOf added: Span<Value>) {
        added.withUnsafeBytes { values.append($0) }
        validity.appendValid(added.count)
    }

    public consuming func finish() -> ArrowColumn {
        let (count, nulls) = (validity.count, validity.nullCount)
        let bits = validity.finish()
        return ArrowColumn(ColumnStorage(type: type, length: count, validity: bits, buffers: [values.finish()]), nullCount: nulls)
    }
}

/// Builds columns of Booleans.
public struct ArrowBoolBuilder: ArrowValueBuilder, ~Copyable {
    var words = GrowingBuffer()
    var word: UInt64 = 0
    var validity = GrowingValidity()

    public init() {}

    public var count: Int { validity.count }

    public mutating func append(_ value: Bool) { append(value, isValid: true) }

    public mutating func appendNull() { append(false, isValid: false) }

    private mutating func append(_ value: Bool, isValid: Bool) {
        if value { word |= 1 &<< UInt64(validity.count & 63) }
        validity.append(isValid)
        if validity.count & 63 == 0 {
            words.append(word)
            word = 0
        }
    }

    public consuming func finish() -> ArrowColumn {
        let (count, nulls) = (validity.count, validity.nullCount)
        words.append(word)
        let bits = validity.finish()
        return ArrowColumn(ColumnStorage(type: .bool, length: count, validity: bits, buffers: [words.finish()]), nullCount: nulls)
    }
}

/// Builds columns of text.
public struct ArrowStringBuilder: ArrowValueBuilder, ~Copyable {
    var bytes: BytesBuilder

    /// - Parameter type: Any of the three text types; `utf8` becomes `largeUtf8` when its text exceeds 2 GiB.
    public init(_ type: ArrowType = .utf8) {
        precondition(type.isText, "a column of \(type) cannot be built from texts")
        bytes = BytesBuilder(type)
    }

    public var count: Int { bytes.count }

    public mutating func append(_ value: String) {
        var value = value
        value.withUTF8 { bytes.append(UnsafeRawBufferPointer($0)) }
    }

    /// Appends a text as UTF-8, which is not checked.
    public mutating func append(utf8 value: Span<UInt8>) { value.withUnsafeBytes { bytes.append($0) } }

    public mutating func appendNull() { bytes.appendNull() }

    public consuming func finish() -> ArrowColumn { bytes.finish() }
}

/// Builds columns of byte strings.
public struct ArrowBinaryBuilder: ArrowValueBuilder, ~Copyable {
    var bytes: BytesBuilder

    /// - Parameter type: `binary`, `largeBinary` or `binaryView`; `binary` becomes `largeBinary` when its bytes exceed 2 GiB.
    public init(_ type: ArrowType = .binary) {
        switch type {
        case .binary, .largeBinary, .binaryView: break
        default: preconditionFailure("a column of \(type) cannot be built from byte strings")
        }
        bytes = BytesBuilder(type)
    }

    public var count: Int { bytes.count }

    public mutating func append(_ value: [UInt8]) { value.withUnsafeBytes { bytes.append($0) } }

    public mutating func append(bytes value: Span<UInt8>) { value.withUnsafeBytes { bytes.append($0) } }

    public mutating func appendNull() { bytes.appendNull() }

    public consuming func finish() -> ArrowColumn { bytes.finish() }
}

/// Builds lists with 32-bit offsets of what another builder builds.
///
/// ```swift
/// var builder = ArrowListBuilder(ArrowPrimitiveBuilder<Int64>())
/// builder.append { items in items.append(1); items.append(2) }
/// ```
public struct ArrowListBuilder<Items: ArrowBuilder & ~Copyable>: ArrowBuilder, ~Copyable {
    var items: Items
    var offsets = GrowingBuffer()
    var validity = GrowingValidity()

    public init(_ items: consuming Items) {
        self.items = items
        offsets.append(Int32(0))
    }

    public var count: Int { validity.count }

    /// Appends a list of the items that `body` appends.
    /// - Precondition: All lists together have fewer than 2^31 items.
    public mutating func append(_ body: (inout Items) throws -> Void) rethrows {
        try body(&items)
        offsets.append(Int32(items.count))
        validity.append(true)
    }

    public mutating func appendNull() {
        offsets.append(Int32(items.count))
        validity.append(false)
    }

    public consuming func finish() -> ArrowColumn {
        let (count, nulls) = (validity.count, validity.nullCount)
        let bits = validity.finish()
        let buffer = offsets.finish()
        let values = items.finish()
        let storage = ColumnStorage(type: .list(of: values.type), length: count, validity: bits, buffers: [buffer], children: [values])
        return ArrowColumn(storage, nullCount: nulls)
    }
}
