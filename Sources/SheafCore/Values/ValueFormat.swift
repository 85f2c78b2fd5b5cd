internal import Synchronization

/// A type whose values may have to cross a process boundary, known at run time only.
public struct ValueFormat: @unchecked Sendable {
    package let type: Any.Type

    public init(_ type: Any.Type) { self.type = type }

    /// How values of the type are laid out, or `nil` when they cannot be written. Found once for each type.
    package var codec: AnyCodec? {
        let key = ObjectIdentifier(type)
        if let known = Self.known.withLock({ $0[key] }) { return known }
        // `Sendable` has no witnesses, so this is the same pointer; only values that are `Sendable` are held by engines.
        let sendable = unsafeBitCast(type, to: (any Sendable.Type).self)
        func open<T: Sendable>(_: T.Type) -> AnyCodec? { _isPOD(T.self) && Self.holdsPointer(T.self) ? nil : AnyCodec(T.self) }
        let found = open(sendable)
        Self.known.withLock { $0[key] = .some(found) }
        return found
    }

    /// Whether values of a trivial type hold an address, which means nothing elsewhere. (Of other types the codec asks for each part.)
    private static func holdsPointer(_ type: Any.Type) -> Bool {
        if type is any _Pointer.Type || type == OpaquePointer.self { return true }
        return TupleLayout(fieldsOf: type)?.elements.contains { holdsPointer($0.type) } ?? false
    }

    private static let known = Locked<[ObjectIdentifier: AnyCodec?]>([:])
}

extension AnyValue {
    /// The value's bytes, as another process of the same program reads them.
    ///
    /// - Throws: ``PlanError`` (`.notSerializable`), which says `what` cannot be written.
    package func encoded(_ what: @autoclosure () -> String) throws -> [UInt8] {
        let format = ValueFormat(type)
        guard let codec = format.codec else { throw PortableFunction.notEncodable(format, what()) }
        var bytes: [UInt8] = []
        try codec.encode(self, &bytes)
        return bytes
    }
}

/// A ``ValueCodec`` whose type is known at run time only. Both ends have to be the same program: the bytes say nothing of their type.
package struct AnyCodec: Sendable {
    /// Appends a value, which has to be of the type.
    package let encode: @Sendable (AnyValue, inout [UInt8]) throws -> Void
    /// Reads a value and checks that nothing is left over.
    ///
    /// - Throws: for bytes that cannot be a value of the type.
    package let decode: @Sendable (UnsafeRawBufferPointer) throws -> AnyValue

    init(
        encode: @escaping @Sendable (AnyValue, inout [UInt8]) throws -> Void,
        decode: @escaping @Sendable (UnsafeRawBufferPointer) throws -> AnyValue
    ) {
        self.encode = encode
        self.decode = decode
    }

    init?<T: Sendable>(_: T.Type) {
        guard let codec = ValueCodec<T>.find() else { return nil }
        encode = { value, out in
            guard let typed = value as? TypedValue<T> else {
                throw EngineError(.protocolViolation, "a value of type “\(value.type)” was to be encoded as “\(T.self)”")
            }
            try codec.write(typed.value, &out)
        }
        decode = { bytes in
            var reader = SpillReader(bytes)
            let value = try codec.read(&reader)
            guard reader.isAtEnd else {
                throw EngineError(.protocolViolation, "\(bytes.count) bytes are longer than the value of type “\(T.self)” in them")
            }
            return TypedValue(value)
        }
    }
}
