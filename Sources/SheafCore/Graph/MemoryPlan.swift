/// What a graph is projected to hold, computed before anything runs.
public struct MemoryPlan: Sendable {
    /// The most bytes held at a time by results and working space, with `workers` tasks running at a time.
    public let peakBytes: Int
    /// The node that runs when the peak is reached.
    public let peakNode: NodeID?
    /// Nodes whose cost was not declared; they count as nothing, so the projection is a lower bound when this is not 0.
    public let undeclared: Int
}

extension Graph {
    /// Projects the peak by walking `order` and releasing each result at its last use.
    ///
    /// With several workers the walk keeps a window of that many tasks open, which is how the embedded engine runs them.
    ///
    /// - Complexity: O(nodes + arguments).
    public func memoryPlan(order: ContiguousArray<UInt32>, outputs: [NodeID], workers: Int = 1) -> MemoryPlan {
        var uses = ContiguousArray<Int32>(repeating: 0, count: count)
        for argument in arguments where argument.isNode { uses[argument.index] += 1 }
        for output in outputs { uses[output] += 1 }

        var resident = 0, peak = 0, undeclared = 0
        var peakNode: NodeID?
        var window: [NodeID] = []
        func finish(_ node: NodeID) {
            resident -= attributes(node).cost.workingBytes
            for position in argumentRange(node) where arguments[position].isNode {
                let input = arguments[position].index
                uses[input] -= 1
                if uses[input] == 0 { resident -= attributes(input).cost.resultBytes }
            }
        }
        for id in order {
            let node = Int(id)
            let cost = attributes(node).cost
            if cost.resultBytes == 0 { undeclared += 1 }
            if window.count == max(workers, 1) { finish(window.removeFirst()) }
            resident += cost.resultBytes + cost.workingBytes
            window.append(node)
            if resident > peak { (peak, peakNode) = (resident, node) }
        }
        return MemoryPlan(peakBytes: peak, peakNode: peakNode, undeclared: undeclared)
    }
}
