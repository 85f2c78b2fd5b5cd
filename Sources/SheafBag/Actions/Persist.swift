public import SheafCore

/// Where ``Bag/persist(_:fileID:line:)`` keeps a bag.
public enum StorageLevel: Sendable {
    /// In memory; what the budget has no room for goes to disk.
    case memory
    /// In the session's spill file from the start.
    case disk
}

extension Bag {
    /// Runs the plan, keeps the elements on the engine, and returns a bag that reads them from there. They are let go when the last
    /// bag that refers to them is.
    ///
    /// - Throws: as ``collect(fileID:line:)``; ``PlanError`` (`.unsupported`) with `.disk` for elements that cannot be written down.
    @inlinable
    public func persist(
        _ level: StorageLevel = .memory, fileID: StaticString = #fileID, line: UInt = #line
    ) async throws -> Bag<Element> {
        let location = SourceLocation(fileID: fileID, line: line)
        if level == .disk, ValueCodec<Element>.find() == nil {
            throw PlanError(
                .unsupported, "elements of type \(Element.self) cannot be kept on disk", location: location,
                hint: "make the type Codable, or persist in memory")
        }
        let kept: PersistedParts<Element> = try await session.runBagParts("persist") { lowering in
            lowering.materialized(SharedStage(), try lower(lowering), Operation("persist"), location, toDisk: level == .disk)
        }
        return Bag(session: session) { lowering in
            kept.parts.map { part in
                Partition(arguments: [lowering.constant(part)], operations: [Operation("persisted")], bytes: part.writtenBytes) {
                    scope, base, body in
                    let kept = scope.argument(base, as: Blocks<Element>.self)
                    for index in kept.blocks.indices { try scope.forEach(try kept.block(index)[...], body) }
                }
            }
        }
    }

    /// The elements one by one, partition after partition, for a `for try await` loop. The plan runs first; what does not fit in memory
    /// waits on disk, and one block at a time is read back.
    @inlinable
    public func elements(fileID: StaticString = #fileID, line: UInt = #line) async throws -> BagElements<Element> {
        let location = SourceLocation(fileID: fileID, line: line)
        return BagElements(
            parts: try await session.runBagParts("elements") { lowering in
                lowering.materialized(SharedStage(), try lower(lowering), Operation("elements"), location)
            })
    }
}

/// A bag's elements as an asynchronous sequence.
public struct BagElements<Element: Sendable>: AsyncSequence, Sendable {
    @usableFromInline let parts: PersistedParts<Element>

    @inlinable init(parts: PersistedParts<Element>) { self.parts = parts }

    public struct AsyncIterator: AsyncIteratorProtocol {
        private let parts: PersistedParts<Element>
        private var cursor: BlockCursor<Element>

        init(_ parts: PersistedParts<Element>) {
            self.parts = parts
            cursor = BlockCursor(parts.parts, skipping: 0)
        }

        /// - Throws: ``EngineError`` (`.inputOutput`) when spilled data cannot be read back.
        public mutating func next() async throws -> Element? {
            try Task.checkCancellation()
            return try cursor.next()
        }
    }

    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(parts) }
}

extension Session {
    /// Runs what `outputs` adds and keeps the results on the engine.
    @usableFromInline
    func runBagParts<Element>(
        _ name: String, _ outputs: (BagLowering) throws -> [Graph.Argument]
    ) async throws -> PersistedParts<Element> {
        let lowering = BagLowering(session: self)
        let nodes = try outputs(lowering).map(\.index)
        return try await PersistedParts(try await run(try plan(lowering.graph, outputs: nodes), name: name), self)
    }
}

/// Materialised partitions and the engine's references to them, released with the last user.
@usableFromInline
final class PersistedParts<Element: Sendable>: Sendable {
    @usableFromInline let parts: [Blocks<Element>]
    private let refs: [ValueRef]
    private let session: Session

    @usableFromInline
    init(_ refs: [ValueRef], _ session: Session) async throws {
        self.refs = refs
        self.session = session
        var parts: [Blocks<Element>] = []
        for ref in refs {
            parts.append(unsafeDowncast(try await session.value(ref), to: TypedValue<Blocks<Element>>.self).value)
        }
        self.parts = parts
    }

    deinit {
        Task { [session, refs] in await session.engine.release(refs) }
    }
}
