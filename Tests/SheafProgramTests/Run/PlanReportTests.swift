import Sheaf
import SheafProgram
import SheafTesting
import Testing

@Suite("What an engine would do with a plan")
struct PlanReportTests {
    private static let step = Function("report.step") { (number: Int) in number + 1 }

    private func report(
        _ engine: String, asWorkflow: Bool = true, _ graph: (Session) throws -> (graph: Graph, outputs: [NodeID])
    ) throws -> PlanReport {
        let provider = try #require(Engines.linked.first { $0.scheme == engine })
        // Nobody is asked to run anything.
        let engine = RefusingEngine(), session = Session(engine: engine)
        let (graph, outputs) = try graph(session)
        defer { #expect(engine.requests.isEmpty) }
        return provider.report(graph, outputs: outputs, asWorkflow: asWorkflow)
    }

    @Test("fusion leaves a third of the operations as tasks, or fewer", arguments: ["dask", "ray"])
    func fusion(engine: String) throws {
        let chain = try report(engine) { session in
            let (graph, node) = try (0..<6).reduce(Delayed(0)) { value, _ in session.delayed(Self.step, value) }.graph()
            return (graph, [node])
        }
        #expect(chain.operations == 6 && chain.tasks == 1 && chain.gaps.isEmpty)
        let array = try report(engine) { session in
            let x = session.random.normal(shape: [4000, 4000], chunks: [1000, 1000], seed: 1)
            return try ((x * x + 10).sqrt() - 1).mean().graph()
        }
        #expect(array.operations >= 3 * array.tasks, "\(array.operations) operations in \(array.tasks) tasks")
        let words = try report(engine) { session in
            try session.bag(0..<1000, partitions: 8).map { $0 * 3 }.filter { $0 % 2 == 0 }.map { $0 + 1 }.graph()
        }
        #expect(words.operations >= 3 * words.tasks, "\(words.operations) operations in \(words.tasks) tasks")
    }

    @Test("closures run anywhere in a workflow, and in this process outside one")
    func closures() throws {
        for (engine, runs) in [("local", true), ("processes", false), ("dask", false), ("ray", false)] {
            let plan = { (session: Session) in try session.bag(0..<10).map { $0 + 1 }.graph() }
            #expect(try report(engine, plan).gaps.isEmpty)
            let outside = try report(engine, asWorkflow: false, plan)
            #expect(outside.gaps.isEmpty == runs)
            if let gap = outside.gaps.first {
                #expect(gap.error.code == .closureNotPortable && gap.error.message.contains("PlanReportTests.swift"))
            }
        }
    }
}
