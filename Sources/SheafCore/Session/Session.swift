internal import Synchronization

/// Where plans start and results come back.
///
/// A session owns one engine, its options and its event stream. Plans made from it are values; only `compute`, `collect`, `write`,
/// `persist` and their like run anything.
///
/// ```swift
/// let session = try await Session()            // this process, all cores
/// let total = session.delayed(add, 1, 2)
/// print(try await total.compute())
/// ```
/// - Note: Thread-safe. Several plans may run at a time.
public final class Session: Sendable {
    public let engine: any Engine
    public let options: SessionOptions
    let hub: EventHub
    /// Of all sessions, since several may share an engine.
    private static let nextJob = Atomic<UInt64>(1)
    private let arena = Locked(GraphArena())
    /// What layers above keep with the session, by type, and how each ends.
    private let attachments: Attachments
    /// The objects that live on the engine.
    let actors: ActorTable

    private final class Attachments: Sendable {
        let state = Locked<[ObjectIdentifier: (value: any Sendable, end: @Sendable () async -> Void)]>([:])
    }

    public init(engine: any Engine, options: SessionOptions = SessionOptions()) {
        self.engine = engine
        self.options = options
        hub = EventHub()
        attachments = Attachments()
        actors = ActorTable()
    }

    /// The same session with another way to its engine.
    init(engine: any Engine, like other: Session) {
        self.engine = engine
        options = other.options
        hub = other.hub
        attachments = other.attachments
        actors = other.actors
    }

    /// Starts or reaches the engine that `url` names, among those of `providers`.
    ///
    /// - Throws: ``PlanError`` (`.invalidArgument`), ``EngineError`` (`.unknownEngine`, listing the known ones).
    public convenience init(_ url: String, options: SessionOptions = SessionOptions(), providers: [any EngineProvider]) async throws {
        let url = try EngineURL(url)
        guard let provider = providers.first(where: { $0.scheme == url.scheme }) else {
            let known = providers.map { "\($0.scheme) (\($0.summary))" }.joined(separator: ", ")
            throw EngineError(.unknownEngine, "no engine is called “\(url.scheme)”", hint: "known engines: \(known)")
        }
        self.init(engine: try await provider.engine(at: url, options: options), options: options)
        provider.prepare(self)
    }

    /// Ends the engine. Running jobs fail with ``EngineError`` (`.closed`) or `CancellationError`.
    public func close() async {
        let ends = attachments.state.withLock { attachments in
            defer { attachments = [:] }
            return attachments.values.map(\.end)
        }
        for end in ends { await end() }
        await actors.end()
        await engine.shutdown()
        hub.close()
    }

    /// What happens from now on, to this session's plans. The stream ends when the session is closed; a subscriber that lags more
    /// than `buffer` events behind loses the oldest.
    public func events(_ detail: EventDetail = .progress, buffer: Int = 65_536) -> AsyncStream<SessionEvent> {
        hub.subscribe(detail, buffer: buffer)
    }

    /// Keeps a value with the session, in the place of another of its type; `end` is called when the session is closed.
    package func attach<Value: Sendable>(_ value: Value, end: @escaping @Sendable (Value) async -> Void) {
        attachments.state.withLock { $0[ObjectIdentifier(Value.self)] = (value, { await end(value) }) }
    }

    /// The value of a type that is kept with the session.
    package func attachment<Value: Sendable>(_: Value.Type) -> Value? {
        attachments.state.withLock { $0[ObjectIdentifier(Value.self)]?.value } as? Value
    }

    /// The arena that new plans start in: another one when it is full, or when no plan refers to what it holds. (A weak reference would
    /// say the latter at once, but makes every retain of the arena several times as expensive.)
    @usableFromInline
    func currentArena() -> GraphArena {
        arena.withLock { arena in
            let count = arena.count
            if count >= GraphArena.rotation || (count >= GraphArena.worthReplacing && isKnownUniquelyReferenced(&arena)) {
                arena = GraphArena()
            }
            return arena
        }
    }

