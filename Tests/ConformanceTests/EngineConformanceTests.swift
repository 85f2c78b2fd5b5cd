internal import Sheaf
internal import SheafTesting
internal import Testing

/// The engines of this package, each against all cases.
@Suite(.timeLimit(.minutes(3)))
struct EngineConformanceTests {
    @Test(arguments: [1, 2, 4], EngineConformance.cases)
    func localEngineConforms(workers: Int, _ check: EngineConformance.Case) async throws {
        let outcome = try await EngineConformance.run(check) { LocalEngine(options: SessionOptions(workers: workers)) }
        #expect(outcome == .passed)
    }

    /// The simulated engine runs one `async` body to its end before it goes on.
    static let simulationGaps = [
        EngineConformance.ExpectedGap("waiting/no-thread", "async bodies do not wait side by side"),
        EngineConformance.ExpectedGap("delayed/as-completed-early", "nothing else runs while an async body waits"),
    ]

    @Test(arguments: [UInt64(1), 2, 3], EngineConformance.cases)
    func deterministicEngineConforms(seed: UInt64, _ check: EngineConformance.Case) async throws {
        let outcome = try await EngineConformance.run(check, expectedGaps: Self.simulationGaps) {
            DeterministicEngine(options: SessionOptions(workers: 3, seed: seed))
        }
        #expect(outcome == .passed || Self.simulationGaps.contains { $0.name == check.name })
    }
}

/// The page of the documentation that says what each engine does. Its table is written by the suite; the tests of each engine prove it.
struct SupportMatrixTests {
    @Test func theDocumentationShowsWhatTheSuiteExpects() throws {
        let page = """
            # What runs on which engine

            Every engine is tested with the same cases (`EngineConformance` in `SheafTesting`), twice where it runs outside of the program's
            process: plan by plan, where named functions run on the engine, and as [workflows](../design/0008-workflows.md), as a `Program` is
            one, where everything does. A gap is expected by name: a case that fails without being listed fails the engine's tests, and so
            does one that is listed and passes. This page is written by those lists (`SupportMatrixTests`).

            In the table: how many cases of a subject pass; the numbers in brackets give the reasons below.


            """
        let difference = try GoldenFile("../../docs/engines/conformance.md").difference(
            from: Array((page + EngineConformance.supportMatrix).utf8))
        #expect(difference == nil)
    }
}
