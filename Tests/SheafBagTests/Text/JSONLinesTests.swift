import Foundation
import Sheaf
import Testing

@Suite struct JSONLinesTests {
    struct Value: Codable, Equatable, Sendable {
        var id: Int
        var name: String
        var score: Double?
        var tags: [String]
    }

    static let expected = [
        Value(id: 1, name: "café", score: 1.5, tags: ["a", "b"]), Value(id: -2, name: "", score: nil, tags: []),
        Value(id: 3, name: "quote \" slash \\ newline \n tab \t", score: 1e-7, tags: ["👍"]),
    ]

    @Test("Each line holds a value; blank ones, white space and CRLF are no trouble", arguments: [nil, 1, 40, 100])
    func values(partitionBytes: Int?) async throws {
        try await withSession { session async throws in
            let options = TextOptions(partitionBytes: partitionBytes)
            let bag = session.jsonLines(of: Oracle.file("values.jsonl"), as: Value.self, options: options)
            #expect(try await bag.collect() == Self.expected)
        }
    }

    static let wrong = [
        (#"{"id":1,"name":"x""#, "not valid JSON"), (#"{"id":"1","name":"x","tags":[]}"#, "“id” is not a Int"),
        (#"{"id":1,"tags":[]}"#, "“name” is missing"), (#"{"id":1,"name":null,"tags":[]}"#, "“name” is null"),
        (#"{"id":1,"name":"x","tags":[1]}"#, "tags"), ("not json", "not valid JSON"), ("\u{0}", "not valid JSON"),
    ]

    @Test("A line that is not such a value is an error that names the file, the line and what is wrong", arguments: wrong)
    func strict(text: String, reason: String) async throws {
        try await withFolder { folder async throws in
            let path = try write(Array("{\"id\":1,\"name\":\"x\",\"tags\":[]}\n\n\(text)\n".utf8), to: "wrong.jsonl", in: folder)
            try await withSession { session async throws in
                let error = await #expect(throws: TaskError.self) { try await session.jsonLines(of: path, as: Value.self).count() }
                #expect(error?.code == .malformedRecord)
                #expect(error?.record == RecordPosition(file: path, line: 3, text: text))
                #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
            }
        }
    }

    @Test("Leniently, such lines are left out, counted and reported")
    func lenient() async throws {
        try await withFolder { folder async throws in
            let good = #"{"id":1,"name":"x","tags":[]}"#
            let lines = Self.wrong.flatMap { [$0.0, good] }
            let path = try write(Array(lines.joined(separator: "\n").utf8), to: "mixed.jsonl", in: folder)
            let (count, observed) = try await observing { session async throws in
                try await session.jsonLines(of: path, as: Value.self, onError: .skip).count()
            }
            #expect(count == Self.wrong.count)
            #expect(observed.rejected == Self.wrong.count)
            #expect(observed.samples.map(\.position?.line) == Array(stride(from: 1, to: 14, by: 2)))
        }
    }
}