    /// Plans a graph for this session's engine: culled, fused where the engine wants it, ordered, and checked against the engine's
    /// capabilities. Runs nothing.
    ///
    /// - Throws: ``PlanError`` (`.closureNotPortable`, `.unsupported`).
    public func plan(_ graph: Graph, outputs: [NodeID]) throws -> Plan {
        try Plan(graph, outputs: outputs, capabilities: engine.capabilities)
    }

    /// Runs a planned graph and hands each output's reference over. The caller releases them.
    ///
    /// - Throws: ``TaskError``, ``EngineError``, `CancellationError`.
    /// - Note: Cancelling the calling task cancels the run.
    ///
    /// - Parameter onOutput: called as each output becomes ready, in the order in which they do.
    package func run(
        _ plan: Plan, name: String, onOutput: (@Sendable (Int, ValueRef) async throws -> Void)? = nil
    ) async throws -> [ValueRef] {
        try Task.checkCancellation()
        let id = Self.nextJob.wrappingAdd(1, ordering: .relaxed).oldValue
        let job = Job(
            id: id, graph: plan.graph, outputs: plan.outputs, order: plan.order, detail: hub.detail ?? .progress, seed: options.seed)
        hub.publish(.runStarted(job: id, name: name, tasks: plan.graph.count))
        let clock = ContinuousClock()
        let begin = clock.now
        do {
            let refs = try await withTaskCancellationHandler {
                try await follow(job, onOutput)
            } onCancel: { [engine] in
                Task { await engine.cancel(id) }
            }
            hub.publish(.runFinished(job: id, seconds: (clock.now - begin) / .seconds(1)))
            return refs
        } catch {
            hub.publish(.runFailed(job: id, error: error))
            throw error
        }
    }

    private func follow(
        _ job: Job, _ onOutput: (@Sendable (Int, ValueRef) async throws -> Void)?
    ) async throws -> [ValueRef] {
        var ledger = RunLedger(outputCount: job.outputs.count)
        var refused: (any Error)?
        do {
            for try await event in engine.submit(job) {
                switch event {
                case .tasks(let events):
                    for event in events where ledger.accept(event) { hub.publish(.task(event)) }
                case .progress(let progress):
                    hub.publish(.progress(progress))
                case .output(let position, let ref):
                    if let extra = ledger.store(ref, at: position) {
                        await engine.release([extra])
                    } else if refused == nil {
                        do { try await onOutput?(position, ref) } catch {
                            // Goes on to the end of the stream, so that every output is heard of and released.
                            refused = error
                            await engine.cancel(job.id)
                        }
                    }
                case .rejected(let count, let samples):
                    ledger.reject(count)
                    hub.publish(.rejected(job: job.id, count: count, samples: samples))
                }
            }
            if let refused { throw refused }
            try Task.checkCancellation()
            guard !ledger.outputs.contains(where: { $0 == nil }) else {
                throw EngineError(.protocolViolation, "the engine “\(engine.capabilities.engine)” ended a job without all its outputs")
            }
            return ledger.outputs.compactMap(\.self)
        } catch {
            await engine.release(ledger.outputs.compactMap(\.self))
            throw refused ?? (Task.isCancelled ? CancellationError() : error)
        }
    }

    /// Runs a planned graph and fetches its outputs.
    ///
    /// - Throws: as ``run(_:name:)``.
    ///
    /// - Parameter isOpaque: whether the caller only hands the values on, as constants of other plans, and never looks into them.
    package func compute(_ plan: Plan, name: String, isOpaque: Bool = false) async throws -> [AnyValue] {
        let refs = try await run(plan, name: name)
        do {
            var values: [AnyValue] = []
            values.reserveCapacity(refs.count)
            for ref in refs { values.append(try await value(ref, isOpaque: isOpaque)) }
            await engine.release(refs)
            return values
        } catch {
            await engine.release(refs)
            throw error
        }
    }

    package func value(_ ref: ValueRef, isOpaque: Bool = false) async throws -> AnyValue {
        let payload =
            if isOpaque, let engine = engine as? any WorkflowEngine { try await engine.opaque(ref) } else { try await engine.get(ref) }
        switch payload {
        case .value(let value): return value
        case .encoded(let type, _):
            throw EngineError(.protocolViolation, "the engine handed back encoded bytes of “\(type)” where a value was expected")
        }
    }
}
