internal import CSheaf
internal import Dispatch
internal import SheafCore
internal import SheafLocal
package import SheafWorker
internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// A sidecar, from this end: a Python process that is started, talked to, watched, and reaped. It ends when this object's process does.
package final class SidecarProcess: Sendable {
    package let process: Int32
    private let channel: SidecarChannel
    private let errors: Int32
    private let hasEnded = DispatchSemaphore(value: 0), isReaped = DispatchSemaphore(value: 0)
    /// What is sent, in order, without waiting for it.
    private let outbox = DispatchQueue(label: "sheaf.sidecar")

    private struct State {
        var exit: WorkerExit?
        /// Why this end gave it up.
        var reason: (any Error)?
        /// What it wrote to standard error last.
        var lastWords = LastWords()
    }
    private let state = Locked(State())

    /// The seconds that it has to end once it has closed its end.
    private static let grace = 5.0

    /// Starts a process; what it says is given to `receive`, on a thread of its own, and then `end` is called.
    ///
    /// - Parameters:
    ///   - needs: modules that have to be importable.
    ///   - program: the file whose hash is wanted.
    ///   - receive: an error that it throws ends the process.
    /// - Throws: ``EngineError`` (`.inputOutput`, `.missingLibrary`).
    package init(
        python: PythonInterpreter, sources: SidecarSources, needs: [String], program: String,
        receive: @escaping @Sendable (SidecarFrame) throws -> Void, end: @escaping @Sendable (SidecarProcess) -> Void
    ) throws {
        let (own, other) = try Self.sockets()
        channel = SidecarChannel(own)
        defer { close(other) }
        var pipes: [Int32] = [-1, -1]
        guard pipe(&pipes) == 0 else { throw EngineError(.inputOutput, "cannot make a pipe: \(String(cString: strerror(errno)))") }
        for end in pipes { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(pipes[1]) }
        errors = pipes[0]
        let arguments = [python.path, "-c", SidecarSources.bootstrap]
        process = withCStrings(arguments) { arguments in
            withCStrings(WorkerCommand.environment(without: [WorkerStart.variable])) { environment in
                [other].withUnsafeBufferPointer { sheaf_spawn(python.path, arguments, environment, $0.baseAddress, 1, pipes[1]) }
            }
        }
        guard process > 0 else {
            close(errors)
            throw EngineError(
                .missingLibrary, "cannot start \(python.path): \(String(cString: strerror(-process)))", hint: PythonInterpreter.hint)
        }
        startThread(named: "sheaf-sidecar-end") { [self] in watch() }
        startThread(named: "sheaf-sidecar") { [self] in listen(receive, end) }
        var start = JSONWriter()
        start.object { text in
            text.list("needs", needs) { $0.append(quoted: $1) }
            text.field("program", program)
            text.field("main", sources.main)
            text.object("modules") { for (name, source) in sources.modules { $0.field(name, source) } }
        }
        let count = withUnsafeBytes(of: UInt64(start.bytes.count).littleEndian) { Array($0) }
        outbox.async { [channel, bytes = start.bytes] in channel.send(parts: [count, bytes]) }
    }

    private static func sockets() throws -> (own: Int32, other: Int32) {
        var ends: [Int32] = [-1, -1]
        #if os(Linux)
        let kind = Int32(SOCK_STREAM.rawValue)
        #else
        let kind = SOCK_STREAM
        #endif
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
            throw EngineError(.inputOutput, "cannot make a socket: \(String(cString: strerror(errno)))")
        }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    // MARK: Talking

    /// Sends what `make` returns, after all that was sent before; `nil` is nothing. Does not wait.
    ///
    /// When it cannot be sent the other end is gone, and its end is told.
    package func send(_ make: @escaping @Sendable () -> SidecarFrame?) {
        outbox.async { [channel] in
            if let frame = make() { channel.send(frame) }
        }
    }

    // MARK: Its end

    package var lastWords: String { state.withLock(\.lastWords.text) }
    /// Why this end gave it up, if it did.
    package var reason: (any Error)? { state.withLock(\.reason) }
    /// How it ended, once it has.
    package var exit: WorkerExit? { state.withLock(\.exit) }

    /// Ends it at once, with all that it has started, unless it has ended already.
    package func kill(_ reason: any Error) {
        state.withLock { state in
            guard state.exit == nil else { return }
            state.reason = state.reason ?? reason
            // The whole group; not reaped yet, so the number is still its own.
            _ = systemKill(-process, SIGKILL)
            _ = systemKill(process, SIGKILL)
        }
    }

    /// Closes this end, which asks it to end.
    package func leave() { channel.end() }

    /// Calls `body` when it has ended by itself, or has been killed because it had not within so many seconds.
    package func whenEnded(within seconds: Double, orKill reason: any Error, _ body: @escaping @Sendable () -> Void) {
        startThread(named: "sheaf-sidecar-wait") { [self] in
            if isReaped.wait(timeout: .now() + seconds) == .timedOut {
                kill(reason)
                isReaped.wait()
            }
            isReaped.signal()
            body()
        }
    }

    private func watch() {
        _ = sheaf_wait_until_ended(process)
        // What it started and left behind; until it is reaped, the number of its group is its own.
        _ = systemKill(-process, SIGKILL)
        // Somebody else may have inherited its end.
        channel.end()
        hasEnded.signal()
    }

    /// Listens until the process has ended, then tells.
    private func listen(_ receive: (SidecarFrame) throws -> Void, _ end: (SidecarProcess) -> Void) {
        var ends = [
            pollfd(fd: channel.descriptor, events: Int16(POLLIN), revents: 0), pollfd(fd: errors, events: Int16(POLLIN), revents: 0),
        ]
        while ends[0].fd >= 0 {
            guard poll(&ends, nfds_t(ends.count), -1) >= 0 else { continue }
            if ends[1].revents != 0, !readErrors() { ends[1].fd = -1 }
            guard ends[0].revents != 0 else { continue }
            do {
                if let frame = try channel.receive() { try receive(frame) } else { ends[0].fd = -1 }
            } catch {
                kill(error)
                ends[0].fd = -1
            }
        }
        if hasEnded.wait(timeout: .now() + Self.grace) == .timedOut {
            kill(EngineError(.protocolViolation, "it closed its end and went on"))
            hasEnded.wait()
        }
        if ends[1].fd >= 0 {
            _ = fcntl(errors, F_SETFL, O_NONBLOCK)
            while readErrors() {}
        }
        close(errors)
        state.withLock { state in
            var status: Int32 = 0
            while waitpid(process, &status, 0) < 0 && errno == EINTR {}
            state.exit = WorkerExit(status: status)
        }
        end(self)
        isReaped.signal()
    }

    /// - Returns: false at the end.
    private func readErrors() -> Bool {
        guard let bytes = LastWords.next(from: errors) else { return false }
        state.withLock { $0.lastWords.append(bytes) }
        return true
    }
}

private func systemKill(_ process: Int32, _ signal: Int32) -> Int32 { kill(process, signal) }
