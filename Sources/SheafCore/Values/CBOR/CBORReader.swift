/// What is wrong with bytes that were to be a value; where it is in the value is added where that is known.
enum CBORFault: Error {
    /// Not CBOR, or not as this reader takes it, or a number that the type cannot hold.
    case corrupt(String)
    /// Another kind of value.
    case mismatch(found: String)
    /// Null.
    case null

    static func end(at offset: Int, wanting count: some BinaryInteger) -> CBORFault {
        .corrupt("the bytes end early: \(count) more are wanted at \(offset)")
    }
}

/// The bytes that a decoder reads, and which of the values in them are being read.
///
/// Nothing is built of the bytes but what the program asks for: a map is scanned once for where its keys are, an array is read in order.
final class CBORReader {
    /// Empty once the decoding is over.
    @exclusivity(unchecked) var bytes: UnsafeRawBufferPointer
    /// The values being read, each in another; those of a value go when it is complete.
    @exclusivity(unchecked) private(set) var scopes: ContiguousArray<Scope> = []
    /// Where the value read last ends, if its containers have found that out.
    @exclusivity(unchecked) private var lastEnd = -1

    /// Maps that nobody holds any more, to be filled anew.
    @exclusivity(unchecked) private var unusedMaps: [CBORMap] = []

    struct Scope {
        let parent: Int
        let depth: Int
        /// Its key in its parent, or else its place.
        let key: (any CodingKey)?
        let index: Int
        /// Where the value ends, or -1 while that is not known.
        var end = -1
        /// Its keys, if it is a map that has been asked for.
        var map: CBORMap?
    }

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    // MARK: Items

    struct Head {
        let major: UInt8
        /// The lower five bits of the first byte.
        let info: UInt8
        let argument: UInt64
        /// Where what follows begins.
        let next: Int

        var isIndefinite: Bool { info == 31 }
        var isBreak: Bool { info == 31 && major == CBORMajor.simple }
    }

    /// An item's first byte and the number that goes with it.
    @inline(__always)
    func head(at offset: Int) throws(CBORFault) -> Head {
        guard offset < bytes.count else { throw .end(at: offset, wanting: 1) }
        let first = bytes[offset], info = first & 0x1F
        if info < 24 { return Head(major: first & 0xE0, info: info, argument: UInt64(info), next: offset + 1) }
        return try longHead(at: offset, first & 0xE0, info)
    }

    private func longHead(at offset: Int, _ major: UInt8, _ info: UInt8) throws(CBORFault) -> Head {
        switch info {
        case 24...27:
            let size = 1 << Int(info - 24)
            guard size < bytes.count - offset else { throw .end(at: offset + 1, wanting: size) }
            var argument: UInt64 = 0
            for index in 1...size { argument = argument << 8 | UInt64(bytes[offset + index]) }
            guard major != CBORMajor.simple || info > 24 || argument >= 32 else {
                throw .corrupt("the simple value \(argument) at \(offset) is written in two bytes")
            }
            return Head(major: major, info: info, argument: argument, next: offset + 1 + size)
        case 31 where major != CBORMajor.unsigned && major != CBORMajor.negative && major != CBORMajor.tag:
            return Head(major: major, info: info, argument: 0, next: offset + 1)
        default:
            throw .corrupt("the byte \(major | info) at \(offset) begins no value")
        }
    }

    /// The head of an item that is one: not the end of another. What only says that this is CBOR is passed over.
    @inline(__always)
    func item(at offset: Int) throws(CBORFault) -> Head {
        let head = try head(at: offset)
        if head.major < CBORMajor.tag { return head }
        return try rareItem(head, at: offset)
    }

    private func rareItem(_ first: Head, at offset: Int) throws(CBORFault) -> Head {
        var head = first
        while head.major == CBORMajor.tag, head.argument == 55_799 { head = try self.head(at: head.next) }
        guard !head.isBreak else { throw .corrupt("a break where a value is wanted, at \(offset)") }
        return head
    }

    /// The bytes of a string in one piece, which starts after its head.
    @inline(__always)
    func piece(_ head: Head) throws(CBORFault) -> UnsafeRawBufferPointer {
        let left = bytes.count - head.next
        guard head.argument <= UInt64(left) else { throw .end(at: bytes.count, wanting: head.argument - UInt64(left)) }
        return UnsafeRawBufferPointer(rebasing: bytes[head.next..<head.next + Int(head.argument)])
    }

