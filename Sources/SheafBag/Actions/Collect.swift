public import SheafCore

extension Bag {
    /// All elements, partition after partition.
    ///
    /// - Throws: ``PlanError`` before anything runs; ``TaskError``, ``EngineError`` or `CancellationError` afterwards.
    /// - Note: The result has to fit in memory; use ``elements()`` to look at one partition at a time, or a `write` action.
    @inlinable
    public func collect(fileID: StaticString = #fileID, line: UInt = #line) async throws -> [Element] {
        let parts = try await collectPartitions(fileID: fileID, line: line)
        if parts.count == 1 { return parts[0] }
        var all: [Element] = []
        all.reserveCapacity(parts.reduce(0) { $0 + $1.count })
        for part in parts { all.append(contentsOf: part) }
        return all
    }

    /// The elements of each partition.
    @inlinable
    public func collectPartitions(fileID: StaticString = #fileID, line: UInt = #line) async throws -> [[Element]] {
        let location = SourceLocation(fileID: fileID, line: line)
        let values = try await session.runBag("collect") { lowering in
            lowering.consume(try lower(lowering), Operation("collect"), location: location) { scope, _, iterate in
                var elements: [Element] = []
                try iterate(scope, 0) { elements.append($0) }
                return elements
            }
        }
        return values.map { unsafeDowncast($0, to: TypedValue<[Element]>.self).value }
    }
}
