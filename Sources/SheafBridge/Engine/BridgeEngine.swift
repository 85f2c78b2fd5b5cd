public import SheafCore
internal import SheafWorker
internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

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
    let options: BridgeOptions
    private let sources: SidecarSources
    let state = Locked(State())

    struct State {
        var sidecar: SidecarProcess?
        /// Why nothing runs any more.
        var end: EngineError?
        var nextNumber: UInt64 = 1
        var asking: [Int: CheckedContinuation<Answer, any Error>] = [:]
        var runs: [String: BridgeRun] = [:]
        var held: [UInt64: Held] = [:]
        /// References to each value that the engine holds, by key.
        var holders: [String: Int] = [:]

        mutating func newNumber() -> UInt64 {
            defer { nextNumber += 1 }
            return nextNumber
        }
    }

    /// A value that lies on the engine.
    struct Held {
        let key: String
        let codec: AnyCodec?
        let type: String
        let bytes: Int
    }

    /// - Throws: ``EngineError`` (`.unsupported`) in a process that was itself started as a worker and does not serve as one.
    package init(_ kind: BridgeKind, _ options: BridgeOptions, sources: SidecarSources = .bridge) throws {
        try WorkerStart.refuseToStartWorkers()
        self.kind = kind
        self.options = options
        self.sources = sources
        capabilities = Capabilities(engine: kind.name, closures: false, taskOverhead: 1e-3)
    }

    deinit { state.withLock(\.sidecar)?.leave() }

    var closed: EngineError { EngineError(.closed, "the engine “\(kind.name)” was shut down") }

    // MARK: Its start

    /// Starts the sidecar and reaches the engine.
    ///
    /// - Throws: ``EngineError``: `.missingLibrary` without a Python, or one that lacks something, `.unreachable` when nobody answers at
    ///   the address, `.wrongProgram` when this program cannot run there, `.engineFailed` for other errors.
    package func start() async throws {
        let python = try PythonInterpreter.find(options.python), program = try ProgramFile.path(options.program)
        let hello = try await ask("start", id: 0, seconds: 60) { _ in
            let sidecar = try SidecarProcess(python: python, sources: sources, needs: kind.needs, program: program) { [weak self] frame in
                try self?.take(try SidecarMessage(frame))
            } end: { [weak self] sidecar in
                self?.hasEnded(sidecar, python)
            }
            state.withLock { $0.sidecar = sidecar }
            return nil
        }
        let (version, missing) = (hello.versions["python"] ?? "", hello.versions["missing"] ?? "")
        guard missing.isEmpty else {
            throw EngineError(
                .missingLibrary, "the Python at \(python.path) (from \(python.origin)) has no \(missing)", hint: PythonInterpreter.hint)
        }
        guard version.split(separator: ".").compactMap({ Int($0) }).lexicographicallyPrecedes([3, 11]) == false else {
            throw EngineError(
                .missingLibrary, "the Python at \(python.path) (from \(python.origin)) is \(version), and 3.11 is needed",
                hint: PythonInterpreter.hint)
        }
        let request = ClientMessage.Connect(
            engine: kind.name, address: address, workers: options.workers, program: program, hash: hello.versions["hash"] ?? "",
            architecture: ProgramIdentity.architecture, minimumWorkers: options.minimumWorkers, timeout: options.timeout)
        let answer = try await ask("be reached", seconds: options.timeout + 60) { ClientMessage.connect($0, request) }
        if let error = answer.error("be reached", engine: kind.title, address: options.address) { throw error }
    }

    private var address: String {
        // Dask's clients want the protocol, too.
        guard kind.name == "dask", !options.address.isEmpty, !options.address.contains("://") else { return options.address }
        return "tcp://" + options.address
    }

    // MARK: The sidecar

    /// Sends a message with an id and waits for its answer.
    ///
    /// - Parameters:
    ///   - what: what the engine could not do when there is none.
    ///   - seconds: to wait at most.
    func ask(_ what: String, id: Int? = nil, seconds: Double? = nil, _ make: (Int) throws -> SidecarFrame?) async throws -> Answer {
        try Task.checkCancellation()
        let id = id ?? Int(truncatingIfNeeded: state.withLock { $0.newNumber() })
        let timer = seconds.map { seconds in
            Task { [weak self, title = kind.title] in
                try await Task.sleep(for: .seconds(seconds))
                self?.resume(id, .failure(EngineError(.unreachable, "\(title) could not \(what) within \(seconds) s")))
            }
        }
        defer { timer?.cancel() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let end = state.withLock { state -> EngineError? in
                    if state.end == nil { state.asking[id] = continuation }
                    return state.end
                }
                if let end {
                    continuation.resume(throwing: end)
                    return
                }
                do {
                    if let frame = try make(id) { send { frame } }
                } catch { resume(id, .failure(error)) }
                if Task.isCancelled { resume(id, .failure(CancellationError())) }
            }
        } onCancel: {
            resume(id, .failure(CancellationError()))
        }
    }

    private func resume(_ id: Int, _ result: Result<Answer, any Error>) {
        state.withLock { $0.asking.removeValue(forKey: id) }?.resume(with: result)
    }

    func send(_ make: @escaping @Sendable () -> SidecarFrame?) { state.withLock(\.sidecar)?.send(make) }

    /// What the sidecar says, on its thread.
    private func take(_ message: SidecarMessage) throws {
        func run(_ name: String) -> BridgeRun? { state.withLock { $0.runs[name] } }
        switch message {
        case .hello(let python, let hash, let missing):
            var answer = Answer()
            answer.versions = ["python": python, "hash": hash, "missing": missing.joined(separator: ", ")]
            resume(0, .success(answer))
        case .answer(let id, let answer): resume(id, .success(answer))
        case .progress(let name, let counts): run(name)?.take(counts)
        case .tasks(let name, let reports): run(name)?.take(reports)
        case .output(let name, let key, let bytes):
            do { try run(name)?.output(key, bytes: bytes, self) } catch let error as BridgeRun.Unasked {
                throw WireError("the output “\(error.key)”, which was not asked for")
            }
        case .error(let name, let failure): run(name)?.failed(failure, engine: kind.title)
        case .done(let name, let ok): state.withLock { $0.runs.removeValue(forKey: name) }?.done(ok: ok, engine: kind.title)
        case .log(let text): Self.forward(text)
        case .failed(let text):
            end(EngineError(.engineFailed, "\(kind.title) is gone", cause: RemoteError.unlessEmpty(text)))
        case .closed: break
        }
    }

    private static func forward(_ text: String) {
        let bytes = Array((text.hasSuffix("\n") ? text : text + "\n").utf8)
        _ = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }

    // MARK: Its end

    private func hasEnded(_ sidecar: SidecarProcess, _ python: PythonInterpreter) {
        let words = RemoteError.unlessEmpty(sidecar.lastWords)
        switch sidecar.reason {
        case let error as WireError:
            end(EngineError(.protocolViolation, "the sidecar of \(kind.title) broke the protocol: \(error)", cause: words))
        case let error as EngineError: end(error)
        case let error?: end(EngineError(.engineFailed, "the sidecar of \(kind.title) was given up: \(error)", cause: words))
        case nil:
            let how = sidecar.exit.map { "\($0)" } ?? "ended"
            end(EngineError(.engineFailed, "the sidecar of \(kind.title) (\(python.path)) \(how)", cause: words))
        }
    }

    /// Fails all that waits, and all that comes; the first reason counts.
    private func end(_ error: EngineError) {
        let (error, asking, runs) = state.withLock { state in
            let error = state.end ?? error
            state.end = error
            defer {
                state.asking = [:]
                state.runs = [:]
                state.held = [:]
                state.holders = [:]
            }
            return (error, Array(state.asking.values), Array(state.runs.values))
        }
        for continuation in asking { continuation.resume(throwing: error) }
        for run in runs { run.end(error) }
    }

    public func shutdown() async {
        let closed = closed
        end(closed)
        let sidecar = state.withLock { state in
            state.end = closed
            defer { state.sidecar = nil }
            return state.sidecar
        }
        guard let sidecar else { return }
        sidecar.send { ClientMessage.close(0) }
        // A thread of its own: it waits until the process is gone.
        await withCheckedContinuation { continuation in
            sidecar.whenEnded(within: 15, orKill: closed) { continuation.resume() }
        }
    }

    /// The sidecar's process number, while it runs.
    package var sidecarProcess: Int32? { state.withLock(\.sidecar)?.process }
}
