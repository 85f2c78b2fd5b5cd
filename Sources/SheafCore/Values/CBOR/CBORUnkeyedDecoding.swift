/// A decoder's list: an array, or the bytes of a byte string.
struct CBORUnkeyedDecoding: UnkeyedDecodingContainer {
    private let reader: CBORReader
    private let scope: Int
    /// Where the next element is.
    private var offset: Int
    private(set) var currentIndex = 0
    /// `nil` if only the end will tell.
    let count: Int?
    /// The bytes of a byte string that is there in parts.
    private let joined: [UInt8]?
    private let isByteString: Bool

    init(_ reader: CBORReader, at start: Int, scope: Int) throws {
        self.reader = reader
        self.scope = scope
        do throws(CBORFault) {
            let head = try reader.item(at: start)
            offset = head.next
            isByteString = head.major == CBORMajor.bytes
            if isByteString, !head.isIndefinite {
                (count, joined) = (try reader.piece(head).count, nil)
            } else if isByteString {
                joined = try reader.byteString(at: start)
                count = joined?.count
            } else {
                guard head.major == CBORMajor.array else { throw reader.mismatch(head) }
                (count, joined) = (head.isIndefinite ? nil : try reader.countOfItems(head), nil)
            }
        } catch {
            throw reader.error(error, [Any].self, in: scope)
        }
        noteEnd()
    }

    var codingPath: [any CodingKey] { reader.path(to: scope) }

    var isAtEnd: Bool {
        if let count { return currentIndex >= count }
        // Bytes that end before the array does are told of by what is asked for next.
        return (try? reader.isBreak(at: offset)) ?? false
    }

    private func noteEnd() {
        guard joined == nil, isAtEnd else { return }
        reader.noteEnd(count == nil ? offset + 1 : offset, of: scope)
    }

    /// Where the next element is, which has to be there.
    @inline(__always)
    private func next(_ type: Any.Type) throws -> Int {
        guard !isAtEnd else {
            throw DecodingError.valueNotFound(
                type,
                .init(
                    codingPath: codingPath + [CBORKey(index: currentIndex)], debugDescription: "the list has \(currentIndex) elements only")
            )
        }
        return offset
    }

    private mutating func advance(to end: Int) {
        offset = end
        currentIndex += 1
        noteEnd()
    }

    /// The next byte of a byte string.
    private mutating func byte() throws(CBORFault) -> UInt8 {
        let place = joined == nil ? offset : currentIndex
        let byte: UInt8
        if let joined {
            byte = joined[place]
        } else {
            guard place < reader.bytes.count else { throw .end(at: place, wanting: 1) }
            byte = reader.bytes[place]
        }
        advance(to: offset + 1)
        return byte
    }

    private mutating func byte<T: Decodable>(as type: T.Type) throws -> T {
        let byte: UInt8
        do { byte = try self.byte() } catch { throw reader.error(error, type, in: scope, index: currentIndex) }
        if T.self == UInt8.self { return unsafeBitCast(byte, to: T.self) }
        // For a type that is made of a number, or a wider integer.
        return try CBOR.decode(type, from: try CBOR.encode(byte))
    }

    mutating func decodeNil() throws -> Bool {
        let offset = try next(Any?.self)
        if isByteString { return false }
        do {
            guard try reader.isNull(at: offset) else { return false }
        } catch {
            throw reader.error(error, Any?.self, in: scope, index: currentIndex)
        }
        advance(to: offset + 1)
        return true
    }

    mutating func decode<T: Decodable>(_ type: T.Type) throws -> T {
        let offset = try next(type)
        if isByteString { return try byte(as: type) }
        let value = try reader.element(type, at: offset, in: scope, key: nil, index: currentIndex)
        do {
            advance(to: try reader.endOfElement(at: offset))
        } catch {
            throw reader.error(error, type, in: scope, index: currentIndex)
        }
        return value
    }

    // MARK: Containers in it

    mutating func nestedContainer<NestedKey: CodingKey>(keyedBy type: NestedKey.Type) throws -> KeyedDecodingContainer<NestedKey> {
        try nested([String: Any].self) { try $0.container(keyedBy: type) }
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        try nested([Any].self) { try $0.unkeyedContainer() }
    }

    mutating func superDecoder() throws -> any Decoder { try nested(Any.self) { $0 } }

    private mutating func nested<R>(_ type: Any.Type, _ open: (CBORValueDecoder) throws -> R) throws -> R {
        let offset = try next(type)
        guard !isByteString else { throw reader.error(.mismatch(found: "a byte"), type, in: scope, index: currentIndex) }
        let inner = try reader.begin(at: offset, in: scope, key: nil, index: currentIndex)
        let result = try open(CBORValueDecoder(reader: reader, offset: offset, scope: inner))
        do { advance(to: try reader.skip(from: offset)) } catch { throw reader.error(error, type, in: scope, index: currentIndex) }
        return result
    }
}
