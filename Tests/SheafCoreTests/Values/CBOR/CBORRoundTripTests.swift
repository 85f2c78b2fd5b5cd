internal import Foundation
internal import Testing

@testable internal import SheafCore

/// Everything that `Codable` types do comes back as it was.
@Suite("CBOR: round trips") struct CBORRoundTripTests {
    private func again<T: Codable>(_ value: T) throws -> T { try CBOR.decode(T.self, from: try CBOR.encode(value)) }

    private func check<T: Codable & Equatable>(_ value: T, _ place: Testing.SourceLocation = #_sourceLocation) {
        do { #expect(try again(value) == value, sourceLocation: place) } catch { Issue.record(error, sourceLocation: place) }
    }

    struct Wider: Codable, Equatable { var signed: Int128, unsigned: UInt128 }

    @Test func numbers() throws {
        for value in [0, 1, 23, 24, 255, 256, 65535, 65536, -1, -24, -25, -256, -257, .max, .min] as [Int] { check(value) }
        check([Int8.min, .max])
        check([Int16.min, .max])
        check([Int32.min, .max])
        check([Int64.min, .max])
        check([UInt.min, .max])
        check([UInt16.min, .max])
        check([UInt32.min, .max])
        check([UInt64.min, .max])
        check([Int128.min, .max, 0, -1])
        check([UInt128.min, .max])
        check(Wider(signed: .min, unsigned: .max))
        check(Wider(signed: -1, unsigned: 0))
        for value in [0.0, -0.0, 1.5, .pi, .infinity, -.infinity, .leastNonzeroMagnitude, .greatestFiniteMagnitude] as [Double] {
            #expect(try again(value).bitPattern == value.bitPattern)
            #expect(try again(Float(value)).bitPattern == Float(value).bitPattern)
        }
        for bits in [0x7FF8_0000_0000_0001, 0xFFF8_0000_0000_0000, 0x7FFF_FFFF_FFFF_FFFF] as [UInt64] {
            #expect(try again(Double(bitPattern: bits)).bitPattern == bits)
        }
        check([true, false])
    }

    @Test("numbers of another program's width are taken when they fit")
    func otherWidths() throws {
        #expect(try CBOR.decode(Double.self, from: CBOR.encode(3)) == 3)
        #expect(try CBOR.decode(Double.self, from: CBOR.encode(-3)) == -3)
        #expect(try CBOR.decode(Double.self, from: CBOR.encode(Float(0.5))) == 0.5)
        #expect(try CBOR.decode(Float.self, from: CBOR.encode(0.1)) == 0.1)
        #expect(throws: DecodingError.self) { try CBOR.decode(Float.self, from: CBOR.encode(1e300)) }
        #expect(throws: DecodingError.self) { try CBOR.decode(Double.self, from: CBOR.encode(Int.max)) }
        #expect(throws: DecodingError.self) { try CBOR.decode(Int.self, from: CBOR.encode(3.0)) }
        #expect(throws: DecodingError.self) { try CBOR.decode(Int8.self, from: CBOR.encode(128)) }
        #expect(throws: DecodingError.self) { try CBOR.decode(UInt.self, from: CBOR.encode(-1)) }
    }

    @Test(arguments: [
        "", "a", "fifteen bytes!!", "sixteen bytes!!!", "Ünïcödé 束 \u{1F600}\0 end", String(repeating: "long ", count: 20_000),
    ])
    func texts(text: String) {
        check(text)
        check([text, text])
        check([text: [text]])
    }

    @Test func bytesAreByteStrings() throws {
        let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0) }
        for count in [0, 1, 23, 24, 255, 256, 1000] {
            let part = Array(bytes[..<count])
            check(part)
            check(Data(part))
            check([Data(part), Data()])
            check(Set(part))
            #expect(try CBOR.encode(part).count <= count + 3)
            #expect(try CBOR.encode(Data(part)).count <= count + 3)
            #expect(try CBOR.decode(Data.self, from: CBOR.encode(part)) == Data(part))
            #expect(try CBOR.decode([Int].self, from: CBOR.encode(Data(part))) == part.map(Int.init))
        }
        // In parts.
        #expect(try CBOR.decode(Data.self, from: [0x5F, 0x41, 1, 0x40, 0x42, 2, 3, 0xFF]) == Data([1, 2, 3]))
        #expect(try CBOR.decode([[UInt8]].self, from: [0x81, 0x5F, 0x41, 1, 0x42, 2, 3, 0xFF]) == [[1, 2, 3]])
    }

    @Test func foundation() throws {
        check(Date(timeIntervalSince1970: 1_234_567.891))
        check(URL(string: "https://example.org/a?b=c")!)
        check(URL(string: "relative", relativeTo: URL(string: "https://example.org/base/")!)!)
        check(UUID())
        check(Decimal(string: "-12345678901234567890.12345")!)
        check([Decimal(0), Decimal(1)])
        check(DateComponents(year: 2024, month: 2))
        check(IndexSet([1, 2, 3, 7]))
        check(CGRect(x: 1, y: 2, width: 3, height: 4))
        check(1..<3)
        check([Duration.seconds(3)])
        check(JSONValue.object(["a": .array([.null, .bool(true), .integer(-1), .number(3), .unsigned(.max), .string("x")])]))
    }

    @Test func dictionaries() throws {
        check(["a": 1, "b": 2])
        check(["7": 1, "007": 2, "-7": 3, "+7": 4, "": 5])
        check([7: "a", -7: "b", .min: "c", .max: "d"])
        check([1.5: "a", 2: "b"])
        check([Choice.none: 1, .number(2): 3])
        check(Dictionary(uniqueKeysWithValues: (0..<5000).map { ("key \($0)", $0) }))
        check(Dictionary(uniqueKeysWithValues: (0..<5000).map { ($0, ["\($0)"]) }))
        check(["a": ["b": ["c": [1: [2: 3]]]]])
        check(["é": 1, "水": 2])
    }

    enum Choice: Codable, Hashable { case none, number(Int), text(String, [Int]), labelled(a: Double, b: Bool?), unit(Unit) }
    struct Unit: Codable, Hashable {}

    indirect enum Tree: Codable, Equatable { case leaf(Int), node(Tree, Tree) }

    @Test func enumerations() {
        for choice in [Choice.none, .number(7), .text("x", [1, 2]), .labelled(a: -0.5, b: nil), .labelled(a: 1, b: true), .unit(Unit())] {
            check(choice)
            check([choice, choice])
            check(["k": choice])
        }
        func tree(_ depth: Int) -> Tree { depth == 0 ? .leaf(depth) : .node(tree(depth - 1), .leaf(depth)) }
        check(tree(1))
        check(tree(40))
    }

    struct Optionals: Codable, Equatable {
        var a: Int?
        var b: [Int??]
        var c: [Int?]
        var d: [String?: Int?]
        var e: [[Int]?]?
    }

    @Test func optionals() throws {
        check(Optionals(a: nil, b: [nil, 1], c: [1, nil], d: ["a": nil, nil: 2], e: nil))
        check(Optionals(a: 1, b: [], c: [], d: [:], e: [nil, [1]]))
        check(Int??.none)
        check(Int??.some(3))
        // As with every other coder.
        #expect(try again(Int??.some(nil)) == Int??.none)
    }

    struct Renamed: Codable, Equatable {
        var one: Int, two: String, three: [Double], four: Bool
        enum CodingKeys: String, CodingKey { case one = "uno", two = "Zwei ß", three = "3", four = "" }
    }
    struct Numbered: Codable, Equatable {
        var a: Int, b: [String: Int], c: Int?
        enum CodingKeys: Int, CodingKey { case a = 1, b = -5, c = 300 }
    }
    struct Wide: Codable, Equatable {
        var a = 0, b = 1, c = 2, d = 3, e = 4, f = 5, g = 6, h = 7, i = 8, j = 9, k = 10, l = 11, m = 12, n = 13, o = 14, p = 15, q = 16
        var r = 17, s = 18, t = 19, u = 20, v = 21, w = 22, x = 23, y = "y", z: [Int] = [1]
    }

    @Test func structs() throws {
        check(Renamed(one: 1, two: "2", three: [3], four: true))
        check(Numbered(a: 1, b: ["x": 2], c: nil))
        check(Numbered(a: 1, b: [:], c: 7))
        #expect(try CBOR.encode(Numbered(a: 1, b: [:], c: nil)) == [0xA2, 1, 1, 0x24, 0xA0])
        check(Wide())
        check([Wide(), Wide()])
        check(Unit())
        check(Array(repeating: Wide(), count: 300))
    }

    @Test("keys are found in any order, and what nobody asks for is passed over")
    func orders() throws {
        struct Reversed: Codable { var z: [Int], y: String, a: Int, missing: Int? }
        let read = try CBOR.decode(Reversed.self, from: CBOR.encode(Wide()))
        #expect(read.z == [1] && read.y == "y" && read.a == 0 && read.missing == nil)
        struct Few: Codable { var c: Int, one: Int }
        struct More: Codable { var one = 1, b = ["x": [1, 2]], c = 3, d = Data([1]) }
        let few = try CBOR.decode([Few].self, from: CBOR.encode([More(), More()]))
        #expect(few.map(\.c) == [3, 3] && few.map(\.one) == [1, 1])
    }

    class Base: Codable {
        var name = "base", id = 1
    }
    final class Derived: Base {
        var more = [1.5]
        enum CodingKeys: CodingKey { case more }
        init(more: [Double]) {
            super.init()
            self.more = more
            name = "derived"
        }
        required init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            more = try values.decode([Double].self, forKey: .more)
            try super.init(from: values.superDecoder())
        }
        override func encode(to encoder: any Encoder) throws {
            var values = encoder.container(keyedBy: CodingKeys.self)
            try values.encode(more, forKey: .more)
            try super.encode(to: values.superEncoder())
        }
    }
    final class Flat: Base {
        var id2 = 5
        enum CodingKeys: CodingKey { case id2, id }
        init(id: Int) {
            super.init()
            self.id = id
        }
        required init(from decoder: any Decoder) throws {
            id2 = try decoder.container(keyedBy: CodingKeys.self).decode(Int.self, forKey: .id2)
            try super.init(from: decoder)
        }
        override func encode(to encoder: any Encoder) throws {
            // The superclass writes `id` first: the later one counts.
            try super.encode(to: encoder)
            var values = encoder.container(keyedBy: CodingKeys.self)
            try values.encode(id2, forKey: .id2)
            try values.encode(id + 100, forKey: .id)
        }
    }

    @Test func classes() throws {
        let derived = try again(Derived(more: [2.5, 3]))
        #expect(derived.more == [2.5, 3] && derived.name == "derived" && derived.id == 1)
        let flat = try again([Flat(id: 3), Flat(id: 4)])
        #expect(flat.map(\.id) == [103, 104] && flat.map(\.id2) == [5, 5])
    }

    @Test("the same value gives the same bytes")
    func deterministic() throws {
        let value = [Choice.text("a", [1]), .none, .labelled(a: 1, b: nil)]
        #expect(try CBOR.encode(value) == CBOR.encode(value))
        #expect(try CBOR.encode(Wide()) == CBOR.encode(again(Wide())))
    }
}
