internal import SheafCore
internal import Testing

@testable internal import SheafDuckDB

@Suite(.timeLimit(.minutes(1)))
struct FunctionTests {
    private struct Refusal: Error, CustomStringConvertible { let description: String }

    @Test func swiftFunctionsJoinQueries() async throws {
        let database = try await DuckDBDatabase(options: DuckDBOptions(threads: 2))
        try await database.register(scalar: "half") { (x: Double) in x / 2 }
        try await database.register(scalar: "label") { (name: String, number: Int64?) in "\(name)-\(number.map { "\($0)" } ?? "none")" }
        try await database.register(scalar: "bytes") { (text: String) in Array(text.utf8) }
        try await database.register(scalar: "even") { (x: Int32) -> Bool? in x < 0 ? nil : x.isMultiple(of: 2) }
        try await database.register(scalar: "answer") { () -> Int in 42 }
        #expect(try await first(database, "SELECT sum(half(range)) FROM range(100000)") == 2_499_975_000)
        #expect(try await texts(try await database.query("SELECT label('a long name for a row', 7)")) == ["a long name for a row-7"])
        #expect(try await texts(try await database.query("SELECT label('a', NULL)")) == ["a-none"])
        #expect(
            try await texts(try await database.query("SELECT label(NULL, 1) UNION ALL SELECT label(NULL, x) FROM range(1) t(x)")) == [
                nil, nil,
            ])
        #expect(try await first(database, "SELECT octet_length(bytes('zwölf und noch mehr'))") == 20)
        #expect(try await first(database, "SELECT count(*) FROM range(1000) t(x) WHERE even(x::INTEGER)") == 500)
        #expect(try await first(database, "SELECT count(*) FROM range(10) t(x) WHERE even(-x::INTEGER - 1) IS NULL") == 10)
        #expect(try await first(database, "SELECT sum(answer()) FROM range(5000)") == 210_000)
    }

    @Test func whatTheyThrowIsTheQuerysError() async throws {
        let database = try await DuckDBDatabase(options: DuckDBOptions(threads: 2))
        try await database.register(scalar: "strict") { (x: Int64) throws -> Int64 in
            guard x != 70_000 else { throw Refusal(description: "no 70000 here") }
            return x
        }
        let error = await #expect(throws: SQLError.self) { try await first(database, "SELECT sum(strict(range)) FROM range(100000)") }
        #expect(error?.message == "strict: no 70000 here" && error?.kind == .invalidInput)
        #expect(try await first(database, "SELECT sum(strict(range)) FROM range(10)") == 45)
    }
}
