internal import CSheaf
internal import SheafCore

/// Synchronous functions: many calls are under way to one worker at a time, so that neither side waits for each.
extension RemoteRun {
    /// Calls under way at most, and bytes of them: these have to fit into a socket's buffer, so that sending never waits for the worker.
    private static let mostCalls = 32, mostBytes = 1 << 15

    /// Calls a function in a worker and waits for it on this thread.
    func callOne(_ target: Target, _ scope: TaskScope) throws -> AnyValue {
        var task: TaskBatch.Task? = TaskBatch.Task(
            node: scope.node, attempt: scope.attempt, arguments: scope.references)
        var result: Result<AnyValue, any Error> = .failure(CancellationError())
        let one = TaskBatch {
            defer { task = nil }
            return task
        } done: {
            result = $1
        }
        callAll(target, one, scope.resources)
        return try result.get()
    }

    /// A call that has not been answered.
    private struct Pending {
        let task: TaskBatch.Task
        let arguments: [EncodedValue]
        /// What keeps arguments in shared memory where they are.
        let blocks: [ArenaBlock]
        var call: UInt32 = 0
        var bytes = 0
        /// Workers that were lost while they ran it.
        var losses = 0
        /// Memory that the worker has asked for.
        var granted: ArenaBlock?
    }

    /// What is under way to one worker.
    private struct Traffic {
        /// In the order in which they were sent, which is that of their answers.
        var sent: [Pending] = []
        var bytes = 0
        /// The call that ran at the last look, and since when.
        var watched: (call: UInt32, since: UInt64) = (0, 0)
        /// When to kill the worker because it did not stop.
        var limit: UInt64?
    }

    /// Calls a function for all tasks.
    func callAll(_ target: Target, _ tasks: TaskBatch, _ resources: TaskResources) {
        /// Tasks whose worker ended before it had come to them, or that are to have another one.
        var again: [Pending] = []
        func next() -> Pending? {
            if !again.isEmpty { return again.removeFirst() }
            while let task = tasks.next() {
                do {
                    if resources.isCancelled { throw CancellationError() }
                    let (arguments, blocks) = try encode(task.arguments, of: task.node)
                    return Pending(task: task, arguments: arguments, blocks: blocks)
                } catch { tasks.done(task.node, .failure(error)) }
            }
            return nil
        }
        while let first = next() {
            let lease: WorkerFleet.Lease
            do { lease = try fleet.lease() } catch {
                tasks.done(first.task.node, .failure(error))
                continue
            }
            defer { fleet.giveBack(lease) }
            let worker = lease.worker
            var traffic = Traffic()
            do {
                try converse(with: worker, from: first, next, &traffic, target, tasks, resources)
            } catch {
                // The worker is no more. What it did not come to is done again, unless the run is over.
                let exit = end(worker, error)
                let guilty = traffic.sent.firstIndex { $0.call == worker.runningCall } ?? traffic.sent.startIndex
                for (position, var pending) in traffic.sent.enumerated() {
                    pending.granted = nil
                    do {
                        if resources.isCancelled { throw CancellationError() }
                        if position == guilty, try isOver(worker, exit, error, pending, target) { pending.losses += 1 }
                        again.append(pending)
                    } catch { tasks.done(pending.task.node, .failure(error)) }
                }
            }
        }
    }

    /// Sends calls and takes their answers, until there are no more.
    ///
    /// - Throws: when the worker cannot be used any more.
    private func converse(
        with worker: WorkerProcess, from first: Pending, _ next: () -> Pending?, _ traffic: inout Traffic, _ target: Target,
        _ tasks: TaskBatch, _ resources: TaskResources
    ) throws {
        var upcoming: Pending? = first
        while true {
            if traffic.sent.count <= Self.mostCalls / 2 { try send(to: worker, &upcoming, next, &traffic, target, tasks) }
            guard !traffic.sent.isEmpty else {
                if upcoming == nil { return }
                continue
            }
            switch try worker.calls.receive(awake: traffic.sent.count == 1 ? Channel.shortWait : 0) {
            case .end: throw WorkerEnded()
            case .nothing: try look(after: worker, &traffic, resources)
            case .frame(let frame): try take(frame, from: worker, &traffic, target, tasks, resources)
            }
        }
    }

