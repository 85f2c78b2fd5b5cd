internal import Foundation
internal import SheafCore
internal import Testing

/// Values on their way to disk and back.
@Suite struct ValueCodecTests {
    struct Row: Codable, Sendable, Equatable {
        var name: String
        var values: [Double]
        var inner: Inner?
        struct Inner: Codable, Sendable, Equatable { var flags: [Bool]; var text: String? }
    }
    enum Choice: Codable, Sendable, Equatable { case none, number(Int), text(String, [Int]) }
    struct Trivial: Sendable, Equatable { var a: Int8; var b: Int64; var c: Bool }
    final class Opaque: Sendable {}

    private func again<T: Sendable>(_ value: T) throws -> T {
        let codec = try #require(ValueCodec<T>.find())
        var bytes: [UInt8] = []
        try codec.write(value, &bytes)
        if let size = codec.fixedSize { #expect(bytes.count == size) }
        // Not at an aligned address, as in the middle of a larger value.
        let shifted = [0] + bytes
        return try shifted.withUnsafeBytes { buffer in
            var reader = SpillReader(UnsafeRawBufferPointer(rebasing: buffer[1...]))
            let value = try codec.read(&reader)
            #expect(reader.isAtEnd, "bytes are left over")
            return value
        }
    }

    @Test func trivialValues() throws {
        #expect(try again(42) == 42)
        #expect(try again(-0.0).sign == .minus && again(Double.nan).isNaN)
        #expect(try again(Trivial(a: -1, b: .max, c: true)) == Trivial(a: -1, b: .max, c: true))
        #expect(try again((1 as UInt8, 2.5, true)) == (1, 2.5, true))
        #expect(try again(Optional<Int>.none) == nil && again(Optional(3)) == 3)
    }

    @Test(arguments: [
        "", "a", "fifteen bytes!!", "sixteen bytes!!!", "Ünïcödé 束 \u{1F600}\0 end", String(repeating: "long ", count: 10_000),
    ])
    func strings(text: String) throws {
        #expect(try again(text) == text)
        #expect(try again(Optional(text)) == text)
        #expect(try again([text, "", text]) == [text, "", text])
    }

    @Test func arrays() throws {
        #expect(try again([Int]()) == [] && again([String]()) == [])
        #expect(try again(Array(0..<1_000)) == Array(0..<1_000))
        #expect(
            try again([Trivial(a: 1, b: 2, c: false), Trivial(a: 3, b: 4, c: true)]) == [
                Trivial(a: 1, b: 2, c: false), Trivial(a: 3, b: 4, c: true),
            ])
        #expect(try again([[1, 2], [], [3]]) == [[1, 2], [], [3]])
        #expect(try again([["a", "b"], []]) == [["a", "b"], []])
        #expect(try again([Optional("a"), nil, "c"]) == ["a", nil, "c"])
        #expect(try again([Int?.some(1), nil]) == [1, nil])
    }

    @Test func tuples() throws {
        #expect(try again(("key", 1)) == ("key", 1))
        #expect(try again((1 as Int8, "text", 2.5, ["a", "b"])) == (1, "text", 2.5, ["a", "b"]))
        let pairs = (0..<100).map { ("key \($0)", $0) }
        #expect(try again(pairs).elementsEqual(pairs, by: ==))
        let nested = [("a", (1, ["x"])), ("b", (2, []))]
        #expect(try again(nested).elementsEqual(nested) { $0.0 == $1.0 && $0.1.0 == $1.1.0 && $0.1.1 == $1.1.1 })
        let optional: (String, Int)? = ("a", 1)
        #expect(try again(optional)! == ("a", 1))
        let labelled = (name: "n", list: [1, 2])
        #expect(try again(labelled).list == [1, 2])
    }

    @Test func codableValues() throws {
        let row = Row(name: "r", values: [1.5, .infinity], inner: Row.Inner(flags: [true, false], text: nil))
        #expect(try again(row) == row)
        #expect(try again([row, Row(name: "", values: [], inner: nil)]) == [row, Row(name: "", values: [], inner: nil)])
        #expect(try again(("key", row)) == ("key", row))
        for choice in [Choice.none, .number(7), .text("x", [1, 2])] { #expect(try again(choice) == choice) }
        #expect(try again(["a": [1, 2], "b": []]) == ["a": [1, 2], "b": []])
        #expect(try again([1: "one", 2: "two"]) == [1: "one", 2: "two"])
        #expect(try again(Set(["a", "b"])) == ["a", "b"])
        #expect(try again(UInt64.max) == .max && again(["big": UInt64.max]) == ["big": .max])
        let date = Date(timeIntervalSince1970: 1_234_567.891)
        #expect(try again(date) == date && again(Data([1, 2, 3])) == Data([1, 2, 3]))
        #expect(try again(URL(string: "https://example.org/a?b=c")!) == URL(string: "https://example.org/a?b=c")!)
    }

    @Test func whatCannotBeWrittenHasNoCodec() {
        #expect(ValueCodec<Opaque>.find() == nil)
        #expect(ValueCodec<[Opaque]>.find() == nil && ValueCodec<(String, Opaque)>.find() == nil && ValueCodec<Opaque?>.find() == nil)
        #expect(ValueCodec<@Sendable () -> Void>.find() == nil)
    }

    @Test func aValueComesBackFromDiskWithItsType() throws {
        let file = SpillFile()
        #expect(try TypedValue(Opaque()).writeOut(to: file) == nil)
        let form = try #require(try TypedValue([("a", 1), ("b", 2)]).writeOut(to: file))
        let back = try form.load(form.extent, file)
        #expect((back as? TypedValue<[(String, Int)]>)?.value.map(\.0) == ["a", "b"])
    }

    @Test func dataThatEndsEarlyIsAnErrorAndNotACrash() throws {
        func check<T: Sendable>(_ value: T) throws {
            let codec = try #require(ValueCodec<T>.find())
            var bytes: [UInt8] = []
            try codec.write(value, &bytes)
            for count in 0..<bytes.count {
                let error = #expect(throws: EngineError.self) {
                    try Array(bytes[..<count]).withUnsafeBytes { buffer in
                        var reader = SpillReader(buffer)
                        _ = try codec.read(&reader)
                    }
                }
                #expect(error?.code == .inputOutput)
            }
        }
        try check("some text that is longer than a word")
        try check(["a", "bc"])
        try check((1, "text", [1, 2, 3]))
        try check([("a", 1), ("b", 2)])
    }
}
