public import SheafCore
internal import SheafWorker
internal import Synchronization

/// Values and runs.
extension BridgeEngine: BridgeRun.Owner {
    /// Does nothing: the program was announced when the engine was reached, and is sent where it is needed.
    public func ship(_ program: ProgramImage) async throws {}

    public func put(_ value: Payload) async throws -> ValueRef {
        let bytes: [UInt8], codec: AnyCodec?, type: String
        switch value {
        case .value(let value):
            bytes = try value.encoded("a value")
            (codec, type) = (ValueFormat(value.type).codec, "\(value.type)")
        case .encoded(let name, let encoded): (bytes, codec, type) = (encoded, nil, name)
        }
        let key = "p\(state.withLock { $0.newNumber() })"
        let answer = try await ask("store a value") { ClientMessage.put($0, key: key, bytes) }
        if let error = answer.error("store a value", engine: kind.title, address: options.address) { throw error }
        return try hold(Held(key: key, codec: codec, type: type, bytes: bytes.count))
    }

    public func get(_ ref: ValueRef) async throws -> Payload {
        let found = try state.withLock { state -> Held? in
            if let end = state.end { throw end }
            return state.held[ref.id]
        }
        guard let found else {
            throw EngineError(
                .unknownValue, "the engine “\(kind.name)” holds no value \(ref.id)", hint: "it was released, or never stored here")
        }
        let answer = try await ask("fetch a value") { ClientMessage.fetch($0, key: found.key) }
        if let error = answer.error("fetch a value", engine: kind.title, address: options.address) { throw error }
        guard let bytes = answer.value else {
            throw EngineError(.protocolViolation, "the sidecar of \(kind.title) sent no value where one was asked for")
        }
        guard let codec = found.codec else { return .encoded(type: found.type, bytes: bytes) }
        return .value(try bytes.withUnsafeBytes { try codec.decode($0) })
    }

    public func release(_ refs: [ValueRef]) async { letGo(of: refs) }

    private func hold(_ value: Held) throws -> ValueRef {
        try state.withLock { state in
            if let end = state.end { throw end }
            return Self.hold(value, &state)
        }
    }

    private static func hold(_ value: Held, _ state: inout State) -> ValueRef {
        let ref = ValueRef(id: state.newNumber(), byteCount: value.bytes)
        state.held[ref.id] = value
        state.holders[value.key, default: 0] += 1
        return ref
    }

    func hold(_ key: String, _ codec: AnyCodec, bytes: Int) -> ValueRef {
        state.withLock { Self.hold(Held(key: key, codec: codec, type: "", bytes: bytes), &$0) }
    }

    func letGo(of refs: [ValueRef]) {
        let keys = state.withLock { state in
            refs.compactMap { ref -> String? in
                guard let held = state.held.removeValue(forKey: ref.id) else { return nil }
                state.holders[held.key, default: 1] -= 1
                guard state.holders[held.key] == 0 else { return nil }
                state.holders[held.key] = nil
                return held.key
            }
        }
        if !keys.isEmpty { send { ClientMessage.release(keys) } }
    }

    // MARK: Runs

    public func submit(_ job: Job) -> AsyncThrowingStream<EngineEvent, any Error> {
        AsyncThrowingStream { continuation in
            let (run, end) = state.withLock { state -> (BridgeRun, EngineError?) in
                let run = BridgeRun(job, name: "\(state.newNumber())", continuation)
                if state.end == nil { state.runs[run.name] = run }
                return (run, state.end)
            }
            if let end {
                run.end(end)
                return
            }
            continuation.onTermination = { [weak self] reason in
                guard case .cancelled = reason else { return }
                // The runtime calls this with locks of its own held, which what is left to do takes as well.
                Task.detached { self?.cancel(run, abandoned: true) }
            }
            send { [weak self] in
                let frame = run.start(NamedCalls(job.graph, seed: job.seed))
                if frame == nil { self?.forget(run) }
                return frame
            }
        }
    }

    public func cancel(_ job: JobID) async {
        for run in state.withLock({ $0.runs.values.filter { $0.job.id == job } }) { cancel(run) }
    }

    private func cancel(_ run: BridgeRun, abandoned: Bool = false) {
        // In order with what was sent before, such as the run itself.
        send { [weak self] in
            let (tell, unwanted) = run.cancel(abandoned: abandoned)
            self?.letGo(of: unwanted)
            return tell ? ClientMessage.cancel(run: run.name) : nil
        }
    }

    private func forget(_ run: BridgeRun) { state.withLock { $0.runs[run.name] = nil } }

    // MARK: What there is

    public func resources() async throws -> Resources {
        let answer = try await ask("say what it has", seconds: options.timeout) { ClientMessage.info($0) }
        if let error = answer.error("say what it has", engine: kind.title, address: options.address) { throw error }
        let memory = answer.workers.reduce(0) { $0 + ($1.memory ?? 0) }, cores = answer.workers.reduce(0) { $0 + ($1.cores ?? 1) }
        return Resources(
            engine: kind.name, workers: answer.workers.count, cores: Int(max(min(cores, 1e9), 1)),
            memoryBytes: Int(max(min(memory, 9e18), 0)),
            usedBytes: state.withLock { state in
                Dictionary(state.held.values.map { ($0.key, $0.bytes) }) { first, _ in first }.values.reduce(0, +)
            },
            links: answer.dashboard.map { [$0] } ?? [])
    }

    /// Versions of Python and of the engine, by name.
    package func versions() async throws -> [String: String] {
        try await ask("say what it is", seconds: options.timeout) { ClientMessage.info($0) }.versions
    }
}
