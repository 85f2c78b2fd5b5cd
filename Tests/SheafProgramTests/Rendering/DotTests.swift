import SheafCore
import SheafLocal
import Testing

@Suite("A graph in the language of dot")
struct DotTests {
    private let graphs = SampleGraphs()

    @Test("has a line for each task and each dependency")
    func golden() throws {
        let session = graphs.session
        let one = session.delayed(graphs.load, 1, options: NodeOptions(name: "say \"\\N\"\nhi"))
        let (graph, root) = try session.delayed(graphs.add, one, one).graph()
        let lines = graph.dot(outputs: [root]).split(separator: "\n")
        #expect(lines.first == "digraph sheaf {")
        #expect(lines.last == "}")
        let name = "say \\\"\\\\N\\\"\\nhi"
        #expect(lines.contains { $0.hasPrefix("  n0 [label=\"\(name)\", tooltip=\"\(name)#0\\nmade at SheafProgramTests/DotTests.swift:") })
        #expect(lines.contains { $0.hasPrefix("  n1 [label=\"add\"") && $0.hasSuffix("peripheries=2];") })
        #expect(lines.contains("  n0 -> n1 [label=\"×2\"];"))
        #expect(lines.filter { $0.contains("->") }.count == 1)
    }

    @Test("groups a large graph")
    func grouped() throws {
        let (graph, root) = try graphs.tree(leaves: 4096).graph()
        let lines = graph.dot(outputs: [root]).split(separator: "\n")
        #expect(lines.filter { $0.contains("[label=") && !$0.contains("->") }.count == 13)
        #expect(lines.contains { $0.contains("load\\n×4,096") })
        #expect(lines.contains("  n0 -> n1 [label=\"×4,096\"];"))
    }

    @Test("is a digraph even when there is nothing in it")
    func empty() {
        #expect(Graph().dot().hasPrefix("digraph sheaf {"))
        #expect(Graph().dot().hasSuffix("}\n"))
    }
}
