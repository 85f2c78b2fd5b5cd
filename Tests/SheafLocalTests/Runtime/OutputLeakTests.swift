internal import SheafCore
internal import SheafLocal
internal import SheafTesting
internal import Testing

/// Outputs that nobody will release: the caller was cancelled, or has dropped the stream.
@Suite(.timeLimit(.minutes(1)))
struct OutputLeakTests {
    enum Kind: CaseIterable {
        case local, deterministic

        var engine: any Engine {
            let options = SessionOptions(workers: 2)
            return self == .local ? LocalEngine(options: options) : DeterministicEngine(options: options)
        }
    }

    /// A plan with an output that is ready at once and one that never is.
    private func plan(_ session: Session, _ started: Counter, living: Counter) -> [Delayed<Tracked>] {
        let ready = session.delayed(Delayed(0)) { (_: Int) in Tracked(living) }
        let never = session.delayed(
            ready,
            async: { (value: Tracked) in
                started.add()
                try await Task.sleep(for: .seconds(3600))
                return value
            })
        return [ready, never]
    }

    @Test(arguments: Kind.allCases)
    func aCancelledRunsOutputsAreFreed(kind: Kind) async throws {
        let engine = kind.engine, session = Session(engine: engine), started = Counter(), living = Counter()
        for round in 1...20 {
            let values = plan(session, started, living: living)
            let task = Task { try await session.compute(values).count }
            await eventually { started.value == round }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
        }
        await eventually { living.value == 0 }
        await eventually { (try? await engine.resources().usedBytes) == 0 }
    }

    @Test(arguments: Kind.allCases)
    func aDroppedStreamsOutputsAreFreed(kind: Kind) async throws {
        let engine = kind.engine, session = Session(engine: engine), started = Counter(), living = Counter()
        do {
            // Node 0 is the value that is ready at once.
            let (graph, never) = try plan(session, started, living: living)[1].graph()
            let plan = try session.plan(graph, outputs: [0, never])
            var stream: AsyncThrowingStream<EngineEvent, any Error>? = engine.submit(
                Job(id: .max, graph: plan.graph, outputs: plan.outputs, order: plan.order))
            await eventually { started.value == 1 }
            withExtendedLifetime(stream) { #expect(living.value == 1) }
            stream = nil
        }
        await eventually { living.value == 0 }
        await eventually { (try? await engine.resources().usedBytes) == 0 }
    }

    @Test(arguments: Kind.allCases)
    func asCompletedThatIsLeftEarlyFreesTheRest(kind: Kind) async throws {
        let engine = kind.engine, session = Session(engine: engine), started = Counter(), living = Counter()
        for try await (index, _) in session.asCompleted(plan(session, started, living: living)) {
            #expect(index == 0)
            break
        }
        await eventually { living.value == 0 }
        await eventually { (try? await engine.resources().usedBytes) == 0 }
    }
}
