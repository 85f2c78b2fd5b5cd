import SheafCore
import SheafLocal

extension SplitMix64 {
    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }
}

/// A random plan with random results, failures and a random budget.
struct RandomPlan {
    let graph: Graph
    let outputs: [NodeID]
    let order: ContiguousArray<UInt32>
    /// Bytes of each node's result.
    let bytes: [Int]
    /// How many attempts of each node fail.
    let failures: [Int]
    let budget: Int

    init(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var graph = Graph()
        let function = graph.addFunction(NodeFunction(name: "f", identity: .named, body: .unresolved))
        let failing = random.chance(60)
        let declared = random.chance(30)
        let lines = (0..<4).map { _ in
            graph.addAttributes(
                NodeAttributes(
                    location: SourceLocation(), cost: Cost(resultBytes: declared && random.chance(50) ? 1 << 17 : 0),
                    retry: RetryPolicy(attempts: failing ? Int.random(in: 1...3, using: &random) : 1)))
        }
        let count = Int.random(in: 1...40, using: &random)
        // Near inputs make long chains, far ones wide graphs.
        let reach = Int.random(in: 1...count, using: &random)
        for node in 0..<count {
            let arity = node == 0 || random.chance(20) ? 0 : Int.random(in: 1...4, using: &random)
            let list = (0..<arity).map { _ in Graph.Argument.node(Int.random(in: max(0, node - reach)..<node, using: &random)) }
            graph.append(function: function, attributes: lines.randomElement(using: &random)!, arguments: list)
        }
        var outputs = [count - 1]
        for node in 0..<count where random.chance(15) { outputs.append(node) }
        (graph, outputs) = graph.culled(to: outputs)
        self.graph = graph
        self.outputs = outputs
        order = graph.order(outputs: outputs)
        bytes = (0..<graph.count).map { _ in random.chance(30) ? 100 : Int.random(in: (1 << 16)...(1 << 18), using: &random) }
        failures = (0..<graph.count).map { _ in failing && random.chance(15) ? Int.random(in: 1...2, using: &random) : 0 }
        budget = [1 << 16, 1 << 19, 1 << 20, 1 << 30].randomElement(using: &random)!
    }

    /// Whether the node fails for good.
    func isLost(_ node: NodeID) -> Bool { failures[node] >= graph.attributes(node).retry.attempts }

    /// Whether the node, or one that it depends on, fails for good.
    func lostWithAncestors() -> [Bool] {
        var lost = [Bool](repeating: false, count: graph.count)
        for node in 0..<graph.count { lost[node] = isLost(node) || graph.inputs(node).contains { lost[$0] } }
        return lost
    }
}
