package import SheafCore
internal import Synchronization

/// An engine's worker processes: a fixed number of places, each with a worker that is replaced when it has ended. Thread-safe.
package final class WorkerFleet: Sendable {
    package let count: Int
    package let arena: Arena
    /// What lies in the arena and in this process, too.
    let known = KnownValues()
    private let command: WorkerCommand
    private let identity: String
    /// The names of the functions that workers know, once one has said.
    private let functions = Locked<Set<String>?>(nil)
    /// Held while a worker is started, so that no place gets two.
    private let starting = Locked(())
    private struct Place {
        var worker: WorkerProcess?
        var isLeased = false
    }
    private struct State {
        var places: [Place]
        /// Workers that are there for one object each.
        var apart: [WorkerProcess] = []
        var isStopped = false
    }
    private let state: Locked<State>
    private let nextCall = Atomic<UInt32>(1)
    private let transferred = Atomic<Int>(0)

    /// - Throws: ``EngineError`` (`.inputOutput`) when there is no such program, or no shared memory.
    package init(_ command: WorkerCommand, count: Int) throws {
        let dropper = Dropper()
        self.count = count
        self.command = command
        identity = try ProgramIdentity.ofFile(command.path)
        arena = try Arena { dropper.drop($0) }
        state = Locked(State(places: Array(repeating: Place(), count: count)))
        dropper.fleet.withLock { $0.value = self }
    }

    /// Tells the workers of blocks that are gone; the arena is made before the fleet is.
    private final class Dropper: Sendable {
        struct Box: @unchecked Sendable { weak var value: WorkerFleet? }
        let fleet = Locked(Box())
        func drop(_ number: UInt64) {
            guard let fleet = fleet.withLock({ $0.value }) else { return }
            for worker in fleet.workers { worker.drop(number) }
        }
    }

    deinit { for worker in workers + workersApart { worker.kill(.shutdown) } }

    package var workers: [WorkerProcess] { state.withLock { $0.places.compactMap(\.worker) } }

    package static let closed = EngineError(.closed, "the engine “processes” was shut down")

    /// A number for a call, unique among those of this engine that run.
    package func newCall() -> UInt32 { nextCall.wrappingAdd(1, ordering: .relaxed).oldValue }

    /// Notes bytes of arguments or results that go to a worker or come from one.
    func countTransfer(_ bytes: Int) { transferred.wrappingAdd(bytes, ordering: .relaxed) }

    /// All that were noted.
    var transferredBytes: Int { transferred.load(ordering: .relaxed) }

    /// Starts all workers that are missing, side by side, and waits until they are there.
    ///
    /// - Throws: ``EngineError``.
    package func start() throws {
        try starting.withLock { _ in
            let missing = try state.withLock { state in
                if state.isStopped { throw Self.closed }
                return state.places.indices.filter { state.places[$0].worker?.isAlive != true && !state.places[$0].isLeased }
            }
            let started = try missing.map { (place: $0, worker: try WorkerProcess(command, arena: arena)) }
            do {
                for item in started { try greet(item.worker) }
            } catch {
                for item in started { item.worker.kill(.shutdown) }
                throw error
            }
            for item in started { try put(item.worker, at: item.place) }
        }
    }

    private func greet(_ worker: WorkerProcess) throws {
        let hello = try worker.greet(identity, patience: command.patience)
        functions.withLock { $0 = Set(hello.functions) }
    }

    private func put(_ worker: WorkerProcess, at place: Int) throws {
        let isStopped = state.withLock { state in
            if !state.isStopped { state.places[place].worker = worker }
            return state.isStopped
        }
        guard isStopped else { return }
        worker.kill(.shutdown)
        throw Self.closed
    }

    /// The functions that can be called. Starts the workers.
    package func knownFunctions() throws -> Set<String> {
        if let known = functions.withLock(\.self) { return known }
        try start()
        return functions.withLock { $0 ?? [] }
    }

    /// A worker that runs synchronous calls for one caller.
    struct Lease {
        let worker: WorkerProcess
        /// The place stays leased even when its worker has ended and another has taken it.
        fileprivate let place: Int
    }

    /// A worker for synchronous calls; ``giveBack(_:)`` it. Starts one where there is none.
    ///
    /// - Precondition: at most ``count`` are leased at a time.
    func lease() throws -> Lease {
        let (place, found) = try state.withLock { state -> (Int, WorkerProcess?) in
            if state.isStopped { throw Self.closed }
            // A place with a live worker first.
            let free = state.places.indices.filter { !state.places[$0].isLeased }
            guard let place = free.first(where: { state.places[$0].worker?.isAlive == true }) ?? free.first else {
                throw EngineError(.protocolViolation, "more than \(state.places.count) calls ran at a time")
            }
            state.places[place].isLeased = true
            return (place, state.places[place].worker)
        }
        if let found, found.isAlive { return Lease(worker: found, place: place) }
        do { return Lease(worker: try replace(at: place), place: place) } catch {
            state.withLock { $0.places[place].isLeased = false }
            throw error
        }
    }

    private func replace(at place: Int) throws -> WorkerProcess {
        try starting.withLock { _ in
            let present = try state.withLock { state in
                if state.isStopped { throw Self.closed }
                return state.places[place].worker
            }
            if let present, present.isAlive { return present }
            let worker = try WorkerProcess(command, arena: arena)
            do { try greet(worker) } catch {
                worker.kill(.shutdown)
                throw error
            }
            try put(worker, at: place)
            return worker
        }
    }

    func giveBack(_ lease: Lease) { state.withLock { $0.places[lease.place].isLeased = false } }

    /// The worker with the fewest `async` calls.
    package func leastBusy() throws -> WorkerProcess {
        let live = try state.withLock { state in
            if state.isStopped { throw Self.closed }
            return state.places.compactMap(\.worker)
        }.filter(\.isAlive)
        if let found = live.min(by: { $0.waitingCount < $1.waitingCount }) { return found }
        return try replace(at: 0)
    }

    // MARK: Workers apart

    package var workersApart: [WorkerProcess] { state.withLock(\.apart) }

    /// Starts a worker beside the others, for whoever asks for it; ``forgetApart(_:)`` ends it. Blocks.
    ///
    /// - Throws: ``EngineError``.
    func startApart() throws -> WorkerProcess {
        if state.withLock(\.isStopped) { throw Self.closed }
        let worker = try WorkerProcess(command, arena: arena)
        do { try greet(worker) } catch {
            worker.kill(.shutdown)
            throw error
        }
        let isStopped = state.withLock { state in
            if !state.isStopped { state.apart.append(worker) }
            return state.isStopped
        }
        guard isStopped else { return worker }
        worker.kill(.shutdown)
        throw Self.closed
    }

    /// Ends a worker that was started apart, and waits until it is gone.
    func forgetApart(_ worker: WorkerProcess) {
        worker.kill(.shutdown)
        _ = worker.waitForExit()
        state.withLock { $0.apart.removeAll { $0 === worker } }
    }

    /// Ends all workers, and waits until they are gone.
    package func stop() {
        let workers = state.withLock { state in
            state.isStopped = true
            defer {
                for place in state.places.indices { state.places[place].worker = nil }
                state.apart = []
            }
            return state.places.compactMap(\.worker) + state.apart
        }
        for worker in workers { worker.kill(.shutdown) }
        for worker in workers { _ = worker.waitForExit() }
    }
}