    // MARK: Values in values

    /// Reads an element of a container.
    @inline(__always)
    func element<T: Decodable>(_ type: T.Type, at offset: Int, in scope: Int, key: (any CodingKey)?, index: Int) throws -> T {
        lastEnd = -1
        if Self.isKnown(type) { return try knownElement(type, at: offset, in: scope, key: key, index: index) }
        return try value(type, at: offset, in: scope, key: key, index: index)
    }

    /// Apart from ``element(_:at:in:key:index:)``, which else would make room for an optional of a type that the compiler does not know.
    @inline(never)
    private func knownElement<T: Decodable>(
        _ type: T.Type, at offset: Int, in scope: Int, key: (any CodingKey)?, index: Int
    ) throws -> T {
        do {
            if let value = try known(type, at: offset) { return value }
        } catch {
            throw self.error(error, type, in: scope, key: key, index: index)
        }
        return try value(type, at: offset, in: scope, key: key, index: index)
    }

    private func value<T: Decodable>(_ type: T.Type, at offset: Int, in parent: Int, key: (any CodingKey)?, index: Int) throws -> T {
        let scope = try begin(at: offset, in: parent, key: key, index: index)
        defer { complete(scope) }
        let value = try T(from: CBORValueDecoder(reader: self, offset: offset, scope: scope))
        lastEnd = scope < scopes.count ? scopes[scope].end : -1
        return value
    }

    /// A value in a value, whose place is known until the outer one is complete.
    func begin(at offset: Int, in parent: Int, key: (any CodingKey)?, index: Int) throws -> Int {
        let depth = scopes.indices.contains(parent) ? scopes[parent].depth + 1 : 1
        guard depth <= CBOR.deepest else {
            throw error(.corrupt("values lie more than \(CBOR.deepest) deep within one another at \(offset)"), Any.self, in: parent)
        }
        scopes.append(Scope(parent: parent, depth: depth, key: key, index: index))
        return scopes.count - 1
    }

    private func complete(_ scope: Int) {
        while scopes.count > scope {
            guard var map = scopes.removeLast().map, isKnownUniquelyReferenced(&map) else { continue }
            unusedMaps.append(map)
        }
    }

    /// The keys of a map.
    func map(at offset: Int, of scope: Int) throws(CBORFault) -> CBORMap {
        guard scopes.indices.contains(scope) else { return try scanned(CBORMap(), at: offset) }
        if let map = scopes[scope].map { return map }
        let map = try scanned(unusedMaps.popLast() ?? CBORMap(), at: offset)
        scopes[scope].end = map.end
        scopes[scope].map = map
        return map
    }

    private func scanned(_ map: CBORMap, at offset: Int) throws(CBORFault) -> CBORMap {
        try map.scan(self, at: offset)
        return map
    }

    /// Notes where a value that is being read ends.
    func noteEnd(_ end: Int, of scope: Int) {
        if scopes.indices.contains(scope) { scopes[scope].end = end }
    }

    /// Where the element read last ends.
    @inline(__always)
    func endOfElement(at offset: Int) throws(CBORFault) -> Int {
        lastEnd >= 0 ? lastEnd : try skip(from: offset)
    }

    // MARK: Errors

    /// The keys that lead to a value that is being read.
    func path(to scope: Int) -> [any CodingKey] {
        var path: [any CodingKey] = []
        var scope = scope
        while scopes.indices.contains(scope) {
            let step = scopes[scope]
            if let key = step.key ?? (step.index < 0 ? nil : CBORKey(index: step.index)) { path.append(key) }
            scope = step.parent
        }
        return path.reversed()
    }

    /// The error that a decoder throws for a fault in an element.
    func error(_ fault: CBORFault, _ type: Any.Type, in scope: Int, key: (any CodingKey)? = nil, index: Int = -1) -> DecodingError {
        var path = path(to: scope)
        if let key = key ?? (index < 0 ? nil : CBORKey(index: index)) { path.append(key) }
        switch fault {
        case .corrupt(let text): return .dataCorrupted(.init(codingPath: path, debugDescription: text))
        case .mismatch(let found):
            return .typeMismatch(type, .init(codingPath: path, debugDescription: "\(type) is wanted, \(found) is there"))
        case .null: return .valueNotFound(type, .init(codingPath: path, debugDescription: "\(type) is wanted, null is there"))
        }
    }
}
