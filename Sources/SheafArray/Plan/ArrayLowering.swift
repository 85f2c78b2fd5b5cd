internal import SheafCore

/// Turns the plans of arrays into one graph. Element-wise operations become part of the tasks that use them; what several tasks
/// use is lowered once.
final class ArrayLowering {
    var graph = Graph()
    let session: Session
    private var known: [ObjectIdentifier: [Graph.Argument]] = [:]
    private var regions: [ChunkGrid: [Graph.Argument]] = [:]
    private var attributes: [NodeAttributes: Int] = [:]
    /// Element-wise nodes that get tasks of their own: several tasks use them, and computing them twice would cost more.
    private var stored: Set<ObjectIdentifier> = []
    // Keeps the keys of `known` alive, so that no address is used twice.
    private var keepAlive: [ArrayNode] = []

    /// - Parameter roots: what the plan computes.
    /// - Throws: the first problem of the plan.
    init(_ session: Session, roots: [ArrayNode]) throws {
        self.session = session
        ChunkPool.shared.keep(within: session.options.memory)
        for root in roots { if let problem = root.problem { throw problem } }
        findShared(roots)
    }

    /// Finds the expensive element-wise nodes that more than one task would compute.
    private func findShared(_ roots: [ArrayNode]) {
        // Consumers are the nodes with tasks of their own, and the caller. Each looks at the element-wise nodes below it, up to the
        // next nodes with tasks of their own, which are consumers in turn.
        var consumer: [ObjectIdentifier: Int] = [:], queued: Set<ObjectIdentifier> = []
        var consumers: [[ArrayNode]] = [roots]
        var number = 0
        while number < consumers.count {
            var stack = consumers[number], seen: Set<ObjectIdentifier> = []
            while let node = stack.popLast() {
                let id = ObjectIdentifier(node)
                guard seen.insert(id).inserted else { continue }
                if node.kernel == nil {
                    if queued.insert(id).inserted { consumers.append(node.operands) }
                } else {
                    if node.isExpensive, let other = consumer.updateValue(number, forKey: id), other != number { stored.insert(id) }
                    stack += node.operands
                }
            }
            number += 1
        }
    }

    var workers: Int { session.options.workers }

    // MARK: Chunks

    /// The chunks of a node, in C order; of an element-wise one, by tasks that compute it.
    func chunks(of node: ArrayNode) throws -> [Graph.Argument] {
        if let known = known[ObjectIdentifier(node)] { return known }
        let made: [Graph.Argument]
        if node.kernel == nil {
            made = try node.lower(self)
        } else {
            made = try consume(node, [], location: node.location, stores: true) { _, reader in try node.evaluate(reader) }
        }
        assert(made.count == node.grid.count)
        known[ObjectIdentifier(node)] = made
        keepAlive.append(node)
        return made
    }

