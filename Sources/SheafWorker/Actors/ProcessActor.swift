public import SheafCore
internal import SheafLocal

/// An object in a worker process of its own.
final class ProcessActor: ActorPlace {
    private let worker: WorkerProcess
    private let fleet: WorkerFleet

    private init(_ worker: WorkerProcess, _ fleet: WorkerFleet) {
        self.worker = worker
        self.fleet = fleet
    }

    /// Starts a process, and makes an object in it.
    static func made(_ make: ActorCall, in fleet: WorkerFleet) async throws -> ProcessActor {
        // Before anything is started for it.
        let call = try Encoded(make)
        let place = ProcessActor(try await BlockingThreads.shared.run { try fleet.startApart() }, fleet)
        do { _ = try await place.perform(call) } catch {
            await place.end()
            throw error
        }
        return place
    }

    func call(_ call: ActorCall) async throws -> AnyValue { try await perform(try Encoded(call)) }

    /// A call as it is sent.
    private struct Encoded: Sendable {
        let request: CallRequest
        let result: AnyCodec

        init(_ call: ActorCall) throws {
            let input = try call.inputBytes(), room = Frame.maximumPayload - 4096
            guard input.count <= room else {
                throw EngineError(
                    .unsupported, "“\(call.name)” is given \(input.count) bytes, and may be given \(room)", hint: "give it less at a time")
            }
            request = CallRequest(call, arguments: [.inline(input)])
            result = try call.resultCodec()
        }
    }

    private func perform(_ call: Encoded) async throws -> AnyValue {
        guard worker.isAlive else { throw gone(hasBegun: false) }
        let number = fleet.newCall(), bytes = call.request.frame(call: number)
        do {
            let frame = try await withTaskCancellationHandler {
                try await worker.exchange(number, bytes)
            } onCancel: {
                worker.cancel(number)
            }
            if frame.kind == .failure { throw try Failure(payload: frame.payload).error }
            guard case .inline(let value) = try EncodedValue(payload: frame.payload) else {
                throw WireError("a result in memory that was not asked for")
            }
            return try value.withUnsafeBytes { try call.result.decode($0) }
        } catch is WorkerEnded {
            throw gone(hasBegun: true)
        } catch let error as WireError {
            worker.kill(.garbled("\(error)"))
            throw ActorGone(hasBegun: true, how: "the process \(worker.process) broke the protocol (it was \(error)) and was ended")
        }
    }

    private func gone(hasBegun: Bool) -> any Error {
        if worker.reason == .shutdown { return WorkerFleet.closed }
        let exit = worker.waitForExit(), cause = RemoteError.unlessEmpty(worker.lastWords)
        if case .garbled(let text) = worker.reason {
            return ActorGone(
                hasBegun: hasBegun, how: "the process \(worker.process) broke the protocol (\(text)) and was ended", cause: cause)
        }
        return ActorGone(hasBegun: hasBegun, how: "the process \(worker.process) \(exit)", cause: cause)
    }

    func end() async {
        worker.kill(.shutdown)
        // Off the threads of Swift's own pool: it waits until the process is gone.
        await withCheckedContinuation { continuation in
            startThread(named: "sheaf-end") { [fleet, worker] in
                fleet.forgetApart(worker)
                continuation.resume()
            }
        }
    }
}

extension CallRequest {
    /// The call of an object.
    package init(_ call: ActorCall, arguments: [EncodedValue]) {
        self.init(target: .function(call.name, .whole), node: 0, attempt: 1, seed: 0, arguments: arguments)
    }
}

extension ProcessesEngine: ActorEngine {
    /// Makes an object in a process of its own, beside the workers.
    public func makeActor(_ make: ActorCall) async throws -> any ActorPlace { try await ProcessActor.made(make, in: fleet) }

    /// The numbers of the processes in which objects live.
    public var actorProcesses: [Int32] { fleet.workersApart.map(\.process) }
}
