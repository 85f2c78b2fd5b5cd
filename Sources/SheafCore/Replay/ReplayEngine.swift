internal import Synchronization

/// The engine of a workflow's session in a worker: runs nothing, but answers as the engine of the first call did, and keeps the plan that
/// is wanted.
package final class ReplayEngine: WorkflowEngine {
    package let capabilities: Capabilities
    private let workflow: String
    let outcomes = OutcomeKeys()
    private let state = Locked(State())

    private struct State: Sendable {
        /// What happened in the first call, as far as it is known here.
        var known = 0
        var begun: [PlanKey: PlanIdentity] = [:]
        var outputs: [PlanKey: [(position: Int, ref: ValueRef)]] = [:]
        var ended: [PlanKey: Result<Void, any Error>] = [:]
        var fetched: [UInt64: [UInt8]] = [:]
        var stored: [ValueRef] = []
        var done: [[UInt8]] = []
        var called: [UInt64: [UInt8]] = [:]
        /// What happened here.
        var occurrences: [UInt64: Int] = [:]
        var storedHere = 0
        var doneHere = 0
        var plans: [PlanKey: ReplayedPlan] = [:]
        var failure: EngineError?
        /// Called whenever something above has changed, and whoever waits looks again.
        var waiting: [@Sendable () -> Void] = []

        /// Whether a plan of the first call has not been made here.
        var lacksPlan: Bool { begun.keys.contains { $0.occurrence >= occurrences[$0.fingerprint, default: 0] } }
    }

    private struct PlanKey: Hashable, Sendable {
        var fingerprint: UInt64
        var occurrence: Int

        init(_ plan: PlanIdentity) { (fingerprint, occurrence) = (plan.fingerprint, plan.occurrence) }
    }

    /// Whether this is a task of a plan, rather than the workflow that makes the plan.
    @TaskLocal package static var isInTask = false

    package init(_ recipe: PlanRecipe) {
        workflow = recipe.workflow
        capabilities = Capabilities(
            engine: recipe.conditions.engine, closures: true, taskOverhead: recipe.conditions.taskOverhead, sharesMemory: false)
        learn(recipe)
    }

    /// Takes in what has happened in the first call since.
    package func learn(_ recipe: PlanRecipe) {
        change { state in
            for event in recipe.history.dropFirst(state.known) {
                switch event {
                case .begun(let plan): state.begun[PlanKey(plan)] = plan
                case .output(let plan, let position, let ref): state.outputs[PlanKey(plan), default: []].append((position, ref))
                case .ended(let plan):
                    state.ended[PlanKey(plan)] = .success(())
                    state.plans[PlanKey(plan)] = nil
                case .failed(let plan, let error):
                    state.ended[PlanKey(plan)] = .failure(RecordedError.decode(error))
                    state.plans[PlanKey(plan)] = nil
                case .fetched(let id, let bytes): state.fetched[id] = bytes
                case .stored(let ref): state.stored.append(ref)
                case .done(let bytes): state.done.append(bytes)
                case .called(let key, let bytes): state.called[key] = bytes
                }
            }
            state.known = max(state.known, recipe.history.count)
        }
    }

    /// The workflow's body has ended, with an error or without.
    package func bodyEnded(_ error: (any Error)?) {
        change { state in
            if state.failure == nil { state.failure = self.notRepeated("it ended before it had made it", cause: error) }
        }
    }

    /// The plan that is wanted, as soon as the workflow has made it here.
    ///
    /// - Throws: ``EngineError`` (`.notRepeatable`), also when that takes longer than ``patience``.
    package func plan(_ identity: PlanIdentity) async throws -> ReplayedPlan {
        try await withThrowingTaskGroup(of: ReplayedPlan?.self) { group in
            group.addTask { [self] in
                try await waiting { state in
                    if let plan = state.plans[PlanKey(identity)] { return plan }
                    if let failure = state.failure { throw failure }
                    return nil
                }
            }
            group.addTask {
                try await Task.sleep(for: .seconds(Self.patience))
                return nil
            }
            defer { group.cancelAll() }
            guard let plan = try await group.next().flatMap(\.self) else {
                throw notRepeated("it did not come to it within \(Int(Self.patience)) s")
            }
            return plan
        }
    }

    /// The seconds that a workflow may take from one plan to the next.
    private static let patience = 300.0
    /// The seconds that it may take to a plan while it has made another.
    private static let patienceWithOthers = 5.0

    // MARK: The engine

    package func submit(_ job: Job) -> AsyncThrowingStream<EngineEvent, any Error> {
        if Self.isInTask {
            let error = EngineError(
                .unsupported, "a task computes a plan, which the engine “\(capabilities.engine)” cannot do",
                hint: "compute it in the workflow, and give the task what it returns; or choose the engine “local”")
            return AsyncThrowingStream { $0.finish(throwing: error) }
        }
        let fingerprint = job.graph.fingerprint(outputs: job.outputs)
        var key: PlanKey?, isOther = false
        change { state in
            let occurrence = state.occurrences[fingerprint, default: 0]
            state.occurrences[fingerprint] = occurrence + 1
            let made = PlanKey(PlanIdentity(number: 0, fingerprint: fingerprint, occurrence: occurrence))
            key = made
            // One that has ended is not wanted any more.
            if state.ended[made] == nil { state.plans[made] = ReplayedPlan(job) }
            isOther = state.begun[made] == nil && state.lacksPlan
        }
        if isOther { watch(job.graph.count) }
        let (stream, continuation) = AsyncThrowingStream.makeStream(of: EngineEvent.self)
        let task = Task { [self] in
            do {
                guard let key else { return }
                var count = 0
                while true {
                    let (outputs, end) = try await waiting {
                        [count] state -> ([(position: Int, ref: ValueRef)], Result<Void, any Error>?)? in
                        let outputs = Array(state.outputs[key, default: []].dropFirst(count)), end = state.ended[key]
                        return outputs.isEmpty && end == nil ? nil : (outputs, end)
                    }
                    for output in outputs { continuation.yield(.output(position: output.position, ref: output.ref)) }
                    count += outputs.count
                    guard let end else { continue }
                    try end.get()
                    continuation.finish()
                    return
                }
            } catch { continuation.finish(throwing: error) }
        }
        continuation.onTermination = { reason in
            if case .cancelled = reason { task.cancel() }
        }
        return stream
    }

    /// Gives up, after a while, when another plan was made than was wanted. Not at once: plans may be made side by side, in any order.
    private func watch(_ tasks: Int) {
        Task { [self] in
            try await Task.sleep(for: .seconds(Self.patienceWithOthers))
            change { state in
                if state.lacksPlan, state.failure == nil { state.failure = notRepeated("it made another, of \(tasks) tasks, instead") }
            }
        }
    }

    package func get(_ ref: ValueRef) async throws -> Payload {
        let bytes = try await waiting { $0.fetched[ref.id] }
        return .value(try bytes.withUnsafeBytes { try NodeValue.decode($0) })
    }

    package func opaque(_ ref: ValueRef) async throws -> Payload { .value(AbsentValue(byteCount: ref.byteCount)) }

    package func put(_ value: Payload) async throws -> ValueRef {
        let index = state.withLock { state in
            defer { state.storedHere += 1 }
            return state.storedHere
        }
        return try await waiting { $0.stored.indices.contains(index) ? $0.stored[index] : nil }
    }

    package func once(_ body: () async throws -> [UInt8]) async throws -> [UInt8] {
        let index = state.withLock { state in
            defer { state.doneHere += 1 }
            return state.doneHere
        }
        return try await waiting { $0.done.indices.contains(index) ? $0.done[index] : nil }
    }

    func outcome(_ key: UInt64, _ body: (any Engine) async throws -> [UInt8]) async throws -> [UInt8] {
        let bytes = try await waiting { $0.called[key] }
        if bytes.first == 0 { return Array(bytes.dropFirst()) }
        throw RecordedError.decode(Array(bytes.dropFirst()))
    }

    package func ship(_ program: ProgramImage) async throws {}
    package func release(_ refs: [ValueRef]) async {}
    package func cancel(_ job: JobID) async {}
    package func shutdown() async {}

    package func resources() async throws -> Resources {
        // What the first call was told.
        try await once("the engine's resources") { throw CancellationError() }
    }

    private func notRepeated(_ what: String, cause: (any Error)? = nil) -> EngineError {
        EngineError(
            .notRepeatable, "a worker called the workflow “\(workflow)” to make its plan again, but \(what)", cause: cause,
            hint: "what a workflow does has to follow from its input, the files it reads and what its plans return; see `Workflow`")
    }

    // MARK: Waiting

    private func change(_ body: (inout State) -> Void) {
        let waiting = state.withLock { state in
            body(&state)
            defer { state.waiting = [] }
            return state.waiting
        }
        for wake in waiting { wake() }
    }

    /// Waits until `look` finds something. Cancelling the task ends the wait.
    private func waiting<T: Sendable>(_ look: @Sendable (borrowing State) throws -> T?) async throws -> T {
        while true {
            let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
            let found = try state.withLock { state -> T? in
                if let found = try look(state) { return found }
                state.waiting.append { continuation.finish() }
                return nil
            }
            if let found { return found }
            for await _ in stream {}
            try Task.checkCancellation()
        }
    }
}

