/// The decoder of one value, and its container if the value is a single one.
struct CBORValueDecoder: Decoder, SingleValueDecodingContainer {
    let reader: CBORReader
    let offset: Int
    let scope: Int

    var codingPath: [any CodingKey] { reader.path(to: scope) }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(try CBORKeyedDecoding<Key>(reader, at: offset, scope: scope))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer { try CBORUnkeyedDecoding(reader, at: offset, scope: scope) }

    func singleValueContainer() throws -> any SingleValueDecodingContainer { self }

    func decodeNil() -> Bool {
        // Bytes that end here are told of by whatever is asked for next.
        (try? reader.isNull(at: offset)) ?? false
    }

    // One method does for all types: where a type is known the compiler sees what is left of it.
    func decode<T: Decodable>(_ type: T.Type) throws -> T {
        do {
            if CBORReader.isKnown(type), let value = try reader.known(type, at: offset) { return value }
        } catch {
            throw reader.error(error, type, in: scope)
        }
        return try T(from: self)
    }
}

/// A decoder's map.
struct CBORKeyedDecoding<Key: CodingKey>: KeyedDecodingContainerProtocol {
    private let reader: CBORReader
    private let map: CBORMap
    private let scope: Int

    init(_ reader: CBORReader, at offset: Int, scope: Int) throws {
        do {
            map = try reader.map(at: offset, of: scope)
        } catch {
            throw reader.error(error, [String: Any].self, in: scope)
        }
        self.reader = reader
        self.scope = scope
    }

    var codingPath: [any CodingKey] { reader.path(to: scope) }
    var allKeys: [Key] { map.keys(Key.self, reader) }
    func contains(_ key: Key) -> Bool { map.value(for: key, reader) != nil }

    @inline(__always)
    private func offset(for key: some CodingKey) throws -> Int {
        guard let offset = map.value(for: key, reader) else {
            throw DecodingError.keyNotFound(
                key, .init(codingPath: codingPath, debugDescription: "the map has no key “\(key.stringValue)”"))
        }
        return offset
    }

    func decodeNil(forKey key: Key) throws -> Bool {
        let offset = try offset(for: key)
        do { return try reader.isNull(at: offset) } catch { throw reader.error(error, Any?.self, in: scope, key: key) }
    }

    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
        try reader.element(type, at: try offset(for: key), in: scope, key: key, index: -1)
    }

    func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<NestedKey> {
        try decoder(forKey: key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer { try decoder(forKey: key).unkeyedContainer() }
    func superDecoder() throws -> any Decoder { try decoder(forKey: CBORKey.super) }
    func superDecoder(forKey key: Key) throws -> any Decoder { try decoder(forKey: key) }

    private func decoder(forKey key: some CodingKey) throws -> CBORValueDecoder {
        let offset = try offset(for: key)
        return CBORValueDecoder(reader: reader, offset: offset, scope: try reader.begin(at: offset, in: scope, key: key, index: -1))
    }
}
