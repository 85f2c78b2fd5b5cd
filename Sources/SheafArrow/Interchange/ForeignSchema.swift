package import CArrowABI

// Schemas to and from the Arrow C Data Interface.
extension ArrowField {
    /// Reads a schema of another library, which stays its owner's.
    ///
    /// - Throws: ``ArrowError`` (`.invalidData`, `.unsupported`), naming the field.
    package init(copying schema: UnsafePointer<CArrowABI.ArrowSchema>) throws(ArrowError) {
        try self.init(copying: schema, depth: 0)
    }

    private init(copying pointer: UnsafePointer<CArrowABI.ArrowSchema>, depth: Int) throws(ArrowError) {
        let schema = pointer.pointee
        guard schema.release != nil else { throw ArrowError(.invalidData, "the Arrow schema has been released already") }
        guard depth < 64 else { throw ArrowError(.limitExceeded, "the Arrow schema is nested more than 64 deep") }
        let name = schema.name.map { String(cString: $0) } ?? ""
        self = try inField(name) { () throws(ArrowError) in
            guard let format = schema.format.map({ String(cString: $0) }) else {
                throw ArrowError(.invalidData, "the schema has no format")
            }
            var children: [ArrowField] = []
            for index in 0..<max(0, Int(schema.n_children)) {
                guard let child = schema.children?[index] else { throw ArrowError(.invalidData, "child \(index) of the schema is missing") }
                children.append(try ArrowField(copying: child, depth: depth + 1))
            }
            let sorted = schema.flags & Int64(ARROW_FLAG_MAP_KEYS_SORTED) != 0
            var type = try ArrowType(formatString: format, children: children, mapKeysSorted: sorted)
            if let dictionary = schema.dictionary {
                let values = try ArrowField(copying: dictionary, depth: depth + 1)
                let ordered = schema.flags & Int64(ARROW_FLAG_DICTIONARY_ORDERED) != 0
                type = .dictionary(index: type, value: values.type, isOrdered: ordered)
                try type.check()
            }
            let metadata = schema.metadata.map { SchemaMetadata.decode(UnsafeRawPointer($0)) } ?? [:]
            return ArrowField(name, type, isNullable: schema.flags & Int64(ARROW_FLAG_NULLABLE) != 0, metadata: metadata)
        }
    }

    /// Writes the schema into `target`, whose `release` frees it.
    package func export(to target: UnsafeMutablePointer<CArrowABI.ArrowSchema>) {
        var flags: Int64 = isNullable ? Int64(ARROW_FLAG_NULLABLE) : 0
        var dictionary: ArrowField?
        switch type {
        case .map(_, _, keysSorted: true): flags |= Int64(ARROW_FLAG_MAP_KEYS_SORTED)
        case .dictionary(_, let value, let isOrdered):
            if isOrdered { flags |= Int64(ARROW_FLAG_DICTIONARY_ORDERED) }
            dictionary = ArrowField("", value)
        default: break
        }
        let exported = ExportedSchema(
            format: type.formatString, name: name, metadata: metadata, children: type.children, dictionary: dictionary)
        var schema = CArrowABI.ArrowSchema()
        schema.format = UnsafePointer(exported.format)
        schema.name = UnsafePointer(exported.name)
        schema.metadata = exported.metadata.map { UnsafePointer($0.assumingMemoryBound(to: CChar.self)) }
        schema.flags = flags
        schema.n_children = Int64(exported.childCount)
        schema.children = exported.childCount == 0 ? nil : exported.children
        schema.dictionary = exported.dictionary
        schema.release = { pointer in
            guard let pointer, let data = pointer.pointee.private_data else { return }
            pointer.pointee.release = nil
            Unmanaged<ExportedSchema>.fromOpaque(data).release()
        }
        schema.private_data = Unmanaged.passRetained(exported).toOpaque()
        target.initialize(to: schema)
    }
}

