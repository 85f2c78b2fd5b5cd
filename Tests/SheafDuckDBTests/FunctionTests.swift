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

    @Test func swiftAggregatesJoinQueries() async throws {
        let database = try await DuckDBDatabase(options: DuckDBOptions(threads: 2))
        try await database.register(
            aggregate: "total", initial: 0, update: { (state: inout Int, x: Int) in state += x }, combine: { $0 += $1 }, finish: { $0 })
        try await database.register(
            aggregate: "longest", initial: nil as String?,
            update: { (state: inout String?, text: String) in if text.count > (state ?? "").count { state = text } },
            combine: { if let text = $1, text.count > ($0 ?? "").count { $0 = text } }, finish: { $0 })
        try await database.register(
            aggregate: "picky", initial: 0,
            update: { (state: inout Int, x: Int) throws in if x == 7 { throw Refusal(description: "a seven") } },
            combine: { (_: inout Int, _: Int) in }, finish: { $0 })
        #expect(try await first(database, "SELECT total(range) FROM range(500000)") == 124_999_750_000)
        #expect(
            try await first(database, "SELECT sum(t) FROM (SELECT total(x) AS t FROM range(100000) r(x) GROUP BY x % 1000)")
                == 4_999_950_000)
        #expect(try await first(database, "SELECT total(NULL::BIGINT)") == 0)
        let windows = try await database.query("SELECT total(x) OVER (ORDER BY x ROWS 1 PRECEDING) FROM range(5) t(x)")
        #expect(try await numbers(windows) == [0, 1, 3, 5, 7])
        #expect(try await texts(try await database.query("SELECT longest('n' || range) FROM range(99, 101)")) == ["n100"])
        #expect(try await texts(try await database.query("SELECT longest('n') FROM range(0)")) == [nil])
        let error = await #expect(throws: SQLError.self) { try await first(database, "SELECT picky(range) FROM range(10)") }
        #expect(error?.message == "picky: a seven")
    }
}
