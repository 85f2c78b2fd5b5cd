internal import Synchronization

/// Where the nodes of delayed values are collected: an append-only graph that the plans built on it share.
///
/// Building a plan appends here and does nothing else. An arena lives as long as a plan refers to it. Thread-safe.
public final class GraphArena: Sendable {
    struct State {
        var graph = Graph()
        /// The functions and attributes seen last, by a few bits of their identity: a program builds most nodes at a few places.
        var recentFunctions = [(key: ObjectIdentifier?, index: Int)](repeating: (nil, 0), count: 16)
        var recentAttributes = [(key: SourceLocation?, index: Int)](repeating: (nil, 0), count: 16)
        var imports: [Import] = []
    }

    /// A node of another arena that stands in this one as `node`.
    struct Import: Sendable {
        let node: NodeID
        let arena: GraphArena
        let remote: NodeID
    }

    private let state = Locked(State())

    /// After so many nodes the session starts another arena, so that a long-lived plan does not keep all later ones alive.
    static let rotation = 1 << 20
    /// An arena with fewer nodes is used on, even if nothing refers to them.
    static let worthReplacing = 256

    var count: Int { state.withLock(\.graph.count) }

    func snapshot() -> (graph: Graph, imports: [Import]) {
        state.withLock { ($0.graph, $0.imports) }
    }

    /// An argument as the typed layer hands it over: a node of some arena, or a constant.
    @usableFromInline
    struct Input {
        @usableFromInline let owner: AnyObject
        /// `NodeID` in the arena `owner`, or -1 when `owner` is the constant.
        @usableFromInline let node: Int32

        @inlinable init(owner: AnyObject, node: Int32) {
            self.owner = owner
            self.node = node
        }
    }

    @usableFromInline
    func append(_ function: NodeFunction, location: SourceLocation, options: NodeOptions?, _ a: Input) -> NodeID {
        state.withLock { state in
            add(a, &state)
            return end(function, location, options, &state)
        }
    }

    @usableFromInline
    func append(_ function: NodeFunction, location: SourceLocation, options: NodeOptions?, _ a: Input, _ b: Input) -> NodeID {
        state.withLock { state in
            // Arguments lie next to each other, so whatever an import appends has to come first.
            let first = resolve(a, &state)
            let second = resolve(b, &state)
            state.graph.arguments.append(first)
            state.graph.arguments.append(second)
            return end(function, location, options, &state)
        }
    }

    @usableFromInline
    func append(_ function: NodeFunction, location: SourceLocation, options: NodeOptions?, _ inputs: [Input]) -> NodeID {
        state.withLock { state in
            let resolved = inputs.map { resolve($0, &state) }
            state.graph.arguments.append(contentsOf: resolved)
            return end(function, location, options, &state)
        }
    }

    @inline(__always)
    private func add(_ input: Input, _ state: inout State) {
        let resolved = resolve(input, &state)
        state.graph.arguments.append(resolved)
    }

    @inline(__always)
    private func resolve(_ input: Input, _ state: inout State) -> Graph.Argument {
        if input.node < 0 { return state.graph.addConstant(unsafeDowncast(input.owner, to: AnyValue.self)) }
        if input.owner === self { return .node(Int(input.node)) }
        return importing(unsafeDowncast(input.owner, to: GraphArena.self), Int(input.node), &state)
    }

    private func importing(_ arena: GraphArena, _ node: NodeID, _ state: inout State) -> Graph.Argument {
        let function = index(of: .imported, &state)
        let attributes = index(of: SourceLocation(), options: nil, &state)
        let local = state.graph.endNode(function: function, attributes: attributes)
        state.imports.append(Import(node: local, arena: arena, remote: node))
        return .node(local)
    }

    @inline(__always)
    private func end(_ function: NodeFunction, _ location: SourceLocation, _ options: NodeOptions?, _ state: inout State) -> NodeID {
        let function = index(of: function, &state)
        let attributes = index(of: location, options: options, &state)
        return state.graph.endNode(function: function, attributes: attributes)
    }

    @inline(__always)
    private func index(of function: NodeFunction, _ state: inout State) -> Int {
        let key = ObjectIdentifier(function)
        let slot = (key.hashValueBits >> 4) & 15
        if state.recentFunctions[slot].key == key { return state.recentFunctions[slot].index }
        let index = state.graph.addFunction(function)
        state.recentFunctions[slot] = (key, index)
        return index
    }

    @inline(__always)
    private func index(of location: SourceLocation, options: NodeOptions?, _ state: inout State) -> Int {
        if let options {
            return state.graph.addAttributes(
                NodeAttributes(
                    name: options.name, location: location, cost: options.cost, retry: options.retry, hints: options.hints))
        }
        let slot = Int(location.line) & 15
        if state.recentAttributes[slot].key == location { return state.recentAttributes[slot].index }
        let index = state.graph.addAttributes(NodeAttributes(location: location))
        state.recentAttributes[slot] = (location, index)
        return index
    }
}

extension ObjectIdentifier {
    /// The address; unlike `hashValue` it costs nothing.
    @inline(__always)
    var hashValueBits: Int { Int(bitPattern: self) }
}

/// What a plan may say about one node, beside its function and inputs.
public struct NodeOptions: Sendable {
    public var name: String?
    public var cost: Cost
    public var retry: RetryPolicy
    public var hints: SchedulingHints

    public init(
        name: String? = nil, cost: Cost = .unknown, retry: RetryPolicy = .none, hints: SchedulingHints = .none
    ) {
        self.name = name
        self.cost = cost
        self.retry = retry
        self.hints = hints
    }
}
