extension Graph {
    /// The nodes that `outputs` depend on, renumbered densely and still in topological order, and the outputs' new ids.
    ///
    /// - Complexity: O(nodes + arguments); nothing is copied when every node is needed.
    public func culled(to outputs: [NodeID]) -> (graph: Graph, roots: [NodeID]) {
        var needed = ContiguousArray(repeating: false, count: count)
        for output in outputs { needed[output] = true }
        var kept = 0
        // Arguments precede their users, so one backward sweep reaches everything.
        for node in stride(from: count - 1, through: 0, by: -1) where needed[node] {
            kept += 1
            for position in argumentRange(node) where arguments[position].isNode { needed[arguments[position].index] = true }
        }
        if kept == count { return (self, outputs) }

        var result = Graph()
        result.functions = functions
        result.attributes = attributes
        result.records.reserveCapacity(kept)
        var renumbered = ContiguousArray<UInt32>(repeating: 0, count: count)
        for node in 0..<count where needed[node] {
            for position in argumentRange(node) {
                let argument = arguments[position]
                if argument.isNode {
                    result.arguments.append(.node(Int(renumbered[argument.index])))
                } else if argument.isConstant {
                    result.arguments.append(result.addConstant(constants[argument.index]))
                } else {
                    result.arguments.append(argument)
                }
            }
            renumbered[node] = UInt32(result.endNode(function: functionIndex(node), attributes: attributesIndex(node)))
        }
        return (result, outputs.map { Int(renumbered[$0]) })
    }

    /// For each node, the nodes that take its result; one entry for each argument position.
    ///
    /// - Returns: `targets[offsets[n]..<offsets[n + 1]]` are the dependents of `n`, in ascending order.
    public func dependents() -> (offsets: ContiguousArray<UInt32>, targets: ContiguousArray<UInt32>) {
        var offsets = ContiguousArray<UInt32>(repeating: 0, count: count + 1)
        for argument in arguments where argument.isNode { offsets[argument.index + 1] &+= 1 }
        for node in 0..<count { offsets[node + 1] &+= offsets[node] }
        var cursor = offsets
        var targets = ContiguousArray<UInt32>(repeating: 0, count: Int(offsets[count]))
        var position = 0
        for node in 0..<count {
            let end = Int(records[node].argumentsEnd)
            while position < end {
                let argument = arguments[position]
                if argument.isNode {
                    targets[Int(cursor[argument.index])] = UInt32(truncatingIfNeeded: node)
                    cursor[argument.index] &+= 1
                }
                position += 1
            }
        }
        return (offsets, targets)
    }
}
