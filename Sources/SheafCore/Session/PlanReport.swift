/// What an engine would do with a plan: how many tasks it would be given, and what of it would not run there.
public struct PlanReport: Sendable {
    /// The engine's name.
    public let engine: String
    /// The plan as the engine would be given it.
    public let graph: Graph
    public let outputs: [NodeID]
    /// Operations in all: as many tasks as there would be if none ran together with others.
    public let operations: Int
    /// Tasks that would run in this process, since they use what only this process has.
    public let tasksHere: Int
    /// What keeps the plan from running there; empty when nothing does.
    public let gaps: [PortabilityGap]

    public var tasks: Int { graph.count }

    /// The projected peak with `workers` tasks at a time.
    public func memory(workers: Int) -> MemoryPlan {
        graph.memoryPlan(order: graph.order(outputs: outputs), outputs: outputs, workers: workers)
    }

    /// Plans a graph for an engine that need not exist. Contacts nobody.
    ///
    /// - Complexity: O(nodes + arguments).
    public init(_ graph: Graph, outputs: [NodeID], capabilities: Capabilities) {
        engine = capabilities.engine
        let (culled, wanted) = graph.culled(to: outputs)
        gaps = culled.portabilityGaps(capabilities)
        (self.graph, self.outputs) = gaps.isEmpty && capabilities.prefersFusion ? culled.fused(outputs: wanted) : (culled, wanted)
        operations = (0..<culled.count).reduce(0) { $0 + max(culled.function($1).steps.count, 1) }
        let fused = self.graph
        tasksHere = capabilities.sharesMemory ? 0 : (0..<fused.count).reduce(0) { $0 + (fused.function($1).staysHere ? 1 : 0) }
    }
}

extension EngineProvider {
    /// What its engines would do with a graph, none of which is started or reached.
    ///
    /// - Parameter asWorkflow: whether the plan is one of a ``Workflow``, as those of a `Program` are, so that closures run on any engine.
    public func report(_ graph: Graph, outputs: [NodeID], asWorkflow: Bool = true) -> PlanReport {
        var capabilities = capabilities
        if asWorkflow { capabilities.closures = true }
        return PlanReport(graph, outputs: outputs, capabilities: capabilities)
    }
}
