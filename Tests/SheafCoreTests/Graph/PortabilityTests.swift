import SheafCore
import SheafLocal
import Testing

@Suite("Plans: what an engine cannot run")
struct PortabilityTests {
    static let double = Function("double") { (a: Int) in a * 2 }
    static let wait = Function("wait", async: { (a: Int) async in a })
    static let session = Session(engine: LocalEngine(options: SessionOptions(workers: 1)))

    @Test("a closure is named with its file and line")
    func closure() throws {
        let line: UInt = #line + 1
        let value = Self.session.delayed(Self.session.delayed(Self.double, 1)) { (a: Int) in a + 1 }
        let (graph, node) = try value.graph()
        let gaps = graph.portabilityGaps(Capabilities(engine: "far", closures: false))
        let gap = try #require(gaps.first)
        #expect(gaps.count == 1 && gap.node == node)
        #expect(gap.error.code == .closureNotPortable)
        #expect(gap.error.location?.file == #fileID && gap.error.location?.line == UInt32(line))
        #expect(gap.error.description.contains("\(#fileID):\(line)") && gap.error.description.contains("far"))
        #expect(graph.portabilityGaps(Capabilities(engine: "near", closures: true)).isEmpty)
    }

    @Test("a retry policy is refused where the engine does not retry")
    func retries() throws {
        let line: UInt = #line + 1
        let value = Self.session.delayed(Self.double, 1, options: NodeOptions(name: "fetch", retry: RetryPolicy(attempts: 3)))
        let graph = try value.graph().graph
        let gap = try #require(graph.portabilityGaps(Capabilities(engine: "far", closures: true, retries: false)).first)
        #expect(gap.error.code == .unsupported && gap.error.node == "fetch#0")
        #expect(gap.error.location?.file == #fileID && gap.error.location?.line == UInt32(line))
        #expect(graph.portabilityGaps(Capabilities(engine: "far", closures: true)).isEmpty)
    }

    @Test("an async function is refused where the engine has none")
    func asyncFunctions() throws {
        let line: UInt = #line + 1
        let value = Self.session.delayed(Self.wait, 1)
        let graph = try value.graph().graph
        let gap = try #require(graph.portabilityGaps(Capabilities(engine: "far", closures: true, asyncFunctions: false)).first)
        #expect(gap.error.code == .unsupported && gap.error.message.contains("wait"))
        #expect(gap.error.location?.file == #fileID && gap.error.location?.line == UInt32(line))
    }

    @Test("every node with a gap is listed, and a function that nobody registered is one")
    func allGaps() {
        let graph = GraphSamples.graph([[], [0], [1]])
        let gaps = graph.portabilityGaps(Capabilities(engine: "near", closures: true))
        #expect(gaps.map(\.node) == [0, 1, 2])
        #expect(gaps.allSatisfy { $0.error.message.contains("“f” is registered") })
    }

    @Test("planning throws for what is needed, and does not look at what is not")
    func planning() throws {
        let far = Capabilities(engine: "far", closures: false, taskOverhead: 1)
        let needed = Self.session.delayed(Self.double, 1)
        let closure = Self.session.delayed(needed) { (a: Int) in a }
        let (graph, node) = try closure.graph()
        #expect { try Plan(graph, outputs: [node], capabilities: far) } throws: { ($0 as? PlanError)?.code == .closureNotPortable }
        let plan = try Plan(graph, outputs: graph.inputs(node), capabilities: far)
        #expect(plan.graph.count == 1 && Array(plan.order) == [0])
    }

    @Test(
        "plans are fused from an overhead of ten microseconds a task on", arguments: [(0, false), (9e-6, false), (10e-6, true), (1, true)])
    func fusionThreshold(overhead: Double, isFused: Bool) throws {
        let (graph, node) = try Self.session.delayed(Self.double, Self.session.delayed(Self.double, 1)).graph()
        let plan = try Plan(graph, outputs: [node], capabilities: Capabilities(engine: "e", closures: true, taskOverhead: overhead))
        #expect(plan.graph.count == (isFused ? 1 : 2))
    }
}
