import Foundation
import Sheaf
import Testing

@Suite struct WriteTests {
    @Test("Each partition becomes a file of lines, named by its number", arguments: Setup.few)
    func text(_ setup: Setup) async throws {
        try await withFolder { folder async throws in
            try await withSession(setup.options) { session async throws in
                let out = "\(folder)/made/on the way"
                let paths = try await session.bag(0..<50, partitions: setup.partitions).write(text: out)
                #expect(paths.count == setup.partitions)
                #expect(paths.first == "\(out)/part-00000.txt")
                #expect(try names(in: out) == paths.map { URL(fileURLWithPath: $0).lastPathComponent }.sorted(), "nothing else is left")
                #expect(try paths.map(contents).joined() == (0..<50).map { "\($0)\n" }.joined())
                #expect(try await session.lines(of: "\(out)/*.txt").collect() == (0..<50).map { "\($0)" })
            }
        }
    }

    @Test("Text is written as it is, whichever type holds it")
    func textTypes() async throws {
        try await withFolder { folder async throws in
            try await withSession { session async throws in
                let words = ["", "é", "e\u{301}", "a longer line of more than fifteen bytes", "👍"]
                let strings = try await session.bag(words, partitions: 1).write(text: "\(folder)/strings")
                let slices = try await session.bag(words, partitions: 1).map { UTF8Slice($0) }.write(text: "\(folder)/slices")
                let expected = Array((words.joined(separator: "\n") + "\n").utf8)
                for path in strings + slices { #expect(try Array(Data(contentsOf: URL(fileURLWithPath: path))) == expected) }
                let pairs = try await session.bag([("a", 1)], partitions: 1).write(text: "\(folder)/pairs")
                #expect(try contents(of: pairs[0]) == "(\"a\", 1)\n")
            }
        }
    }

    @Test("Slices that are not UTF-8 are written byte for byte")
    func rawBytes() async throws {
        let bytes: [UInt8] = [0xFF, 0, 0xC3, 0x28, 0x80] + Array(repeating: 0xFE, count: 20)
        try await withFolder { folder async throws in
            try await withSession { session async throws in
                let paths = try await session.bag([UTF8Slice(lossless: bytes)]).write(text: folder)
                #expect(try Array(Data(contentsOf: URL(fileURLWithPath: paths[0]))) == bytes + [10])
            }
        }
    }

    struct Record: Codable, Equatable, Sendable {
        var id: Int
        var name: String
        var score: Double?
    }

    @Test("JSON lines can be read back", arguments: Setup.few)
    func jsonLines(_ setup: Setup) async throws {
        let records = [
            Record(id: -1, name: "two\nlines, a \"quote\" and a / slash", score: nil), Record(id: .max, name: "é 👍", score: 0.1),
            Record(id: 0, name: "", score: -1e-300),
        ]
        try await withFolder { folder async throws in
            try await withSession(setup.options) { session async throws in
                let paths = try await session.bag(records, partitions: setup.partitions).write(jsonLines: folder)
                #expect(paths.first == "\(folder)/part-00000.jsonl")
                let text = try paths.map(contents).joined()
                #expect(text.utf8.count { $0 == 10 } == 3, "one line for each record")
                #expect(text.hasPrefix(#"{"id":-1,"name":"two\nlines, a \"quote\" and a / slash"}"#))
                #expect(try await session.jsonLines(of: "\(folder)/*.jsonl", as: Record.self).collect() == records)
                let numbers = try await session.bag([1, -2], partitions: 1).write(jsonLines: "\(folder)/numbers")
                #expect(try contents(of: numbers[0]) == "1\n-2\n")
            }
        }
    }

    @Test("A failed run leaves no half file behind, and replaces nothing")
    func failure() async throws {
        struct Stop: Error {}
        try await withFolder { folder async throws in
            let before = try write(Array("as it was\n".utf8), to: "part-00001.txt", in: folder)
            try await withSession { session async throws in
                let bag = session.bag(0..<10, partitions: 2).map { number in
                    if number == 9 { throw Stop() }
                    return number
                }
                await #expect(throws: TaskError.self) { try await bag.write(text: folder) }
            }
            #expect(try contents(of: before) == "as it was\n")
            #expect(try names(in: folder).allSatisfy { $0.hasSuffix(".txt") })
        }
    }

    @Test("A folder that cannot be made, and a name that is taken, are errors of input and output")
    func unwritable() async throws {
        try await withFolder { folder async throws in
            let file = try write([65], to: "file", in: folder)
            try FileManager.default.createDirectory(atPath: "\(folder)/out/part-00000.txt", withIntermediateDirectories: true)
            try await withSession { session async throws in
                for target in ["\(file)/below", "\(folder)/out"] {
                    let error = await #expect(throws: EngineError.self) { try await session.bag([1], partitions: 1).write(text: target) }
                    #expect(error?.code == .inputOutput)
                    #expect(error?.message.contains(target) == true)
                }
            }
            #expect(try names(in: "\(folder)/out") == ["part-00000.txt"])
        }
    }

    #if os(Linux)
    @Test("A full disk is an error of its own")
    func fullDisk() async throws {
        try await withFolder { folder async throws in
            try FileManager.default.createSymbolicLink(atPath: "\(folder)/part-00000.txt.partial", withDestinationPath: "/dev/full")
            try await withSession { session async throws in
                let error = await #expect(throws: EngineError.self) { try await session.bag([1], partitions: 1).write(text: folder) }
                #expect(error?.code == .noSpace)
            }
        }
    }
    #endif
}
