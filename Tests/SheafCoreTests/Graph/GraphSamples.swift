import SheafCore

/// Graphs by their edges alone, and what the tests measure on them.
enum GraphSamples {
    /// `inputs[n]` are the nodes whose results node `n` takes; `costs[n]` what it declares, one byte each by default.
    static func graph(_ inputs: [[Int]], costs: [Cost]? = nil) -> Graph {
        var graph = Graph()
        let function = graph.addFunction(NodeFunction(name: "f", identity: .named, body: .unresolved))
        let plain = graph.addAttributes(NodeAttributes(location: SourceLocation(), cost: Cost(resultBytes: 1)))
        for (node, list) in inputs.enumerated() {
            let attributes = costs.map { graph.addAttributes(NodeAttributes(location: SourceLocation(), cost: $0[node])) } ?? plain
            graph.append(function: function, attributes: attributes, arguments: list.map { Graph.Argument.node($0) })
        }
        return graph
    }

    /// Random edges: up to three inputs each, the same one twice now and then.
    static func random(seed: UInt64, count: Int) -> [[Int]] {
        var random = SplitMix64(seed: seed &* 977 &+ 13)
        return (0..<count).map { node in
            let arity = node == 0 ? 0 : Int.random(in: 0...3, using: &random)
            return (0..<arity).map { _ in Int.random(in: 0..<node, using: &random) }
        }
    }

    /// The nodes that no other takes as input.
    static func sinks(_ inputs: [[Int]]) -> [Int] {
        let used = Set(inputs.joined())
        return inputs.indices.filter { !used.contains($0) }
    }

    /// The most results alive at a time when `order` runs one by one, the one being made included.
    static func livePeak(_ graph: Graph, order: [Int], outputs: [NodeID]) -> Int {
        var readers = [Set<Int>](repeating: [], count: graph.count)
        for node in 0..<graph.count { for input in graph.inputs(node) { readers[input].insert(node) } }
        var alive = Set<Int>(), peak = 0
        for node in order {
            alive.insert(node)
            peak = max(peak, alive.count)
            for input in graph.inputs(node) {
                readers[input].remove(node)
                if readers[input].isEmpty, !outputs.contains(input) { alive.remove(input) }
            }
        }
        return peak
    }

    static func isTopological(_ graph: Graph, _ order: [Int]) -> Bool {
        var position = [Int](repeating: -1, count: graph.count)
        for (index, node) in order.enumerated() { position[node] = index }
        return order.count == graph.count && !position.contains(-1)
            && (0..<graph.count).allSatisfy { node in graph.inputs(node).allSatisfy { position[$0] < position[node] } }
    }
}
