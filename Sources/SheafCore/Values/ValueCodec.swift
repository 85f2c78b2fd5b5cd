/// How values of type `T` are laid out on disk, chosen once per type:
/// trivial types as their memory, strings length-prefixed, collections and tuples from their elements, other `Codable` types as CBOR,
/// other structs from their stored properties. A type that is none of these has no codec and stays in memory.
///
/// - Note: The bytes are read back by the same process; they are not an interchange format.
public struct ValueCodec<T>: Sendable {
    public let write: @Sendable (T, inout [UInt8]) throws -> Void
    public let read: @Sendable (inout SpillReader) throws -> T
    /// Bytes a value takes when all values take the same.
    public let fixedSize: Int?

    @usableFromInline
    init(
        fixedSize: Int? = nil, write: @escaping @Sendable (T, inout [UInt8]) throws -> Void,
        read: @escaping @Sendable (inout SpillReader) throws -> T
    ) {
        self.fixedSize = fixedSize
        self.write = write
        self.read = read
    }

    /// The codec for `T`, or `nil` when `T` cannot be written.
    public static func find() -> ValueCodec<T>? {
        if let codec = known() { return codec }
        if let type = T.self as? any (Codable & SendableMetatype).Type { return codable(type) }
        return TupleLayout(fieldsOf: T.self)?.codec(for: T.self)
    }

    /// The codec for a type whose layout is known here.
    private static func known() -> ValueCodec<T>? {
        if _isPOD(T.self) { return trivial }
        if T.self == String.self { return string as? ValueCodec<T> }
        if let type = T.self as? any (SpillCodable & SendableMetatype).Type { return fromSpillCodable(type) }
        if let type = T.self as? any OptionalType.Type { return type.optionalCodec(as: T.self) }
        if let type = T.self as? any ArrayType.Type { return type.arrayCodec(as: T.self) }
        if let type = T.self as? any TableType.Type { return type.tableCodec(as: T.self) }
        return TupleLayout(T.self)?.codec(for: T.self)
    }

    /// A codec for many values of a type that only its conformance to `Codable` knows: one encoder does for all.
    fileprivate static var manyCodables: ValueCodec<[T]>? {
        guard known() == nil, T.self is any Codable.Type, let type = [T].self as? any (Codable & SendableMetatype).Type else { return nil }
        return ValueCodec<[T]>.codable(type)
    }

    /// The codec for `T`.
    ///
    /// - Throws: ``PlanError`` (`.notSerializable`), which says `what` is of the type.
    package static func required(_ what: @autoclosure () -> String) throws -> ValueCodec<T> {
        guard let codec = find() else { throw PortableFunction.notEncodable(ValueFormat(T.self), what()) }
        return codec
    }

    /// A value's bytes.
    package func bytes(of value: T) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try write(value, &bytes)
        return bytes
    }

    /// The value that ``bytes(of:)`` made them of.
    package func value(of bytes: [UInt8]) throws -> T {
        try bytes.withUnsafeBytes { raw in
            var reader = SpillReader(raw)
            return try read(&reader)
        }
    }

    static var trivial: ValueCodec<T> {
        let size = MemoryLayout<T>.size
        return ValueCodec(fixedSize: size) { value, out in
            withUnsafeBytes(of: value) { out.append(contentsOf: $0) }
        } read: { reader in
            try reader.take(size).loadUnaligned(as: T.self, trivial: ())
        }
    }

    static var string: ValueCodec<String> {
        ValueCodec<String> { value, out in
            var value = value
            value.withUTF8 { bytes in
                appendCount(bytes.count, to: &out)
                out.append(contentsOf: bytes)
            }
        } read: { reader in
            String(decoding: try reader.take(try reader.count()), as: UTF8.self)
        }
    }

    private static func fromSpillCodable<S: SpillCodable & SendableMetatype>(_: S.Type) -> ValueCodec<T>? {
        ValueCodec<S> { value, out in
            try value.spill(to: &out)
        } read: { reader in
            try S(spilled: &reader)
        } as? ValueCodec<T>
    }

    private static func codable<C: Codable & SendableMetatype>(_: C.Type) -> ValueCodec<T>? {
        ValueCodec<C> { value, out in
            try CBOR.append(value, to: &out)
        } read: { reader in
            let (value, end) = try CBOR.read(C.self, from: reader.rest)
            _ = try reader.take(end)
            return value
        } as? ValueCodec<T>
    }
}

/// A type that lays its values out for spilling by itself.
public protocol SpillCodable {
    func spill(to bytes: inout [UInt8]) throws
    init(spilled reader: inout SpillReader) throws

    /// Several values at a time, whose count is known to whoever reads them; one after the other by default.
    static func spill(_ values: [Self], to bytes: inout [UInt8]) throws
    static func values(_ count: Int, spilled reader: inout SpillReader) throws -> [Self]
}

extension SpillCodable {
    public static func spill(_ values: [Self], to bytes: inout [UInt8]) throws {
        for value in values { try value.spill(to: &bytes) }
    }

    public static func values(_ count: Int, spilled reader: inout SpillReader) throws -> [Self] {
        var values: [Self] = []
        // Each takes at least a byte, unless the bytes are damaged.
        values.reserveCapacity(min(count, reader.rest.count))
        for _ in 0..<count { values.append(try Self(spilled: &reader)) }
        return values
    }
}

/// Reads spilled bytes front to back, with bounds checked.
public struct SpillReader {
    @usableFromInline var rest: UnsafeRawBufferPointer

    @inlinable
    public init(_ bytes: UnsafeRawBufferPointer) { rest = bytes }

