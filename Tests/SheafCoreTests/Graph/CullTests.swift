import SheafCore
import Testing

@Suite("Graph: culling and dependents")
struct CullTests {
    /// A graph in which every node has a constant of its own, by which it is recognised after renumbering.
    static func tagged(_ inputs: [[Int]]) -> Graph {
        var graph = Graph()
        let function = graph.addFunction(NodeFunction(name: "f", identity: .named, body: .unresolved))
        let attributes = graph.addAttributes(NodeAttributes(location: SourceLocation()))
        for (node, list) in inputs.enumerated() {
            let tag = graph.addConstant(TypedValue(node))
            graph.append(function: function, attributes: attributes, arguments: list.map { Graph.Argument.node($0) } + [tag])
        }
        return graph
    }

    static func tag(_ graph: Graph, _ node: NodeID) -> Int? {
        guard let last = graph.arguments[graph.argumentRange(node)].last, last.isConstant else { return nil }
        return (graph.constants[last.index] as? TypedValue<Int>)?.value
    }

    @Test("exactly the outputs' ancestors are kept, with their edges and constants", arguments: UInt64(0)..<60)
    func keepsAncestors(seed: UInt64) {
        let inputs = GraphSamples.random(seed: seed, count: 25)
        let outputs = [Int(seed % 25), 12, Int(seed * 7 % 25)]
        var ancestors = Set<Int>()
        for output in outputs { Self.collect(output, inputs, &ancestors) }

        let (culled, roots) = Self.tagged(inputs).culled(to: outputs)
        let tags = (0..<culled.count).map { Self.tag(culled, $0) }
        #expect(tags == ancestors.sorted(), "the ancestors, still in the program's order")
        #expect(roots.map { tags[$0] } == outputs)
        #expect(culled.constants.count == ancestors.count)
        for node in 0..<culled.count {
            guard let tag = tags[node] else { continue }
            #expect(culled.inputs(node).map { tags[$0] } == inputs[tag])
        }
    }

    private static func collect(_ node: Int, _ inputs: [[Int]], _ found: inout Set<Int>) {
        found.insert(node)
        for input in inputs[node] { collect(input, inputs, &found) }
    }

    @Test("a graph that is needed whole stays as it is")
    func nothingToCull() {
        let inputs = [[], [0], [0], [1, 2]]
        let (culled, roots) = Self.tagged(inputs).culled(to: [3, 1])
        #expect(culled.count == 4 && roots == [3, 1])
    }

    @Test("without outputs nothing is left")
    func noOutputs() {
        #expect(Self.tagged([[], [0]]).culled(to: []).graph.isEmpty)
    }

    @Test("dependents are the edges turned around, once for each argument, in ascending order", arguments: UInt64(0)..<40)
    func dependents(seed: UInt64) {
        let inputs = GraphSamples.random(seed: seed, count: 20)
        var expected = [[UInt32]](repeating: [], count: 20)
        for (node, list) in inputs.enumerated() { for input in list { expected[input].append(UInt32(node)) } }
        let (offsets, targets) = Self.tagged(inputs).dependents()
        #expect(offsets.count == 21)
        let found = (0..<20).map { (node: Int) -> [UInt32] in Array(targets[Int(offsets[node])..<Int(offsets[node + 1])]) }
        #expect(found == expected)
    }
}
