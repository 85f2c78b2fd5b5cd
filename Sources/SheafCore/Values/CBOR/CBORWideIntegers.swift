// For integers of 128 bits the standard library has methods that throw, which go before generic ones.

extension CBORValueEncoder {
    func encode(_ value: Int128) throws { try generic(value) }
    func encode(_ value: UInt128) throws { try generic(value) }
    private func generic(_ value: some Encodable) throws { try encode(value) }
}

extension CBORUnkeyedEncoding {
    func encode(_ value: Int128) throws { try generic(value) }
    func encode(_ value: UInt128) throws { try generic(value) }
    private func generic(_ value: some Encodable) throws { try encode(value) }
}

extension CBORKeyedEncoding {
    func encode(_ value: Int128, forKey key: Key) throws { try generic(value, key) }
    func encode(_ value: UInt128, forKey key: Key) throws { try generic(value, key) }
    private func generic(_ value: some Encodable, _ key: Key) throws { try encode(value, forKey: key) }
}

extension CBORValueDecoder {
    func decode(_ type: Int128.Type) throws -> Int128 { try generic() }
    func decode(_ type: UInt128.Type) throws -> UInt128 { try generic() }
    private func generic<T: Decodable>() throws -> T { try decode(T.self) }
}

extension CBORUnkeyedDecoding {
    mutating func decode(_ type: Int128.Type) throws -> Int128 { try generic() }
    mutating func decode(_ type: UInt128.Type) throws -> UInt128 { try generic() }
    private mutating func generic<T: Decodable>() throws -> T { try decode(T.self) }
}

extension CBORKeyedDecoding {
    func decode(_ type: Int128.Type, forKey key: Key) throws -> Int128 { try generic(key) }
    func decode(_ type: UInt128.Type, forKey key: Key) throws -> UInt128 { try generic(key) }
    private func generic<T: Decodable>(_ key: Key) throws -> T { try decode(T.self, forKey: key) }
}
