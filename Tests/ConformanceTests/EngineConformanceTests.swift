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
