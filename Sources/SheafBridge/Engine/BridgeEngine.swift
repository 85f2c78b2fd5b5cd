public import SheafCore
internal import SheafWorker

/// Runs a plan's functions on a system that has a Python client, such as Dask or Ray, through a sidecar: a Python process that ends with
/// this one.
///
/// The system schedules, moves values, spills and retries; its workers run this program's functions in processes of this program, which
/// is sent there once. Values stay there until they are asked for. A task costs about a millisecond, so tasks should take tens of them.
///
/// - Note: Thread-safe. Named functions run there; a plan with anything else is refused before it runs. A retry policy's number of
///   attempts is passed on; its delays are not, since these systems try again at once.
public final class BridgeEngine: Engine {
    public let capabilities: Capabilities
    package let kind: BridgeKind
    private let options: BridgeOptions
    private let sources: SidecarSources
    let client: SidecarClient
    let table: RunTable

    /// - Throws: ``EngineError`` (`.unsupported`) in a process that was itself started as a worker and does not serve as one.
    package init(_ kind: BridgeKind, _ options: BridgeOptions, sources: SidecarSources = .bridge) throws {
        try WorkerStart.refuseToStartWorkers()
        self.kind = kind
        self.options = options
        self.sources = sources
        capabilities = kind.capabilities
        let table = RunTable(), engine = Weak()
        self.table = table
        client = SidecarClient(title: kind.title) { message in
            try engine.value?.take(message)
        } ended: { error in
            table.end(error)
        }
        engine.value = self
    }

    /// The client is made before the engine is.
    private final class Weak: @unchecked Sendable { weak var value: BridgeEngine? }

    private var closed: EngineError { EngineError(.closed, "the engine “\(kind.name)” was shut down") }

    // MARK: Its start and its end

    /// Starts the sidecar and reaches the engine.
    ///
    /// - Throws: ``EngineError``: `.missingLibrary` without a Python, or one that lacks something, `.unreachable` when nobody answers at
    ///   the address, `.wrongProgram` when this program cannot run there, `.engineFailed` for other errors.
    package func start() async throws {
        let program = try ProgramFile.path(options.program)
        if let listener = Listener(options.address), let problem = try await listener.problem(within: options.timeout) {
            throw kind.unreachable(at: options.address, problem)
        }
        let hello = try await client.start(python: options.python, sources: sources, needs: kind.needs, program: program)
        try hello.check()
        let request = ClientMessage.Connect(
            engine: kind.name, address: options.address, workers: options.workers, program: program, hash: hello.hash,
            architecture: ProgramIdentity.architecture, minimumWorkers: options.minimumWorkers, timeout: options.timeout)
        _ = try await ask("be reached", seconds: options.timeout + 60, isConnecting: true) { ClientMessage.connect($0, request) }
    }

    /// An engine that has been reached.
    package static func started(
        _ kind: BridgeKind, _ options: BridgeOptions, sources: SidecarSources = .bridge
    ) async throws -> BridgeEngine {
        let engine = try BridgeEngine(kind, options, sources: sources)
        do { try await engine.start() } catch {
            await engine.shutdown()
            throw error
        }
        return engine
    }

    private func ask(
        _ what: String, seconds: Double? = nil, isConnecting: Bool = false, _ make: (Int) throws -> SidecarFrame?
    ) async throws -> Answer {
        let answer = try await client.ask(what, seconds: seconds, make)
        if let error = answer.error(what, kind, address: options.address, isConnecting: isConnecting) { throw error }
        return answer
    }

    public func shutdown() async {
        table.end(closed)
        await client.close(closed)
    }

    /// The sidecar's process number, while it runs.
    package var sidecarProcess: Int32? { client.process }

    /// Does nothing: the program was announced when the engine was reached, and is sent where it is needed.
    public func ship(_ program: ProgramImage) async throws {}

    // MARK: Values

    public func put(_ value: Payload) async throws -> ValueRef {
        let bytes: [UInt8], codec: AnyCodec?, type: String
        switch value {
        case .value(let value):
            bytes = try value.encoded("a value")
            (codec, type) = (ValueFormat(value.type).codec, "\(value.type)")
        case .encoded(let name, let encoded): (bytes, codec, type) = (encoded, nil, name)
        }
        let key = "p\(table.newNumber())"
        _ = try await ask("store a value") { ClientMessage.put($0, key: key, bytes) }
        return table.hold(.init(key: key, codec: codec, type: type, bytes: bytes.count))
    }

