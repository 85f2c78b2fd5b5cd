import Foundation
import Sheaf
import Testing

@Suite struct UTF8SliceFieldsTests {
    static let texts = [
        "", ",", ",,", "a", "a,b", ",a", "a,", "a,,b", "1,-10,+5", "-,-,-", "a long first field of many bytes,b,", "0123456789,-12,45",
        "1,-2,3,-4,5,-6", "aaaaaaa,-,-bbbbbb,-", String(repeating: ",-", count: 20), "é,e\u{301},,👍",
    ]

    @Test("Fields are what splitting at each separator leaves, empty ones included", arguments: texts)
    func fields(text: String) {
        let slice = UTF8Slice(Array(text.utf8), between: Array(",x,".utf8), and: Array(",,,,,,,,,".utf8))
        let expected = text.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map { Array($0) }
        #expect(slice.fields().map(\.bytes) == expected)
        #expect(slice.fields(separatedBy: UInt8(ascii: "-")).count { _ in true } == text.utf8.count { $0 == UInt8(ascii: "-") } + 1)
    }

    @Test("Fields of random bytes join to what was split", arguments: 1...20 as ClosedRange<UInt64>)
    func randomFields(seed: UInt64) {
        var random = RandomInputs(seed: seed)
        for _ in 0..<200 {
            let separator = random.bytes(1)[0]
            let alphabet = [separator, separator ^ 1, separator &+ 1, separator &- 1, separator ^ 0x80, 97, 0]
            let bytes = (0..<random.below(40)).map { _ in alphabet[random.below(alphabet.count)] }
            let slice = UTF8Slice(bytes, between: random.bytes(3), and: [separator, separator] + random.bytes(16))
            let expected = bytes.split(separator: separator, omittingEmptySubsequences: false).map { Array($0) }
            #expect(slice.fields(separatedBy: separator).map(\.bytes) == expected)
        }
    }

    @Test("Words are the runs of bytes between ASCII white space, as in Python's bytes.split()", arguments: 1...20 as ClosedRange<UInt64>)
    func words(seed: UInt64) {
        var random = RandomInputs(seed: seed)
        let spaces: Set<UInt8> = [9, 10, 11, 12, 13, 32]
        // Control characters and bytes beside the spaces belong to words.
        let alphabet: [UInt8] = [9, 10, 11, 12, 13, 32, 32, 32, 0, 1, 8, 14, 31, 33, 65, 66, 127, 128, 0x85, 0xA0, 0xC2, 255]
        for _ in 0..<200 {
            let bytes = (0..<random.below(60)).map { _ in alphabet[random.below(alphabet.count)] }
            let slice = UTF8Slice(bytes, between: random.bytes(3), and: Array("beyond the end".utf8))
            let expected = bytes.split { spaces.contains($0) }.map { Array($0) }
            #expect(slice.words.map(\.bytes) == expected)
        }
    }

    @Test(
        "Words of ordinary text, short and long",
        arguments: [
            "", " ", "one", "  one  two ", "a b c d e f g h i j k l m n o p q r s t",
            "internationalization of antidisestablishmentarianism",
        ])
    func ordinaryWords(text: String) {
        #expect(UTF8Slice(text).words.map { String($0) } == text.split(separator: " ").map { String($0) })
    }
}
