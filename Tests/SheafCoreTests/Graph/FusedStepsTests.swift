internal import SheafCore
internal import SheafTesting
internal import Testing

/// What the steps of fused nodes see and return, run without an engine.
@Suite struct FusedStepsTests {
    private func value(_ graph: Graph, _ output: NodeID) throws -> Int? { try graph.evaluated([output])[0].untyped as? Int }

    @Test func stepsKeepTheirConstants() throws {
        var builder = GraphBuilder()
        let ten = builder.constant(10), four = builder.constant(4)
        let subtract = NodeFunction.Body.sync { scope in
            TypedValue(scope.argument(0, as: Int.self) - scope.argument(1, as: Int.self))
        }
        let first = builder.node([ten, four], name: "subtract", body: subtract)
        let second = builder.node([ten, .node(first)], name: "subtract", body: subtract)
        let third = builder.node([.node(second), four], name: "subtract", body: subtract)
        let (fused, roots) = builder.graph.fused(outputs: [third])
        #expect(fused.count == 1)
        #expect(try value(fused, roots[0]) == 10 - (10 - 4) - 4)
    }

    @Test func fusingWhatIsFusedTakesItApartFirst() throws {
        var builder = GraphBuilder()
        let a = builder.node(), b = builder.node(a), c = builder.node(b), d = builder.node(c)
        // With b as an output the chain is in two parts; without it they join.
        let (once, roots) = builder.graph.fused(outputs: [d, b])
        #expect(once.count == 2)
        let (twice, again) = once.fused(outputs: [roots[0]])
        #expect(twice.count == 1)
        #expect(try value(twice, again[0]) == 4)
        #expect(twice.function(0).steps.count == 4)
    }

    @Test(arguments: Array(UInt64(1)...30))
    func fusedRandomGraphsGiveTheSame(seed: UInt64) throws {
        let random = RandomGraph(seed: seed, nodes: 80)
        let (graph, outputs) = random.graph.culled(to: random.outputs)
        let (fused, roots) = graph.fused(outputs: outputs)
        #expect(fused.count <= graph.count)
        #expect(try fused.evaluated(roots).map { $0.untyped as? [UInt64] } == random.expected)
        let steps = (0..<fused.count).reduce(0) { $0 + fused.function($1).steps.count }
        #expect(steps == graph.count, "every node is a step of one node")
        // No chain is left: a node with one user and that user's only input would be one.
        let (offsets, targets) = fused.dependents()
        for node in 0..<fused.count where !roots.contains(node) {
            let users = Set(targets[Int(offsets[node])..<Int(offsets[node + 1])])
            if let user = users.first, users.count == 1 { #expect(Set(fused.inputs(Int(user))).count > 1) }
        }
    }

    @Test func aValueTakenTwiceByOneUserIsFused() throws {
        var builder = GraphBuilder()
        let a = builder.node(), b = builder.node(a, a)
        let (fused, roots) = builder.graph.fused(outputs: [b])
        #expect(fused.count == 1)
        #expect(try value(fused, roots[0]) == 3)
    }
}