    public func get(_ ref: ValueRef) async throws -> Payload {
        guard let found = try table.held(ref) else {
            throw EngineError(
                .unknownValue, "the engine “\(kind.name)” holds no value \(ref.id)", hint: "it was released, or never stored here")
        }
        if let value = found.value { return .value(value) }
        let answer = try await ask("fetch a value") { ClientMessage.fetch($0, key: found.key) }
        guard let bytes = answer.value else {
            throw EngineError(.protocolViolation, "the sidecar of \(kind.title) sent no value where one was asked for")
        }
        guard let codec = found.codec else { return .encoded(type: found.type, bytes: bytes) }
        return .value(try bytes.withUnsafeBytes { try codec.decode($0) })
    }

    /// Keeps a value in this process, as one that the engine holds.
    func hold(_ value: AnyValue) -> ValueRef {
        table.hold(.init(key: "h\(table.newNumber())", codec: nil, type: "\(value.type)", bytes: value.byteCount, value: value))
    }

    public func release(_ refs: [ValueRef]) async { letGo(of: refs) }

    private func letGo(of refs: [ValueRef]) {
        let keys = table.letGo(of: refs)
        if !keys.isEmpty { client.send { ClientMessage.release(keys) } }
    }

    // MARK: Runs

    public func submit(_ job: Job) -> AsyncThrowingStream<EngineEvent, any Error> {
        let graph = job.graph
        if (0..<graph.count).contains(where: { graph.function($0).staysHere }) { return PhasedRun(job, on: self).start() }
        return submit(job, nil)
    }

    /// Runs a part of a job.
    func submit(_ job: Job, _ phase: Phase?) -> AsyncThrowingStream<EngineEvent, any Error> {
        let mail = BridgeMail(), run = BridgeRun(job, name: "\(table.newNumber())", mail)
        if let end = table.add(run) {
            run.end(end)
        } else {
            client.send { [table] in
                let frame = run.start(
                    { if let recipe = job.recipe { try RecipeCalls(job, recipe) } else { NamedCalls(job.graph, seed: job.seed) } }, phase)
                if frame == nil { table.remove(run.name) }
                return frame
            }
        }
        return mail.stream { [weak self] unheard in
            self?.letGo(of: unheard)
            self?.cancel(run, abandoned: true)
        }
    }

    public func cancel(_ job: JobID) async {
        for run in table.runs(of: job) { cancel(run) }
    }

    private func cancel(_ run: BridgeRun, abandoned: Bool = false) {
        // In order with what was sent before, such as the run itself.
        client.send { [weak self] in
            let (tell, unwanted) = run.cancel(abandoned: abandoned)
            self?.letGo(of: unwanted)
            if tell { self?.watch(run) }
            return tell ? ClientMessage.cancel(run: run.name) : nil
        }
    }

    /// The seconds that a cancelled run may take to end before the sidecar is given up.
    private static let patience = 15.0

    private func watch(_ run: BridgeRun) {
        Task { [weak self] in
            try await Task.sleep(for: .seconds(Self.patience))
            guard let self, !run.isOver else { return }
            client.giveUp(EngineError(.engineFailed, "\(kind.title) did not end a cancelled run within \(Self.patience) s"))
        }
    }

    /// What the sidecar says, on its thread.
    private func take(_ message: SidecarMessage) throws {
        switch message {
        case .progress(let name, let counts): table.run(name)?.take(counts)
        case .tasks(let name, let reports): table.run(name)?.take(reports)
        case .output(let name, let key, let bytes):
            let unwanted = try table.run(name)?.output(key) { codec in
                table.hold(.init(key: key, codec: codec, type: "", bytes: bytes))
            }
            letGo(of: unwanted ?? [])
        case .remarks(let name, let key, let bytes): try table.run(name)?.take(remarks: bytes, of: key)
        case .error(let name, let failure): table.run(name)?.failed(failure, kind)
        case .done(let name, let ok): table.remove(name)?.done(ok: ok, engine: kind.title)
        case .log(let text): StandardErrorOutput.write(Array((text.hasSuffix("\n") ? text : text + "\n").utf8))
        case .hello, .answer, .failed, .closed: break
        }
    }

    // MARK: What there is

    public func resources() async throws -> Resources {
        let answer = try await ask("say what it has", seconds: options.timeout) { ClientMessage.info($0) }
        let memory = answer.workers.reduce(0) { $0 + ($1.memory ?? 0) }, cores = answer.workers.reduce(0) { $0 + ($1.cores ?? 1) }
        return Resources(
            engine: kind.name, workers: answer.workers.count, cores: Int(max(min(cores, 1e9), 1)),
            memoryBytes: Int(max(min(memory, 9e18), 0)), usedBytes: table.heldBytes, links: answer.dashboard.map { [$0] } ?? [])
    }
}
