import SheafCore
import SheafTable
import Testing

/// What ends a query with an error rather than give a value, and what is chosen at random.
@Suite("Errors and samples of tables")
struct TableErrorTests {
    private static let session = Session.ofTables()
    private let numbers = Self.session.numbers(1..<2001, name: "n").adding("n") { $0["n", as: Int.self] }

    private func fails(_ body: (Columns<AnyRow>) -> Column<Int?>) async {
        let table = numbers.limit(3).select { (x: body($0), y: $0["n", as: Int.self]) }
        await #expect(throws: (any Error).self) { try await table.records() }
    }

    @Test func sumsThatDoNotFit() async { await fails { ($0["n", as: Int.self] + Int.max).nullable } }
    @Test func productsThatDoNotFit() async { await fails { ($0["n", as: Int.self] * Int.max * 2).nullable } }
    @Test func smallIntegersThatDoNotFit() async { await fails { ($0["n", as: Int.self].cast(to: Int8.self) + 126).cast(to: Int?.self) } }
    @Test func textsThatAreNoNumbers() async { await fails { _ in Column("x").cast(to: Int?.self) } }
    @Test func logarithmsOfZero() async { await fails { ($0["n", as: Int.self].real * 0).log.cast(to: Int?.self) } }
    @Test func rootsOfNegativeNumbers() async { await fails { (-$0["n", as: Int.self].real).squareRoot.cast(to: Int?.self) } }
    @Test func invalidExpressions() async { await fails { $0["n", as: String.self].matches("(").then(1, else: nil) } }

    @Test func sumsOfGroupsThatDoNotFit() async {
        let sum = numbers.aggregate { (s: $0.sum { $0["n", as: Int.self] + (Int.max - 2000) }, n: $0.count()) }
        await #expect(throws: (any Error).self) { try await sum.records() }
    }

    @Test func samplesHaveTheRowsAskedFor() async throws {
        #expect(try await numbers.sample(.rows(5)).count() == 5)
        #expect(try await numbers.sample(.rows(5000)).count() == 2000)
        #expect(try await numbers.sample(.fraction(0)).count() == 0)
        #expect(try await numbers.sample(.fraction(1)).count() == 2000)
        let half = try await numbers.sample(.fraction(0.5)).count()
        // Ten standard deviations.
        #expect((776...1224).contains(half))
    }

    @Test func samplesAreOfTheTable() async throws {
        let chosen = try await numbers.sample(.rows(100, seed: 3)).records().map { try $0.value("n", as: Int.self) }
        #expect(Set(chosen).count == 100)
        #expect(chosen.allSatisfy { (1...2000).contains($0) })
        let again = try await numbers.sample(.rows(100, seed: 3)).records().map { try $0.value("n", as: Int.self) }
        #expect(Set(again) == Set(chosen))
    }

    @Test func approximateQuantilesAreNear() async throws {
        let about = numbers.select { (n: $0["n", as: Int.self], x: $0["n", as: Int.self] * 2) }
            .aggregate { (a: $0.approximateQuantile(\.n, 0.5), b: $0.approximateQuantile(\.x, 0.9)) }
        let record = try #require(try await about.records().first)
        let median = try #require(try record.a), high = try #require(try record.b)
        #expect(abs(median - 1000.5) < 20)
        #expect(abs(high - 3600) < 40)
    }
}
