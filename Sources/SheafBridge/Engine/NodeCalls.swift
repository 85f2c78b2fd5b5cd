package import SheafCore
internal import SheafWorker

/// How a program on a worker is called for the nodes of one job.
///
/// This is the one place that decides which nodes can be called elsewhere, and how. Everything else of an engine behind a sidecar only
/// moves what is returned here.
package protocol NodeCalls: Sendable {
    /// What the program is given before the first of the calls, such as a plan, under a name that stands for its contents.
    var preparation: (token: String, bytes: [UInt8])? { get }

    /// The call that computes a node.
    ///
    /// - Throws: ``PlanError``: `.unsupported` for a node that cannot be called elsewhere, `.notSerializable` for a result that cannot
    ///   leave its process.
    func call(of node: NodeID) throws -> NodeCall

    /// The bytes of a value that is sent along.
    ///
    /// - Throws: ``PlanError`` (`.notSerializable`).
    func encoded(_ value: AnyValue) throws -> [UInt8]
}

/// One call of a program on a worker: one task of the engine.
package struct NodeCall: Sendable {
    /// What is called, for people.
    package var name: String
    /// The bytes of a ``CallRequest`` up to its arguments. Equal ones are sent once.
    package var prefix: [UInt8]
    /// The arguments that are sent along: results of other nodes, or constants of the graph.
    package var arguments: [Graph.Argument]
    /// How the result is laid out.
    package var result: AnyCodec

    package init(name: String, prefix: [UInt8], arguments: [Graph.Argument], result: AnyCodec) {
        self.name = name
        self.prefix = prefix
        self.arguments = arguments
        self.result = result
    }
}

/// Calls of named functions, which a program finds by their names. A chain of them is one call.
package struct NamedCalls: NodeCalls {
    private let graph: Graph
    private let seed: UInt64

    package init(_ graph: Graph, seed: UInt64) {
        self.graph = graph
        self.seed = seed
    }

    package var preparation: (token: String, bytes: [UInt8])? { nil }

    package func call(of node: NodeID) throws -> NodeCall {
        let function = graph.function(node), arguments = Array(graph.arguments[graph.argumentRange(node)])
        let target: CallTarget, last: NodeFunction
        if case .fused(let functions) = function.identity {
            var rest = arguments[...]
            target = .chain(
                try zip(functions, function.stepArguments).map { step, count in
                    defer { rest = rest.dropFirst(count) }
                    _ = try Self.codec(of: step)
                    return CallTarget.Step(name: step.name, passing: step.passing, arePrevious: rest.prefix(count).map(\.isPrevious))
                })
            last = functions[functions.count - 1]
        } else {
            target = .function(function.name, function.passing)
            last = function
        }
        // Without the node's number, which a named function does not see, so that all calls of one begin alike.
        let request = CallRequest(target: target, node: 0, attempt: 1, seed: seed, arguments: [])
        return NodeCall(
            name: graph.label(node), prefix: request.prefix, arguments: arguments.filter { !$0.isPrevious },
            result: try Self.codec(of: last))
    }

    package func encoded(_ value: AnyValue) throws -> [UInt8] { try value.encoded("a constant") }

    /// How a function's result is laid out.
    private static func codec(of function: NodeFunction) throws -> AnyCodec {
        guard case .named = function.identity, let output = function.output else {
            throw PlanError(
                .unsupported, "“\(function.name)” is no named function, and runs in the program's own process only",
                hint: "make it a `Function` and list it in the program's `functions`, or choose another engine")
        }
        guard let codec = output.codec else { throw PortableFunction.notEncodable(output, "the result of “\(function.name)”") }
        return codec
    }
}

/// Calls of the nodes of a workflow's plan, which a program finds by making the plan again.
package struct RecipeCalls: NodeCalls {
    private let job: Job
    private let recipe: PlanRecipe
    package let preparation: (token: String, bytes: [UInt8])?

    package init(_ job: Job, _ recipe: PlanRecipe) throws {
        self.job = job
        self.recipe = recipe
        preparation = (recipe.token, try recipe.encoded())
    }

    package func call(of node: NodeID) throws -> NodeCall {
        let graph = job.graph
        let request = CallRequest(
            target: .node(of: recipe.token), node: UInt32(truncatingIfNeeded: node), attempt: 1, seed: job.seed, arguments: [])
        let sent = graph.arguments[graph.argumentRange(node)].filter { argument in
            argument.isNode || (argument.isConstant && recipe.sentConstants.contains(argument.index))
        }
        return NodeCall(name: graph.label(node), prefix: request.prefix, arguments: sent, result: NodeValue.codec)
    }

    package func encoded(_ value: AnyValue) throws -> [UInt8] { try NodeValue.encoded(value) }
}
