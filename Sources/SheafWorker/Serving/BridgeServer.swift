internal import CSheaf
internal import Dispatch
internal import SheafCore
internal import SheafLocal
internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

extension Worker {
    /// Serves in bridge mode: for a worker of another system, such as Dask or Ray, which hands over one call at a time.
    static func serveBridge(_ functions: [any RegisteredFunction]) async -> Never {
        await run { try BridgeServer(functions).start() }
    }
}

/// A worker in bridge mode. One thread runs calls, one after the other; another receives, and ends the process when the other end is gone,
/// also in the middle of a call.
private final class BridgeServer: Sendable {
    private let channel: Channel
    private let runner: CallRunner
    private let program: ServedProgram
    private struct State {
        /// What was received and has not been looked at.
        var waiting: [Frame] = []
        /// The call that runs, or ran last.
        var latest: UInt32 = 0
        var resources: TaskResources?
        var task: Task<Void, Never>?
        /// A call that was cancelled before it had begun.
        var cancelled: UInt32?
    }
    private let state = Locked(State())
    private let received = DispatchSemaphore(value: 0)

    init(_ functions: [any RegisteredFunction]) throws {
        program = try ServedProgram(functions)
        _ = fcntl(WorkerStart.calls, F_SETFD, FD_CLOEXEC)
        channel = Channel(WorkerStart.calls, maximumPayload: Frame.maximumBridgePayload)
        runner = CallRunner(program.registry)
    }

    func start() {
        guard channel.send(program.hello(["async", "cancel"])) else { ServedProgram.end(0) }
        startThread(named: "sheaf-bridge") { [self] in listen() }
        startThread(named: "sheaf-calls") { [self] in work() }
    }

    // MARK: Receiving

    private func listen() {
        while true {
            do {
                switch try channel.receive() {
                case .nothing: continue
                // Whoever started this process is gone, or wants it gone.
                case .end: leave()
                case .frame(let frame):
                    switch frame.kind {
                    case .call, .prepare, .keep:
                        state.withLock { $0.waiting.append(frame) }
                        received.signal()
                    case .cancel: cancel(frame.call)
                    case .shutdown: ServedProgram.end(0)
                    default: throw WireError("a frame of kind “\(frame.kind)”, which is not for a worker")
                    }
                }
            } catch { ServedProgram.fail(error) }
        }
    }

    /// Ends the process; in the middle of a call with all that the call has started.
    private func leave() -> Never {
        if state.withLock({ $0.resources != nil }), getpgrp() == getpid() {
            fflush(nil)
            kill(0, SIGKILL)
        }
        ServedProgram.end(0)
    }

    private func cancel(_ call: UInt32) {
        let task = state.withLock { state -> Task<Void, Never>? in
            guard state.latest == call else {
                state.cancelled = call
                return nil
            }
            state.resources?.cancel()
            return state.task
        }
        task?.cancel()
    }

    // MARK: Calls

    private func work() {
        /// What is wrong with what was prepared.
        var problem: (any Error)?
        /// The number under which the next result is kept.
        var number: UInt64 = 0
        while true {
            received.wait()
            let frame = state.withLock { $0.waiting.removeFirst() }
            do {
                switch frame.kind {
                case .prepare: problem = prepare(frame.payload)
                case .keep:
                    let keeping = try Keeping(payload: frame.payload)
                    runner.drop(keeping.dropped)
                    number = keeping.result
                default:
                    let reply = reply(to: try CallRequest(payload: frame.payload), frame.call, problem, keptAs: number)
                    guard channel.send(reply) else { ServedProgram.end(0) }
                    problem = nil
                    number = 0
                }
            } catch { ServedProgram.fail(error) }
        }
    }

    /// Takes in what the calls that follow need.
    ///
    /// - Returns: why it cannot be used.
    private func prepare(_ payload: [UInt8]) -> (any Error)? {
        do {
            try runner.prepare(recipe: payload)
            return nil
        } catch { return error }
    }

    private func reply(to request: CallRequest, _ call: UInt32, _ problem: (any Error)?, keptAs number: UInt64) -> [UInt8] {
        do {
            if let problem { throw problem }
            let prepared = try runner.prepare(request)
            let isCancelled = state.withLock { state in
                defer { state.cancelled = nil }
                state.latest = call
                state.resources = prepared.resources
                return state.cancelled == call
            }
            defer {
                state.withLock { state in
                    state.resources = nil
                    state.task = nil
                }
            }
            if isCancelled { throw CancellationError() }
            let value = try run(prepared)
            var writer = FrameWriter(.result, call: call)
            writer.append(UInt8(0))
            try writer.appendSized { try prepared.encode(value, &$0) }
            // The value's bytes, without how many there are.
            let count = writer.count - 9
            if number != 0, count >= Keeping.smallest { runner.keep(value, number, bytes: count) }
            guard writer.count <= Frame.maximumBridgePayload else {
                throw EngineError(
                    .unsupported, "“\(prepared.name)” returned a value of \(writer.count) bytes",
                    hint: "a value may have \(Frame.maximumBridgePayload >> 30) GiB; split it")
            }
            let remarks = NodeValue.Remarks(prepared.resources)
            guard remarks.rejected > 0 else { return writer.finish() }
            return Frame(.remarks, call: call, payload: try remarks.encoded()).bytes + writer.finish()
        } catch {
            return CallRunner.failure(error, call: call)
        }
    }

    private func run(_ call: CallRunner.Prepared) throws -> AnyValue {
        guard case .async = call.body else { return try runner.run(call) }
        // This thread has nothing else to do than to wait.
        let outcome = Outcome(), hasEnded = DispatchSemaphore(value: 0)
        let task = Task.detached { [runner] in
            do {
                outcome.set(
                    .success(
                        try await withTaskCancellationHandler {
                            try await runner.run(call)
                        } onCancel: {
                            call.resources.cancel()
                        }))
            } catch { outcome.set(.failure(error)) }
            hasEnded.signal()
        }
        // It may have been cancelled since it was said to run.
        let isCancelled = state.withLock { state in
            state.task = task
            return call.resources.isCancelled
        }
        if isCancelled { task.cancel() }
        hasEnded.wait()
        return try outcome.get()
    }

    /// How an async function ended.
    private final class Outcome: Sendable {
        private let result = Locked<Result<AnyValue, any Error>>(.failure(CancellationError()))
        func set(_ value: Result<AnyValue, any Error>) { result.withLock { $0 = value } }
        func get() throws -> AnyValue { try result.withLock(\.self).get() }
    }
}
