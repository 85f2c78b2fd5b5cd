import Testing

@testable import SheafArrow

@Suite struct TextTests {
    @Test func cells() {
        let texts: [(ArrowCell, String)] = [
            (.null, "null"), (.bool(true), "true"), (.int(-5), "-5"), (.uint(.max), "18446744073709551615"), (.double(0.5), "0.5"),
            (.string("a\"b"), "a\"b"), (.bytes([0, 255]), "00ff"), (.decimal(5, scale: 3), "0.005"), (.decimal(-1_234, scale: 2), "-12.34"),
            (.decimal(12, scale: 0), "12"), (.decimal(12, scale: -2), "1200"), (.decimal(0, scale: -2), "0"),
            (.wideDecimal(high: 1, low: 0, scale: 0), "340282366920938463463374607431768211456"),
            (.wideDecimal(high: -1, low: 0, scale: 1), "-34028236692093846346337460743176821145.6"),
            (.date(days: 0), "1970-01-01"), (.date(days: -1), "1969-12-31"), (.date(days: 11_016), "2000-02-29"),
            (.date(days: 2_932_897), "10000-01-01"), (.date(days: -719_529), "-0001-12-31"), (.time(3_661, .second), "01:01:01"),
            (.time(1, .microsecond), "00:00:00.000001"), (.timestamp(-1, .millisecond, zone: nil), "1969-12-31T23:59:59.999"),
            (.timestamp(0, .second, zone: "UTC"), "1970-01-01T00:00:00Z"), (.duration(-3, .nanosecond), "-3ns"),
            (.duration(3, .second), "3s"),
            (.interval(months: 1, days: 2, nanoseconds: 3), "1mo 2d 3ns"), (.list([.null, .string("a\"b")]), "[null, \"a\\\"b\"]"),
            (.struct([.init("a", .int(1))]), "{a: 1}"), (.map([.init(.string("k"), .int(1))]), "{\"k\": 1}"),
        ]
        for (cell, text) in texts { #expect(cell.description == text) }
        // The extremes of 64 bits have a text, too.
        for unit in ArrowTimeUnit.allCases {
            for value in [Int64.min, .max] {
                #expect(!ArrowCell.timestamp(value, unit, zone: nil).description.isEmpty)
                #expect(!ArrowCell.time(value, unit).description.isEmpty)
            }
        }
    }

    @Test func halves() {
        for bits in UInt16.min...UInt16.max {
            let value = HalfFloat.double(bits)
            if value.isNaN {
                #expect(HalfFloat.double(HalfFloat.bits(value)).isNaN)
            } else if HalfFloat.bits(value) != bits {
                Issue.record("\(bits)")
            }
        }
        // Ties to even, and what rounds up to the next power of two.
        #expect(HalfFloat.bits(1 + 0x1p-11) == HalfFloat.bits(1))
        #expect(HalfFloat.bits(1 + 0x1.8p-10) == HalfFloat.bits(1 + 0x1p-9))
        #expect(HalfFloat.bits(2 - 0x1p-12) == HalfFloat.bits(2))
        #expect(HalfFloat.double(HalfFloat.bits(1e9)) == .infinity)
        #expect(HalfFloat.bits(1e-9) == 0)
    }

    @Test(arguments: Sample.all) func formatStrings(sample: Sample) throws {
        if case .dictionary = sample.type { return }
        #expect(try ArrowType(formatString: sample.type.formatString, children: sample.type.children) == sample.type)
    }

    @Test(arguments: [
        "", "x", "d:", "d:1", "d:0,0", "d:39,1", "d:10,2,17", "w:", "w:-1", "+w:x", "+l", "+m", "+us:0,1", "+r", "+vl", "ts", "tsq:", "tdx",
        "nn",
    ])
    func unknownFormatStrings(format: String) {
        #expect(throws: ArrowError.self) { try ArrowType(formatString: format) }
    }

    @Test func typesAndErrors() {
        let type = ArrowType.list(of: .map(from: .utf8, to: .timestamp(.microsecond, zone: "UTC")))
        #expect(type.description == "list<item: map<key: utf8 not null, value: timestamp[us, UTC]>>")
        let error = ArrowError(.invalidData, "wrong", hint: "try again").inside("b").inside("a").inMessage(3)
        #expect(error.description == "wrong [invalidData]\n  field: a.b\n  Arrow message: 3\n  hint: try again")
    }

    @Test func bits() {
        var bytes = [UInt8](repeating: 0, count: 40)
        for index in 0..<300 where index % 7 == 0 || index % 3 == 1 { bytes[index / 8] |= 1 << UInt8(index % 8) }
        for offset in [0, 1, 7, 8, 13, 64] {
            for count in [0, 1, 5, 8, 63, 64, 65, 200] {
                let expected = (offset..<offset + count).map { $0 % 7 == 0 || $0 % 3 == 1 }
                let copied = bytes.withUnsafeBytes { source -> [UInt8] in
                    guard let start = source.baseAddress else { return [] }
                    #expect(Bits.countOnes(start, offset: offset, count: count) == expected.filter { $0 }.count)
                    return [UInt8](unsafeUninitializedCapacity: 40) { target, size in
                        size = Bits.byteCount(count)
                        if let target = target.baseAddress { Bits.copy(start, offset: offset, count: count, to: target) }
                    }
                }
                let flags = (0..<copied.count * 8).map { copied[$0 / 8] >> UInt8($0 % 8) & 1 == 1 }
                #expect(flags == expected + [Bool](repeating: false, count: flags.count - count))
            }
        }
    }
}
