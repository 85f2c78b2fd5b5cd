extension Session {
    /// A delayed call of a registered function of one parameter.
    ///
    /// - Parameters:
    ///   - function: runs once for each computation that needs the value.
    ///   - a: a delayed value, a literal, or `Delayed(x)`.
    ///   - options: a name, a declared cost, a retry policy.
    /// - Complexity: O(1); takes some tens of nanoseconds.
    @inlinable
    public func delayed<A, R>(
        _ function: Function<A, R>, _ a: Delayed<A>, options: NodeOptions? = nil, fileID: StaticString = #fileID, line: UInt = #line
    ) -> Delayed<R> {
        let node = function.nodeFunction(.whole) {
            $0.argument(0)
        } _: {
            $0.argument(0)
        }
        let arena = a.arena ?? currentArena()
        let id = arena.append(node, location: SourceLocation(fileID: fileID, line: line), options: options, a.input)
        return Delayed<R>(owner: arena, node: Int32(truncatingIfNeeded: id), session: self)
    }

    /// A delayed call with a plain argument.
    @inlinable
    public func delayed<A: Sendable, R>(
        _ function: Function<A, R>, _ a: A, options: NodeOptions? = nil, fileID: StaticString = #fileID, line: UInt = #line
    ) -> Delayed<R> {
        delayed(function, Delayed<A>(a), options: options, fileID: fileID, line: line)
    }

    /// A delayed call of a registered function of two parameters.
    @inlinable
    public func delayed<A, B, R>(
        _ function: Function<(A, B), R>, _ a: Delayed<A>, _ b: Delayed<B>, options: NodeOptions? = nil,
        fileID: StaticString = #fileID, line: UInt = #line
    ) -> Delayed<R> {
        let node = function.nodeFunction(.tuple) {
            ($0.argument(0), $0.argument(1))
        } _: {
            ($0.argument(0), $0.argument(1))
        }
        let arena = a.arena ?? b.arena ?? currentArena()
        let id = arena.append(node, location: SourceLocation(fileID: fileID, line: line), options: options, a.input, b.input)
        return Delayed<R>(owner: arena, node: Int32(truncatingIfNeeded: id), session: self)
    }

    /// A delayed call of a registered function of three or more parameters.
    @inlinable
    public func delayed<A, B, C, each More: Sendable, R>(
        _ function: Function<(A, B, C, repeat each More), R>, _ a: Delayed<A>, _ b: Delayed<B>, _ c: Delayed<C>,
        _ more: repeat Delayed<each More>, options: NodeOptions? = nil, fileID: StaticString = #fileID, line: UInt = #line
    ) -> Delayed<R> {
        let node = function.nodeFunction(.tuple) { scope in
            var next = 2
            func take<T: Sendable>(_: T.Type) -> T {
                next += 1
                return scope.argument(next)
            }
            return (scope.argument(0), scope.argument(1), scope.argument(2), repeat take((each More).self))
        } _: { scope in
            var next = 2
            func take<T: Sendable>(_: T.Type) -> T {
                next += 1
                return scope.argument(next)
            }
            return (scope.argument(0), scope.argument(1), scope.argument(2), repeat take((each More).self))
        }
        var inputs = [a.input, b.input, c.input]
        for argument in repeat each more { inputs.append(argument.input) }
        return append(node, inputs, options, SourceLocation(fileID: fileID, line: line))
    }

    /// A delayed call of a registered function over a list.
    @inlinable
    public func delayed<A, R>(
        _ function: Function<[A], R>, _ list: [Delayed<A>], options: NodeOptions? = nil, fileID: StaticString = #fileID,
        line: UInt = #line
    ) -> Delayed<R> {
        let node = function.nodeFunction(.list) { scope in
            (0..<scope.argumentCount).map { scope.argument($0) }
        } _: { scope in
            scope.arguments.indices.map { scope.argument($0) }
        }
        return append(node, list.map(\.input), options, SourceLocation(fileID: fileID, line: line))
    }

    /// A delayed closure over delayed values. It runs in this process only; use a ``Function`` for other engines.
    @inlinable
    public func delayed<each A: Sendable, R>(
        _ arguments: repeat Delayed<each A>, options: NodeOptions? = nil, fileID: StaticString = #fileID, line: UInt = #line,
        _ body: @escaping @Sendable (repeat each A) throws -> R
    ) -> Delayed<R> {
        let location = SourceLocation(fileID: fileID, line: line)
        let node = NodeFunction(
            name: "closure", identity: .closure(location),
            body: .sync { scope in
                var next = -1
                func take<T: Sendable>(_: T.Type) -> T {
                    next += 1
                    return scope.argument(next)
                }
                return TypedValue(try body(repeat take((each A).self)))
            })
        var inputs: [GraphArena.Input] = []
        for argument in repeat each arguments { inputs.append(argument.input) }
        return append(node, inputs, options, location)
    }

    /// A delayed `async` closure over delayed values; while it waits, even for plans that it computes itself, it holds no thread.
    @inlinable
    public func delayed<each A: Sendable, R>(
        _ arguments: repeat Delayed<each A>, options: NodeOptions? = nil, fileID: StaticString = #fileID, line: UInt = #line,
        async body: @escaping @Sendable (repeat each A) async throws -> R
    ) -> Delayed<R> {
        let location = SourceLocation(fileID: fileID, line: line)
        let node = NodeFunction(
            name: "closure", identity: .closure(location),
            body: .async { scope in
                var next = -1
                func take<T: Sendable>(_: T.Type) -> T {
                    next += 1
                    return scope.argument(next)
                }
                return TypedValue(try await body(repeat take((each A).self)))
            })
        var inputs: [GraphArena.Input] = []
        for argument in repeat each arguments { inputs.append(argument.input) }
        return append(node, inputs, options, location)
    }

    @usableFromInline
    func append<R>(
        _ function: NodeFunction, _ inputs: [GraphArena.Input], _ options: NodeOptions?, _ location: SourceLocation
    ) -> Delayed<R> {
        let arena = inputs.first { $0.node >= 0 }.map { unsafeDowncast($0.owner, to: GraphArena.self) } ?? currentArena()
        let id = arena.append(function, location: location, options: options, inputs)
        return Delayed<R>(owner: arena, node: Int32(truncatingIfNeeded: id), session: self)
    }

    /// One delayed call of `function` for each item.
    @inlinable
    public func map<A: Sendable, R>(
        _ function: Function<A, R>, over items: some Sequence<A>, options: NodeOptions? = nil, fileID: StaticString = #fileID,
        line: UInt = #line
    ) -> [Delayed<R>] {
        items.map { delayed(function, $0, options: options, fileID: fileID, line: line) }
    }

    /// Several delayed values as one; computing it shares what they have in common.
    @inlinable
    public func gather<A>(_ values: [Delayed<A>], fileID: StaticString = #fileID, line: UInt = #line) -> Delayed<[A]> {
        let node = NodeFunction(
            name: "gather", identity: .operations([Operation("gather")]),
            body: .sync { scope in TypedValue((0..<scope.argumentCount).map { scope.argument($0, as: A.self) }) })
        return append(node, values.map(\.input), nil, SourceLocation(fileID: fileID, line: line))
    }

    /// Runs several delayed values in one job and returns them in order.
    ///
    /// - Throws: as ``Delayed/compute()``.
    public func compute<A>(_ values: [Delayed<A>]) async throws -> [A] {
        let roots = values.compactMap { value in value.arena.map { PlanRoot(arena: $0, node: NodeID(value.node)) } }
        let (graph, outputs) = Graph.linking(roots)
        var results = try await compute(try plan(graph, outputs: outputs), name: "compute").makeIterator()
        return values.map { value in
            let result = value.node < 0 ? unsafeDowncast(value.owner, to: AnyValue.self) : results.next()!
            return unsafeDowncast(result, to: TypedValue<A>.self).value
        }
    }

    /// The results of several delayed values as they become ready, with their positions. They run as one job, so what they share
    /// runs once.
    public func asCompleted<A>(_ values: [Delayed<A>]) -> AsyncThrowingStream<(index: Int, value: A), any Error> {
        AsyncThrowingStream { continuation in
            let task = Task {
                do {
                    var positions: [Int] = []
                    var roots: [PlanRoot] = []
                    for (index, value) in values.enumerated() {
                        if let arena = value.arena {
                            positions.append(index)
                            roots.append(PlanRoot(arena: arena, node: NodeID(value.node)))
                        } else {
                            continuation.yield((index, try await value.compute()))
                        }
                    }
                    let (graph, outputs) = Graph.linking(roots)
                    let refs = try await self.run(try self.plan(graph, outputs: outputs), name: "asCompleted") { [positions] output, ref in
                        let result = try await self.value(ref)
                        continuation.yield((positions[output], unsafeDowncast(result, to: TypedValue<A>.self).value))
                    }
                    await self.engine.release(refs)
                    continuation.finish()
                } catch {
                    continuation.finish(throwing: error)
                }
            }
            continuation.onTermination = { _ in task.cancel() }
        }
    }
}
