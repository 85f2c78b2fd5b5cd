import Foundation
import Sheaf
import Testing

@Suite struct ParseErrorsTests {
    /// `1`, `2` … `1000`, some of them replaced.
    static func numbers(wrong: [Int: String], lineEnd: String = "\n") -> [UInt8] {
        Array((1...1000).map { (wrong[$0] ?? "\($0)") + lineEnd }.joined().utf8)
    }

    @Sendable static func parse(_ line: UTF8Slice) throws -> Int {
        guard let number = Int(line) else { throw Malformed() }
        return number
    }

    @Test(
        "A strict parse names the file, the line, counted from the file's beginning, and its text",
        arguments: [1, 2, 500, 999, 1000], [nil, 5, 64, 1000])
    func strict(wrong: Int, partitionBytes: Int?) async throws {
        try await withFolder { folder async throws in
            for (lineEnd, skip) in [("\n", 0), ("\r\n", 1)] where skip < wrong {
                let path = try write(Self.numbers(wrong: [wrong: "oné"], lineEnd: lineEnd), to: "numbers", in: folder)
                try await withSession { session async throws in
                    let options = TextOptions(partitionBytes: partitionBytes, skipLines: skip)
                    let bag = session.lines(of: path, as: UTF8Slice.self, options: options).parse(Self.parse)
                    let error = await #expect(throws: TaskError.self) { try await bag.sum() }
                    #expect(error?.code == .malformedRecord)
                    #expect(error?.record == RecordPosition(file: path, line: wrong, text: "oné"))
                    #expect(error?.message.contains("not what it should be") == true)
                    #expect(error?.hint?.contains(".skip") == true)
                    #expect(error?.description.contains("\(path):\(wrong): “oné”") == true)
                }
            }
        }
    }

    @Test("A lenient parse leaves out, counts and reports", arguments: [nil, 16, 999], Setup.few)
    func lenient(partitionBytes: Int?, setup: Setup) async throws {
        let wrong = [3: "three", 500: "", 501: "five hundred and one", 1000: "x"]
        try await withFolder { folder async throws in
            let path = try write(Self.numbers(wrong: wrong), to: "numbers", in: folder)
            let (sum, observed) = try await observing(setup.options) { session async throws in
                let options = TextOptions(partitionBytes: partitionBytes)
                return try await session.lines(of: path, as: UTF8Slice.self, options: options).parse(onError: .skip, Self.parse).sum()
            }
            #expect(sum == 500_500 - 3 - 500 - 501 - 1000)
            #expect(observed.rejected == 4)
            let samples = observed.samples.sorted { $0.position!.line < $1.position!.line }
            #expect(
                samples.map(\.position) == wrong.sorted { $0.key < $1.key }.map { RecordPosition(file: path, line: $0.key, text: $0.value) }
            )
            #expect(samples.allSatisfy { $0.reason == "not what it should be" })
        }
    }

    @Test("However many records are skipped, all are counted and only the first few kept")
    func manySkipped() async throws {
        let (count, observed) = try await observing { session async throws in
            try await session.bag(0..<10_000, partitions: 7).parse(onError: .skip) { number in
                if number % 10 != 0 { throw Malformed() }
                return number
            }.count()
        }
        #expect(count == 1000)
        #expect(observed.rejected == 9000)
        #expect(observed.samples.count == 20)
        #expect(observed.samples.allSatisfy { $0.position == nil }, "numbers of a range have no place in a file")
    }

    @Test("A run in which nothing is skipped reports nothing")
    func nothingSkipped() async throws {
        let (count, observed) = try await observing { session async throws in
            try await session.bag(["1", "2"]).parse(onError: .skip) { try Self.parse(UTF8Slice($0)) }.count()
        }
        #expect(count == 2)
        #expect(observed.rejections.isEmpty)
    }

    @Test("An error after a lenient parse is not skipped with it")
    func laterErrors() async throws {
        try await withSession { session async throws in
            let bag = session.bag(0..<10, partitions: 1).parse(onError: .skip) { $0 }.map { number in
                if number == 5 { throw Malformed() }
                return number
            }
            let error = await #expect(throws: TaskError.self) { try await bag.count() }
            #expect(error?.code == .failed)
            #expect(error?.cause as? Malformed == Malformed())
        }
    }

    @Test("take of a lenient parse stops when it has enough")
    func takeAfterParse() async throws {
        try await withSession { session async throws in
            #expect(try await session.bag(0..<10, partitions: 1).parse(onError: .skip) { $0 }.take(3) == [0, 1, 2])
        }
    }

    @Test("Long lines are shown shortened, and bytes that are not UTF-8 repaired")
    func shownText() async throws {
        try await withFolder { folder async throws in
            let long = try write(Array(String(repeating: "é", count: 300).utf8), to: "long", in: folder)
            let raw = try write([0x61, 0xFF, 0x62], to: "raw", in: folder)
            try await withSession { session async throws in
                for (path, text) in [(long, String(repeating: "é", count: 100) + "…"), (raw, "a\u{FFFD}b")] {
                    let error = await #expect(throws: TaskError.self) {
                        try await session.lines(of: path, as: UTF8Slice.self).parse(Self.parse).count()
                    }
                    #expect(error?.record == RecordPosition(file: path, line: 1, text: text))
                }
            }
        }
    }
}
