/// A graph made ready to run: culled, fused where the engine wants it, ordered, checked.
public struct Plan: Sendable {
    public let graph: Graph
    public let outputs: [NodeID]
    public let order: ContiguousArray<UInt32>

    /// - Throws: ``PlanError`` for the first thing the engine cannot run.
    /// - Complexity: O(nodes + arguments).
    public init(_ graph: Graph, outputs: [NodeID], capabilities: Capabilities) throws {
        var (graph, outputs) = graph.culled(to: outputs)
        if let gap = graph.portabilityGaps(capabilities).first { throw gap.error }
        if capabilities.prefersFusion { (graph, outputs) = graph.fused(outputs: outputs) }
        self.graph = graph
        self.outputs = outputs
        self.order = graph.order(outputs: outputs)
    }

    /// The projected peak with `workers` tasks at a time.
    public func memory(workers: Int) -> MemoryPlan {
        graph.memoryPlan(order: order, outputs: outputs, workers: workers)
    }
}
