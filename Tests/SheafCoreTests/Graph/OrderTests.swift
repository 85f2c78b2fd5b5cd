import SheafCore
import Testing

@Suite("Graph: order and memory plan")
struct OrderTests {
    struct Shape: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let inputs: [[Int]]
        /// The most results that need to be alive at a time.
        let limit: Int
    }

    /// A chain; a binary tree, level by level; loads, maps and one reduction, stage by stage.
    static let shapes: [Shape] = [
        Shape(testDescription: "chain", inputs: (0..<50).map { $0 == 0 ? [] : [$0 - 1] }, limit: 2),
        Shape(
            testDescription: "binary tree",
            inputs: Array(repeating: [], count: 64) + (0..<63).map { [2 * $0, 2 * $0 + 1] }, limit: 8),
        Shape(
            testDescription: "map-reduce",
            inputs: Array(repeating: [], count: 30) + (0..<30).map { [$0] } + [Array(30..<60)], limit: 31),
    ]

    @Test("finishing what was begun keeps no more results alive than the program's own order", arguments: shapes)
    func peakOfShapes(shape: Shape) {
        let graph = GraphSamples.graph(shape.inputs)
        let outputs = [graph.count - 1]
        let order = graph.order(outputs: outputs).map { Int($0) }
        #expect(GraphSamples.isTopological(graph, order))
        let peak = GraphSamples.livePeak(graph, order: order, outputs: outputs)
        #expect(peak <= GraphSamples.livePeak(graph, order: Array(0..<graph.count), outputs: outputs))
        #expect(peak <= shape.limit)
    }

    @Test("on a wavefront, whose results are all shared, the peak stays within twice the width", arguments: [3, 10, 20])
    func peakOfWavefront(width: Int) {
        let graph = GraphSamples.graph(
            (0..<width * width).map { ($0 >= width ? [$0 - width] : []) + ($0 % width > 0 ? [$0 - 1] : []) })
        let outputs = [graph.count - 1]
        let order = graph.order(outputs: outputs).map { Int($0) }
        #expect(GraphSamples.isTopological(graph, order))
        #expect(GraphSamples.livePeak(graph, order: order, outputs: outputs) <= 2 * width)
    }

    @Test("the order is a topological permutation, whatever the outputs", arguments: UInt64(0)..<100)
    func permutation(seed: UInt64) {
        let all = GraphSamples.graph(GraphSamples.random(seed: seed, count: Int(seed % 40) + 1))
        let (graph, outputs) = all.culled(to: [all.count - 1, Int(seed) % all.count, all.count / 2])
        #expect(GraphSamples.isTopological(graph, graph.order(outputs: outputs).map { Int($0) }))
    }

    @Test("on small graphs the peak is at most twice the best there is, and close to it on average")
    func nearBruteForce() {
        var total = 0, bestTotal = 0
        for seed in UInt64(0)..<150 {
            let inputs = GraphSamples.random(seed: seed, count: 3 + Int(seed % 6))
            let graph = GraphSamples.graph(inputs)
            let outputs = GraphSamples.sinks(inputs)
            let peak = GraphSamples.livePeak(graph, order: graph.order(outputs: outputs).map { Int($0) }, outputs: outputs)
            let best = Self.bestPeak(inputs, outputs)
            #expect(best <= peak && peak <= 2 * best, "seed \(seed)")
            total += peak
            bestTotal += best
        }
        #expect(Double(total) <= 1.15 * Double(bestTotal))
    }

    /// Of all topological orders, by the sets of nodes that have run.
    static func bestPeak(_ inputs: [[Int]], _ outputs: [NodeID]) -> Int {
        let needs = inputs.map { $0.reduce(0) { $0 | 1 << $1 } }
        var best = [Int?](repeating: nil, count: 1 << inputs.count)
        best[0] = 0
        for done in best.indices {
            guard let peak = best[done] else { continue }
            let alive = inputs.indices.count { node in
                done >> node & 1 == 1
                    && (outputs.contains(node) || inputs.indices.contains { done >> $0 & 1 == 0 && needs[$0] >> node & 1 == 1 })
            }
            for node in inputs.indices where done >> node & 1 == 0 && needs[node] & ~done == 0 {
                let after = done | 1 << node
                best[after] = min(best[after] ?? .max, max(peak, alive + 1))
            }
        }
        return best[best.count - 1] ?? 0
    }

    @Test("the subtree that needs more room runs first, by the declared sizes")
    func hungriestFirst() {
        let costs = [1, 1, 100, 1, 1].map { Cost(resultBytes: $0) }
        let graph = GraphSamples.graph([[], [0], [], [2], [1, 3]], costs: costs)
        #expect(Array(graph.order(outputs: [4])) == [2, 3, 0, 1, 4])
    }

    @Test("the memory plan's peak is what a simulation of the workers' window holds at most", arguments: UInt64(0)..<60, 1...3)
    func memoryPlan(seed: UInt64, workers: Int) {
        var random = SplitMix64(seed: seed)
        let inputs = GraphSamples.random(seed: seed, count: 18)
        let costs = inputs.map { _ in
            Cost(resultBytes: Int.random(in: 0...50, using: &random), workingBytes: Int.random(in: 0...20, using: &random))
        }
        let graph = GraphSamples.graph(inputs, costs: costs)
        let outputs = GraphSamples.sinks(inputs)
        let order = graph.order(outputs: outputs)
        let plan = graph.memoryPlan(order: order, outputs: outputs, workers: workers)
        let (peak, node) = Self.simulatedPeak(inputs, costs, order.map { Int($0) }, outputs, workers)
        #expect(plan.peakBytes == peak)
        #expect(plan.peakNode == node)
        #expect(plan.undeclared == costs.count { $0.resultBytes == 0 })
    }

    /// At each step, from scratch: what is begun counts, until its last reader is out of the window.
    static func simulatedPeak(_ inputs: [[Int]], _ costs: [Cost], _ order: [Int], _ outputs: [Int], _ workers: Int) -> (Int, Int?) {
        var peak = 0, peakNode: Int?
        for step in order.indices {
            let ended = Set(order[..<max(0, step - workers + 1)])
            var held = 0
            for node in order[...step] {
                let isRead = inputs.indices.contains { inputs[$0].contains(node) && !ended.contains($0) }
                if isRead || outputs.contains(node) { held += costs[node].resultBytes }
                if !ended.contains(node) { held += costs[node].workingBytes }
            }
            if held > peak { (peak, peakNode) = (held, order[step]) }
        }
        return (peak, peakNode)
    }

    @Test("an empty graph needs nothing")
    func emptyGraph() {
        let plan = Graph().memoryPlan(order: Graph().order(outputs: []), outputs: [])
        #expect(plan.peakBytes == 0 && plan.peakNode == nil && plan.undeclared == 0)
    }
}
