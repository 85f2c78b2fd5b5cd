extension SerializedGraph {
    /// The graph again, to be planned and run, shown or counted.
    ///
    /// A function that `functions` knows runs, checking the types of its arguments as it does; another one, and an operation of a bag,
    /// is a ``PlanError`` (`.unsupported`) once the graph is planned. Constants of the common types are decoded here, others when a
    /// function that knows their type takes them.
    ///
    /// - Throws: ``PlanError`` (`.notSerializable`) for a constant that does not fit its type.
    public func graph(functions registry: FunctionRegistry = FunctionRegistry()) throws -> (graph: Graph, outputs: [NodeID]) {
        var graph = Graph()
        var resolved: [NodeFunction] = []
        for function in functions {
            resolved.append(function.resolved(registry, resolved))
            _ = graph.addFunction(resolved[resolved.count - 1])
        }
        for item in attributes {
            guard let location = SourceLocation(item.location) else { throw Self.malformed("“\(item.location)” is no source location") }
            _ = graph.addAttributes(
                NodeAttributes(name: item.name, location: location, cost: item.cost, retry: item.retry, hints: item.hints ?? .none))
        }
        for constant in constants { _ = graph.addConstant(try constant.decoded()) }
        graph.reserve(nodes: nodes.count, arguments: nodes.reduce(0) { $0 + $1.arguments.count })
        for node in nodes {
            graph.append(
                function: node.function, attributes: node.attributes,
                arguments: node.arguments.map { argument in
                    if let node = argument.node { return .node(node) }
                    if let constant = argument.constant { return .constant(constant) }
                    return .previous
                })
        }
        return (graph, outputs)
    }

    static func malformed(_ reason: String) -> PlanError {
        PlanError(.notSerializable, "the serialised graph is not well formed: \(reason)", hint: "was the file edited or cut short?")
    }

    /// Checks what the types do not: that every index is in range, and that nodes only use earlier ones.
    func validate() throws {
        func check(_ condition: Bool, _ reason: @autoclosure () -> String) throws {
            guard condition else { throw Self.malformed(reason()) }
        }
        try check(nodes.count < Int(Int32.max), "\(nodes.count) nodes are too many")
        for (index, function) in functions.enumerated() {
            try check((function.operations != nil) == (function.kind == .operations), "function \(index) has operations, or lacks them")
            try check((function.steps != nil) == (function.kind == .fused), "function \(index) has steps, or lacks them")
            guard let steps = function.steps else { continue }
            try check(!steps.isEmpty, "function \(index) has no steps")
            for step in steps {
                try check((0..<index).contains(step.function), "a step of function \(index) is function \(step.function)")
                try check(functions[step.function].kind != .fused, "a step of function \(index) is fused itself")
                try check(step.arguments >= 0, "a step of function \(index) has \(step.arguments) arguments")
            }
        }
        for (index, item) in attributes.enumerated() {
            try check(SourceLocation.isValid(item.location), "attributes \(index) have no source location")
            try check(item.retry.attempts >= 1, "attributes \(index) allow \(item.retry.attempts) attempts")
            try check(
                item.retry.delay >= 0 && item.retry.backoff >= 0 && item.retry.maximumDelay >= 0,
                "attributes \(index) wait less than nothing")
            try check(
                item.cost.resultBytes >= 0 && item.cost.workingBytes >= 0 && item.cost.cores >= 1, "attributes \(index) have no valid cost")
            try check(
                item.hints?.resources.values.allSatisfy { $0 > 0 } != false, "attributes \(index) take less than nothing of a resource")
        }
        for (index, node) in nodes.enumerated() {
            try check(functions.indices.contains(node.function), "node \(index) has function \(node.function)")
            try check(attributes.indices.contains(node.attributes), "node \(index) has attributes \(node.attributes)")
            for argument in node.arguments { try checkArgument(argument, of: index) }
            try checkSteps(of: index)
        }
        for output in outputs { try check(nodes.indices.contains(output), "output \(output) is no node") }
    }

    private func checkArgument(_ argument: Argument, of node: Int) throws {
        switch (argument.node, argument.constant, argument.previous) {
        case (let input?, nil, nil):
            guard (0..<node).contains(input) else { throw Self.malformed("node \(node) uses node \(input), which does not come before it") }
        case (nil, let constant?, nil):
            guard constants.indices.contains(constant) else { throw Self.malformed("node \(node) uses constant \(constant)") }
        case (nil, nil, true?): break
        default: throw Self.malformed("an argument of node \(node) is not one of a node, a constant and the previous step")
        }
    }

    /// The result of a step before can only be taken inside a fused function, and only there can other nodes not be.
    private func checkSteps(of node: Int) throws {
        let arguments = nodes[node].arguments
        guard let steps = functions[nodes[node].function].steps else {
            guard arguments.allSatisfy({ $0.previous == nil }) else { throw Self.malformed("node \(node) has no previous step") }
            return
        }
        var rest = arguments[...]
        for (position, step) in steps.enumerated() {
            guard step.arguments <= rest.count else { throw Self.malformed("node \(node) has too few arguments for its steps") }
            let taken = rest.prefix(step.arguments)
            guard taken.allSatisfy({ position == 0 ? $0.previous == nil : $0.node == nil }) else {
                throw Self.malformed("an argument of node \(node) is out of place in its step")
            }
            rest = rest.dropFirst(step.arguments)
        }
        guard rest.isEmpty else { throw Self.malformed("node \(node) has more arguments than its steps take") }
    }
}

extension SourceLocation {
    /// Whether `description` can be read, found out without keeping the file's name.
    static func isValid(_ description: String) -> Bool {
        description.lastIndex(of: ":").map { UInt32(description[description.index(after: $0)...]) != nil } ?? false
    }
}

extension SerializedGraph.Function {
    fileprivate func resolved(_ registry: FunctionRegistry, _ earlier: [NodeFunction]) -> NodeFunction {
        switch kind {
        case .named:
            let passing = passing ?? .tuple
            let found = registry.functions[name].flatMap { $0 as? any ResolvableFunction }?.resolved(passing)
            return found ?? NodeFunction(name: name, identity: .named, body: .unresolved, passing: passing)
        case .operations:
            let list = (operations ?? []).map { Operation($0.name, function: $0.function) }
            return NodeFunction(name: name, identity: .operations(list), body: .unresolved)
        case .fused:
            return NodeFunction.fused((steps ?? []).map { (earlier[$0.function].synchronousOrUnresolved, $0.arguments) })
        }
    }
}

extension NodeFunction {
    /// Itself, or, when it has become an `async` function since the graph was written, a stand-in: chains are synchronous.
    fileprivate var synchronousOrUnresolved: NodeFunction {
        if case .async = body { return NodeFunction(name: name, identity: identity, body: .unresolved, passing: passing) }
        return self
    }
}
