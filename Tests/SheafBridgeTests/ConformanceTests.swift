import SheafCore
import SheafTesting
import Testing

@testable import SheafBridge

/// Behind a sidecar that needs nothing installed: as behind those of Dask and Ray.
@Suite("The engine behind a sidecar conforms", .timeLimit(.minutes(5)))
struct BridgeConformanceTests {
    @Test(arguments: EngineConformance.cases)
    func conforms(_ check: EngineConformance.Case) async throws {
        try await conformance(of: "dask", check, asWorkflow: false) { try await fakeEngine() }
    }

    @Test(arguments: EngineConformance.cases)
    func conformsAsWorkflow(_ check: EngineConformance.Case) async throws {
        try await conformance(of: "dask", check, asWorkflow: true) { try await fakeEngine() }
    }
}

/// Runs a case and expects the gaps that an engine is known to have.
func conformance(
    of engine: String, _ check: EngineConformance.Case, timeLimit: Duration = .seconds(60), asWorkflow: Bool,
    _ makeEngine: @Sendable () async throws -> any Engine
) async throws {
    let support = try #require(EngineConformance.support(of: engine))
    let gaps = asWorkflow ? support.expectedWorkflowGaps : support.expectedGaps
    let outcome = try await EngineConformance.run(
        check, expectedGaps: gaps, timeLimit: timeLimit, asWorkflow: asWorkflow, engine: makeEngine)
    #expect(outcome == .passed || (!asWorkflow && check.requires.contains(.closures)) || gaps.contains { $0.name == check.name })
}
