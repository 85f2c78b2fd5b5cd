/// One lazy value: a node of a plan, or a constant.
///
/// Made by ``Session/delayed(_:_:options:fileID:line:)-…`` and by combining delayed values; nothing runs until
/// ``compute()``. A literal can stand where a delayed value is expected.
public struct Delayed<Value: Sendable>: @unchecked Sendable {
    /// The arena of the node, or the constant itself.
    @usableFromInline let owner: AnyObject
    /// -1 for a constant.
    @usableFromInline let node: Int32
    @usableFromInline let session: Session?

    @inlinable
    init(owner: AnyObject, node: Int32, session: Session?) {
        self.owner = owner
        self.node = node
        self.session = session
    }

    /// A constant, part of any plan that uses it.
    @inlinable
    public init(_ value: Value) {
        self.init(owner: TypedValue(value), node: -1, session: nil)
    }

    @inlinable @inline(__always)
    var input: GraphArena.Input { GraphArena.Input(owner: owner, node: node) }

    @inlinable @inline(__always)
    var arena: GraphArena? { node >= 0 ? unsafeDowncast(owner, to: GraphArena.self) : nil }

    /// The plan's graph, culled to what this value needs, with the node's id; for pictures and plans.
    ///
    /// - Throws: ``PlanError`` (`.invalidArgument`) for a constant, which needs no graph.
    public func graph() throws -> (graph: Graph, node: NodeID) {
        guard let arena else { throw PlanError(.invalidArgument, "a constant has no graph") }
        let (graph, roots) = Graph.linking([PlanRoot(arena: arena, node: NodeID(node))])
        return (graph, roots[0])
    }

    /// Runs what this value needs and returns it.
    ///
    /// - Throws: ``PlanError`` before anything runs; ``TaskError``, ``EngineError`` or `CancellationError` afterwards.
    /// - Note: Callable from any task. Cancelling the caller cancels what has not started. Called from inside a task it runs on
    ///   the same engine without holding a thread, so tasks may make tasks.
    public func compute() async throws -> Value {
        guard let session, let arena else { return (owner as! TypedValue<Value>).value }
        let (graph, roots) = Graph.linking([PlanRoot(arena: arena, node: NodeID(node))])
        let values = try await session.compute(try session.plan(graph, outputs: roots), name: graph.label(roots[0]))
        return unsafeDowncast(values[0], to: TypedValue<Value>.self).value
    }

    /// Runs what this value needs, keeps the result on the engine, and returns a delayed value that refers to it.
    public func persist() async throws -> Delayed<Value> {
        Delayed(try await compute())
            .attached(to: session)
    }

    private func attached(to session: Session?) -> Delayed<Value> {
        Delayed(owner: owner, node: node, session: session)
    }
}

extension Delayed: ExpressibleByIntegerLiteral where Value: ExpressibleByIntegerLiteral {
    public init(integerLiteral value: Value.IntegerLiteralType) { self.init(Value(integerLiteral: value)) }
}

extension Delayed: ExpressibleByFloatLiteral where Value: ExpressibleByFloatLiteral {
    public init(floatLiteral value: Value.FloatLiteralType) { self.init(Value(floatLiteral: value)) }
}

extension Delayed: ExpressibleByUnicodeScalarLiteral where Value: ExpressibleByStringLiteral {
    public init(unicodeScalarLiteral value: Value.StringLiteralType) { self.init(Value(stringLiteral: value)) }
}

extension Delayed: ExpressibleByExtendedGraphemeClusterLiteral where Value: ExpressibleByStringLiteral {
    public init(extendedGraphemeClusterLiteral value: Value.StringLiteralType) { self.init(Value(stringLiteral: value)) }
}

extension Delayed: ExpressibleByStringLiteral where Value: ExpressibleByStringLiteral {
    public init(stringLiteral value: Value.StringLiteralType) { self.init(Value(stringLiteral: value)) }
}
