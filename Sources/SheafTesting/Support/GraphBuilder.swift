package import SheafCore

/// Builds graphs by hand, for tests of what is done with them. Every node adds 1 to the sum of its inputs.
package struct GraphBuilder {
    package private(set) var graph = Graph()
    private let function: Int
    private let asyncFunction: Int

    package init() {
        function = graph.addFunction(
            NodeFunction(
                name: "sum", identity: .named,
                body: .sync { scope in TypedValue((0..<scope.argumentCount).reduce(1) { $0 + scope.argument($1, as: Int.self) }) }))
        asyncFunction = graph.addFunction(
            NodeFunction(
                name: "asyncSum", identity: .named,
                body: .async { scope in TypedValue(scope.arguments.indices.reduce(1) { $0 + scope.argument($1, as: Int.self) }) }))
    }

    /// Appends a node.
    package mutating func node(
        _ inputs: NodeID..., name: String? = nil, bytes: Int = 0, working: Int = 0, retry: RetryPolicy = .none, isAsync: Bool = false
    ) -> NodeID {
        node(inputs, name: name, bytes: bytes, working: working, retry: retry, isAsync: isAsync)
    }

    package mutating func node(
        _ inputs: [NodeID], name: String? = nil, bytes: Int = 0, working: Int = 0, retry: RetryPolicy = .none, isAsync: Bool = false
    ) -> NodeID {
        let attributes = NodeAttributes(
            name: name, location: SourceLocation(), cost: Cost(resultBytes: bytes, workingBytes: working), retry: retry)
        return graph.append(
            function: isAsync ? asyncFunction : function, attributes: graph.addAttributes(attributes), arguments: inputs.map { .node($0) })
    }

    /// Appends a node that runs `body`.
    package mutating func node(
        _ arguments: [Graph.Argument], name: String, identity: NodeFunction.Identity = .named, retry: RetryPolicy = .none,
        body: NodeFunction.Body
    ) -> NodeID {
        let function = graph.addFunction(NodeFunction(name: name, identity: identity, body: body))
        let attributes = graph.addAttributes(NodeAttributes(location: SourceLocation(), retry: retry))
        return graph.append(function: function, attributes: attributes, arguments: arguments)
    }

    package mutating func constant<T: Sendable>(_ value: T) -> Graph.Argument { graph.addConstant(TypedValue(value)) }
}

extension Graph {
    /// Runs the graph without an engine, one node after the other, and returns what `outputs` gave: an oracle for everything that runs
    /// or rewrites graphs.
    ///
    /// - Precondition: all bodies are synchronous.
    package func evaluated(_ outputs: [NodeID]) throws -> [AnyValue] {
        let values = UnsafeMutablePointer<AnyValue?>.allocate(capacity: max(count, 1))
        values.initialize(repeating: nil, count: count)
        defer {
            values.deinitialize(count: count)
            values.deallocate()
        }
        let memory = MemoryLedger(budget: 1 << 30)
        let scope = TaskScope(resources: TaskResources(memory: memory, spill: SpillFile(), seed: 0))
        try Array(constants).withUnsafeBufferPointer { constants in
            try Array(arguments).withUnsafeBufferPointer { arguments in
                // An empty buffer may have no address, and nothing will be read from it.
                let nowhere = UnsafeMutableRawPointer(values)
                scope.attach(
                    values: values, constants: constants.baseAddress ?? UnsafePointer(nowhere.assumingMemoryBound(to: AnyValue.self)))
                for node in 0..<count {
                    guard case .sync(let body) = function(node).body else { preconditionFailure("\(name(node)) is not synchronous") }
                    let range = argumentRange(node)
                    let start = arguments.baseAddress ?? UnsafePointer(nowhere.assumingMemoryBound(to: Graph.Argument.self))
                    scope.prepare(node: node, attempt: 1, arguments: start + range.lowerBound, count: range.count)
                    values[node] = try body(scope)
                }
            }
        }
        return outputs.map { values[$0]! }
    }
}
