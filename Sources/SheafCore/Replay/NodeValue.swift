internal import Synchronization

/// A value as it crosses a process boundary between tasks of one plan: with its type, which only the process that made it knows, and with
/// what its task had to say beside its result.
///
/// Little-endian: what was rejected (its count, the bytes of the samples, the samples), input bytes read, the type's mangled name
/// length-prefixed, the value as its codec writes it. All ends are the same program, so all know the type by that name.
package enum NodeValue {
    /// What a task says beside its result.
    package struct Remarks: Sendable {
        package var rejected = 0
        package var samples: [RejectedRecords.Rejection] = []
        package var readBytes = 0

        package init() {}

        package init(_ resources: TaskResources) {
            rejected = resources.rejected.count
            samples = rejected > 0 ? resources.rejected.samples : []
            readBytes = resources.readBytes
        }

        /// The same by itself, for an engine that passes results on without looking into them.
        package func encoded() throws -> [UInt8] {
            var bytes: [UInt8] = []
            try write(to: &bytes)
            return bytes
        }

        /// - Throws: ``EngineError`` or ``SpillError`` for bytes that are none.
        package init(_ bytes: [UInt8]) throws {
            self = try bytes.withUnsafeBytes { bytes in
                var reader = SpillReader(bytes)
                return try NodeValue.readRemarks(&reader)
            }
        }

        fileprivate func write(to out: inout [UInt8]) throws {
            appendCount(rejected, to: &out)
            appendCount(readBytes, to: &out)
            guard rejected > 0 else { return }
            try samplesCodec.write(
                samples.map { ($0.position?.file, $0.position?.line ?? 0, $0.position?.text ?? "", $0.reason) }, &out)
        }

        /// Says it to whoever watches the run.
        package func repeated(to resources: TaskResources) {
            if readBytes > 0 { resources.countRead(readBytes) }
            if rejected > 0 { resources.rejected.record(rejected, samples) }
        }
    }

    private typealias Samples = [(String?, Int, String, String)]
    private static let samplesCodec = ValueCodec<Samples>.find()!

    /// Appends a value.
    ///
    /// - Throws: ``PlanError`` (`.notSerializable`) when its type has no codec.
    package static func encode(_ value: AnyValue, _ remarks: Remarks = Remarks(), to out: inout [UInt8]) throws {
        guard let name = TypeNames.name(of: value.type), let codec = ValueFormat(value.type).codec else {
            throw PortableFunction.notEncodable(ValueFormat(value.type), "a task's result")
        }
        try remarks.write(to: &out)
        appendCount(name.utf8.count, to: &out)
        out.append(contentsOf: name.utf8)
        try codec.encode(value, &out)
    }

    /// A value's bytes, of which there is nothing to remark.
    ///
    /// - Throws: as ``encode(_:_:to:)``.
    package static func encoded(_ value: AnyValue) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try encode(value, to: &bytes)
        return bytes
    }

    /// - Throws: ``EngineError`` for bytes that are no value of this program.
    package static func decode(_ bytes: UnsafeRawBufferPointer) throws -> AnyValue {
        var reader = SpillReader(bytes)
        _ = try readRemarks(&reader)
        let name = String(decoding: try reader.take(try reader.count()), as: UTF8.self)
        guard let codec = TypeNames.type(named: name).flatMap({ ValueFormat($0).codec }) else {
            throw EngineError(.protocolViolation, "a value of the type “\(name)”, which this program does not know")
        }
        return try codec.decode(reader.rest)
    }

    /// What the value's task said beside its result.
    package static func remarks(_ bytes: UnsafeRawBufferPointer) throws -> Remarks {
        var reader = SpillReader(bytes)
        return try readRemarks(&reader)
    }

    private static func readRemarks(_ reader: inout SpillReader) throws -> Remarks {
        var remarks = Remarks()
        remarks.rejected = try reader.count()
        remarks.readBytes = try reader.count()
        guard remarks.rejected > 0 else { return remarks }
        remarks.samples = try samplesCodec.read(&reader).map { file, line, text, reason in
            RejectedRecords.Rejection(position: file.map { RecordPosition(file: $0, line: line, text: text) }, reason: reason)
        }
        return remarks
    }

    /// The codec of values whose type is not known before they are there.
    package static let codec = AnyCodec { value, out in
        try encode(value, to: &out)
    } decode: {
        try decode($0)
    }
}

/// Types by the names that they have in every process of the program.
private enum TypeNames {
    private struct Known: Sendable {
        var names: [ObjectIdentifier: String?] = [:]
        var types: [String: ValueFormat] = [:]
    }
    private static let known = Locked(Known())

    /// `nil` when the type cannot be found by its name.
    static func name(of type: Any.Type) -> String? {
        let key = ObjectIdentifier(type)
        if let found = known.withLock({ $0.names[key] }) { return found }
        let name = _mangledTypeName(type).flatMap { name in _typeByName(name) == type ? name : nil }
        known.withLock { $0.names[key] = .some(name) }
        return name
    }

    static func type(named name: String) -> Any.Type? {
        if let found = known.withLock({ $0.types[name] }) { return found.type }
        guard let type = _typeByName(name) else { return nil }
        let format = ValueFormat(type)
        known.withLock { $0.types[name] = format }
        return type
    }
}
