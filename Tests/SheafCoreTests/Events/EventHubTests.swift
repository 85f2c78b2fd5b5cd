internal import SheafCore
internal import SheafLocal
internal import SheafTesting
internal import Testing

@Suite(.timeLimit(.minutes(1)))
struct EventHubTests {
    static let double = Function("double") { (a: Int) in a * 2 }

    @Test func severalSubscribersHearTheSameRun() async throws {
        let session = Session(engine: DeterministicEngine())
        let streams = (0..<3).map { _ in session.events(.tasks) }
        _ = try await session.compute(session.map(Self.double, over: 0..<5))
        await session.close()
        for stream in streams {
            var finished = 0
            for await event in stream { if case .task(let event) = event, case .finished = event.kind { finished += 1 } }
            #expect(finished == 5)
        }
    }

    @Test func whoWantsProgressOnlyHearsNoTasks() async throws {
        let session = Session(engine: DeterministicEngine())
        let progress = session.events(), tasks = session.events(.tasks)
        _ = try await session.delayed(Self.double, 1).compute()
        await session.close()
        var heardProgress = false
        for await event in progress {
            switch event {
            case .task: Issue.record("a task's event")
            case .progress: heardProgress = true
            default: break
            }
        }
        #expect(heardProgress)
        withExtendedLifetime(tasks) {}
    }

    @Test func aSlowSubscriberLosesTheOldestEvents() async throws {
        let session = Session(engine: DeterministicEngine())
        let stream = session.events(.tasks, buffer: 4)
        _ = try await session.compute(session.map(Self.double, over: 0..<100))
        await session.close()
        var heard: [SessionEvent] = []
        for await event in stream { heard.append(event) }
        #expect(heard.count == 4)
        guard case .runFinished? = heard.last else { return #expect(Bool(false), "the last event is \(heard.last as Any)") }
    }

    @Test func streamsEndWhenTheSessionIsClosedOrGone() async {
        var session: Session? = Session(engine: DeterministicEngine())
        let first = session!.events()
        await session!.close()
        for await _ in first {}
        for await _ in session!.events() {}
        session = Session(engine: DeterministicEngine())
        let second = session!.events()
        session = nil
        for await _ in second {}
    }

    @Test func aFailedRunIsHeardWithItsError() async throws {
        let session = Session(engine: RefusingEngine())
        let stream = session.events()
        await #expect(throws: EngineError.self) { try await session.delayed(Self.double, 1).compute() }
        await session.close()
        var heard: [String] = []
        for await event in stream {
            switch event {
            case .runStarted(_, let name, let tasks): heard.append("started \(name) \(tasks)")
            case .runFailed(_, let error): heard.append("failed \((error as? EngineError)?.code.rawValue ?? "")")
            default: heard.append("other")
            }
        }
        #expect(heard == ["started double 1", "failed refused"])
    }
}
