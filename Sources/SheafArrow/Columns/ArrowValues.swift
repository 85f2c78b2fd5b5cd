/// A Swift type that a column's buffer can be read as without a conversion.
public protocol ArrowPrimitive: BitwiseCopyable, Sendable {
    /// The type of columns made from values of this type when nothing else is said.
    static var arrowType: ArrowType { get }
    /// Whether a column of that type holds such values: `Int32` is what dates count days in, for instance.
    static func canRead(_ type: ArrowType) -> Bool
}

extension ArrowPrimitive {
    public static func canRead(_ type: ArrowType) -> Bool { type == arrowType }
}

extension Int8: ArrowPrimitive { public static var arrowType: ArrowType { .int8 } }
extension UInt8: ArrowPrimitive { public static var arrowType: ArrowType { .uint8 } }
extension Int16: ArrowPrimitive { public static var arrowType: ArrowType { .int16 } }
extension UInt16: ArrowPrimitive {
    public static var arrowType: ArrowType { .uint16 }
    public static func canRead(_ type: ArrowType) -> Bool { type == .uint16 || type == .float16 }
}
extension UInt32: ArrowPrimitive { public static var arrowType: ArrowType { .uint32 } }
extension UInt64: ArrowPrimitive { public static var arrowType: ArrowType { .uint64 } }
extension UInt: ArrowPrimitive { public static var arrowType: ArrowType { .uint64 } }
extension Float: ArrowPrimitive { public static var arrowType: ArrowType { .float32 } }
extension Double: ArrowPrimitive { public static var arrowType: ArrowType { .float64 } }

extension Int32: ArrowPrimitive {
    public static var arrowType: ArrowType { .int32 }
    public static func canRead(_ type: ArrowType) -> Bool {
        switch type {
        case .int32, .date32, .time32, .decimal32, .interval(.yearMonth): true
        default: false
        }
    }
}

extension Int64: ArrowPrimitive {
    public static var arrowType: ArrowType { .int64 }
    public static func canRead(_ type: ArrowType) -> Bool {
        switch type {
        case .int64, .date64, .time64, .timestamp, .duration, .decimal64: true
        default: false
        }
    }
}

extension Int: ArrowPrimitive {
    public static var arrowType: ArrowType { .int64 }
    public static func canRead(_ type: ArrowType) -> Bool { Int64.canRead(type) }
}

/// The unscaled integers of decimals.
extension Int128: ArrowPrimitive {
    public static var arrowType: ArrowType { .decimal128(precision: 38, scale: 0) }
    public static func canRead(_ type: ArrowType) -> Bool { if case .decimal128 = type { true } else { false } }
}

extension ArrowColumn {
    /// Calls `body` with all values, in place; the values of nulls are unspecified.
    ///
    /// - Throws: ``ArrowError`` (`.typeMismatch`) if the column does not hold such values, and what `body` throws.
    @inlinable public func withSpan<Value: ArrowPrimitive, Result>(
        of type: Value.Type, _ body: (Span<Value>) throws -> Result
    ) throws -> Result {
        let values = try self.values(as: type)
        return try withExtendedLifetime(storage) {
            try body(UnsafeBufferPointer(start: values.start.assumingMemoryBound(to: Value.self), count: count).span)
        }
    }

    /// The values, in place, as a collection of optionals.
    ///
    /// - Throws: ``ArrowError`` (`.typeMismatch`) if the column does not hold such values.
    public func values<Value: ArrowPrimitive>(as: Value.Type = Value.self) throws(ArrowError) -> ArrowValues<Value> {
        guard Value.canRead(type) else {
            throw ArrowError(.typeMismatch, "a column of \(type) cannot be read as \(Value.self)", hint: "cell(at:) reads every type")
        }
        return ArrowValues(self)
    }

    /// The values of a column of Booleans.
    ///
    /// - Throws: ``ArrowError`` (`.typeMismatch`) if it is none.
    public func bools() throws(ArrowError) -> ArrowBools {
        guard type == .bool else { throw ArrowError(.typeMismatch, "a column of \(type) cannot be read as Bool") }
        return ArrowBools(self)
    }
}

/// The values of a column of numbers, dates, times or decimals; nil where they are null.
public struct ArrowValues<Value: ArrowPrimitive>: RandomAccessCollection, @unchecked Sendable {
    // Owns what the pointers point to.
    @usableFromInline let storage: ColumnStorage
    @usableFromInline let start: UnsafeRawPointer
    @usableFromInline let validity: UnsafePointer<UInt8>?
    @usableFromInline let offset: Int
    public let count: Int
    /// The number of nulls.
    public let nullCount: Int

    init(_ column: ArrowColumn) {
        storage = column.storage
        start = column.storage.values + column.offset * MemoryLayout<Value>.stride
        nullCount = column.nullCount
        validity = nullCount == 0 ? nil : column.storage.validity
        offset = column.offset
        count = column.count
    }

    @inlinable public var startIndex: Int { 0 }
    @inlinable public var endIndex: Int { count }

    @inlinable public func isNull(at index: Int) -> Bool {
        precondition(index >= 0 && index < count, "index out of range")
        guard let validity else { return false }
        return withExtendedLifetime(storage) { !Bits.isSet(validity, offset &+ index) }
    }

    @inlinable public subscript(index: Int) -> Value? { isNull(at: index) ? nil : unchecked(index) }

    /// The value at `index`; unspecified where it is null.
    @inlinable public func value(at index: Int) -> Value {
        precondition(index >= 0 && index < count, "index out of range")
        return unchecked(index)
    }

    @inlinable func unchecked(_ index: Int) -> Value {
        withExtendedLifetime(storage) { start.load(fromByteOffset: index &* MemoryLayout<Value>.stride, as: Value.self) }
    }
}

/// The values of a column of Booleans; nil where they are null.
public struct ArrowBools: RandomAccessCollection, Sendable {
    @usableFromInline let column: ArrowColumn

    init(_ column: ArrowColumn) { self.column = column }

    @inlinable public var startIndex: Int { 0 }
    @inlinable public var endIndex: Int { column.count }
    /// The number of nulls.
    public var nullCount: Int { column.nullCount }

    @inlinable public subscript(index: Int) -> Bool? {
        guard !column.isNull(at: index) else { return nil }
        return withExtendedLifetime(column.storage) {
            Bits.isSet(column.storage.values.assumingMemoryBound(to: UInt8.self), column.offset &+ index)
        }
    }
}
