package import SheafCore
internal import SheafWorker
internal import Synchronization

/// Talks to a sidecar: starts it, asks, hears what it says, and knows why it ended. Thread-safe.
package final class SidecarClient: Sendable {
    /// The system behind the sidecar, as its makers write it; for messages.
    let title: String
    private let receive: @Sendable (SidecarMessage) throws -> Void
    /// Called once, before anybody who waits hears of it.
    private let ended: @Sendable (EngineError) -> Void

    private struct State {
        var sidecar: SidecarProcess?
        /// Why nobody answers any more.
        var end: EngineError?
        var nextID = 1
        var asking: [Int: CheckedContinuation<Answer, any Error>] = [:]
        var python: PythonInterpreter?
    }
    private let state = Locked(State())

    /// - Parameters:
    ///   - receive: what to do with messages that are no answers; called on one thread. An error that it throws ends the sidecar.
    ///   - ended: told when the sidecar has ended, or was closed.
    package init(
        title: String, receive: @escaping @Sendable (SidecarMessage) throws -> Void = { _ in },
        ended: @escaping @Sendable (EngineError) -> Void = { _ in }
    ) {
        self.title = title
        self.receive = receive
        self.ended = ended
    }

    deinit { state.withLock(\.sidecar)?.leave() }

    /// What a Python has.
    package struct Greeting: Sendable {
        package var interpreter: PythonInterpreter
        /// Python's version.
        package var python: String
        /// Of the modules that were asked for, those that are there.
        package var versions: [String: String]
        package var missing: [String]
        /// Of the program.
        var hash: String
    }

    /// Starts the sidecar and waits for its first words.
    ///
    /// - Parameters:
    ///   - needs: modules that have to be importable; without them the sidecar ends.
    ///   - program: the file whose hash is wanted; empty for none.
    /// - Throws: ``EngineError`` (`.missingLibrary`, `.engineFailed`).
    package func start(
        python asked: String?, sources: SidecarSources, needs: [String], program: String = ""
    ) async throws -> Greeting {
        let python = try PythonInterpreter.find(asked)
        let answer = try await ask("start", id: 0, seconds: 60) { _ in
            let sidecar = try SidecarProcess(python: python, sources: sources, needs: needs, program: program) { [weak self] frame in
                try self?.take(try SidecarMessage(frame))
            } end: { [weak self] sidecar in
                self?.hasEnded(sidecar, python)
            }
            state.withLock { state in
                state.sidecar = sidecar
                state.python = python
            }
            return nil
        }
        guard let hello = answer.hello else { throw EngineError(.protocolViolation, "the sidecar of \(title) did not say who it is") }
        return Greeting(
            interpreter: python, python: hello.python, versions: answer.versions, missing: hello.missing, hash: hello.hash)
    }

    /// Sends a message with an id and waits for its answer.
    ///
    /// - Parameters:
    ///   - what: what could not be done when there is none.
    ///   - seconds: to wait at most.
    func ask(_ what: String, id: Int? = nil, seconds: Double? = nil, _ make: (Int) throws -> SidecarFrame?) async throws -> Answer {
        try Task.checkCancellation()
        let id =
            id
            ?? state.withLock { state in
                defer { state.nextID += 1 }
                return state.nextID
            }
        let timer = seconds.map { seconds in
            Task { [weak self, title] in
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

    /// Sends what `make` returns, after all that was sent before; `nil` is nothing. Does not wait.
    func send(_ make: @escaping @Sendable () -> SidecarFrame?) { state.withLock(\.sidecar)?.send(make) }

    private func take(_ message: SidecarMessage) throws {
        switch message {
        case .hello(let answer): resume(0, .success(answer))
        case .answer(let id, let answer): resume(id, .success(answer))
        case .failed(let text): end(EngineError(.engineFailed, "\(title) is gone", cause: RemoteError.unlessEmpty(text)))
        case .closed: break
        default: try receive(message)
        }
    }

    // MARK: Its end

    /// Why nobody answers any more.
    package var endError: EngineError? { state.withLock(\.end) }

    private func hasEnded(_ sidecar: SidecarProcess, _ python: PythonInterpreter) {
        let words = RemoteError.unlessEmpty(sidecar.lastWords)
        switch sidecar.reason {
        case let error as WireError:
            end(EngineError(.protocolViolation, "the sidecar of \(title) broke the protocol: \(error)", cause: words))
        case let error as EngineError: end(error)
        case let error?: end(EngineError(.engineFailed, "the sidecar of \(title) was given up: \(error)", cause: words))
        case nil:
            let how = sidecar.exit.map { "\($0)" } ?? "ended"
            end(EngineError(.engineFailed, "the sidecar of \(title) (\(python.path)) \(how)", cause: words))
        }
    }

    /// Gives the sidecar up: it is ended, with all that it has started.
    func giveUp(_ error: EngineError) {
        state.withLock(\.sidecar)?.kill(error)
        end(error)
    }

    /// Fails all that waits, and all that comes; the first reason counts.
    private func end(_ error: EngineError) {
        let isFirst = state.withLock { state in
            defer { state.end = state.end ?? error }
            return state.end == nil
        }
        guard isFirst else { return }
        ended(error)
        let asking = state.withLock { state in
            defer { state.asking = [:] }
            return Array(state.asking.values)
        }
        for continuation in asking { continuation.resume(throwing: error) }
    }

    /// Asks the sidecar to end, waits until it has, and ends it when that takes longer than so many seconds.
    package func close(_ error: EngineError, within seconds: Double = 15) async {
        end(error)
        let sidecar = state.withLock { state in
            state.end = error
            defer { state.sidecar = nil }
            return state.sidecar
        }
        guard let sidecar else { return }
        sidecar.send { ClientMessage.close(0) }
        // A thread of its own: it waits until the process is gone.
        await withCheckedContinuation { continuation in
            sidecar.whenEnded(within: seconds, orKill: error) { continuation.resume() }
        }
    }

    /// Its process number, while it runs.
    package var process: Int32? { state.withLock(\.sidecar)?.process }
}
