import Foundation
import SheafCore
import SheafLocal
import SheafTesting
import Synchronization
import Testing

/// A state that counts how many of its kind exist, and waits for others.
private struct Notes {
    var list: [Int] = []
    var tracked: Tracked?
    var meeting: MeetingPoint?
}

private let notes = ActorType("notes") { (_: Int) in Notes() }
private let note = notes.method("note") { (notes: inout Notes, number: Int) in notes.list.append(number) }
private let noteOnSignal = notes.method(
    "noteOnSignal",
    async: { (notes: inout Notes, signal: AsyncStream<Void>) async in
        for await _ in signal {}
        notes.list.append(-1)
    })
private let untilCancelled = notes.method("untilCancelled") { (notes: inout Notes, begun: AsyncStream<Void>.Continuation) -> Bool in
    begun.finish()
    while !Task.isCancelled { sched_yield() }
    notes.list.append(-2)
    return true
}
private let list = notes.method("list") { (notes: inout Notes) in notes.list }
private let meet = notes.method("meet") { (_: inout Notes, point: MeetingPoint) in point.meet() }

private let tracking = ActorType("tracking") { (living: Counter) in Notes(tracked: Tracked(living)) }
private let trackingWait = tracking.method(
    "trackingWait",
    async: { (_: inout Notes, signal: AsyncStream<Void>) async in for await _ in signal {} })

@Suite("Objects in this process", .timeLimit(.minutes(1)))
struct ActorTests {
    @Test("calls are done in the order in which they were entered")
    func order() async throws {
        let session = Session(engine: LocalEngine(options: SessionOptions(workers: 2)))
        let object = try await session.actor(notes, 0)
        let (signal, go) = AsyncStream.makeStream(of: Void.self)
        let held = Task { try await object.call(noteOnSignal, signal) }
        await eventually { object.isBusy }
        var calls: [Task<Void, any Error>] = []
        for number in 0..<200 {
            calls.append(Task { try await object.call(note, number) })
            await eventually { object.waitingCount == number + 1 }
        }
        // Every tenth is given up.
        for number in stride(from: 0, to: 200, by: 10) { calls[number].cancel() }
        go.finish()
        try await held.value
        for (number, call) in calls.enumerated() {
            if number % 10 == 0 { await #expect(throws: CancellationError.self) { try await call.value } } else { try await call.value }
        }
        #expect(try await object.call(list) == [-1] + (0..<200).filter { $0 % 10 != 0 })
        await session.close()
    }

    @Test("methods that block have threads of their own: any number of objects, and plans, go on beside them")
    func blocking() async throws {
        let session = Session(engine: LocalEngine(options: SessionOptions(workers: 1))), count = 64, point = MeetingPoint(64)
        let objects = try await withThrowingTaskGroup(of: ActorHandle<Notes>.self) { group in
            for number in 0..<count { group.addTask { try await session.actor(notes, number) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for object in objects { group.addTask { try await object.call(meet, point) } }
            for try await met in group { #expect(met) }
        }
        await session.close()
    }

    @Test("an object ends with its last handle, with its session, or when it is told to, and its state with it")
    func ends() async throws {
        let living = Counter()
        var object: ActorHandle<Notes>?
        let session = Session(engine: LocalEngine(options: SessionOptions(workers: 1)))
        object = try await session.actor(tracking, living)
        #expect(living.value == 1)
        withExtendedLifetime(object) {}
        object = nil
        await eventually { living.value == 0 }
        object = try await session.actor(tracking, living)
        await object?.end()
        #expect(living.value == 0)
        // In the middle of a call: it is told, and keeps the state until it ends.
        object = try await session.actor(tracking, living)
        let (signal, go) = AsyncStream.makeStream(of: Void.self), last = object
        let running = Task { try await last?.call(trackingWait, signal) }
        await eventually { last?.isBusy == true }
        await session.close()
        let error = await #expect(throws: EngineError.self) { try await running.value }
        #expect(error?.code == .closed && error?.node == "trackingWait")
        await eventually { living.value == 0 }
        withExtendedLifetime((object, go)) {}
        let late = await #expect(throws: EngineError.self) { try await session.actor(tracking, living) }
        #expect(late?.code == .closed && living.value == 0)
    }

    @Test("a call that runs is told that it is cancelled, also one that does not wait; the object goes on")
    func cancelled() async throws {
        let session = Session(engine: LocalEngine(options: SessionOptions(workers: 1)))
        let object = try await session.actor(notes, 0)
        let (begun, begin) = AsyncStream.makeStream(of: Void.self)
        let call = Task { try await object.call(untilCancelled, begin) }
        for await _ in begun {}
        call.cancel()
        await #expect(throws: CancellationError.self) { try await call.value }
        #expect(try await object.call(list) == [-2])
        await session.close()
    }

    @Test("tasks of plans call objects")
    func fromTasks() async throws {
        for engine in [LocalEngine(options: SessionOptions(workers: 2)), DeterministicEngine()] as [any Engine] {
            let session = Session(engine: engine), object = try await session.actor(notes, 0)
            let values = (0..<50).map { number in
                session.delayed(Delayed(number), async: { number in try await object.call(note, number) })
            }
            _ = try await session.compute(values)
            #expect(try await object.call(list).sorted() == Array(0..<50))
            await session.close()
            let error = await #expect(throws: EngineError.self) { try await session.actor(notes, 0) }
            #expect(error?.code == .closed)
        }
    }

    @Test("an engine without objects refuses them, and says which have them")
    func refused() async throws {
        let engine = RefusingEngine(), session = Session(engine: engine)
        let error = await #expect(throws: PlanError.self) { try await session.actor(notes, 0) }
        #expect(error?.code == .unsupported && error?.hint?.contains("processes") == true)
        #expect(engine.requests.isEmpty)
        let negative = await #expect(throws: PlanError.self) { try await session.actor(notes, 0, restarts: -1) }
        #expect(negative?.code == .invalidArgument)
    }
}
