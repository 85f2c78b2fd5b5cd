import SheafCore
import SheafLocal
import Testing

@Suite("Delayed values: linking across sessions and arenas")
struct LinkTests {
    static let add = Function("add") { (a: Int, b: Int) in a + b }
    static let square = Function("square") { (a: Int) in a * a }
    static let sum = Function("sum") { (all: [Int]) in all.reduce(0, +) }

    static func session() -> Session {
        let options = SessionOptions(workers: 2)
        return Session(engine: LocalEngine(options: options), options: options)
    }

    @Test("values of two sessions combine into one plan that holds each node once")
    func twoSessions() async throws {
        let (a, b) = (Self.session(), Self.session())
        let left = a.delayed(Self.square, 3)
        let right = b.delayed(Self.square, 4)
        let both = a.delayed(Self.add, left, right)
        // Uses the other arena's node a second time, on both sides.
        let all = b.delayed(Self.sum, [both, right, 5, left, right])
        let (graph, node) = try all.graph()
        #expect(graph.count == 4, "two squares, an addition, a sum")
        #expect((0..<graph.count).map { graph.function($0).name } == ["square", "square", "add", "sum"])
        #expect(node == 3 && graph.inputs(3).count == 4)
        #expect(try await all.compute() == 25 + 16 + 5 + 9 + 16)
        await a.close()
        await b.close()
    }

    @Test("arenas that refer to each other back and forth link into a topological graph", arguments: [2, 9, 40])
    func backAndForth(rounds: Int) async throws {
        let (a, b) = (Self.session(), Self.session())
        // Each value belongs to its first argument's arena.
        var inA = a.delayed(Self.square, 1), inB = b.delayed(Self.square, 1)
        var (x, y) = (1, 1)
        for _ in 0..<rounds {
            inA = a.delayed(Self.add, inA, inB)
            x &+= y
            inB = b.delayed(Self.add, inB, inA)
            y &+= x
        }
        let (graph, node) = try inB.graph()
        #expect(graph.count == 2 + 2 * rounds && node == graph.count - 1)
        #expect(GraphSamples.isTopological(graph, Array(0..<graph.count)))
        #expect(try await a.compute([inB, inA, inB]) == [y, x, y])
        await a.close()
        await b.close()
    }

    @Test("roots in different arenas are computed in one job, in the order asked for, constants among them")
    func rootsOfSeveralArenas() async throws {
        let (a, b) = (Self.session(), Self.session())
        let values = [b.delayed(Self.square, 2), 7, a.delayed(Self.square, 3), b.delayed(Self.square, 4), Delayed(8)]
        #expect(try await a.compute(values) == [4, 7, 9, 16, 8])
        #expect(try await a.compute([Delayed(1), 2]) == [1, 2])
        await a.close()
        await b.close()
    }

    final class Probe: Sendable {}

    @Test("after plans have been dropped the session lets go of what they held, and goes on")
    func droppedPlans() async throws {
        let session = Self.session()
        weak var probe: Probe?
        do {
            let held = Probe()
            probe = held
            let identity = Function("count") { (_: Probe, b: Int) in b }
            let dropped = (0..<300).map { session.delayed(identity, Delayed(held), Delayed($0)) }
            #expect(try dropped[299].graph().graph.count == 1)
        }
        let next = session.delayed(Self.square, 6)
        #expect(probe == nil)
        #expect(try await next.compute() == 36)
        await session.close()
    }

    @Test("a plan that is kept stays whole while hundreds around it are dropped")
    func keptPlan() async throws {
        let session = Self.session()
        let kept = session.delayed(Self.square, 5)
        for number in 0..<600 { _ = session.delayed(Self.square, number) }
        let later = session.delayed(Self.add, kept, session.delayed(Self.square, 2))
        #expect(try later.graph().graph.count == 3)
        #expect(try await later.compute() == 29)
        await session.close()
    }

    @Test("a constant has no graph")
    func constantGraph() {
        #expect { try Delayed<Int>(3).graph() } throws: { ($0 as? PlanError)?.code == .invalidArgument }
    }
}