    /// Adds a task for each chunk of a node, with the node's element-wise operations inside.
    ///
    /// - Parameters:
    ///   - operations: what the task does after the element-wise ones; for names and pictures.
    ///   - extra: further arguments for each chunk, in C order; the body finds them from ``TileReader/firstExtraArgument`` on.
    ///   - cost: of a chunk of the shape given; by default its size when `stores`, else unknown.
    ///   - staysHere: whether the body writes where this process reads, such as an open file. Where tasks run elsewhere, what computes
    ///     the chunk is then another task.
    ///   - body: gets the chunk's elements from the reader, as often as it likes.
    func consume(
        _ node: ArrayNode, _ operations: [Operation], location: SourceLocation, stores: Bool = false, extra: [[Graph.Argument]] = [],
        cost: ((Region) -> Cost)? = nil, staysHere: Bool = false,
        _ body: @escaping @Sendable (TaskScope, TileReader) throws -> AnyValue
    ) throws -> [Graph.Argument] {
        if staysHere, node.kernel != nil, !session.engine.capabilities.sharesMemory {
            return try consume(
                node.storing(), operations, location: location, stores: stores, extra: extra, cost: cost, staysHere: true, body)
        }
        let program = TileProgram(node) { leaf in
            leaf !== node && (stored.contains(ObjectIdentifier(leaf)) || known[ObjectIdentifier(leaf)] != nil)
        }
        let leaves = try program.leaves.map { leaf in (arguments: try chunks(of: leaf), strides: Self.strides(of: leaf.grid, in: node.grid))
        }
        let all = program.operations + operations
        let function = graph.addFunction(
            NodeFunction(
                name: all.map(\.label).joined(separator: " → "), identity: .operations(all),
                body: .sync { scope in
                    try body(scope, TileReader(program, region: scope.argument(0, as: Region.self), scope: scope, first: 1))
                }, staysHere: staysHere))
        let grid = node.grid, places = regionArguments(grid)
        var made: [Graph.Argument] = []
        made.reserveCapacity(grid.count)
        graph.reserve(
            nodes: graph.count + grid.count, arguments: graph.arguments.count + grid.count * (1 + leaves.count + (extra.first?.count ?? 0)))
        forEachChunk(grid) { index, coordinates in
            graph.arguments.append(places[index])
            for leaf in leaves {
                graph.arguments.append(leaf.arguments[zip(coordinates, leaf.strides).reduce(0) { $0 + $1.0 * $1.1 }])
            }
            if !extra.isEmpty { graph.arguments.append(contentsOf: extra[index]) }
            let cost =
                cost?(grid.region(coordinates))
                ?? (stores
                    ? Cost(resultBytes: coordinates.indices.reduce(node.elementBytes) { $0 * grid.chunks[$1][coordinates[$1]] }) : .unknown)
            made.append(.node(graph.endNode(function: function, attributes: attributes(location, cost))))
        }
        return made
    }

    /// Adds one task.
    func add(
        _ operation: Operation, _ arguments: [Graph.Argument], location: SourceLocation, cost: Cost = .unknown,
        _ body: @escaping @Sendable (TaskScope) throws -> AnyValue
    ) -> Graph.Argument {
        add(function(operation, body), arguments, location: location, cost: cost)
    }

    /// A function that several tasks share; see ``add(_:_:location:cost:)-…``.
    func function(_ operation: Operation, _ body: @escaping @Sendable (TaskScope) throws -> AnyValue) -> Int {
        graph.addFunction(NodeFunction(name: operation.label, identity: .operations([operation]), body: .sync(body)))
    }

    func add(_ function: Int, _ arguments: [Graph.Argument], location: SourceLocation, cost: Cost = .unknown) -> Graph.Argument {
        .node(graph.append(function: function, attributes: attributes(location, cost), arguments: arguments))
    }

    func constant<T: Sendable>(_ value: T) -> Graph.Argument { graph.addConstant(TypedValue(value)) }

    /// The regions of a grid's chunks, as arguments.
    func regionArguments(_ grid: ChunkGrid) -> [Graph.Argument] {
        if let known = regions[grid] { return known }
        let made = grid.regions.map { constant($0) }
        regions[grid] = made
        return made
    }

    private func attributes(_ location: SourceLocation, _ cost: Cost) -> Int {
        let key = NodeAttributes(location: location, cost: cost)
        if let known = attributes[key] { return known }
        let made = graph.addAttributes(key)
        attributes[key] = made
        return made
    }

    // MARK: Grids

    /// How far apart, in `grid`'s own C order, the chunks are that lie next to each other along each axis of a grid it broadcasts to.
    private static func strides(of grid: ChunkGrid, in larger: ChunkGrid) -> [Int] {
        let own = contiguousStrides(grid.counts), added = larger.rank - grid.rank
        return (0..<larger.rank).map { axis in
            axis < added || (grid.shape[axis - added] == 1 && larger.shape[axis] != 1) ? 0 : own[axis - added]
        }
    }

    /// Calls the body with each chunk's position in C order and along each axis.
    func forEachChunk(_ grid: ChunkGrid, _ body: (Int, [Int]) throws -> Void) rethrows {
        var coordinates = [Int](repeating: 0, count: grid.rank)
        for index in 0..<grid.count {
            try body(index, coordinates)
            var axis = grid.rank - 1
            while axis >= 0 {
                coordinates[axis] += 1
                if coordinates[axis] < grid.counts[axis] { break }
                coordinates[axis] = 0
                axis -= 1
            }
        }
    }
}
