public import SheafCore

extension Bag {
    /// Folds all elements into one value: each partition from `zero` with `add`, then the partial results with `merge`, in a tree of
    /// tasks whose nodes join up to `fanIn` of them, in the order of the partitions.
    ///
    /// - Parameters:
    ///   - zero: neutral for `merge`.
    ///   - merge: associative.
    /// - Throws: as ``collect(fileID:line:)``.
    @inlinable
    public func treeAggregate<A: Sendable>(
        _ zero: A, fanIn: Int = 8, name: String = "aggregate", fileID: StaticString = #fileID, line: UInt = #line,
        add: @escaping @Sendable (inout A, Element) throws -> Void, merge: @escaping @Sendable (inout A, A) throws -> Void
    ) async throws -> A {
        let location = SourceLocation(fileID: fileID, line: line)
        return try await folding(zero, Operation(name, closure: location), location, fanIn: fanIn, add: add, merge: merge)
    }

    /// The inside of all folds. The operation says whether the closures are the caller's or made here.
    @inlinable
    func folding<A: Sendable>(
        _ zero: A, _ operation: Operation, _ location: SourceLocation, fanIn: Int = 8,
        add: @escaping @Sendable (inout A, Element) throws -> Void, merge: @escaping @Sendable (inout A, A) throws -> Void
    ) async throws -> A {
        guard fanIn >= 2 else { throw PlanError(.invalidArgument, "a tree that joins \(fanIn) at a time", hint: "fanIn is 2 or more") }
        let merging = Operation("merge", closure: operation.closureLocation)
        let values = try await session.runBag(operation.label) { lowering in
            var level = lowering.consume(try lower(lowering), operation, location: location, resultBytes: { _ in MemoryLayout<A>.stride }) {
                scope, _, iterate in
                var accumulator = zero
                try iterate(scope, 0) { try add(&accumulator, $0) }
                return accumulator
            }
            if level.isEmpty {
                level = [lowering.add([operation], arguments: [], location: location) { _ in TypedValue(zero) }]
            }
            while level.count > 1 {
                level = stride(from: 0, to: level.count, by: fanIn).map { start in
                    let group = level[start..<Swift.min(start + fanIn, level.count)]
                    if group.count == 1 { return group[start] }
                    return lowering.add([merging], arguments: group.map { .node($0) }, location: location) { scope in
                        var accumulator: A = scope.argument(0)
                        for index in 1..<scope.argumentCount { try merge(&accumulator, scope.argument(index)) }
                        return TypedValue(accumulator)
                    }
                }
            }
            return level
        }
        return unsafeDowncast(values[0], to: TypedValue<A>.self).value
    }

    /// As ``treeAggregate(_:fanIn:name:fileID:line:add:merge:)``, joining all partial results in one task.
    @inlinable
    public func aggregate<A: Sendable>(
        _ zero: A, fileID: StaticString = #fileID, line: UInt = #line, add: @escaping @Sendable (inout A, Element) throws -> Void,
        merge: @escaping @Sendable (inout A, A) throws -> Void
    ) async throws -> A {
        try await treeAggregate(zero, fanIn: .max, fileID: fileID, line: line, add: add, merge: merge)
    }

    /// Folds all elements with an associative, commutative closure; `zero` is neutral for it.
    @inlinable
    public func fold(
        _ zero: Element, fileID: StaticString = #fileID, line: UInt = #line,
        _ combine: @escaping @Sendable (Element, Element) throws -> Element
    ) async throws -> Element {
        let location = SourceLocation(fileID: fileID, line: line)
        return try await folding(zero, Operation("fold", closure: location), location) {
            $0 = try combine($0, $1)
        } merge: {
            $0 = try combine($0, $1)
        }
    }

    /// Folds all elements with an associative, commutative closure; `nil` for an empty bag.
    @inlinable
    public func reduce(
        fileID: StaticString = #fileID, line: UInt = #line, _ combine: @escaping @Sendable (Element, Element) throws -> Element
    ) async throws -> Element? {
        let step: @Sendable (inout Element?, Element) throws -> Void = { accumulator, element in
            accumulator = try accumulator.map { try combine($0, element) } ?? element
        }
        let location = SourceLocation(fileID: fileID, line: line)
        return try await folding(nil as Element?, Operation("reduce", closure: location), location, add: step) { accumulator, other in
            if let other { try step(&accumulator, other) }
        }
    }

    /// Folds all elements with a reducer, `nil` for an empty bag.
    @inlinable
    public func reduce<Accumulator, Result>(
        _ reducer: Reducer<Element, Accumulator, Result>, fileID: StaticString = #fileID, line: UInt = #line
    ) async throws -> Result? {
        let location = SourceLocation(fileID: fileID, line: line)
        let operation = Operation("reduce", function: reducer.name, closure: reducer.name == nil ? location : nil)
        let accumulated = try await folding(nil as Accumulator?, operation, location) { accumulator, element in
            if accumulator == nil {
                accumulator = try reducer.initial(element)
            } else {
                try reducer.add(&accumulator!, element)
            }
        } merge: { accumulator, other in
            guard let other else { return }
            if accumulator == nil {
                accumulator = other
            } else {
                try reducer.merge(&accumulator!, other)
            }
        }
        return try accumulated.map(reducer.finish)
    }

    /// How many elements there are.
    @inlinable
    public func count(fileID: StaticString = #fileID, line: UInt = #line) async throws -> Int {
        try await folding(0, Operation("count"), SourceLocation(fileID: fileID, line: line)) { count, _ in
            count += 1
        } merge: {
            $0 += $1
        }
    }

    /// How often each element occurs.
    @inlinable
    public func frequencies(partitions: Int? = nil, fileID: StaticString = #fileID, line: UInt = #line) -> Bag<(Element, Int)>
    where Element: Hashable {
        let count = Reducer<Int, Int, Int>(name: "sum", initial: { $0 }, add: { $0 += $1 }, merge: { $0 += $1 }, finish: { $0 })
        return combining(Operation("frequencies"), count, partitions, SourceLocation(fileID: fileID, line: line)) { scope, iterate, table in
            try iterate(scope, 0) { try table.fold($0, 1, initial: { $0 }, add: { $0 += $1 }) }
        }
    }

    /// How many values each key has.
    @inlinable
    public func countByKey<Key: Hashable & Sendable, Value>(
        fileID: StaticString = #fileID, line: UInt = #line
    ) async throws -> [Key: Int] where Element == (Key, Value) {
        let counts: Bag<(Key, Int)> = combiningByKey(
            Operation("countByKey"), .count, nil, SourceLocation(fileID: fileID, line: line))
        return Dictionary(uniqueKeysWithValues: try await counts.collect(fileID: fileID, line: line))
    }
}
