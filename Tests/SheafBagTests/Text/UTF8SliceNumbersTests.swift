import Foundation
import Sheaf
import Testing

@Suite struct UTF8SliceNumbersTests {
    static let integers = [
        "", "0", "-0", "+0", "7", "-7", "+7", "00012", "-", "+", "--1", "+-1", "1-", " 1", "1 ", "1.0", "1e3", "0x10", "a", "1a", "١",
        "127", "128", "-128", "-129", "255", "256", "-1", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
        "-9223372036854775809", "18446744073709551615", "18446744073709551616", "99999999999999999999999", "-99999999999999999999999",
        "0000000000000000000000000000012", "1,5", "1_000", "\0", "1\0", "1\n", "//", "::", "9:", "/1",
    ]

    @Test("Integers are read as Swift reads them from strings", arguments: integers)
    func integer(text: String) {
        let slice = UTF8Slice(Array(text.utf8), between: Array("12".utf8), and: Array("345".utf8))
        #expect(Int(slice) == Int(text))
        #expect(Int8(slice) == Int8(text))
        #expect(UInt8(slice) == UInt8(text))
        #expect(Int32(slice) == Int32(text))
        #expect(UInt64(slice) == UInt64(text))
        #expect(Int128(slice) == Int128(text))
    }

    @Test("Random integers and texts near them are read as Swift reads them", arguments: 1...20 as ClosedRange<UInt64>)
    func randomIntegers(seed: UInt64) {
        var random = RandomInputs(seed: seed)
        for _ in 0..<500 {
            var text = "\(Int(bitPattern: UInt(random.random.next())) >> random.below(64))"
            if random.below(3) == 0 {
                var bytes = Array(text.utf8)
                bytes[random.below(bytes.count)] = Array("0123456789+-/: ".utf8)[random.below(15)]
                text = String(decoding: bytes, as: UTF8.self)
            }
            if random.below(4) == 0 { text += "\(random.below(100))" }
            #expect(Int(UTF8Slice(text)) == Int(text), "\(text)")
            #expect(Int16(UTF8Slice(text)) == Int16(text), "\(text)")
            #expect(UInt(UTF8Slice(text)) == UInt(text), "\(text)")
        }
    }

    static let doubles = [
        "", "0", "-0", "+0", "0.0", "-0.0", "1", "-1", "+1", "1.", ".5", "-.5", "+.5", ".", "-", "+", "-.", "..", "1..2", "1.2.3", "1e5",
        "1E5", "1e+5", "1e-5", "1e", "e5", "1e5.5", "1 ", " 1", "1\0", "\0", "1,5", "0.1", "0.30000000000000004", "123456789012345",
        "1234567890123456", "12345678901234567890", "0.000000000000001", "0.0000000000000001", "999999999999999.9",
        "1.7976931348623157e308",
        "1.8e308", "-1.8e308", "5e-324", "4.9406564584124654e-324", "2e-324", "2.2250738585072011e-308", "9007199254740993",
        "9007199254740992.5", "inf", "-inf", "+infinity", "Infinity", "nan", "-nan", "NaN", "nan(0x1)", "0x1p3", "0x1.8p-1", "0x", "1_000",
        "１", "1\u{301}", "--1", "+-1", "00012.50", "0.000", "000000000000000000000001",
    ]

    @Test("Doubles are read as Swift reads them from strings", arguments: doubles)
    func double(text: String) {
        let slice = UTF8Slice(Array(text.utf8), between: Array("12".utf8), and: Array("34.5".utf8))
        #expect(isSame(Double(slice), Double(text)), "\(String(describing: Double(slice))), \(String(describing: Double(text)))")
    }

    @Test("Random decimals are read to the last bit", arguments: 1...20 as ClosedRange<UInt64>)
    func randomDoubles(seed: UInt64) {
        var random = RandomInputs(seed: seed)
        for _ in 0..<1000 {
            let text: String
            switch random.below(4) {
            case 0:  // Any double at all.
                text = "\(Double(bitPattern: random.random.next()))"
            case 1:  // Plain decimals about the 15 digits that are read quickly.
                text = "\(random.below(2) == 0 ? "-" : "")\(random.below(1_000_000_000)).\(random.below(1_000_000_000))"
            case 2:  // Zeros in front and behind.
                let zeros = String(repeating: "0", count: random.below(8))
                text = "\(zeros)\(random.below(1000)).\(zeros)\(random.below(100_000))\(zeros)"
            default:  // Close to numbers.
                let alphabet = Array("0123456789..-+e")
                text = String((0..<random.below(18)).map { _ in alphabet[random.below(alphabet.count)] })
            }
            let found = Double(UTF8Slice(text)), expected = Double(text)
            #expect(isSame(found, expected), "\(text): \(String(describing: found)), \(String(describing: expected))")
        }
    }

    /// To the bit, so that the sign of zero counts; all not-a-numbers are alike.
    private func isSame(_ a: Double?, _ b: Double?) -> Bool {
        guard let a, let b else { return a == nil && b == nil }
        return a.bitPattern == b.bitPattern || (a.isNaN && b.isNaN)
    }
}