    /// Sends as many calls as may be under way.
    private func send(
        to worker: WorkerProcess, _ upcoming: inout Pending?, _ next: () -> Pending?, _ traffic: inout Traffic, _ target: Target,
        _ tasks: TaskBatch
    ) throws {
        var bytes: [UInt8] = []
        if let recipe, worker.isFirstUse(of: recipe.token, on: .calls) { bytes = Frame(.prepare, payload: recipe.bytes).bytes }
        while traffic.sent.count < Self.mostCalls, traffic.sent.isEmpty || traffic.bytes < Self.mostBytes {
            guard var pending = upcoming ?? next() else { break }
            upcoming = nil
            pending.call = fleet.newCall()
            let frame = CallRequest(
                target: target.call, node: UInt32(truncatingIfNeeded: pending.task.node),
                attempt: UInt32(truncatingIfNeeded: pending.task.attempt), seed: job.seed, dropped: worker.takeDropped(),
                arguments: pending.arguments
            ).frame(call: pending.call)
            guard frame.count - Frame.headerBytes <= Frame.maximumPayload else {
                let error = EngineError(
                    .unsupported, "“\(target.name)” has \(pending.arguments.count) arguments of \(frame.count) bytes in all",
                    hint: "gather them in steps")
                tasks.done(pending.task.node, .failure(error))
                continue
            }
            if !traffic.sent.isEmpty, traffic.bytes + frame.count > Self.mostBytes {
                upcoming = pending
                break
            }
            pending.bytes = frame.count
            traffic.bytes += frame.count
            traffic.sent.append(pending)
            bytes += frame
        }
        guard bytes.isEmpty || worker.calls.send(bytes) else { throw WorkerEnded() }
    }

    private func take(
        _ frame: Frame, from worker: WorkerProcess, _ traffic: inout Traffic, _ target: Target, _ tasks: TaskBatch,
        _ resources: TaskResources
    ) throws {
        guard let pending = traffic.sent.first, pending.call == frame.call else { throw WireError("a frame of another call") }
        let result: Result<AnyValue, any Error>
        switch frame.kind {
        case .result: result = .success(try value(frame.payload, pending.granted, target, node: pending.task.node, resources))
        case .failure: result = .failure(try Failure(payload: frame.payload).error)
        case .allocate:
            guard pending.granted == nil else { throw WireError("a second request for memory") }
            traffic.sent[0].granted = try grant(frame, worker, frame.call)
            return
        default: throw WireError("a frame of kind “\(frame.kind)” instead of a result")
        }
        traffic.bytes -= pending.bytes
        traffic.sent.removeFirst()
        tasks.done(pending.task.node, result)
    }

    private func grant(_ frame: Frame, _ worker: WorkerProcess, _ call: UInt32) throws -> ArenaBlock? {
        let count = try frame.payload.withUnsafeBytes { raw in
            var reader = PayloadReader(raw)
            let count: UInt64 = try reader.integer()
            try reader.expectEnd()
            return count
        }
        // Where there is no room the worker is told so, and fails the call itself.
        let block = try? fleet.arena.allocate(Int(clamping: count))
        var writer = FrameWriter(.allocated, call: call)
        (block?.place ?? .inline([])).write(to: &writer)
        guard worker.calls.send(writer.finish()) else { throw WorkerEnded() }
        return block
    }

    /// Looks, every few milliseconds without an answer, whether the worker should be told to stop, or stopped.
    private func look(after worker: WorkerProcess, _ traffic: inout Traffic, _ resources: TaskResources) throws {
        let now = sheaf_monotonic_nanoseconds()
        if let deadline = options.deadline {
            let running = worker.runningCall
            if running != traffic.watched.call {
                traffic.watched = (running, now)
            } else if now - traffic.watched.since > UInt64(deadline * 1e9), traffic.sent.contains(where: { $0.call == running }) {
                worker.kill(.deadline(call: running))
                throw WorkerEnded()
            }
        }
        if let limit = traffic.limit {
            guard now > limit else { return }
            worker.kill(.cancelled(call: worker.runningCall))
            throw WorkerEnded()
        }
        if resources.isCancelled {
            for pending in traffic.sent { worker.cancel(pending.call) }
            traffic.limit = now + UInt64(options.grace * 1e9)
        }
    }

    // MARK: Workers that end

    /// Makes sure that a worker has ended.
    private func end(_ worker: WorkerProcess, _ error: any Error) -> WorkerExit {
        // One that broke the protocol cannot be trusted to be where this end thinks it is.
        if !(error is WorkerEnded) { worker.kill(.garbled("\(error)")) }
        return worker.waitForExit()
    }

    /// Whether the worker's end counts as one of the losses that a call may have; false when it is to be repeated anyway.
    ///
    /// - Throws: the error that the call ends with.
    private func isOver(
        _ worker: WorkerProcess, _ exit: WorkerExit, _ error: any Error, _ pending: Pending, _ target: Target
    ) throws -> Bool {
        if !(error is WorkerEnded || error is WireError) { throw error }
        var losses = pending.losses
        try judge(worker, pending.call, target, node: pending.task.node, losses: &losses, isCancelled: false)
        return losses > pending.losses
    }
}
