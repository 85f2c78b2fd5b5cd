internal import SheafCore
internal import SheafLocal
internal import SheafTesting
internal import Synchronization
internal import Testing

/// Engines that break their contract: the session notices, and lets go of what it was given.
@Suite(.timeLimit(.minutes(1)))
struct MisbehavingEngineTests {
    static let double = Function("double") { (a: Int) in a * 2 }

    /// Answers every job with the same events.
    final class ScriptedEngine: Engine {
        let capabilities = Capabilities(engine: "scripted", closures: true)
        let script: @Sendable (Job) -> [EngineEvent]
        let error: (any Error)?
        private let held = Locked<[ValueRef: Payload]>([:])
        private let log = Locked<[String]>([])
        var holdsNothing: Bool { held.withLock(\.isEmpty) }
        var requests: [String] { log.withLock(\.self) }

        init(error: (any Error)? = nil, _ script: @escaping @Sendable (Job) -> [EngineEvent]) {
            self.script = script
            self.error = error
        }

        func hold(_ id: UInt64, _ payload: Payload) {
            held.withLock { $0[ValueRef(id: id, byteCount: 8)] = payload }
        }

        func ship(_ program: ProgramImage) async throws {}
        func put(_ value: Payload) async throws -> ValueRef { throw EngineError(.unsupported, "put") }
        func get(_ ref: ValueRef) async throws -> Payload {
            guard let payload = held.withLock({ $0[ref] }) else { throw EngineError(.unknownValue, "\(ref.id)") }
            return payload
        }
        func release(_ refs: [ValueRef]) async { held.withLock { held in for ref in refs { held[ref] = nil } } }
        func submit(_ job: Job) -> AsyncThrowingStream<EngineEvent, any Error> {
            AsyncThrowingStream { continuation in
                for event in script(job) { continuation.yield(event) }
                continuation.finish(throwing: error)
            }
        }
        func cancel(_ job: JobID) async { log.withLock { $0.append("cancel") } }
        func resources() async throws -> Resources { throw EngineError(.unsupported, "resources") }
        func shutdown() async {}
    }

    @Test func aJobThatEndsWithoutItsOutputIsAProtocolViolation() async {
        let session = Session(engine: ScriptedEngine { _ in [] })
        let error = await #expect(throws: EngineError.self) { try await session.delayed(Self.double, 1).compute() }
        #expect(error?.code == .protocolViolation && error?.message.contains("scripted") == true)
    }

    @Test func anOutputReportedTwiceIsReleasedOnce() async throws {
        let engine = ScriptedEngine { _ in
            [(0, 1), (0, 2), (9, 3)].map { .output(position: $0, ref: ValueRef(id: $1, byteCount: 8)) }
        }
        for id in UInt64(1)...3 { engine.hold(id, .value(TypedValue(2))) }
        #expect(try await Session(engine: engine).delayed(Self.double, 1).compute() == 2)
        #expect(engine.holdsNothing)
    }

    @Test func anEncodedValueWhereOneWasExpectedByReferenceIsAProtocolViolation() async {
        let engine = ScriptedEngine { _ in [.output(position: 0, ref: ValueRef(id: 1, byteCount: 8))] }
        engine.hold(1, .encoded(type: "Int", bytes: [1]))
        let error = await #expect(throws: EngineError.self) { try await Session(engine: engine).delayed(Self.double, 1).compute() }
        #expect(error?.code == .protocolViolation)
        #expect(engine.holdsNothing, "it is released all the same")
    }

    @Test func outputsOfAJobThatFailsAreReleased() async {
        let engine = ScriptedEngine(error: EngineError(.inputOutput, "lost")) { _ in
            [.output(position: 0, ref: ValueRef(id: 1, byteCount: 8))]
        }
        engine.hold(1, .value(TypedValue(2)))
        let error = await #expect(throws: EngineError.self) { try await Session(engine: engine).delayed(Self.double, 1).compute() }
        #expect(error?.code == .inputOutput)
        #expect(engine.holdsNothing)
    }

    @Test func anOutputThatCannotBeFetchedCancelsTheJobAndReleasesTheRest() async {
        // As completed: the first is not there, the second comes later.
        let engine = ScriptedEngine { _ in (0..<2).map { .output(position: $0, ref: ValueRef(id: UInt64($0), byteCount: 8)) } }
        engine.hold(1, .value(TypedValue(2)))
        let session = Session(engine: engine)
        let error = await #expect(throws: EngineError.self) {
            for try await _ in session.asCompleted(session.map(Self.double, over: 0..<2)) {}
        }
        #expect(error?.code == .unknownValue)
        #expect(engine.holdsNothing && engine.requests == ["cancel"])
    }

    @Test func eventsThatComeTwiceAreHeardOnce() async throws {
        let engine = ScriptedEngine { job in
            let event = { (kind: TaskEvent.Kind) in
                EngineEvent.tasks([TaskEvent(job: job.id, node: 0, attempt: 1, worker: 0, nanoseconds: 0, kind: kind, name: "double")])
            }
            return [event(.started), event(.started), event(.finished(bytes: 8)), event(.finished(bytes: 8)), event(.started)]
                + [.output(position: 0, ref: ValueRef(id: 1, byteCount: 8))]
        }
        engine.hold(1, .value(TypedValue(2)))
        let session = Session(engine: engine)
        let stream = session.events(.tasks)
        _ = try await session.delayed(Self.double, 1).compute()
        await session.close()
        var count = 0
        for await event in stream { if case .task = event { count += 1 } }
        #expect(count == 2)
    }

    @Test func jobsOfAllSessionsHaveDifferentIds() async {
        // The engine answers with the job's id as the output's.
        let engine = ScriptedEngine { job in [.output(position: 0, ref: ValueRef(id: job.id, byteCount: 8))] }
        var ids: Set<String> = []
        for _ in 0..<3 {
            let error = await #expect(throws: EngineError.self) { try await Session(engine: engine).delayed(Self.double, 1).compute() }
            ids.insert(error?.message ?? "")
        }
        #expect(ids.count == 3)
    }
}
