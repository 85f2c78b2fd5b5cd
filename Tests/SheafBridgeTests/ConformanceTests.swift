import SheafCore
import SheafTesting
import Testing

@testable import SheafBridge

/// What engines behind a sidecar are known not to do.
enum BridgeGaps {
    /// Chains of functions become one node before the engine sees them.
    static let chains = ["faults/first-cause", "events/run", "events/failure", "events/names"].map {
        EngineConformance.ExpectedGap($0, "a chain of functions is one node, with the name and the line of its last")
    }

    /// A function that waits keeps a worker's thread.
    static let waiting = [EngineConformance.ExpectedGap("waiting/no-thread", "async functions that wait take the place of others")]

    /// What is no named function.
    static let operations = EngineConformance.cases.map(\.name).filter {
        ($0.hasPrefix("bags/") || $0.hasPrefix("arrays/") || gathering.contains($0)) && $0 != "arrays/problems"
    }.map { EngineConformance.ExpectedGap($0, "operations run in the program's own process only") }
    private static let gathering = ["delayed/gather-order", "parameters/list-or-array", "parameters/empty"]

    static let all = chains + waiting + operations
}

@Suite("The engine behind a sidecar conforms", .timeLimit(.minutes(5)))
struct BridgeConformanceTests {
    @Test(arguments: EngineConformance.cases)
    func conforms(_ check: EngineConformance.Case) async throws {
        let outcome = try await EngineConformance.run(check, expectedGaps: BridgeGaps.all) { try await fakeEngine() }
        #expect(outcome == .passed || check.requires.contains(.closures) || BridgeGaps.all.contains { $0.name == check.name })
    }
}

extension BridgeGaps {
    /// What they do not do for workflows either, whose tasks all run there.
    static let ofWorkflows =
        chains + waiting
        + ["dynamic/plan-in-task", "dynamic/nested", "dynamic/failure", "cancellation/inner-plan"].map {
            EngineConformance.ExpectedGap($0, "a task in another process has no session")
        }
}

@Suite("The engine behind a sidecar conforms with workflows", .timeLimit(.minutes(5)))
struct BridgeWorkflowTests {
    @Test(arguments: EngineConformance.cases)
    func conforms(_ check: EngineConformance.Case) async throws {
        try await EngineConformance.run(check, expectedGaps: BridgeGaps.ofWorkflows, asWorkflow: true) { try await fakeEngine() }
    }
}
