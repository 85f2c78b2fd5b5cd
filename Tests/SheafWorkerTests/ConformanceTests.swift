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

    /// As workflows: all tasks run in the workers, closures and the operations of bags and arrays, too.
    @Test(arguments: EngineConformance.cases)
    func conformsAsWorkflow(_ check: EngineConformance.Case) async throws {
        let gaps = EngineConformance.support(of: "processes")?.expectedWorkflowGaps ?? []
        try await EngineConformance.run(check, expectedGaps: gaps, timeLimit: .seconds(20), asWorkflow: true) { try makeEngine(2) }
    }
}
