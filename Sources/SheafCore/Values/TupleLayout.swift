@_spi(Reflection) internal import Swift

/// The element types and offsets of a tuple type or the properties' of a struct, read from the runtime's metadata.
///
/// Tuples cannot conform to protocols, and keyed bags are made of them; so spilling a `(String, Int)` needs to see inside.
/// The layout read here is part of the stable ABI (swift/ABI/Metadata.h, `TargetTupleTypeMetadata`): kind 0x301, element count,
/// labels, then a type and an offset for each element.
struct TupleLayout: @unchecked Sendable {
    struct Element: @unchecked Sendable {
        let type: Any.Type
        let offset: Int
    }

    let elements: [Element]

    init?(_ type: Any.Type) {
        let metadata = unsafeBitCast(type, to: UnsafePointer<Int>.self)
        guard metadata[0] == 0x301 else { return nil }
        elements = (0..<metadata[1]).map { index in
            // An offset is 32 bits wide on Linux, and what pads it need not be zero.
            let offset = Int(UInt32(truncatingIfNeeded: metadata[4 + 2 * index]))
            return Element(type: unsafeBitCast(metadata[3 + 2 * index], to: Any.Type.self), offset: offset)
        }
    }

    /// The stored properties of a struct; `nil` for other types.
    init?(fieldsOf type: Any.Type) {
        guard unsafeBitCast(type, to: UnsafePointer<Int>.self)[0] == 0x200 else { return nil }
        var elements: [Element] = []
        guard
            _forEachField(
                of: type,
                body: { _, offset, type, _ in
                    elements.append(Element(type: type, offset: offset))
                    return true
                })
        else { return nil }
        self.elements = elements
    }

    func codec<T>(for type: T.Type) -> ValueCodec<T>? {
        let fields = elements.compactMap { element in Self.field(element.type, at: element.offset) }
        guard fields.count == elements.count else { return nil }
        return ValueCodec<T> { value, out in
            try withUnsafeBytes(of: value) { bytes in
                for field in fields { try field.write(bytes.baseAddress!, &out) }
            }
        } read: { reader in
            try withUnsafeTemporaryAllocation(byteCount: MemoryLayout<T>.size, alignment: MemoryLayout<T>.alignment) { memory in
                let base = memory.baseAddress!
                var done = 0
                do {
                    for field in fields {
                        try field.read(&reader, base)
                        done += 1
                    }
                } catch {
                    for field in fields[..<done] { field.destroy(base) }
                    throw error
                }
                return base.assumingMemoryBound(to: T.self).move()
            }
        }
    }

    /// A codec for many tuples: column by column, so that what a column's type costs is paid once for all.
    func columnCodec<T>(for type: T.Type) -> ValueCodec<[T]>? {
        let columns = elements.compactMap { element in Self.column(element.type, at: element.offset, of: T.self) }
        guard columns.count == elements.count, !columns.isEmpty else { return nil }
        return ValueCodec<[T]> { values, out in
            appendCount(values.count, to: &out)
            try values.withUnsafeBytes { bytes in
                for column in columns { try column.write(bytes, &out) }
            }
        } read: { reader in
            let count = try reader.count()
            // All columns are there before the first is put into its place, where nothing can fail.
            let places = try columns.map { try $0.read(&reader, count) }
            return [T](unsafeUninitializedCapacity: count) { buffer, initialized in
                if let base = UnsafeMutableRawPointer(buffer.baseAddress) { for place in places { place(base) } }
                initialized = count
            }
        }
    }

    private struct Column: Sendable {
        let write: @Sendable (UnsafeRawBufferPointer, inout [UInt8]) throws -> Void
        /// Reads a column, and returns what initialises it in the tuples.
        let read: @Sendable (inout SpillReader, Int) throws -> (UnsafeMutableRawPointer) -> Void
    }

    private static func column<T>(_ type: Any.Type, at offset: Int, of tuple: T.Type) -> Column? {
        let stride = MemoryLayout<T>.stride
        func open<E>(_: E.Type) -> Column? {
            guard let codec = ValueCodec<[E]>.find() else { return nil }
            return Column(
                write: { bytes, out in
                    let count = bytes.count / max(stride, 1)
                    let column = [E](unsafeUninitializedCapacity: count) { buffer, initialized in
                        guard let base = bytes.baseAddress, let first = buffer.baseAddress else { return }
                        for index in 0..<count {
                            (first + index).initialize(to: (base + index * stride + offset).assumingMemoryBound(to: E.self).pointee)
                        }
                        initialized = count
                    }
                    try codec.write(column, &out)
                },
                read: { reader, count in
                    let column = try codec.read(&reader)
                    guard column.count == count else {
                        throw EngineError(.inputOutput, "spilled data is damaged: columns of different lengths")
                    }
                    return { base in
                        for index in 0..<count {
                            (base + index * stride + offset).bindMemory(to: E.self, capacity: 1).initialize(to: column[index])
                        }
                    }
                })
        }
        return _openExistential(type, do: open)
    }

    private struct Field: Sendable {
        let write: @Sendable (UnsafeRawPointer, inout [UInt8]) throws -> Void
        let read: @Sendable (inout SpillReader, UnsafeMutableRawPointer) throws -> Void
        let destroy: @Sendable (UnsafeMutableRawPointer) -> Void
    }

    private static func field(_ type: Any.Type, at offset: Int) -> Field? {
        func open<E>(_: E.Type) -> Field? {
            guard let codec = ValueCodec<E>.find() else { return nil }
            return Field(
                write: { base, out in try codec.write((base + offset).assumingMemoryBound(to: E.self).pointee, &out) },
                read: { reader, base in (base + offset).bindMemory(to: E.self, capacity: 1).initialize(to: try codec.read(&reader)) },
                destroy: { base in (base + offset).assumingMemoryBound(to: E.self).deinitialize(count: 1) })
        }
        return _openExistential(type, do: open)
    }
}
