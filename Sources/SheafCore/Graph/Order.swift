extension Graph {
    /// The order in which to run the nodes so that few results are alive at a time: `result[i]` runs as the i-th.
    ///
    /// Depth first from the outputs. Where a node has several inputs, the subgraph that needs the most room beyond what its result
    /// keeps runs first: the rule of Sethi and Ullman (“The Generation of Optimal Code for Arithmetic Expressions”, JACM 1970)
    /// with the weights of R. Liu's generalised pebbling, applied to a graph as if shared nodes belonged to the first that
    /// reaches them. It serves the purpose of Dask's `order`: finish what was begun before beginning more.
    ///
    /// - Complexity: O(nodes + arguments × log(arity)).
    public func order(outputs: [NodeID]) -> ContiguousArray<UInt32> {
        // Room that the subgraph of a node needs at its peak, and what stays: the size of its result.
        var peak = ContiguousArray<Float>(repeating: 0, count: count)
        var kept = ContiguousArray<Float>(repeating: 1, count: count)
        let weights = attributes.map { Float(max($0.cost.resultBytes, 1)) }
        var inputs: [UInt32] = []
        for node in 0..<count {
            kept[node] = weights[attributesIndex(node)]
            let range = argumentRange(node)
            if range.count <= 2 {
                // The common case, without a sort.
                var first: Int?, second: Int?
                for position in range where arguments[position].isNode {
                    if first == nil { first = arguments[position].index } else { second = arguments[position].index }
                }
                var room = kept[node]
                if let first {
                    if let second, second != first {
                        let a = peak[first] - kept[first] >= peak[second] - kept[second] ? first : second
                        let b = a == first ? second : first
                        room = max(peak[a], kept[a] + peak[b], kept[a] + kept[b] + room)
                    } else {
                        room = max(peak[first], kept[first] + room)
                    }
                }
                peak[node] = room
                continue
            }
            inputs.removeAll(keepingCapacity: true)
            for position in range where arguments[position].isNode { inputs.append(UInt32(arguments[position].index)) }
            inputs.sort { peak[Int($0)] - kept[Int($0)] > peak[Int($1)] - kept[Int($1)] }
            var held: Float = 0, room: Float = 0
            for input in inputs {
                room = max(room, held + peak[Int(input)])
                held += kept[Int(input)]
            }
            peak[node] = max(room, held + kept[node])
        }
        let order = depthFirst(outputs: outputs, room: peak, kept: kept)
        // Shared nodes can make the rule fail; where sizes were declared, the program's own order is used if it needs less.
        guard attributes.contains(where: { $0.cost.resultBytes > 0 }) else { return order }
        let own = ContiguousArray((0..<UInt32(count)))
        let isOwnBetter = memoryPlan(order: own, outputs: outputs).peakBytes < memoryPlan(order: order, outputs: outputs).peakBytes
        return isOwnBetter ? own : order
    }

    private func depthFirst(
        outputs: [NodeID], room: ContiguousArray<Float>, kept: ContiguousArray<Float>
    ) -> ContiguousArray<UInt32> {
        var result = ContiguousArray<UInt32>()
        result.reserveCapacity(count)
        // 0: unseen, 1: inputs pushed, 2: placed.
        var state = ContiguousArray<UInt8>(repeating: 0, count: count)
        var stack = ContiguousArray<UInt32>()
        var pending: [UInt32] = []
        for output in outputs {
            stack.append(UInt32(output))
            while let top = stack.last {
                let node = Int(top)
                if state[node] != 0 {
                    if state[node] == 1 {
                        state[node] = 2
                        result.append(top)
                    }
                    stack.removeLast()
                    continue
                }
                state[node] = 1
                pending.removeAll(keepingCapacity: true)
                for position in argumentRange(node) {
                    let argument = arguments[position]
                    if argument.isNode, state[argument.index] == 0 { pending.append(UInt32(argument.index)) }
                }
                // The stack runs last pushed first, so the hungriest goes on top; equals keep the program's order.
                if pending.count == 2 {
                    let (a, b) = (Int(pending[0]), Int(pending[1]))
                    if room[b] - kept[b] > room[a] - kept[a] {
                        stack.append(pending[0])
                        stack.append(pending[1])
                    } else {
                        stack.append(pending[1])
                        stack.append(pending[0])
                    }
                } else if pending.count > 2 {
                    pending.sort { room[Int($0)] - kept[Int($0)] > room[Int($1)] - kept[Int($1)] }
                    stack.append(contentsOf: pending.reversed())
                } else if let only = pending.first {
                    stack.append(only)
                }
            }
        }
        return result
    }
}
