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
        _ = try make.inputBytes()
        let place = ProcessActor(try await BlockingThreads.shared.run { try fleet.startApart() }, fleet)
        do { _ = try await place.call(make) } catch {
            await place.end()
            throw error
        }
        return place
    }

    func call(_ call: ActorCall) async throws -> AnyValue {
        let codec = try call.resultCodec(), request = try CallRequest(call), number = fleet.newCall()
        guard worker.isAlive else { throw gone(hasBegun: false) }
        let bytes = request.frame(call: number)
        guard bytes.count <= Frame.maximumPayload else {
            throw EngineError(
                .unsupported, "“\(call.name)” is given \(bytes.count) bytes, and may be given \(Frame.maximumPayload >> 20) MiB",
                hint: "give it less at a time")
        }
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
            return try value.withUnsafeBytes { try codec.decode($0) }
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
            return ActorGone(hasBegun: hasBegun, how: "the process \(worker.process) broke the protocol (\(text)) and was ended", cause: cause)
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
    /// The call of an object, without its number.
    package init(_ call: ActorCall) throws {
        self.init(
            target: .function(call.name, .whole), node: 0, attempt: 1, seed: 0, arguments: [.inline(try call.inputBytes())])
    }
}

extension ProcessesEngine: ActorEngine {
    /// Makes an object in a process of its own, beside the workers.
    public func makeActor(_ make: ActorCall) async throws -> any ActorPlace { try await ProcessActor.made(make, in: fleet) }

    /// The numbers of the processes in which objects live.
    public var actorProcesses: [Int32] { fleet.workersApart.map(\.process) }
}
