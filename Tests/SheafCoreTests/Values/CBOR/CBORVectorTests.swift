internal import Testing

@testable internal import SheafCore

/// What RFC 8949 says, by the examples of its appendix A.
@Suite("CBOR: the examples of RFC 8949") struct CBORVectorTests {
    /// A value of any kind, to look at what is there.
    enum Item: Decodable, Equatable {
        case null, bool(Bool), integer(Int128), number(UInt64), text(String), bytes([UInt8]), array([Item]), map([String: Item])

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if value.decodeNil() {
                self = .null
            } else if let bool = try? value.decode(Bool.self) {
                self = .bool(bool)
            } else if let integer = try? value.decode(Int128.self) {
                self = .integer(integer)
            } else if let number = try? value.decode(Double.self) {
                self = .number(number.isNaN ? Double.nan.bitPattern : number.bitPattern)
            } else if let text = try? value.decode(String.self) {
                self = .text(text)
            } else if CBORVectorTests.isByteString(decoder) {
                self = .bytes(try value.decode([UInt8].self))
            } else if let array = try? value.decode([Item].self) {
                self = .array(array)
            } else {
                self = .map(try value.decode([String: Item].self))
            }
        }
    }

    private static func isByteString(_ decoder: any Decoder) -> Bool {
        guard let decoder = decoder as? CBORValueDecoder else { return false }
        return decoder.offset < decoder.reader.bytes.count && decoder.reader.bytes[decoder.offset] & 0xE0 == CBORMajor.bytes
    }

    private static func number(_ value: Double) -> Item { .number(value.bitPattern) }

    static let vectors: [(hex: String, item: Item)] = [
        ("00", .integer(0)), ("01", .integer(1)), ("0a", .integer(10)), ("17", .integer(23)), ("1818", .integer(24)),
        ("1819", .integer(25)), ("1864", .integer(100)), ("1903e8", .integer(1000)), ("1a000f4240", .integer(1_000_000)),
        ("1b000000e8d4a51000", .integer(1_000_000_000_000)), ("1bffffffffffffffff", .integer(18_446_744_073_709_551_615)),
        ("c249010000000000000000", .integer(18_446_744_073_709_551_616)), ("3bffffffffffffffff", .integer(-18_446_744_073_709_551_616)),
        ("c349010000000000000000", .integer(-18_446_744_073_709_551_617)), ("20", .integer(-1)), ("29", .integer(-10)),
        ("3863", .integer(-100)), ("3903e7", .integer(-1000)), ("f90000", number(0)), ("f98000", number(-0.0)), ("f93c00", number(1)),
        ("fb3ff199999999999a", number(1.1)), ("f93e00", number(1.5)), ("f97bff", number(65504)), ("fa47c35000", number(100_000)),
        ("fa7f7fffff", number(3.4028234663852886e+38)), ("fb7e37e43c8800759c", number(1.0e+300)),
        ("f90001", number(5.960464477539063e-8)), ("f90400", number(0.00006103515625)), ("f9c400", number(-4)),
        ("fbc010666666666666", number(-4.1)), ("f97c00", number(.infinity)), ("f97e00", number(.nan)), ("f9fc00", number(-.infinity)),
        ("fa7f800000", number(.infinity)), ("fa7fc00000", number(.nan)), ("faff800000", number(-.infinity)),
        ("fb7ff0000000000000", number(.infinity)), ("fb7ff8000000000000", number(.nan)), ("fbfff0000000000000", number(-.infinity)),
        ("f4", .bool(false)), ("f5", .bool(true)), ("f6", .null), ("f7", .null), ("40", .bytes([])),
        ("4401020304", .bytes([1, 2, 3, 4])), ("60", .text("")), ("6161", .text("a")), ("6449455446", .text("IETF")),
        ("62225c", .text("\"\\")), ("62c3bc", .text("\u{fc}")), ("63e6b0b4", .text("\u{6c34}")), ("64f0908591", .text("\u{10151}")),
        ("80", .array([])), ("83010203", .array([.integer(1), .integer(2), .integer(3)])),
        ("8301820203820405", .array([.integer(1), .array([.integer(2), .integer(3)]), .array([.integer(4), .integer(5)])])),
        (
            "98190102030405060708090a0b0c0d0e0f101112131415161718181819", .array((1...25).map { .integer($0) })
        ), ("a0", .map([:])), ("a201020304", .map(["1": .integer(2), "3": .integer(4)])),
        ("a26161016162820203", .map(["a": .integer(1), "b": .array([.integer(2), .integer(3)])])),
        ("826161a161626163", .array([.text("a"), .map(["b": .text("c")])])),
        (
            "a56161614161626142616361436164614461656145",
            .map(["a": .text("A"), "b": .text("B"), "c": .text("C"), "d": .text("D"), "e": .text("E")])
        ), ("5f42010243030405ff", .bytes([1, 2, 3, 4, 5])), ("7f657374726561646d696e67ff", .text("streaming")), ("9fff", .array([])),
        ("9f018202039f0405ffff", .array([.integer(1), .array([.integer(2), .integer(3)]), .array([.integer(4), .integer(5)])])),
        ("9f01820203820405ff", .array([.integer(1), .array([.integer(2), .integer(3)]), .array([.integer(4), .integer(5)])])),
        ("83018202039f0405ff", .array([.integer(1), .array([.integer(2), .integer(3)]), .array([.integer(4), .integer(5)])])),
        ("83019f0203ff820405", .array([.integer(1), .array([.integer(2), .integer(3)]), .array([.integer(4), .integer(5)])])),
        ("9f0102030405060708090a0b0c0d0e0f101112131415161718181819ff", .array((1...25).map { .integer($0) })),
        ("bf61610161629f0203ffff", .map(["a": .integer(1), "b": .array([.integer(2), .integer(3)])])),
        ("826161bf61626163ff", .array([.text("a"), .map(["b": .text("c")])])),
        ("bf6346756ef563416d7421ff", .map(["Fun": .bool(true), "Amt": .integer(-2)])),
        ("d9d9f783010203", .array([.integer(1), .integer(2), .integer(3)])),
    ]

    @Test("are read", arguments: vectors.indices)
    func read(index: Int) throws {
        let (hex, item) = Self.vectors[index]
        #expect(try CBOR.decode(Item.self, from: bytes(hex)) == item)
    }

    @Test("are written, in the one form that is chosen here")
    func written() throws {
        func check(_ value: some Encodable, _ hex: String, _ place: Testing.SourceLocation = #_sourceLocation) {
            do {
                #expect(try CBOR.encode(value) == bytes(hex), sourceLocation: place)
            } catch { Issue.record(error, sourceLocation: place) }
        }
        for (value, hex) in [
            (0, "00"), (1, "01"), (10, "0a"), (23, "17"), (24, "1818"), (25, "1819"), (100, "1864"), (1000, "1903e8"),
            (1_000_000, "1a000f4240"), (1_000_000_000_000, "1b000000e8d4a51000"), (-1, "20"), (-10, "29"), (-100, "3863"),
            (-1000, "3903e7"), (255, "18ff"), (256, "190100"), (65535, "19ffff"), (65536, "1a00010000"), (.max, "1b7fffffffffffffff"),
            (.min, "3b7fffffffffffffff"), (4_294_967_295, "1affffffff"), (4_294_967_296, "1b0000000100000000"),
        ] as [(Int, String)] { check(value, hex) }
        check(UInt64.max, "1bffffffffffffffff")
        check(Int128(UInt64.max) + 1, "c249010000000000000000")
        check(-Int128(UInt64.max) - 1, "3bffffffffffffffff")
        check(-Int128(UInt64.max) - 2, "c349010000000000000000")
        check(UInt128(7), "07")
        check(1.1, "fb3ff199999999999a")
        check(-0.0, "fb8000000000000000")
        check(Double.infinity, "fb7ff0000000000000")
        check(Float(100_000), "fa47c35000")
        check(Float.infinity, "fa7f800000")
        check(false, "f4")
        check(true, "f5")
        check(Int?.none, "f6")
        check("", "60")
        check("\u{6c34}", "63e6b0b4")
        check([1, 2, 3], "83010203")
        check([[1], [2, 3]], "82810182" + "0203")
        check([1, 2, 3, 4] as [UInt8], "4401020304")
        check(Array(1...25), "98190102030405060708090a0b0c0d0e0f101112131415161718181819")
        check(["a": 1], "a1616101")
        check([1: 2], "a10102")
        check(["7": 1], "a1613701")
        check([2.5: 1], "82fb400400000000000001")
    }

    /// What appendix F calls not well-formed, and the like.
    @Test(
        "bytes that are not CBOR are refused",
        arguments: [
            "", "18", "19", "1a", "1b", "1901", "1a0102", "1b01020304050607", "38", "58", "78", "98", "9a01ff00", "b8", "d8", "f8", "f900",
            "fa0000", "fb000000", "41", "61", "5affffffff00", "5bffffffffffffffff010203", "7affffffff00", "7b7fffffffffffffff010203", "81",
            "818181818181818181", "8200", "a1", "a20102", "a100", "a2000000", "5f4100", "7f6100", "9f", "9f0102", "bf", "bf01020102",
            "819f", "9f8000", "9f9f9f9f9fffffffff", "9f819f819f9fffffff", "9bffffffffffffffff", "bbffffffffffffffff",
            "bb7fffffffffffffff", "1c", "1d", "1e", "3c", "3d", "3e", "5c", "7d", "9e", "bc", "dc", "fc", "fd", "fe", "f800", "f801",
            "f818", "f81f", "5f00ff", "5f21ff", "5f6100ff", "5f80ff", "5fa0ff", "5fc000ff", "5fe0ff", "7f4100ff", "5f5f4100ffff",
            "7f7f6100ffff", "ff", "81ff", "8200ff", "a1ff", "a1ff00", "a100ff", "9f81ff", "9f829f819f9fffffffff", "bf00ff",
            "bf000000ff", "1f", "3f", "df", "0000", "8000", "c0", "c2", "c200", "61ff", "62c328", "63eda080", "7f61c361bcff",
            "a261610161" + "6102",
            "a2010201" + "03", "a181000" + "1", "a1fb000000000000000001", "bf616101616102ff", "bf7f6161ff01616102ff",
        ])
    func refused(hex: String) {
        #expect(throws: DecodingError.self) { try CBOR.decode(Item.self, from: bytes(hex)) }
        #expect(throws: DecodingError.self) { try CBOR.decode([Item].self, from: bytes(hex)) }
        #expect(throws: DecodingError.self) { try CBOR.decode([String: Item].self, from: bytes(hex)) }
    }

    private func bytes(_ hex: String) -> [UInt8] {
        var digits = hex[...], bytes: [UInt8] = []
        while !digits.isEmpty {
            bytes.append(UInt8(digits.prefix(2), radix: 16) ?? 0)
            digits = digits.dropFirst(2)
        }
        return bytes
    }
}
