internal import Testing

@testable internal import SheafCore

/// What a decoder says of bytes that are something else, and where.
@Suite("CBOR: errors") struct CBORErrorTests {
    struct Row: Codable {
        var name: String
        var inner: [Inner]
        struct Inner: Codable {
            var flags: [Bool]
            var number: Int?
        }
    }
    enum Choice: Codable { case none, number(Int), text(String, [Int]) }
    /// The same shape as `Row`, with other types.
    struct Other: Codable {
        var name = "n"
        var inner: [Inner]
        struct Inner: Codable { var flags: [Value], number: Value }
    }
    enum Value: Codable {
        case text(String), bool(Bool), null
        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .text(let text): try container.encode(text)
            case .bool(let bool): try container.encode(bool)
            case .null: try container.encodeNil()
            }
        }
    }

    private func error<T: Decodable>(_ type: T.Type, from bytes: [UInt8]) -> DecodingError? {
        #expect(throws: DecodingError.self) { try CBOR.decode(type, from: bytes) }
    }

    private func path(_ error: DecodingError?) -> [String]? {
        switch error {
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .keyNotFound(_, let context), .dataCorrupted(let context):
            context.codingPath.map(\.stringValue)
        default: nil
        }
    }

    @Test("another type: which, and where")
    func mismatch() throws {
        let good = Other.Inner(flags: [.bool(true)], number: .null)
        var bytes = try CBOR.encode(Other(inner: [good, .init(flags: [.bool(true), .text("x")], number: .null)]))
        var error = error(Row.self, from: bytes)
        #expect(path(error) == ["inner", "Index 1", "flags", "Index 1"])
        guard case .typeMismatch(let type, let context) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(type == Bool.self && context.debugDescription == "Bool is wanted, a text is there")

        bytes = try CBOR.encode(Other(inner: [good, good, .init(flags: [], number: .text("x"))]))
        error = self.error(Row.self, from: bytes)
        #expect(path(error) == ["inner", "Index 2", "number"])

        bytes = try CBOR.encode(Other(inner: [.init(flags: [.null], number: .null)]))
        error = self.error(Row.self, from: bytes)
        #expect(path(error) == ["inner", "Index 0", "flags", "Index 0"])
        guard case .valueNotFound = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test("containers of another kind, and elements that are not there")
    func containers() throws {
        #expect(path(error(Row.self, from: try CBOR.encode(["name": "x", "inner": "y"]))) == ["inner"])
        #expect(path(error([Int].self, from: try CBOR.encode(["x": 1]))) == [])
        #expect(path(error([String: Int].self, from: try CBOR.encode([1]))) == [])
        #expect(path(error([[Int]].self, from: try CBOR.encode([["1"]]))) == ["Index 0", "Index 0"])
        #expect(path(error([String: [Int]].self, from: try CBOR.encode(["a": ["1"]]))) == ["a", "Index 0"])
        let missing = error([Row].self, from: try CBOR.encode([["name": "x"]]))
        #expect(path(missing) == ["Index 0"])
        guard case .keyNotFound(let key, _) = missing else {
            Issue.record("\(String(describing: missing))")
            return
        }
        #expect(key.stringValue == "inner")
        #expect(path(error(Choice.self, from: try CBOR.encode(["text": ["_0": "x"]]))) == ["text"])
        #expect(path(error(Choice.self, from: try CBOR.encode(["else": ["_0": "x"]]))) == [])
    }

    @Test("damaged bytes: where they are in the value")
    func corrupt() {
        // {"name": "\xff", …}
        #expect(path(error(Row.self, from: [0xA1, 0x64, 0x6E, 0x61, 0x6D, 0x65, 0x61, 0xFF])) == ["name"])
        // The same key twice, within a list.
        let twice = error([[String: Int]].self, from: [0x81, 0xA2, 0x61, 0x61, 1, 0x61, 0x61, 2])
        #expect(path(twice) == ["Index 0"])
        guard case .dataCorrupted(let context) = twice else {
            Issue.record("\(String(describing: twice))")
            return
        }
        #expect(context.debugDescription.contains("“a”"))
        // Many keys, the last of which is the first again.
        var many: [UInt8] = [0xB8, 41]
        for index in 0..<41 as Range<UInt8> { many += [0x62, 0x61, 0x41 + index % 40, 0] }
        #expect(path(error([String: Int].self, from: many)) == [])
        #expect(path(error([Int].self, from: [1, 2])) == [])
        #expect(path(error(Int.self, from: [1, 2])) == [])
    }

    @Test("counts that no bytes follow take no memory")
    func hugeCounts() {
        for major in [0x40, 0x60, 0x80, 0xA0] as [UInt8] {
            for count in [0x7FFF_FFFF_FFFF_FFFF, 0xFFFF_FFFF_FFFF_FFFF, 0x8000_0000_0000_0000, 1 << 40] as [UInt64] {
                let bytes = [major | 27] + withUnsafeBytes(of: count.bigEndian) { Array($0) } + [0, 0, 0]
                _ = error([Int].self, from: bytes)
                _ = error([String: Int].self, from: bytes)
                _ = error([UInt8].self, from: bytes)
                _ = error(String.self, from: bytes)
                _ = error([[Bool]].self, from: [0x81] + bytes)
            }
        }
    }

    struct Nest: Codable, Equatable {
        var inner: [Nest]
        static func of(_ depth: Int) -> Nest { Nest(inner: depth == 0 ? [] : [of(depth - 1)]) }
        var depth: Int { inner.first.map { 1 + $0.depth } ?? 0 }
    }

    @Test("values lie so deep within one another and not deeper, when written and when read")
    func deep() throws {
        // A value and its list for each step.
        let nest = Nest.of(CBOR.deepest / 2 - 1)
        #expect(try CBOR.decode(Nest.self, from: try CBOR.encode(nest)).depth == nest.depth)
        #expect(throws: EncodingError.self) { try CBOR.encode(Nest.of(CBOR.deepest / 2)) }
        for nesting in [
            [0xA1, 0x65] + Array("inner".utf8) + [0x81], [0xBF, 0x65] + Array("inner".utf8) + [0x9F], [0x81], [0xD9, 0xD9, 0xF7],
        ] {
            let bytes = Array(repeatElement(nesting as [UInt8], count: 100_000).joined())
            _ = error(Nest.self, from: bytes)
            _ = error([Nest].self, from: bytes)
            _ = error([Int].self, from: bytes)
            _ = error([JSONValue].self, from: bytes)
        }
    }

    struct Kept: Decodable {
        let decoder: any Decoder
        init(from decoder: any Decoder) throws { self.decoder = decoder }
    }
    struct KeptMap: Decodable {
        enum Key: CodingKey { case a, b }
        let container: KeyedDecodingContainer<Key>
        init(from decoder: any Decoder) throws { container = try decoder.container(keyedBy: Key.self) }
    }

    @Test("a decoder that is kept after its time finds nothing")
    func kept() throws {
        let kept = try CBOR.decode([Kept].self, from: try CBOR.encode(["a long text that is not there any more"]))
        #expect(throws: DecodingError.self) { try String(from: kept[0].decoder) }
        let map = try CBOR.decode([KeptMap].self, from: try CBOR.encode([["a": 1, "b": 2]]))[0].container
        #expect(throws: DecodingError.self) { try map.decode(Int.self, forKey: .a) }
        #expect(map.allKeys.isEmpty)
    }
}
