import SheafCore
import SheafLocal
import Testing

@Suite("Graph: fusing")
struct FuseTests {
    static let add = Function("add") { (a: Int, b: Int) in a &+ b }
    static let negate = Function("negate") { (a: Int) in 0 &- a }
    static let sum = Function("sum") { (all: [Int]) in all.reduce(1, &+) }
    static let later = Function("later", async: { (a: Int) async in a &+ 100 })
    static let costly = Capabilities(engine: "costly", closures: true, taskOverhead: 1)
    static let cheap = Capabilities(engine: "cheap", closures: true)

    static func session() -> Session {
        let options = SessionOptions(workers: 2)
        return Session(engine: LocalEngine(options: options), options: options)
    }

    @Test("a fused plan gives the results of the plan it was made from", arguments: UInt64(0)..<40)
    func sameResults(seed: UInt64) async throws {
        let session = Self.session()
        var random = SplitMix64(seed: seed)
        var values: [Int] = [], delayed: [Delayed<Int>] = []
        for node in 0..<30 {
            // Mostly the newest, which makes chains.
            func pick() -> Int { Int.random(in: 0..<3, using: &random) > 0 ? node - 1 : Int.random(in: 0..<node, using: &random) }
            guard node > 0 else {
                values.append(5)
                delayed.append(session.delayed(Self.negate, -5))
                continue
            }
            let (a, b) = (pick(), pick())
            switch Int.random(in: 0..<5, using: &random) {
            case 0:
                values.append(values[a] &+ values[b])
                delayed.append(session.delayed(Self.add, delayed[a], delayed[b]))
            case 1:
                values.append(values[a] &+ node)
                delayed.append(session.delayed(Self.add, Delayed(node), delayed[a]))
            case 2:
                values.append(1 &+ values[a] &+ values[a] &+ 7)
                delayed.append(session.delayed(Self.sum, [delayed[a], 7, delayed[a]]))
            case 3:
                values.append(values[a] &+ 100)
                delayed.append(session.delayed(Self.later, delayed[a]))
            default:
                values.append(0 &- values[a])
                delayed.append(session.delayed(Self.negate, delayed[a]))
            }
        }
        let (graph, root) = try session.gather([delayed[29], delayed[17], delayed[8]]).graph()
        let whole = try Plan(graph, outputs: [root], capabilities: Self.cheap)
        let fused = try Plan(graph, outputs: [root], capabilities: Self.costly)
        #expect(whole.graph.count == graph.count && fused.graph.count <= graph.count)
        for plan in [whole, fused] {
            let result = try await session.compute(plan, name: "fuse")
            #expect((result.first as? TypedValue<[Int]>)?.value == [values[29], values[17], values[8]])
        }
        await session.close()
    }

    @Test("a function over a list sees only its own arguments when it begins a chain")
    func listBeginsChain() async throws {
        let session = Self.session()
        let value = session.delayed(Self.add, session.delayed(Self.sum, [2, 3]), 1000)
        let (graph, root) = try value.graph()
        let plan = try Plan(graph, outputs: [root], capabilities: Self.costly)
        #expect(plan.graph.count == 1)
        let result = try await session.compute(plan, name: "fuse")
        #expect((result.first as? TypedValue<Int>)?.value == 1006)
        await session.close()
    }

    /// Unary nodes over the given inputs; nodes in `retried` have a retry policy, nodes in `waiting` an `async` body.
    static func graph(_ inputs: [[Int]], retried: Set<Int> = [], waiting: Set<Int> = []) -> Graph {
        var graph = Graph()
        let plain = graph.addFunction(NodeFunction(name: "f", identity: .named, body: .sync { _ in TypedValue(0) }))
        let waits = graph.addFunction(NodeFunction(name: "g", identity: .named, body: .async { _ in TypedValue(0) }))
        let once = graph.addAttributes(NodeAttributes(location: SourceLocation()))
        let twice = graph.addAttributes(NodeAttributes(location: SourceLocation(), retry: RetryPolicy(attempts: 2)))
        for (node, list) in inputs.enumerated() {
            graph.append(
                function: waiting.contains(node) ? waits : plain, attributes: retried.contains(node) ? twice : once,
                arguments: list.map { Graph.Argument.node($0) })
        }
        return graph
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let inputs: [[Int]]
        var outputs: [Int]?
        var retried: Set<Int> = []
        var waiting: Set<Int> = []
        /// How many steps each node of the fused graph has.
        let steps: [Int]
    }

    static let cases = [
        Case(testDescription: "a chain becomes one task", inputs: [[], [0], [1], [2]], steps: [4]),
        Case(testDescription: "an input taken twice is still a chain", inputs: [[], [0, 0], [1]], steps: [3]),
        Case(testDescription: "a fork and a join end chains", inputs: [[], [0], [1], [1], [2, 3], [4]], steps: [2, 1, 1, 2]),
        Case(testDescription: "an output inside a chain ends it", inputs: [[], [0], [1]], outputs: [2, 1], steps: [2, 1]),
        Case(testDescription: "another retry policy ends a chain", inputs: [[], [0], [1], [2]], retried: [2, 3], steps: [2, 2]),
        Case(testDescription: "an equal retry policy does not", inputs: [[], [0], [1]], retried: [0, 1, 2], steps: [3]),
        Case(testDescription: "an async step stands alone", inputs: [[], [0], [1], [2]], waiting: [1], steps: [1, 1, 2]),
    ]

    @Test("only linear chains of synchronous steps with one retry policy are joined", arguments: cases)
    func joins(example: Case) {
        let graph = Self.graph(example.inputs, retried: example.retried, waiting: example.waiting)
        let outputs = example.outputs ?? [graph.count - 1]
        let (fused, roots) = graph.fused(outputs: outputs)
        #expect((0..<fused.count).map { fused.function($0).steps.count } == example.steps)
        #expect(roots.count == outputs.count && Set(roots).count == roots.count)
        #expect(GraphSamples.isTopological(fused, Array(0..<fused.count)))
        for (root, output) in zip(roots, outputs) { #expect(fused.attributes(root).retry == graph.attributes(output).retry) }
    }

    @Test("fusing a second time changes nothing", arguments: cases)
    func idempotent(example: Case) {
        let graph = Self.graph(example.inputs, retried: example.retried, waiting: example.waiting)
        let (once, roots) = graph.fused(outputs: example.outputs ?? [graph.count - 1])
        let (twice, again) = once.fused(outputs: roots)
        #expect((0..<twice.count).map { twice.function($0).steps } == (0..<once.count).map { once.function($0).steps })
        #expect(again == roots)
    }
}
