import SheafCore
import SheafDuckDB
import SheafTable
import Testing

@Suite("Swift functions in tables' queries")
struct SwiftFunctionsTests {
    @Test func scalarsAndAggregates() async throws {
        let session = Session.ofTables(workers: 2)
        let database = try await session.duckDB()
        try await database.register(scalar: "half of") { (x: Int64) in Double(x) / 2 }
        try await database.register(aggregate: "longest", initial: "") { (longest: inout String, text: String) in
            if text.count > longest.count { longest = text }
        } combine: {
            if $1.count > $0.count { $0 = $1 }
        } finish: {
            $0
        }
        let planes = session.table((0..<1000).map { Plane(tailnum: String(repeating: "N", count: $0 % 7 + 1), seats: $0, carrier: "AA") })
        let halves = planes.select { (seats: $0.seats, half: sqlFunction("half of", $0.seats, as: Double.self)) }
        #expect(try await halves.filter { $0.half > 499 }.count() == 1)
        let longest = session.sql("SELECT longest(tailnum) AS text FROM planes", tables: ["planes": planes])
        #expect(try await longest.records().first?.value("text", as: String.self) == "NNNNNNN")
        await session.close()
        await #expect(throws: EngineError.self) { try await session.duckDB() }
    }
}
