internal import CSheaf
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

/// The worker's end of the protocol: this process runs functions for the process that started it.
///
/// Programs (``Program`` and `CommandRunner` of SheafProgram) do this by themselves. Another executable whose sessions are to use the
/// engine `processes` begins its `main` with it:
///
/// ```swift
/// await Worker.serveIfAsked([parse, add])
/// ```
public enum Worker {
    /// Serves when this process was started as a worker, and does not return then.
    ///
    /// - Parameter functions: those that can be called, all names different.
    public static func serveIfAsked(_ functions: [any RegisteredFunction]) async {
        switch getenv(WorkerStart.variable).map({ String(cString: $0) }) {
        case WorkerStart.serve: await serve(functions)
        case WorkerStart.bridge: await serveBridge(functions)
        default: return
        }
    }

    static func say(_ text: String) {
        let line = Array((text + "\n").utf8)
        _ = write(STDERR_FILENO, line, line.count)
    }

    /// Serves until the process at the other end says so or is gone, and ends this process then.
    package static func serve(_ functions: [any RegisteredFunction]) async -> Never {
        await run { try WorkerServer(functions).start() }
    }

    /// Starts a server, whose threads end the process.
    static func run(_ start: () throws -> Void) async -> Never {
        do { try start() } catch {
            say("the worker cannot start: \(error)")
            exit(1)
        }
        // The threads of the server end the process.
        let (never, continuation) = AsyncStream.makeStream(of: Void.self)
        for await _ in never {}
        withExtendedLifetime(continuation) { exit(1) }
    }
}

/// A worker's two threads: one runs synchronous calls, the other listens to everything else.
private final class WorkerServer: Sendable {
    private let calls: Channel
    private let control: Channel
    private let runner: CallRunner
    private let arena: ArenaMapping
    private let program: ServedProgram
    /// Where the engine looks which call runs here, in the shared memory.
    private let cell: UInt64
    private struct State {
        /// The synchronous call that runs now.
        var running: (call: UInt32, resources: TaskResources)?
        /// The newest synchronous call.
        var latest: UInt32 = 0
        /// Calls that were cancelled before they had begun: the two sockets are not in step, nor are who calls and who cancels.
        var cancelled: Set<UInt32> = []
        var tasks: [UInt32: Task<Void, Never>] = [:]
    }
    private let state = Locked(State())