    @inlinable public var isAtEnd: Bool { rest.isEmpty }

    /// The next `count` bytes; valid as long as the buffer that is read.
    @inlinable
    public mutating func take(_ count: Int) throws -> UnsafeRawBufferPointer {
        guard count >= 0, count <= rest.count else {
            throw EngineError(.inputOutput, "spilled data ends early: \(count) bytes wanted, \(rest.count) left")
        }
        defer { rest = UnsafeRawBufferPointer(rebasing: rest[count...]) }
        return UnsafeRawBufferPointer(rebasing: rest[..<count])
    }

    @inlinable
    public mutating func count() throws -> Int {
        let count = try take(8).loadUnaligned(as: Int.self)
        guard count >= 0 else { throw EngineError(.inputOutput, "spilled data is damaged: a count is \(count)") }
        return count
    }
}

@inlinable
public func appendCount(_ count: Int, to bytes: inout [UInt8]) {
    withUnsafeBytes(of: count) { bytes.append(contentsOf: $0) }
}

extension UnsafeRawBufferPointer {
    /// Loads a value of a trivial type that is only known to be trivial at run time.
    func loadUnaligned<T>(as type: T.Type, trivial: Void) -> T {
        withUnsafeTemporaryAllocation(of: T.self, capacity: 1) { copy in
            let raw = UnsafeMutableRawPointer(copy.baseAddress!)
            if count > 0 { raw.copyMemory(from: baseAddress!, byteCount: count) }
            return raw.load(as: T.self)
        }
    }
}

private protocol OptionalType {
    static func optionalCodec<T>(as: T.Type) -> ValueCodec<T>?
}

extension Optional: OptionalType {
    fileprivate static func optionalCodec<T>(as: T.Type) -> ValueCodec<T>? {
        guard let inner = ValueCodec<Wrapped>.find() else { return nil }
        return ValueCodec<Wrapped?> { value, out in
            out.append(value == nil ? 0 : 1)
            if let value { try inner.write(value, &out) }
        } read: { reader in
            try reader.take(1)[0] == 0 ? nil : try inner.read(&reader)
        } as? ValueCodec<T>
    }
}

private protocol ArrayType {
    static func arrayCodec<T>(as: T.Type) -> ValueCodec<T>?
}

extension Array: ArrayType {
    fileprivate static func arrayCodec<T>(as: T.Type) -> ValueCodec<T>? {
        if _isPOD(Element.self) {
            return ValueCodec<[Element]> { value, out in
                appendCount(value.count, to: &out)
                value.withUnsafeBytes { out.append(contentsOf: $0) }
            } read: { reader in
                let count = try reader.count()
                let (size, isTooLarge) = count.multipliedReportingOverflow(by: MemoryLayout<Element>.stride)
                let bytes = try reader.take(isTooLarge ? .max : size)
                return [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
                    UnsafeMutableRawBufferPointer(buffer).copyMemory(from: bytes)
                    initialized = count
                }
            } as? ValueCodec<T>
        }
        if let type = Element.self as? any (SpillCodable & SendableMetatype).Type { return spillCodables(type) }
        if let tuple = TupleLayout(Element.self) { return tuple.columnCodec(for: Element.self) as? ValueCodec<T> }
        if let codec = ValueCodec<Element>.manyCodables { return codec as? ValueCodec<T> }
        guard let element = ValueCodec<Element>.find() else { return nil }
        return ValueCodec<[Element]> { value, out in
            appendCount(value.count, to: &out)
            for item in value { try element.write(item, &out) }
        } read: { reader in
            let count = try reader.count()
            var items: [Element] = []
            // An element takes at least a byte, unless the bytes are damaged.
            items.reserveCapacity(Swift.min(count, reader.rest.count))
            for _ in 0..<count { items.append(try element.read(&reader)) }
            return items
        } as? ValueCodec<T>
    }
}

private func spillCodables<S: SpillCodable & SendableMetatype, T>(_: S.Type) -> ValueCodec<T>? {
    ValueCodec<[S]> { values, out in
        appendCount(values.count, to: &out)
        try S.spill(values, to: &out)
    } read: { reader in
        try S.values(try reader.count(), spilled: &reader)
    } as? ValueCodec<T>
}

/// Sets and dictionaries. Another process hashes otherwise, so they are filled anew.
private protocol TableType {
    static func tableCodec<T>(as: T.Type) -> ValueCodec<T>?
}

extension Set: TableType {
    fileprivate static func tableCodec<T>(as: T.Type) -> ValueCodec<T>? {
        Conversion<Set<Element>, [Element]>(from: { Array($0) }, to: { Set($0) }).codec as? ValueCodec<T>
    }
}

extension Dictionary: TableType {
    fileprivate static func tableCodec<T>(as: T.Type) -> ValueCodec<T>? {
        Conversion<[Key: Value], [(Key, Value)]>(
            from: { $0.map { ($0.key, $0.value) } }, to: { Dictionary($0) { first, _ in first } }
        ).codec as? ValueCodec<T>
    }
}

/// How a table becomes what has a codec, and back. It holds nothing but the functions, whose types need not be `Sendable` for that.
private struct Conversion<Table, Parts>: @unchecked Sendable {
    let from: (Table) -> Parts
    let to: (Parts) -> Table

    var codec: ValueCodec<Table>? {
        guard let parts = ValueCodec<Parts>.find() else { return nil }
        return ValueCodec<Table> { value, out in
            try parts.write(from(value), &out)
        } read: { reader in
            to(try parts.read(&reader))
        }
    }
}
