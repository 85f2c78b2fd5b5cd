internal import CSheaf
internal import Dispatch
public import SheafCore
internal import SheafLocal
internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// One worker process, from this end: started, talked to, watched, and reaped. It ends when this object's process does.
package final class WorkerProcess: Sendable {
    /// Why this end killed it.
    package enum Reason: Sendable, Equatable {
        /// A cancelled call did not end.
        case cancelled(call: UInt32)
        /// A call ran longer than allowed.
        case deadline(call: UInt32)
        /// It sent what the protocol does not know.
        case garbled(String)
        case shutdown
    }

    package let process: Int32
    /// For synchronous calls, by who has leased the worker.
    package let calls: Channel
    private let control: Channel
    private let errors: Int32
    /// Where the worker says which call it runs.
    private let cell: ArenaBlock
    private let hasEnded = DispatchSemaphore(value: 0)

    private struct State {
        var exit: WorkerExit?
        var reason: Reason?
        var waiting: [UInt32: CheckedContinuation<Frame, any Error>] = [:]
        var isListening = true
        var dropped: [UInt64] = []
        /// Plans that it was told how to make, by socket: the two are not in step.
        var told: [Way: Set<String>] = [:]
        /// What it wrote to standard error last.
        var lastWords = LastWords()
    }
    private let state = Locked(State())

    /// Starts a process; ``greet(_:patience:)`` waits until it is there.
    ///
    /// - Throws: ``EngineError`` (`.inputOutput`).
    package init(_ command: WorkerCommand, arena: Arena) throws {
        cell = try arena.allocate(MemoryLayout<UInt32>.size)
        cell.bytes.storeBytes(of: 0, as: UInt32.self)
        let (calls, otherCalls) = try Channel.pair(), (control, otherControl) = try Channel.pair()
        var pipes: [Int32] = [-1, -1]
        guard pipe(&pipes) == 0 else { throw EngineError(.inputOutput, "cannot make a pipe: \(String(cString: strerror(errno)))") }
        for end in pipes { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(pipes[1]) }
        let process = command.start(
            [otherCalls.descriptor, otherControl.descriptor, arena.descriptor], errors: pipes[1], cell: cell.offset)
        guard process > 0 else {
            close(pipes[0])
            throw EngineError(
                .inputOutput, "cannot start the worker \(command.path): \(String(cString: strerror(-process)))",
                hint: "it has to be an executable file")
        }
        self.process = process
        self.calls = calls
        self.control = control
        errors = pipes[0]
        calls.setPatience(milliseconds: 20)
        startThread(named: "sheaf-watch") { [self] in watch() }
    }

    /// Waits for the worker to say who it is.
    ///
    /// - Throws: ``EngineError``: `.protocolViolation` when it is another program or says something else, `.crashed` when it has ended.
    package func greet(_ program: String, patience: Double) throws -> Hello {
        let limit = sheaf_monotonic_nanoseconds() + UInt64(patience * 1e9)
        do {
            while true {
                switch try calls.receive() {
                case .nothing:
                    guard sheaf_monotonic_nanoseconds() < limit else {
                        kill(.garbled("nothing within \(patience) s"))
                        throw EngineError(
                            .protocolViolation, "the worker did not say who it is within \(patience) s",
                            hint: "an executable that is no `Program` has to call `Worker.serveIfAsked` first of all")
                    }
                case .end:
                    throw EngineError(
                        .crashed, "the worker \(waitForExit()) before it had begun", cause: RemoteError.unlessEmpty(lastWords),
                        hint: "an executable that is no `Program` has to call `Worker.serveIfAsked` first of all")
                case .frame(let frame):
                    guard frame.kind == .hello else { throw WireError("a frame of kind “\(frame.kind)” instead of a greeting") }
                    let hello = try Hello(payload: frame.payload)
                    guard hello.architecture == ProgramIdentity.architecture else {
                        throw EngineError(
                            .protocolViolation,
                            "the worker runs on \(hello.architecture), and this process on \(ProgramIdentity.architecture)",
                            hint: "build the program for the worker's machine, too")
                    }
                    guard hello.program == program else {
                        throw EngineError(
                            .protocolViolation, "the worker is another build of the program",
                            hint: "it was rebuilt meanwhile; start it again")
                    }
                    return hello
                }
            }
        } catch {
            kill(.garbled("\(error)"))
            if let error = error as? WireError { throw EngineError(.protocolViolation, "instead of a greeting, \(error)") }
            throw error
        }
    }

    // MARK: Its end

    package var isAlive: Bool { state.withLock { $0.exit == nil && $0.reason == nil && $0.isListening } }
    package var reason: Reason? { state.withLock(\.reason) }
    package var lastWords: String { state.withLock(\.lastWords.text) }

    /// Ends it at once, unless it has ended already.
    package func kill(_ reason: Reason) {
        state.withLock { state in
            guard state.exit == nil else { return }
            state.reason = state.reason ?? reason
            // The whole group: what the function started ends, too. Not reaped yet, so the number is still its own.
            _ = systemKill(-process, SIGKILL)
            _ = systemKill(process, SIGKILL)
        }
    }

    /// Waits until it has been reaped.
    package func waitForExit() -> WorkerExit {
        hasEnded.wait()
        hasEnded.signal()
        return state.withLock { $0.exit ?? WorkerExit(status: 0) }
    }

    /// Listens until the process has ended, then tells everybody.
    private func watch() {
        var ends = [
            pollfd(fd: control.descriptor, events: Int16(POLLIN), revents: 0), pollfd(fd: errors, events: Int16(POLLIN), revents: 0),
        ]
        while ends[0].fd >= 0 {
            guard poll(&ends, nfds_t(ends.count), -1) >= 0 else { continue }
            if ends[1].revents != 0, !readErrors() { ends[1].fd = -1 }
            guard ends[0].revents != 0 else { continue }
            do {
                repeat {
                    switch try control.receive() {
                    case .frame(let frame): take(frame)
                    case .nothing: break
                    case .end: ends[0].fd = -1
                    }
                } while ends[0].fd >= 0 && control.hasMore
            } catch {
                kill(.garbled("\(error)"))
                ends[0].fd = -1
            }
        }
        // It cannot be reached any more. If it ended by itself, the signal comes too late to change how.
        _ = systemKill(process, SIGKILL)
        _ = sheaf_wait_until_ended(process)
        // What it started and left behind; until it is reaped, the number of its group is its own.
        _ = systemKill(-process, SIGKILL)
        if ends[1].fd >= 0 { drainErrors() }
        let waiting = state.withLock { state in
            var status: Int32 = 0
            while waitpid(process, &status, 0) < 0 && errno == EINTR {}
            state.exit = WorkerExit(status: status)
            state.isListening = false
            defer { state.waiting = [:] }
            return state.waiting
        }
        close(errors)
        hasEnded.signal()
        for continuation in waiting.values { continuation.resume(throwing: WorkerEnded()) }
    }

    /// - Returns: false at the end.
    private func readErrors() -> Bool {
        guard let bytes = LastWords.next(from: errors) else { return false }
        state.withLock { $0.lastWords.append(bytes) }
        StandardErrorOutput.write(bytes)
        return true
    }

    /// Reads what the process has left; others that inherited the pipe may keep it open.
    private func drainErrors() {
        _ = fcntl(errors, F_SETFL, O_NONBLOCK)
        while readErrors() {}
    }

    // MARK: Calls that wait

    private func take(_ frame: Frame) {
        switch frame.kind {
        case .result, .failure:
            // Nobody waits for the answer to a call that was given up.
            let continuation = state.withLock { $0.waiting.removeValue(forKey: frame.call) }
            continuation?.resume(returning: frame)
        case .log: StandardErrorOutput.write(frame.payload)
        default: kill(.garbled("received a frame of kind “\(frame.kind)” where only answers come"))
        }
    }

    /// Runs an `async` function and waits for its answer.
    ///
    /// - Throws: ``WorkerEnded``.
    package func exchange(_ call: UInt32, _ bytes: [UInt8]) async throws -> Frame {
        try await withCheckedThrowingContinuation { continuation in
            let isListening = state.withLock { state in
                if state.isListening { state.waiting[call] = continuation }
                return state.isListening
            }
            // When it cannot be sent the other end is gone, and the watch tells.
            if isListening { control.send(bytes) } else { continuation.resume(throwing: WorkerEnded()) }
        }
    }

    /// How many `async` calls it runs.
    package var waitingCount: Int { state.withLock(\.waiting.count) }

    /// The sockets.
    package enum Way: Hashable, Sendable { case calls, control }

    /// Whether it has to be told how to make a plan; asked once for each socket.
    package func isFirstUse(of token: String, on way: Way) -> Bool {
        state.withLock { $0.told[way, default: []].insert(token).inserted }
    }

    /// Sends a frame that is not answered.
    package func tell(_ bytes: [UInt8]) { control.send(bytes) }

    /// Tells it that a call's result is not wanted.
    package func cancel(_ call: UInt32) { control.send(Frame(.cancel, call: call).bytes) }

    /// Asks it to end. Everything it runs ends with it.
    package func shutdown() {
        state.withLock { $0.reason = $0.reason ?? .shutdown }
        control.send(Frame(.shutdown).bytes)
    }

    /// The synchronous call that it runs, or ran last.
    package var runningCall: UInt32 { cell.bytes.load(as: UInt32.self) }

    // MARK: Values

    /// The worker need not keep a value any more; it hears of it with its next call.
    package func drop(_ number: UInt64) { state.withLock { $0.dropped.append(number) } }

    package func takeDropped() -> [UInt64] {
        state.withLock { state in
            if state.dropped.isEmpty { return [] }
            defer { state.dropped = [] }
            return state.dropped
        }
    }
}

/// A worker ended before it had answered.
package struct WorkerEnded: Error {}

extension RemoteError {
    package static func unlessEmpty(_ text: String) -> RemoteError? {
        text.isEmpty ? nil : RemoteError(description: String(text.prefix { _ in true }.drop { $0 == "\n" }))
    }
}

extension ErrorCode {
    /// A task ran longer than allowed.
    public static let deadlineExceeded = ErrorCode(rawValue: "deadlineExceeded")
}

private func systemKill(_ process: Int32, _ signal: Int32) -> Int32 { kill(process, signal) }