    init(_ functions: [any RegisteredFunction]) throws {
        program = try ServedProgram(functions)
        if let text = getenv(WorkerStart.memoryVariable), let bytes = UInt64(String(cString: text)) {
            unsetenv(WorkerStart.memoryVariable)
            let status = sheaf_limit_memory(bytes)
            guard status == 0 else { throw EngineError(.unsupported, "cannot limit memory: \(String(cString: strerror(status)))") }
        }
        cell = getenv(WorkerStart.cellVariable).flatMap { UInt64(String(cString: $0)) } ?? 0
        unsetenv(WorkerStart.cellVariable)
        for descriptor in [WorkerStart.calls, WorkerStart.control, WorkerStart.arena] { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        calls = Channel(WorkerStart.calls)
        control = Channel(WorkerStart.control)
        arena = try ArenaMapping(WorkerStart.arena)
        runner = CallRunner(program.registry, arena: arena)
        close(WorkerStart.arena)
    }

    func start() {
        guard calls.send(program.hello(["async", "shared-memory"])) else { ServedProgram.end(0) }
        startThread(named: "sheaf-control") { [self] in listen() }
        startThread(named: "sheaf-calls") { [self] in work() }
    }

    // MARK: Synchronous calls

    /// What the thread of synchronous calls has received and not run, and what it has not sent yet. An engine sends many calls at a time;
    /// their results go back together as long as that delays none for long.
    private final class Inbox {
        let calls: Channel
        var waiting: [Frame] = []
        private var replies: [UInt8] = []
        private var replyCount = 0
        private var since: UInt64 = 0
        /// Whether calls come one at a time, so that the next may be here soon.
        private var isOneByOne = false
        private static let most = 1 << 15
        private static let patience: UInt64 = 100_000

        init(_ calls: Channel) { self.calls = calls }

        /// The next frame, from the socket after those that wait. Blocks; `nil` at the end.
        func next() throws -> Frame? {
            if !waiting.isEmpty { return waiting.removeFirst() }
            return try receive()
        }

        func receive() throws -> Frame? {
            while true {
                switch try calls.receive(awake: isOneByOne ? Channel.shortWait : 0) {
                case .frame(let frame): return frame
                case .end: return nil
                case .nothing: continue
                }
            }
        }

        func send(_ bytes: [UInt8]) {
            if replies.isEmpty { since = sheaf_monotonic_nanoseconds() }
            replies += bytes
            replyCount += 1
            if replies.count >= Self.most || (waiting.isEmpty && !calls.hasMore) { flush() }
        }

        /// Before something that may take long.
        func flushIfLate() {
            if !replies.isEmpty, sheaf_monotonic_nanoseconds() - since > Self.patience { flush() }
        }

        func flush() {
            guard !replies.isEmpty else { return }
            guard calls.send(replies) else { ServedProgram.end(0) }
            replies.removeAll(keepingCapacity: true)
            isOneByOne = replyCount == 1
            replyCount = 0
        }
    }

    private func work() {
        let inbox = Inbox(calls)
        do {
            let cell = try arena.bytes(offset: cell, count: 4)
            while let frame = try inbox.next() {
                if frame.kind == .prepare {
                    try runner.prepare(recipe: frame.payload)
                    continue
                }
                guard frame.kind == .call else { throw WireError("a frame of kind “\(frame.kind)” instead of a call") }
                inbox.flushIfLate()
                cell.storeBytes(of: frame.call, as: UInt32.self)
                inbox.send(reply(to: try CallRequest(payload: frame.payload), frame.call, inbox))
            }
            ServedProgram.end(0)
        } catch {
            ServedProgram.fail(error)
        }
    }

    private func reply(to request: CallRequest, _ call: UInt32, _ inbox: Inbox) -> [UInt8] {
        state.withLock { state in
            state.latest = call
            if !state.cancelled.isEmpty { state.cancelled = state.cancelled.filter { $0 >= call } }
        }
        do {
            let prepared = try runner.prepare(request)
            let isCancelled = state.withLock { state in
                state.running = (call, prepared.resources)
                return state.cancelled.remove(call) != nil
            }
            defer { state.withLock { $0.running = nil } }
            if isCancelled { throw CancellationError() }
            let value: AnyValue = try runner.run(prepared)
            return try result(value, prepared.encode, call, inbox)
        } catch {
            return CallRunner.failure(error, call: call)
        }
    }

    private func result(
        _ value: AnyValue, _ encode: (AnyValue, inout [UInt8]) throws -> Void, _ call: UInt32, _ inbox: Inbox
    ) throws -> [UInt8] {
        var writer = FrameWriter(.result, call: call)
        writer.append(UInt8(0))
        try writer.appendSized { try encode(value, &$0) }
        let count = writer.count - 9
        guard count >= SharedValue.threshold else { return writer.finish() }
        var ask = FrameWriter(.allocate, call: call)
        ask.append(UInt64(count))
        inbox.flush()
        guard calls.send(ask.finish()) else { ServedProgram.end(0) }
        let answer = try memory(for: call, inbox)
        switch try EncodedValue(payload: answer.payload) {
        case .inline: throw EngineError(.noSpace, "the shared memory has no room for a result of \(count) bytes")
        case .kept, .known: throw WireError("a value instead of memory")
        case .shared(let number, let offset, let room):
            guard room == UInt64(count) else { throw WireError("\(room) bytes of memory instead of \(count)") }
            let memory = try arena.bytes(offset: offset, count: room)
            writer.bytes.withUnsafeBytes { memory.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[(Frame.headerBytes + 9)...])) }
            runner.keep(value, number, bytes: count)
            var place = FrameWriter(.result, call: call)
            EncodedValue.shared(number: number, offset: offset, count: room).write(to: &place)
            return place.finish()
        }
    }

    /// The answer to a request for memory; calls that were sent before it wait.
    private func memory(for call: UInt32, _ inbox: Inbox) throws -> Frame {
        while let frame = try inbox.receive() {
            if frame.kind == .call || frame.kind == .prepare {
                inbox.waiting.append(frame)
                continue
            }
            guard frame.kind == .allocated, frame.call == call else {
                throw WireError("a frame of kind “\(frame.kind)” instead of memory")
            }
            return frame
        }
        ServedProgram.end(0)
    }

    // MARK: Everything else

    private func listen() {
        while true {
            do {
                switch try control.receive() {
                case .nothing: continue
                // Whoever started this process is gone, or wants it gone.
                case .end: ServedProgram.end(0)
                case .frame(let frame):
                    switch frame.kind {
                    case .prepare: try runner.prepare(recipe: frame.payload)
                    case .call: start(try CallRequest(payload: frame.payload), frame.call)
                    case .cancel: cancel(frame.call)
                    case .shutdown: ServedProgram.end(0)
                    default: throw WireError("a frame of kind “\(frame.kind)”, which is not for a worker")
                    }
                }
            } catch {
                ServedProgram.fail(error)
            }
        }
    }

    private func start(_ request: CallRequest, _ call: UInt32) {
        // Under the lock, so that the task is known before it can end.
        state.withLock { state in
            state.tasks[call] = Task.detached { [self] in await answer(request, call) }
            if state.cancelled.remove(call) != nil { state.tasks[call]?.cancel() }
        }
    }

    private func answer(_ request: CallRequest, _ call: UInt32) async {
        let reply: [UInt8]
        do {
            let prepared = try await runner.prepare(request)
            let value: AnyValue = try await withTaskCancellationHandler {
                try await runner.run(prepared)
            } onCancel: {
                prepared.resources.cancel()
            }
            var writer = FrameWriter(.result, call: call)
            writer.append(UInt8(0))
            try writer.appendSized { try prepared.encode(value, &$0) }
            guard writer.count <= Frame.maximumPayload else {
                throw EngineError(
                    .unsupported, "the async function “\(prepared.name)” returned a value of \(writer.count) bytes",
                    hint: "let a synchronous function return values of more than \(Frame.maximumPayload >> 20) MiB")
            }
            reply = writer.finish()
        } catch {
            reply = CallRunner.failure(error, call: call)
        }
        state.withLock { $0.tasks[call] = nil }
        control.send(reply)
    }

    private func cancel(_ call: UInt32) {
        let task = state.withLock { state -> Task<Void, Never>? in
            if let running = state.running, running.call == call {
                running.resources.cancel()
            } else if let task = state.tasks[call] {
                return task
            } else if call >= state.latest {
                state.cancelled.insert(call)
            }
            return nil
        }
        task?.cancel()
    }
}
