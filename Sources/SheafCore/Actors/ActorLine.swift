internal import Synchronization

/// One object's calls, one after the other, in the order in which they came; what happens when the object dies; and its end. The same on all
/// engines, which only have to do one call at a time.
final class ActorLine: Sendable {
    private let engine: any ActorEngine
    private let make: ActorCall
    /// Told once the object has ended.
    private let hasEnded: @Sendable (ActorLine) -> Void

    private struct State {
        /// `nil` while there is no object: it has died, or has ended.
        var place: (any ActorPlace)?
        var restartsLeft: Int
        /// How the object died last.
        var gone: ActorGone?
        /// Why nothing is done any more.
        var end: EngineError?
        /// Whether a call has its turn.
        var isBusy = false
        var nextNumber: UInt64 = 1
        /// Numbers of calls in their order, from `first` on; those that were given up are still among them.
        var queue: [UInt64] = []
        var first = 0
        var waiting: [UInt64: CheckedContinuation<Void, any Error>] = [:]
    }
    private let state: Locked<State>

    private init(
        _ make: ActorCall, _ place: any ActorPlace, restarts: Int, on engine: any ActorEngine,
        hasEnded: @escaping @Sendable (ActorLine) -> Void
    ) {
        self.engine = engine
        self.make = make
        self.hasEnded = hasEnded
        state = Locked(State(place: place, restartsLeft: restarts))
    }

    /// Makes an object.
    static func made(
        _ make: ActorCall, restarts: Int, on engine: any ActorEngine, hasEnded: @escaping @Sendable (ActorLine) -> Void
    ) async throws -> ActorLine {
        do {
            return ActorLine(make, try await engine.makeActor(make), restarts: restarts, on: engine, hasEnded: hasEnded)
        } catch let gone as ActorGone {
            throw make.placed(Self.crash(gone, "while it made an object"))
        } catch { throw make.placed(error) }
    }

    // MARK: Turns

    /// How many calls wait for their turn.
    var waitingCount: Int { state.withLock(\.waiting.count) }
    /// Whether a call has its turn.
    var isBusy: Bool { state.withLock(\.isBusy) }

    /// Does a call when those before it are done.
    func call(_ call: ActorCall) async throws -> AnyValue {
        do {
            try await waitForTurn()
            defer { passOn() }
            try Task.checkCancellation()
            let value = try await perform(call)
            // Told to stop, it may have returned something all the same.
            if let end = state.withLock(\.end) { throw end }
            try Task.checkCancellation()
            return value
        } catch {
            if let end = state.withLock(\.end) { throw call.placed(end) }
            throw Task.isCancelled ? CancellationError() : call.placed(error)
        }
    }

