import SheafCore
import SheafTesting
import SheafWorker
import Testing

@Suite("The engine of worker processes conforms", .timeLimit(.minutes(5)))
struct ProcessesConformanceTests {
    @Test(arguments: [1, 3], EngineConformance.cases)
    func conforms(workers: Int, _ check: EngineConformance.Case) async throws {
        let outcome = try await EngineConformance.run(check) { try makeEngine(workers) }
        #expect(outcome == .passed || check.requires.contains(.closures))
    }
}
