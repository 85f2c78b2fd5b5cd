public import SheafCore

/// Turns the plans of bags into one graph. Operations that several bags share, such as a shuffle's map side, are lowered once.
@usableFromInline
package final class BagLowering {
    @usableFromInline package var graph = Graph()
    @usableFromInline let session: Session
    private var shared: [ObjectIdentifier: [NodeID]] = [:]
    // Keeps the keys of `shared` alive, so that no address is used twice.
    private var keepAlive: [AnyObject] = []

    @usableFromInline
    package init(session: Session) { self.session = session }

    @usableFromInline package var workers: Int { session.options.workers }
    @usableFromInline var memory: Int { session.options.memory }

    /// The nodes that `make` added when it was first called for `key`.
    @usableFromInline
    package func once(_ key: AnyObject, _ make: () throws -> [NodeID]) rethrows -> [NodeID] {
        if let known = shared[ObjectIdentifier(key)] { return known }
        let made = try make()
        shared[ObjectIdentifier(key)] = made
        keepAlive.append(key)
        return made
    }

    @usableFromInline
    func constant<T: Sendable>(_ value: T) -> Graph.Argument {
        graph.addConstant(TypedValue(value))
    }

    /// Adds a task.
    @usableFromInline
    func add(
        _ operations: [Operation], arguments: [Graph.Argument], location: SourceLocation, cost: Cost = .unknown,
        _ body: @escaping @Sendable (TaskScope) throws -> AnyValue
    ) -> NodeID {
        let name = operations.map(\.label).joined(separator: " → ")
        let function = graph.addFunction(NodeFunction(name: name, identity: .operations(operations), body: .sync(body)))
        let attributes = graph.addAttributes(NodeAttributes(location: location, cost: cost))
        return graph.append(function: function, attributes: attributes, arguments: arguments)
    }

    /// Adds one task for each partition, which consumes it.
    @inlinable
    package func consume<Element, R: Sendable>(
        _ partitions: [Partition<Element>], _ operation: Operation, location: SourceLocation, resultBytes: (Int) -> Int = { _ in 0 },
        _ body: @escaping @Sendable (TaskScope, Int, Partition<Element>.Iterate) throws -> R
    ) -> [NodeID] {
        partitions.enumerated().map { index, partition in
            let iterate = partition.iterate
            return add(
                partition.operations + [operation], arguments: partition.arguments, location: location,
                cost: Cost(resultBytes: resultBytes(partition.bytes))
            ) { scope in
                scope.cursor = nil
                let value = TypedValue(try body(scope, index, iterate))
                scope.cursor = nil
                return value
            }
        }
    }
}

/// The identity of an operation whose tasks are shared by all that use its result.
@usableFromInline
package final class SharedStage: Sendable {
    @usableFromInline package init() {}
}

extension Session {
    /// Lowers, plans and runs what `outputs` adds, and returns the outputs' values.
    @usableFromInline
    func runBag(_ name: String, _ outputs: (BagLowering) throws -> [NodeID]) async throws -> [AnyValue] {
        let lowering = BagLowering(session: self)
        let nodes = try outputs(lowering)
        return try await compute(try plan(lowering.graph, outputs: nodes), name: name)
    }
}
