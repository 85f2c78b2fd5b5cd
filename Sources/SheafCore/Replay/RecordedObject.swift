internal import Synchronization

/// An object of a workflow. What its calls come to is noted by the first process, and told to workers that repeat the workflow: by what is
/// called with what, since calls of several tasks come in another order there.
struct RecordedObject: Sendable {
    private let engine: any WorkflowEngine
    /// The same in every process.
    private let key: UInt64

    /// Makes an object, unless there is only to be said what came of it.
    static func made(
        _ make: ActorCall, in engine: any WorkflowEngine, _ body: (any Engine) async throws -> ActorLine
    ) async throws -> (RecordedObject, ActorLine?) {
        try refuseInTask(make, engine)
        var line: ActorLine?
        let key = try await engine.outcomes.begin(make, of: 0, engine) { key in
            _ = try await engine.outcome(key) { base in
                line = try await body(base)
                return []
            }
            return key
        }
        return (RecordedObject(engine: engine, key: key), line)
    }

    /// What a call returns.
    func result(of call: ActorCall, _ body: () async throws -> AnyValue) async throws -> AnyValue {
        try Self.refuseInTask(call, engine)
        let codec = try call.resultCodec()
        let bytes = try await engine.outcomes.begin(call, of: key, engine) { key in
            try await engine.outcome(key) { _ in
                var bytes: [UInt8] = []
                try codec.encode(try await body(), &bytes)
                return bytes
            }
        }
        return try bytes.withUnsafeBytes { try codec.decode($0) }
    }

    private static func refuseInTask(_ call: ActorCall, _ engine: any WorkflowEngine) throws {
        guard ReplayEngine.isInTask else { return }
        throw EngineError(
            .unsupported, "a task calls “\(call.name)” of an object, which the engine “\(engine.capabilities.engine)” cannot do",
            location: call.location, hint: "call it in the workflow, with what the task returns; or choose the engine “local”")
    }
}

/// Tells the calls of a workflow's objects apart: those that are alike by their number. Thread-safe.
final class OutcomeKeys: Sendable {
    private struct State: Sendable {
        var begun: [UInt64: Int] = [:]
        var running: Set<UInt64> = []
    }
    private let state = Locked(State())

    /// Runs `body` with the key of a call.
    ///
    /// - Throws: ``EngineError`` (`.notRepeatable`) when another that looks the same runs, and both return something.
    func begin<R>(_ call: ActorCall, of object: UInt64, _ engine: any WorkflowEngine, _ body: (UInt64) async throws -> R) async throws -> R
    {
        var hash = Fingerprint(call.name)
        hash.add(object)
        hash.add(try call.inputBytes())
        let kind = hash.value, mayOverlap = object != 0 && call.output.type == Void.self
        let number = state.withLock { state -> Int? in
            if !mayOverlap, !engine.isRepeating, !state.running.insert(kind).inserted { return nil }
            defer { state.begun[kind, default: 0] += 1 }
            return state.begun[kind, default: 0]
        }
        guard let number else {
            throw EngineError(
                .notRepeatable,
                "“\(call.name)” is called twice at a time with the same input in a workflow, so a worker cannot tell which call is which",
                location: call.location, hint: "call it one after the other, or give it what differs")
        }
        defer { state.withLock { state in _ = state.running.remove(kind) } }
        hash.add(UInt64(number) + 1)
        return try await body(hash.value)
    }
}
