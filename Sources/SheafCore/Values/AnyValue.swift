/// A value that an engine holds in process, by reference; the base class of ``TypedValue``.
///
/// Engines move `AnyValue` references between tasks and never look inside. The encoded form of a value exists only where it
/// leaves the process or is spilled.
///
/// - Note: Immutable after initialisation, so it may be read from any thread.
open class AnyValue: @unchecked Sendable {
    /// What the value is estimated to hold in memory, in bytes, as ``memoryByteCount(of:)`` counts it.
    public final let byteCount: Int

    @inlinable
    public init(byteCount: Int) {
        self.byteCount = byteCount
    }

    /// The value itself, boxed; for printing, serialising and errors, not for hot paths.
    open var untyped: any Sendable { fatalError("AnyValue is abstract: override `untyped`") }

    /// The value's static type.
    open var type: Any.Type { fatalError("AnyValue is abstract: override `type`") }

    /// Writes the value to disk as a whole.
    ///
    /// - Returns: where it is and how it comes back, or `nil` when it has to stay in memory.
    open func writeOut(to file: SpillFile) throws -> SpilledForm? { nil }

    /// Asks a value that manages its own storage to move it to disk.
    ///
    /// - Returns: the bytes freed, or `nil` when the value does not do that and has to be encoded as a whole.
    open func spillInPlace(to file: SpillFile) throws -> Int? { nil }
}

/// A value that moves its own storage to disk and serves its readers from there, such as the output of a shuffle's map side.
public protocol SelfSpilling: Sendable {
    /// - Returns: the bytes freed in memory.
    func spill(to file: SpillFile) throws -> Int
}

/// A value that is written to disk from where it lies in memory, and read back to where it will lie, without a copy in between.
public protocol DirectlySpilled: Sendable {
    /// - Returns: where it is, and what makes it again from there.
    func write(to file: SpillFile) throws -> (extent: SpillExtent, load: @Sendable (SpillExtent, SpillFile) throws -> Self)
}

/// A value on disk.
public struct SpilledForm: Sendable {
    public let extent: SpillExtent
    /// Reads it back. Blocks on the disk.
    public let load: @Sendable (SpillExtent, SpillFile) throws -> AnyValue
}

/// A value of static type `T`, held by an engine.
public final class TypedValue<T: Sendable>: AnyValue, @unchecked Sendable {
    public let value: T

    @inlinable
    public init(_ value: T) {
        self.value = value
        super.init(byteCount: memoryByteCount(of: value))
    }

    /// Wraps a value whose size the caller knows.
    @inlinable
    public init(_ value: T, byteCount: Int) {
        self.value = value
        super.init(byteCount: byteCount)
    }

    public override var untyped: any Sendable { value }
    public override var type: Any.Type { T.self }
    public override func spillInPlace(to file: SpillFile) throws -> Int? { try (value as? any SelfSpilling)?.spill(to: file) }

    public override func writeOut(to file: SpillFile) throws -> SpilledForm? {
        if let direct = value as? any DirectlySpilled { return try Self.writeDirectly(direct, to: file) }
        guard let codec = ValueCodec<T>.find() else { return nil }
        var bytes: [UInt8] = []
        try codec.write(value, &bytes)
        let extent = try bytes.withUnsafeBytes { try file.write($0) }
        return SpilledForm(extent: extent) { extent, file in
            try withUnsafeTemporaryAllocation(byteCount: max(extent.count, 1), alignment: 16) { buffer in
                let bytes = UnsafeMutableRawBufferPointer(rebasing: buffer[..<extent.count])
                try file.read(extent, into: bytes)
                var reader = SpillReader(UnsafeRawBufferPointer(bytes))
                return TypedValue(try codec.read(&reader))
            }
        }
    }

    private static func writeDirectly<D: DirectlySpilled>(_ value: D, to file: SpillFile) throws -> SpilledForm {
        let (extent, load) = try value.write(to: file)
        return SpilledForm(extent: extent) { TypedValue<D>(try load($0, $1)) }
    }
}

/// A type that knows what one of its values holds outside its own storage.
public protocol MemorySized {
    /// Bytes held, inline storage included.
    var memoryByteCount: Int { get }
}

/// An estimate of what `value` holds in memory, in bytes.
///
/// Trivial types count their stride; the standard collections their buffers; other types what ``MemorySized`` says, or their inline
/// size.
///
/// - Complexity: O(1), except O(count) for collections of ``MemorySized`` elements.
@inlinable
public func memoryByteCount<T>(of value: T) -> Int {
    // For a trivial type this folds to a constant at compile time, which keeps tiny tasks free of dynamic casts.
    if _isPOD(T.self) { return MemoryLayout<T>.stride }
    return dynamicByteCount(of: value)
}

@usableFromInline
func dynamicByteCount<T>(of value: T) -> Int {
    if let sized = value as? any MemorySized { return sized.memoryByteCount }
    return MemoryLayout<T>.stride
}

extension Array: MemorySized {
    public var memoryByteCount: Int {
        let inline = MemoryLayout<Self>.size + 32 + capacity * MemoryLayout<Element>.stride
        if _isPOD(Element.self) { return inline }
        guard let first, first is any MemorySized else { return inline }
        return inline
            + reduce(into: 0) { total, element in
                total += ((element as? any MemorySized)?.memoryByteCount ?? 0) - Swift.min(MemoryLayout<Element>.stride, 16)
            }
    }
}

extension ContiguousArray: MemorySized {
    public var memoryByteCount: Int { MemoryLayout<Self>.size + 32 + capacity * MemoryLayout<Element>.stride + outside(self) }
}

extension Set: MemorySized {
    public var memoryByteCount: Int { tableByteCount(capacity, MemoryLayout<Element>.stride) + outside(self) }
}

extension Dictionary: MemorySized {
    public var memoryByteCount: Int {
        tableByteCount(capacity, MemoryLayout<Key>.stride + MemoryLayout<Value>.stride) + outside(keys) + outside(values)
    }
}

/// A hash table that can hold `capacity` entries has at least a third more buckets, and a bit for each.
private func tableByteCount(_ capacity: Int, _ entry: Int) -> Int {
    MemoryLayout<Int>.size + 64 + capacity * 4 / 3 * entry + capacity / 6
}

/// What elements hold outside their inline storage.
private func outside<Element>(_ elements: some Sequence<Element>) -> Int {
    if _isPOD(Element.self) { return 0 }
    return elements.reduce(into: 0) { total, element in
        guard let sized = element as? any MemorySized else { return }
        total += Swift.max(sized.memoryByteCount - MemoryLayout<Element>.stride, 0)
    }
}

extension String: MemorySized {
    public var memoryByteCount: Int { 16 + (utf8.count > 15 ? utf8.count + 32 : 0) }
}

extension Optional: MemorySized where Wrapped: MemorySized {
    public var memoryByteCount: Int { self?.memoryByteCount ?? MemoryLayout<Self>.stride }
}