/// A workflow's plan, made again.
package final class ReplayedPlan: Sendable {
    package let graph: Graph

    init(_ job: Job) { graph = job.graph }
}

/// Stands for a value that is not known here: one that a workflow has handed on without looking into it, which calls that take it bring
/// along, or the result of the step before in a fused chain.
package final class AbsentValue: AnyValue, @unchecked Sendable {
    package static let none = AbsentValue(byteCount: 0)

    package override var untyped: any Sendable { "absent" }
    package override var type: Any.Type { AbsentValue.self }
}

/// An engine between a workflow and the engine it runs on.
protocol WorkflowEngine: Engine {
    /// As ``Engine/get(_:)``, for values that the workflow only hands on.
    func opaque(_ ref: ValueRef) async throws -> Payload
    /// Does something unless it only has to be said what came of it.
    func once(_ body: () async throws -> [UInt8]) async throws -> [UInt8]
    /// What calls an object on the engine underneath, or only says what came of it; errors, too.
    func outcome(_ key: UInt64, _ body: (any Engine) async throws -> [UInt8]) async throws -> [UInt8]
    /// The keys of calls.
    var outcomes: OutcomeKeys { get }
}

extension WorkflowEngine {
    /// Whether this is a worker that makes a plan again.
    var isRepeating: Bool { self is ReplayEngine }

    /// As ``once(_:)``, for values that can be written down.
    ///
    /// - Throws: ``PlanError`` (`.notSerializable`), which says `what` cannot.
    func once<R>(_ what: String, _ body: () async throws -> R) async throws -> R {
        let codec = try ValueCodec<R>.required(what)
        return try codec.value(of: try await once { try codec.bytes(of: try await body()) })
    }
}