extension ArrowTableSchema {
    /// Reads the schema of a stream or record batch, which must be a struct; it stays its owner's.
    package init(copying schema: UnsafePointer<CArrowABI.ArrowSchema>) throws(ArrowError) {
        let field = try ArrowField(copying: schema)
        guard case .struct(let fields) = field.type else {
            throw ArrowError(.invalidData, "record batches have a struct as their schema, and this is \(field.type)")
        }
        self.init(fields, metadata: field.metadata)
    }

    /// Reads the schema and releases it, whatever happens.
    package init(importing schema: UnsafeMutablePointer<CArrowABI.ArrowSchema>) throws(ArrowError) {
        defer { if let release = schema.pointee.release { release(schema) } }
        try self.init(copying: schema)
    }

    /// Writes the schema into `target` as a struct; its `release` frees it.
    package func export(to target: UnsafeMutablePointer<CArrowABI.ArrowSchema>) {
        ArrowField("", .struct(fields), isNullable: false, metadata: metadata).export(to: target)
    }
}

/// What an exported schema points to.
private final class ExportedSchema {
    let format: UnsafeMutablePointer<CChar>
    let name: UnsafeMutablePointer<CChar>
    let metadata: UnsafeMutableRawPointer?
    let childCount: Int
    let children: UnsafeMutablePointer<UnsafeMutablePointer<CArrowABI.ArrowSchema>?>
    let dictionary: UnsafeMutablePointer<CArrowABI.ArrowSchema>?

    init(format: String, name: String, metadata: [String: String], children fields: [ArrowField], dictionary field: ArrowField?) {
        self.format = Self.copy(format)
        self.name = Self.copy(name)
        self.metadata = metadata.isEmpty ? nil : SchemaMetadata.encode(metadata)
        childCount = fields.count
        children = .allocate(capacity: max(1, fields.count))
        for (index, field) in fields.enumerated() { (children + index).initialize(to: Self.export(field)) }
        dictionary = field.map(Self.export)
    }

    private static func copy(_ text: String) -> UnsafeMutablePointer<CChar> {
        let bytes = text.utf8CString
        let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
        for (index, byte) in bytes.enumerated() { copy[index] = byte }
        return copy
    }

    private static func export(_ field: ArrowField) -> UnsafeMutablePointer<CArrowABI.ArrowSchema> {
        let schema = UnsafeMutablePointer<CArrowABI.ArrowSchema>.allocate(capacity: 1)
        field.export(to: schema)
        return schema
    }

    deinit {
        // A consumer may have moved a child away; then its `release` is nil here, and set in the copy.
        for index in 0..<childCount {
            guard let child = children[index] else { continue }
            if let release = child.pointee.release { release(child) }
            child.deallocate()
        }
        if let dictionary {
            if let release = dictionary.pointee.release { release(dictionary) }
            dictionary.deallocate()
        }
        children.deallocate()
        format.deallocate()
        name.deallocate()
        metadata?.deallocate()
    }
}

/// The C interface's metadata: a count, then keys and values, each after its length, all lengths `Int32`.
enum SchemaMetadata {
    static func decode(_ start: UnsafeRawPointer) -> [String: String] {
        var position = 0
        func count() -> Int {
            defer { position += 4 }
            return max(0, Int(start.loadUnaligned(fromByteOffset: position, as: Int32.self)))
        }
        func text() -> String {
            let length = count()
            defer { position += length }
            return String(decoding: UnsafeRawBufferPointer(start: start + position, count: length), as: UTF8.self)
        }
        var result: [String: String] = [:]
        for _ in 0..<count() {
            let key = text()
            result[key] = text()
        }
        return result
    }

    static func encode(_ metadata: [String: String]) -> UnsafeMutableRawPointer {
        var bytes: [UInt8] = []
        func append(_ count: Int) { withUnsafeBytes(of: Int32(count)) { bytes += $0 } }
        append(metadata.count)
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            for text in [key, value] {
                append(text.utf8.count)
                bytes += text.utf8
            }
        }
        let copy = UnsafeMutableRawPointer.allocate(byteCount: bytes.count, alignment: 8)
        bytes.withUnsafeBytes { if let start = $0.baseAddress { copy.copyMemory(from: start, byteCount: $0.count) } }
        return copy
    }
}
