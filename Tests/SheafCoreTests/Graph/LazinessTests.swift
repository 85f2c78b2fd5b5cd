internal import SheafCore
internal import SheafTesting
internal import Testing

/// Building, planning and refusing plans asks the engine nothing.
@Suite struct LazinessTests {
    static let elsewhere = Capabilities(engine: "elsewhere", closures: false)
    static let add = Function("add") { (a: Int, b: Int) in a + b }

    private func session(_ capabilities: Capabilities) -> (session: Session, engine: RefusingEngine) {
        let engine = RefusingEngine(capabilities: capabilities)
        return (Session(engine: engine), engine)
    }

    @Test func buildingAndPlanningContactsNobody() throws {
        let (session, engine) = session(Capabilities(engine: "refusing", closures: true))
        let values = (0..<100).map { session.delayed(Self.add, Delayed($0), 1) }
        let (graph, node) = try session.gather(values).graph()
        let plan = try session.plan(graph, outputs: [node])
        #expect(plan.graph.count == 101 && plan.memory(workers: 2).undeclared == 101)
        #expect(engine.requests.isEmpty)
    }

    @Test func computingDoes() async throws {
        let (session, engine) = session(Capabilities(engine: "refusing", closures: true))
        let error = await #expect(throws: EngineError.self) { try await session.delayed(Self.add, 1, 2).compute() }
        #expect(error?.code == .refused)
        #expect(engine.requests == ["submit"])
    }

    @Test func aClosureForAnEngineElsewhereIsAnErrorWithFileAndLine() async throws {
        let (session, engine) = session(Self.elsewhere)
        let named = session.delayed(Self.add, 1, 2)
        let line = #line; let closure = session.delayed(named) { (number: Int) in number * 2 }
        let error = await #expect(throws: PlanError.self) { try await session.delayed(Self.add, closure, named).compute() }
        #expect(error?.code == .closureNotPortable)
        #expect(error?.location?.line == UInt32(line) && error?.location?.file == "\(#fileID)")
        #expect(error?.node == "closure#1")
        #expect(error?.hint?.contains("Function") == true)
        #expect(engine.requests.isEmpty, "found before anything was asked")
    }

    @Test func aClosureThatTheResultDoesNotNeedIsNoError() throws {
        let (session, _) = session(Self.elsewhere)
        let named = session.delayed(Self.add, 1, 2)
        _ = session.delayed(named) { (number: Int) in number * 2 }
        let (graph, node) = try named.graph()
        #expect(throws: Never.self) { try session.plan(graph, outputs: [node]) }
    }

    @Test func everyGapIsReportedWithItsNode() {
        var builder = GraphBuilder()
        let location = SourceLocation(fileID: "Here/file.swift", line: 7)
        let fine = builder.node()
        let closure = builder.node([.node(fine)], name: "closure", identity: .closure(location), body: .unresolved)
        let operations = builder.node(
            [.node(closure)], name: "map → filter",
            identity: .operations([Operation("map", function: "f"), Operation("filter", closure: location)]),
            body: .unresolved)
        let waits = builder.node(operations, retry: RetryPolicy(attempts: 2), isAsync: true)
        let gaps = builder.graph.portabilityGaps(
            Capabilities(engine: "poor", closures: false, asyncFunctions: false, retries: false))
        #expect(gaps.map(\.node) == [closure, operations, waits])
        #expect(gaps.map(\.error.code) == [.closureNotPortable, .closureNotPortable, .unsupported])
        #expect(gaps[1].error.location?.description == "Here/file.swift:7")
        #expect(
            builder.graph.portabilityGaps(Capabilities(engine: "rich", closures: true)).map(\.node) == [closure, operations], "no bodies")
    }
}
