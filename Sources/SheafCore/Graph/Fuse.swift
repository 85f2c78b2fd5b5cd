extension Graph {
    /// Joins linear chains into single nodes: `a → b` becomes one node when nothing else uses `a` and `b` uses no other node.
    ///
    /// Only nodes with the same retry policy, the same hints and synchronous bodies are joined. Fewer, larger tasks matter on engines whose cost
    /// per task is high.
    ///
    /// - Complexity: O(nodes + arguments).
    public func fused(outputs: [NodeID]) -> (graph: Graph, roots: [NodeID]) {
        let chains = linearChains(outputs: outputs)
        var result = Graph()
        result.attributes = attributes
        result.constants = constants
        var renumbered = [Int](repeating: -1, count: count)
        var known: [[Int]: Int] = [:]
        for node in 0..<count {
            guard let chain = chains[node] else { continue }
            let last = chain.last!
            let key = chain.flatMap { [functionIndex($0), argumentRange($0).count] }
            let function =
                known[key]
                ?? result.addFunction(
                    chain.count == 1 ? self.function(node) : .fused(chain.map { (self.function($0), argumentRange($0).count) }))
            known[key] = function
            var list: [Argument] = []
            for (step, member) in chain.enumerated() {
                for position in argumentRange(member) {
                    let argument = arguments[position]
                    if !argument.isNode {
                        list.append(argument)
                    } else if step > 0 {
                        list.append(.previous)
                    } else {
                        list.append(.node(renumbered[argument.index]))
                    }
                }
            }
            renumbered[last] = result.append(function: function, attributes: attributesIndex(last), arguments: list)
        }
        return (result, outputs.map { renumbered[$0] })
    }

    /// For the last node of each chain, the chain's members first to last; chains of one included; other nodes have none.
    private func linearChains(outputs: [NodeID]) -> [[NodeID]?] {
        var users = [Int32](repeating: 0, count: count)
        for node in 0..<count {
            for input in Set(inputs(node)) { users[input] += 1 }
        }
        for output in outputs { users[output] += 2 }
        var chains = [[NodeID]?](repeating: nil, count: count)
        for node in 0..<count {
            let inputs = Set(inputs(node))
            if inputs.count == 1, let input = inputs.first, users[input] == 1, canFuse(input, node), let chain = chains[input] {
                chains[input] = nil
                chains[node] = chain + [node]
            } else {
                chains[node] = [node]
            }
        }
        return chains
    }

    private func canFuse(_ first: NodeID, _ second: NodeID) -> Bool {
        guard case .sync = function(first).body, case .sync = function(second).body else { return false }
        guard function(first).staysHere == function(second).staysHere else { return false }
        let (first, second) = (attributes(first), attributes(second))
        return first.retry == second.retry && first.hints == second.hints
    }
}

extension NodeFunction {
    /// A function that runs `steps` one after the other, each with its own count of arguments. A step that is fused itself is taken
    /// apart, since a scope moves along one list of arguments.
    ///
    /// - Precondition: the steps are synchronous, or unresolved; then so is the result.
    package static func fused(_ steps: [(function: NodeFunction, arguments: Int)]) -> NodeFunction {
        let steps = steps.flatMap { step -> [(function: NodeFunction, arguments: Int)] in
            guard case .fused(let inner) = step.function.identity else { return [step] }
            return Array(zip(inner, step.function.stepArguments)).map { ($0, $1) }
        }
        let bodies = steps.compactMap { step -> (@Sendable (TaskScope) throws -> AnyValue, Int)? in
            switch step.function.body {
            case .sync(let body): return (body, step.arguments)
            case .unresolved: return nil
            case .async, .imported: preconditionFailure("only synchronous functions are fused")
            }
        }
        let name = steps.map(\.function.name).joined(separator: " → ")
        guard bodies.count == steps.count else { return NodeFunction(name: name, body: .unresolved, steps: steps) }
        return NodeFunction(
            name: name,
            body: .sync { scope in
                scope.beginChain(bodies[0].1)
                var value = try bodies[0].0(scope)
                for step in 1..<bodies.count {
                    scope.advance(past: bodies[step - 1].1, next: bodies[step].1, previous: value)
                    value = try bodies[step].0(scope)
                }
                scope.endChain()
                return value
            }, steps: steps)
    }
}
