internal import Synchronization

/// The engine of a workflow's session: passes everything on, and notes what a worker has to know to make the same plans.
final class RecordingEngine: WorkflowEngine {
    let capabilities: Capabilities
    private let base: any Engine
    private let call: String
    private let workflow: String
    private let input: [UInt8]
    private let conditions: PlanRecipe.Conditions
    let outcomes = OutcomeKeys()
    private let state = Locked(State())

    private struct State: Sendable {
        var history: [Entry] = []
        var begun = 0
        var occurrences: [UInt64: Int] = [:]
        /// The plans that run now, by form.
        var running: [UInt64: Int] = [:]
        /// Values that the workflow was given without looking into them.
        var opaque: [ObjectIdentifier: WeakValue] = [:]
    }

    private struct WeakValue: Sendable { weak var value: AnyValue? }

    private enum Entry: Sendable {
        case event(PlanRecipe.Event)
        /// A value that the workflow was given, encoded when a worker has to know it.
        case fetched(UInt64, FetchedValue)
    }

    init(_ base: any Engine, workflow: String, input: [UInt8], options: SessionOptions) {
        self.base = base
        self.workflow = workflow
        self.input = input
        var generator = SystemRandomNumberGenerator()
        call = String(generator.next(), radix: 36) + String(generator.next(), radix: 36)
        var capabilities = base.capabilities
        capabilities.closures = true
        self.capabilities = capabilities
        conditions = PlanRecipe.Conditions(
            engine: capabilities.engine, taskOverhead: capabilities.taskOverhead, workers: options.workers, memory: options.memory,
            seed: options.seed)
    }

    func submit(_ job: Job) -> AsyncThrowingStream<EngineEvent, any Error> {
        var job = job
        let fingerprint = job.graph.fingerprint(outputs: job.outputs)
        let recorded = state.withLock { state -> (PlanIdentity, [Entry], Set<Int>)? in
            guard state.running[fingerprint] == nil else { return nil }
            state.running[fingerprint] = state.begun
            let plan = PlanIdentity(number: state.begun, fingerprint: fingerprint, occurrence: state.occurrences[fingerprint, default: 0])
            state.begun += 1
            state.occurrences[fingerprint, default: 0] += 1
            state.history.append(.event(.begun(plan)))
            state.opaque = state.opaque.filter { $0.value.value != nil }
            let sent = job.graph.constants.indices.filter { index in
                let value = job.graph.constants[index]
                return state.opaque[ObjectIdentifier(value)]?.value === value
            }
            return (plan, state.history, Set(sent))
        }
        guard let (plan, history, sent) = recorded else { return AsyncThrowingStream { $0.finish(throwing: self.ambiguous) } }
        let events: [PlanRecipe.Event]
        do {
            events = try history.map { entry in
                switch entry {
                case .event(let event): event
                case .fetched(let id, let value): .fetched(id, try value.encoded())
                }
            }
        } catch {
            end(plan, nil)
            return AsyncThrowingStream { $0.finish(throwing: error) }
        }
        job.recipe = PlanRecipe(
            call: call, workflow: workflow, input: input, conditions: conditions, history: events, plan: plan, sentConstants: sent)
        return following(base.submit(job), plan)
    }

    /// Passes events on as they are asked for, and notes the outputs. (A stream with a buffer of its own would end at once when the caller's
    /// task is cancelled, and some engines' streams end only when nothing of the plan can start any more.)
    private func following(
        _ events: AsyncThrowingStream<EngineEvent, any Error>, _ plan: PlanIdentity
    ) -> AsyncThrowingStream<EngineEvent, any Error> {
        let follower = Follower(events, of: plan, on: self)
        return AsyncThrowingStream { try await follower.next() }
    }

    /// Used by one task at a time; lives as long as somebody listens.
    private final class Follower: @unchecked Sendable {
        private let events: AsyncThrowingStream<EngineEvent, any Error>.Iterator
        private let plan: PlanIdentity
        private let engine: RecordingEngine
        private var outputs: Set<Int> = []

        init(_ events: AsyncThrowingStream<EngineEvent, any Error>, of plan: PlanIdentity, on engine: RecordingEngine) {
            self.events = events.makeAsyncIterator()
            self.plan = plan
            self.engine = engine
        }

        deinit { engine.end(plan, nil) }

        func next() async throws -> EngineEvent? {
            do {
                // Copies share the place in the stream.
                var events = events
                guard let event = try await events.next() else {
                    // Where nobody listens any more, the end of the stream says nothing of the plan.
                    engine.end(plan, Task.isCancelled ? nil : .ended(plan))
                    return nil
                }
                if case .output(let position, let ref) = event, outputs.insert(position).inserted {
                    engine.note(.output(plan, position: position, ref))
                }
                return event
            } catch {
                engine.end(plan, .failed(plan, RecordedError.encode(error)))
                throw error
            }
        }
    }

    private func note(_ event: PlanRecipe.Event) { state.withLock { $0.history.append(.event(event)) } }

    /// The first end counts.
    private func end(_ plan: PlanIdentity, _ event: PlanRecipe.Event?) {
        state.withLock { state in
            guard state.running[plan.fingerprint] == plan.number else { return }
            state.running[plan.fingerprint] = nil
            if let event { state.history.append(.event(event)) }
        }
    }

    private var ambiguous: EngineError {
        EngineError(
            .notRepeatable,
            "two plans that look the same run at a time in the workflow “\(workflow)”, so a worker cannot tell which is which",
            hint: "compute both at once, or one after the other, or give them what differs as arguments")
    }

    func get(_ ref: ValueRef) async throws -> Payload {
        let payload = try await base.get(ref)
        if case .value(let value) = payload {
            state.withLock { $0.history.append(.fetched(ref.id, FetchedValue(value))) }
        }
        return payload
    }

    func opaque(_ ref: ValueRef) async throws -> Payload {
        let payload = try await base.get(ref)
        if case .value(let value) = payload { state.withLock { $0.opaque[ObjectIdentifier(value)] = WeakValue(value: value) } }
        return payload
    }

    func put(_ value: Payload) async throws -> ValueRef {
        let ref = try await base.put(value)
        note(.stored(ref))
        return ref
    }

    func once(_ body: () async throws -> [UInt8]) async throws -> [UInt8] {
        let bytes = try await body()
        note(.done(bytes))
        return bytes
    }

    func outcome(_ key: UInt64, _ body: (any Engine) async throws -> [UInt8]) async throws -> [UInt8] {
        do {
            let bytes = try await body(base)
            note(.called(key, [0] + bytes))
            return bytes
        } catch {
            note(.called(key, [1] + RecordedError.encode(error)))
            throw error
        }
    }

    func resources() async throws -> Resources {
        try await once("the engine's resources") { try await base.resources() }
    }

    func ship(_ program: ProgramImage) async throws { try await base.ship(program) }
    func release(_ refs: [ValueRef]) async { await base.release(refs) }
    func cancel(_ job: JobID) async { await base.cancel(job) }
    func shutdown() async { await base.shutdown() }
}

/// A value that a workflow was given.
private final class FetchedValue: Sendable {
    private struct State: Sendable {
        var bytes: [UInt8]?
    }
    private let value: AnyValue
    private let state = Locked(State())

    init(_ value: AnyValue) { self.value = value }

    func encoded() throws -> [UInt8] {
        if let bytes = state.withLock(\.bytes) { return bytes }
        let bytes = try NodeValue.encoded(value)
        state.withLock { $0.bytes = bytes }
        return bytes
    }
}
