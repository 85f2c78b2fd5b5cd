internal import SheafCore
internal import SheafTesting
internal import Testing

@Suite struct GraphTests {
    @Test func argumentsTakeFourBytesAndKeepWhatTheyAre() {
        #expect(MemoryLayout<Graph.Argument>.size == 4)
        for index in [0, 1, 1 << 20, Int(Int32.max) - 1] {
            let node = Graph.Argument.node(index), constant = Graph.Argument.constant(index)
            #expect(node.isNode && !node.isConstant && !node.isPrevious && node.index == index)
            #expect(!constant.isNode && constant.isConstant && !constant.isPrevious && constant.index == index)
        }
        let previous = Graph.Argument.previous
        #expect(previous.isPrevious && !previous.isNode && !previous.isConstant)
    }

    @Test func inputsAreListedInArgumentOrderWithRepetitions() {
        var builder = GraphBuilder()
        let a = builder.node(), b = builder.node()
        let c = builder.node([b, a, b])
        #expect(builder.graph.inputs(c) == [b, a, b])
        #expect(builder.graph.inputs(a).isEmpty)
    }

    @Test func aNodeIsCalledByItsNameOrItsFunctions() {
        var builder = GraphBuilder()
        let plain = builder.node(), named = builder.node(name: "load")
        #expect(builder.graph.name(plain) == "sum#0")
        #expect(builder.graph.name(named) == "load#1")
        #expect(builder.graph.label(named) == "load")
    }
}
