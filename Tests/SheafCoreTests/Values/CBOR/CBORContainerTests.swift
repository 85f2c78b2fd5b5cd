internal import Testing

@testable internal import SheafCore

/// Containers that are not written one within the other, as types may that encode themselves.
@Suite("CBOR: containers in any order") struct CBORContainerTests {
    enum Key: String, CodingKey { case a, b, c, d }

    /// Encodes by a closure.
    struct Written: Encodable {
        let body: (any Encoder) throws -> Void
        func encode(to encoder: any Encoder) throws { try body(encoder) }
    }

    private func value(_ body: @escaping (any Encoder) throws -> Void) throws -> JSONValue {
        try CBOR.decode(JSONValue.self, from: try CBOR.encode(Written(body: body)))
    }

    @Test("two nested containers, written to in turn")
    func interleaved() throws {
        let value = try value { encoder in
            var map = encoder.container(keyedBy: Key.self)
            var a = map.nestedUnkeyedContainer(forKey: .a)
            var b = map.nestedContainer(keyedBy: Key.self, forKey: .b)
            for index in 0..<300 {
                try a.encode(index + 256)
                if index == 0 { try b.encode("x", forKey: .a) }
            }
            try b.encode([1, 2], forKey: .b)
            try map.encode("end", forKey: .c)
            try a.encode("late")
            try b.encodeNil(forKey: .c)
        }
        let expected: [JSONValue] = (0..<300).map { .integer($0 + 256) } + [.string("late")]
        #expect(
            value
                == .object([
                    "a": .array(expected), "b": .object(["a": .string("x"), "b": .array([.integer(1), .integer(2)]), "c": .null]),
                    "c": .string("end"),
                ]))
    }

    @Test("deep containers that were closed grow, and so do new ones in them")
    func closed() throws {
        let value = try value { encoder in
            var list = encoder.unkeyedContainer()
            var first = list.nestedUnkeyedContainer()
            var inner = first.nestedUnkeyedContainer()
            try inner.encode(1)
            try list.encode("after")
            for index in 0..<30 { try inner.encode(index * 1000) }
            var innermost = inner.nestedUnkeyedContainer()
            try first.encode("tail of first")
            try innermost.encode(7)
            try innermost.encode([8: Written { try $0.singleValueContainer().encodeThrough("x") }])
            try list.encode("end")
            try innermost.encode(9)
        }
        let numbers: [JSONValue] = [.integer(1)] + (0..<30).map { .integer($0 * 1000) }
        let innermost = JSONValue.array([.integer(7), .object(["8": .string("x")]), .integer(9)])
        #expect(
            value
                == .array([
                    .array([.array(numbers + [innermost]), .string("tail of first")]), .string("after"), .string("end"),
                ]))
    }

    @Test("super encoders: written late, never, and as single values")
    func supers() throws {
        let value = try value { encoder in
            var map = encoder.container(keyedBy: Key.self)
            let one = map.superEncoder()
            let two = map.superEncoder(forKey: .a)
            _ = map.superEncoder(forKey: .b)
            let four = map.superEncoder(forKey: .c)
            try map.encode(4, forKey: .d)
            var single = two.singleValueContainer()
            try single.encode("a long text, longer than the place that was left for it")
            var list = one.unkeyedContainer()
            try list.encode(true)
            try list.encode(["k": 1.5])
            var text = four.container(keyedBy: Key.self)
            try text.encode([Int](), forKey: .a)
        }
        #expect(
            value
                == .object([
                    "super": .array([.bool(true), .object(["k": .number(1.5)])]),
                    "a": .string("a long text, longer than the place that was left for it"), "b": .object([:]),
                    "c": .object(["a": .array([])]), "d": .integer(4),
                ]))
    }

    @Test("an array begins with bytes and goes on with something else")
    func mixed() throws {
        for late in [false, true] {
            let value = try value { encoder in
                var list = encoder.unkeyedContainer()
                var inner = list.nestedUnkeyedContainer()
                for byte in [1, 200, 24] as [UInt8] { try inner.encode(byte) }
                #expect(inner.count == 3)
                if late { try list.encode("after") }
                try inner.encode(3 as UInt8)
                try inner.encode("text")
                try inner.encode(4 as UInt8)
                try inner.encodeNil()
                #expect(inner.count == 7)
            }
            let inner = JSONValue.array([1, 200, 24, 3].map { .integer($0) } + [.string("text"), .integer(4), .null])
            #expect(value == .array(late ? [inner, .string("after")] : [inner]))
        }
    }

    @Test("the last of values with the same key counts; a container asked for twice is one")
    func repeated() throws {
        let value = try value { encoder in
            var map = encoder.container(keyedBy: Key.self)
            try map.encode(1, forKey: .a)
            try map.encode([1, 2, 3], forKey: .b)
            try map.encode("second", forKey: .a)
            var one = map.nestedContainer(keyedBy: Key.self, forKey: .c)
            try one.encode(1, forKey: .a)
            var two = map.nestedContainer(keyedBy: Key.self, forKey: .c)
            try two.encode(2, forKey: .b)
            try two.encode(3, forKey: .a)
            var again = encoder.container(keyedBy: Key.self)
            try again.encode(5, forKey: .d)
        }
        #expect(
            value
                == .object([
                    "a": .string("second"), "b": .array([.integer(1), .integer(2), .integer(3)]),
                    "c": .object(["a": .integer(3), "b": .integer(2)]), "d": .integer(5),
                ]))
    }

    @Test("an element that throws leaves nothing behind")
    func thrown() throws {
        struct Refusal: Error {}
        let refusing = Written { encoder in
            var map = encoder.container(keyedBy: Key.self)
            try map.encode(1, forKey: .a)
            throw Refusal()
        }
        let value = try value { encoder in
            var map = encoder.container(keyedBy: Key.self)
            #expect(throws: Refusal.self) { try map.encode(refusing, forKey: .a) }
            try map.encode(2, forKey: .b)
            var list = map.nestedUnkeyedContainer(forKey: .c)
            #expect(throws: Refusal.self) { try list.encode(refusing) }
            try list.encode(3)
        }
        #expect(value == .object(["b": .integer(2), "c": .array([.integer(3)])]))
        var bytes: [UInt8] = [1, 2]
        #expect(throws: Refusal.self) { try CBOR.append([refusing], to: &bytes) }
        #expect(bytes == [1, 2])
    }

    @Test("an encoder's coding path leads to where it is")
    func paths() throws {
        var paths: [[String]] = []
        let leaf = Written { encoder in
            paths.append(encoder.codingPath.map(\.stringValue))
            var single = encoder.singleValueContainer()
            try single.encode(1)
        }
        _ = try value { encoder in
            var map = encoder.container(keyedBy: Key.self)
            var list = map.nestedUnkeyedContainer(forKey: .b)
            try list.encode(leaf)
            try list.encode(["x": leaf])
            try map.encode(leaf, forKey: .a)
            try list.encode(leaf)
            paths.append(list.codingPath.map(\.stringValue))
        }
        #expect(paths == [["b", "Index 0"], ["b", "Index 1", "x"], ["a"], ["b", "Index 2"], ["b"]])
    }
}

extension SingleValueEncodingContainer {
    fileprivate func encodeThrough(_ value: String) throws {
        var container = self
        try container.encode(value)
    }
}
