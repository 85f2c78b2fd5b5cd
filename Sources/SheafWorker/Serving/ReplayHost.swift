internal import Dispatch
internal import SheafCore
internal import Synchronization

/// The workflows that a worker calls to make plans again. Thread-safe.
final class ReplayHost: Sendable {
    private let registry: FunctionRegistry

    /// One call of a workflow.
    private struct Call: Sendable {
        let engine: ReplayEngine
        let body: Task<Void, Never>
    }

    private struct State: Sendable {
        var calls: [String: Call] = [:]
        /// Oldest first.
        var order: [String] = []
        var plans: [String: Result<(call: Call, plan: PlanIdentity), EngineError>] = [:]
        var made: [String: ReplayedPlan] = [:]
    }
    private let state = Locked(State())
    /// Calls kept at most; what an older one is asked for then is an error.
    private static let most = 64

    init(_ registry: FunctionRegistry) { self.registry = registry }

    /// Follows a recipe.
    func prepare(_ payload: [UInt8]) throws {
        let recipe = try payload.withUnsafeBytes { try PlanRecipe($0) }
        let forgotten = state.withLock { state -> [Call] in
            if let known = state.calls[recipe.call] {
                known.engine.learn(recipe)
                state.plans[recipe.token] = .success((known, recipe.plan))
                // Plans of a call follow each other; what was made for those that have ended is not wanted any more.
                for event in recipe.history {
                    switch event {
                    case .ended(let plan), .failed(let plan, _): state.made["\(recipe.call)/\(plan.number)"] = nil
                    default: break
                    }
                }
                return []
            }
            guard let workflow = registry.functions[recipe.workflow] as? any RepeatableWorkflow else {
                state.plans[recipe.token] = .failure(
                    EngineError(
                        .unsupported, "the worker knows no workflow named “\(recipe.workflow)”",
                        hint: "list it in the program's `functions`"))
                return []
            }
            let engine = ReplayEngine(recipe)
            let session = Session(engine: engine, options: recipe.conditions.options)
            let body = Task.detached {
                do {
                    try await workflow.repeat(in: session, input: recipe.input)
                    engine.bodyEnded(nil)
                } catch { engine.bodyEnded(error) }
            }
            let call = Call(engine: engine, body: body)
            state.calls[recipe.call] = call
            state.order.append(recipe.call)
            state.plans[recipe.token] = .success((call, recipe.plan))
            return Self.forgetOldest(&state)
        }
        for call in forgotten { call.body.cancel() }
    }

    private static func forgetOldest(_ state: inout State) -> [Call] {
        var forgotten: [Call] = []
        while state.order.count > most {
            let oldest = state.order.removeFirst()
            if let call = state.calls.removeValue(forKey: oldest) { forgotten.append(call) }
            for token in state.plans.keys where token.hasPrefix(oldest + "/") {
                state.plans[token] = nil
                state.made[token] = nil
            }
        }
        return forgotten
    }

    /// The plan that a recipe makes.
    ///
    /// - Throws: ``EngineError``: `.notRepeatable` when the workflow makes another, `.protocolViolation` for an unknown token.
    func plan(_ token: String) async throws -> ReplayedPlan {
        let (made, known) = state.withLock { ($0.made[token], $0.plans[token]) }
        if let made { return made }
        guard let known else {
            throw EngineError(.protocolViolation, "a node of a plan was called that this worker was never told how to make")
        }
        let (call, identity) = try known.get()
        let plan = try await call.engine.plan(identity)
        state.withLock { $0.made[token] = plan }
        return plan
    }

    /// As ``plan(_:)-async``, for a thread that may wait.
    func waitForPlan(_ token: String) throws -> ReplayedPlan {
        if let made = state.withLock({ $0.made[token] }) { return made }
        let done = DispatchSemaphore(value: 0)
        let result = Locked<Result<ReplayedPlan, any Error>?>(nil)
        Task.detached { [self] in
            let ended: Result<ReplayedPlan, any Error>
            do { ended = .success(try await plan(token)) } catch { ended = .failure(error) }
            result.withLock { $0 = ended }
            done.signal()
        }
        done.wait()
        guard let ended = result.withLock({ $0 }) else { preconditionFailure("signalled without a result") }
        return try ended.get()
    }
}

extension PlanRecipe.Conditions {
    fileprivate var options: SessionOptions { SessionOptions(workers: workers, memory: memory, seed: seed) }
}