    private func waitForTurn() async throws {
        let number = state.withLock { state in
            defer { state.nextNumber += 1 }
            return state.nextNumber
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                let outcome = state.withLock { state -> Result<Void, any Error>? in
                    if let end = state.end { return .failure(end) }
                    if !state.isBusy {
                        state.isBusy = true
                        return .success(())
                    }
                    state.queue.append(number)
                    state.waiting[number] = continuation
                    return nil
                }
                if let outcome { continuation.resume(with: outcome) } else if Task.isCancelled { giveUp(number) }
            }
        } onCancel: {
            giveUp(number)
        }
    }

    private func giveUp(_ number: UInt64) {
        state.withLock { $0.waiting.removeValue(forKey: number) }?.resume(throwing: CancellationError())
    }

    /// Gives the turn to the next call.
    private func passOn() {
        let next = state.withLock { state -> CheckedContinuation<Void, any Error>? in
            while state.first < state.queue.count {
                let number = state.queue[state.first]
                state.first += 1
                if state.first > 1024, state.first > state.queue.count / 2 {
                    state.queue.removeFirst(state.first)
                    state.first = 0
                }
                if let next = state.waiting.removeValue(forKey: number) { return next }
            }
            state.queue.removeAll(keepingCapacity: true)
            state.first = 0
            state.isBusy = false
            return nil
        }
        next?.resume()
    }

    // MARK: The object

    private func perform(_ call: ActorCall) async throws -> AnyValue {
        while true {
            let place = try await currentPlace()
            do { return try await place.call(call) } catch let gone as ActorGone {
                state.withLock { state in
                    state.place = nil
                    state.gone = gone
                }
                await place.end()
                if gone.hasBegun {
                    throw Self.crash(
                        gone, "while it ran “\(call.name)” for an object “\(make.name)”",
                        hint: "the call is not repeated, since nobody knows how far it came")
                }
            }
        }
    }

    /// Where the object is; one that has died is made again.
    private func currentPlace() async throws -> any ActorPlace {
        let present = try state.withLock { state -> (any ActorPlace)? in
            if let end = state.end { throw end }
            if let place = state.place { return place }
            guard state.restartsLeft > 0 else {
                let gone = state.gone ?? ActorGone(hasBegun: false, how: "its process has ended")
                throw Self.crash(
                    gone, "and the object “\(make.name)” in it is not made again", hint: "allow it with session.actor(…, restarts: COUNT)")
            }
            state.restartsLeft -= 1
            return nil
        }
        if let present { return present }
        // Not cancelled with the call, since others wait for the object, too.
        let made: any ActorPlace
        do { made = try await Task { [engine, make] in try await engine.makeActor(make) }.value } catch let gone as ActorGone {
            throw Self.crash(gone, "while it made the object “\(make.name)” again")
        }
        let end = state.withLock { state in
            if state.end == nil { state.place = made }
            return state.end
        }
        guard let end else { return made }
        await made.end()
        throw end
    }

    private static func crash(_ gone: ActorGone, _ when: String, hint: String? = nil) -> TaskError {
        TaskError(.crashed, "\(gone.how) \(when)", cause: gone.cause, hint: hint)
    }

    /// Ends the object. Calls that wait, and those that come, throw the error.
    func end(_ error: EngineError? = nil) async {
        let error = error ?? EngineError(.closed, "the object “\(make.name)” was ended")
        let (place, waiting) = state.withLock { state in
            state.end = state.end ?? error
            defer {
                state.place = nil
                state.waiting = [:]
            }
            return (state.place, Array(state.waiting.values))
        }
        for call in waiting { call.resume(throwing: error) }
        await place?.end()
        hasEnded(self)
    }
}

extension ActorCall {
    /// An error of the call, with its name and its line, as a task's error has those of its node.
    fileprivate func placed(_ error: any Error) -> any Error {
        switch error {
        case var error as TaskError:
            error.node = error.node ?? name
            error.location = error.location ?? location
            return error
        case var error as EngineError:
            error.node = error.node ?? name
            error.location = error.location ?? location
            return error
        case var error as PlanError:
            error.node = error.node ?? name
            error.location = error.location ?? location
            return error
        default: return error
        }
    }
}

/// The objects of a session. Thread-safe.
final class ActorTable: Sendable {
    private struct State {
        var lines: [ObjectIdentifier: ActorLine] = [:]
        var isClosed = false
    }
    private let state = Locked(State())
    private static let closed = EngineError(.closed, "the session was closed")

    /// - Throws: ``EngineError`` (`.closed`) when all objects have been ended already; then this one is, too.
    func add(_ line: ActorLine) async throws {
        let isClosed = state.withLock { state in
            if !state.isClosed { state.lines[ObjectIdentifier(line)] = line }
            return state.isClosed
        }
        guard isClosed else { return }
        await line.end(Self.closed)
        throw Self.closed
    }

    func remove(_ line: ActorLine) { state.withLock { $0.lines[ObjectIdentifier(line)] = nil } }

    /// Ends all objects, those that are being made included.
    func end() async {
        let lines = state.withLock { state in
            state.isClosed = true
            return Array(state.lines.values)
        }
        for line in lines { await line.end(Self.closed) }
    }
}
