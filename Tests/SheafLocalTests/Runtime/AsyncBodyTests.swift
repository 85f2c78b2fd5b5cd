internal import Foundation
internal import SheafCore
internal import SheafLocal
internal import SheafTesting
internal import Testing

/// `async` bodies on the engine's threads.
@Suite(.timeLimit(.minutes(1)))
struct AsyncBodyTests {
    @Test func bodiesRunOnTheEnginesThreads() async throws {
        let session = Session(workers: 2), point = MeetingPoint(2)
        let threads = try await session.compute(
            (0..<2).map { _ in
                session.delayed(Delayed(0)) { (_: Int) in
                    _ = point.meet()
                    return thread()
                }
            })
        let used = session.delayed(
            Delayed(0),
            async: { (_: Int) in
                var used = [thread()]
                await Task.yield()
                used.append(thread())
                async let child = thread()
                used.append(await child)
                return used
            })
        let found = try await used.compute()
        #expect(found.count == 3 && Set(threads).count == 2 && Set(threads).isSuperset(of: found))
    }

    @Test(arguments: [1, 2])
    func aBodyThatKeepsYieldingStarvesNobody(workers: Int) async throws {
        // Each waits, without sleeping, for something that runs only if it is let to: another async body, and a task.
        let session = Session(workers: workers), bodies = Counter(), tasks = Counter()
        let patient = session.delayed(
            Delayed(0),
            async: { (_: Int) in
                while bodies.value < 1 || tasks.value < 1 { await Task.yield() }
                return 1
            })
        let body = session.delayed(
            Delayed(0),
            async: { (_: Int) in
                await Task.yield()
                return bodies.add()
            })
        let task = session.delayed(session.delayed(Delayed(0)) { (_: Int) in 0 }) { (_: Int) in tasks.add() }
        #expect(try await session.compute([patient, body, task]) == [1, 1, 1])
    }

    @Test func cancellingReachesSleepersAndTheirChildren() async throws {
        let session = Session(workers: 2), started = Counter(), ended = Counter()
        let value = session.delayed(
            Delayed(0),
            async: { (_: Int) in
                await withTaskGroup { group in
                    for _ in 0..<8 {
                        group.addTask {
                            started.add()
                            try? await Task.sleep(for: .seconds(3600))
                            ended.add()
                        }
                    }
                }
                return 1
            })
        let task = Task { try await value.compute() }
        await eventually { started.value == 8 }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        await eventually { ended.value == 8 }
    }

    /// The runtime cancels under locks of its own and so does the engine; in the wrong order they wait for each other forever.
    @Test(arguments: [1, 4])
    func cancellingPlansInPlansAtAnyMomentEnds(workers: Int) async throws {
        let session = Session(workers: workers)
        @Sendable func plan(_ depth: Int) -> Delayed<Int> {
            let sleeper = session.delayed(
                Delayed(0),
                async: { (_: Int) in
                    await Task.yield()
                    try await Task.sleep(for: .seconds(3600))
                    return 1
                })
            if depth == 0 { return sleeper }
            let inner = session.delayed(Delayed(0), async: { (_: Int) in try await plan(depth - 1).compute() })
            let quick = (0..<5).map { session.delayed(Delayed($0)) { (number: Int) in number } }
            return session.delayed(session.gather(quick + [sleeper]), inner) { (list: [Int], number: Int) in list.count + number }
        }
        for round in 0..<150 {
            let task = Task { try await plan(2).compute() }
            for _ in 0..<round % 30 { await Task.yield() }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
        }
        // The last ones may be ending still.
        await eventually { (try? await session.engine.resources().usedBytes) == 0 }
    }

    @Test func shuttingDownEndsBodiesThatWait() async throws {
        let session = Session(workers: 2), started = Counter(), ended = Counter()
        let value = session.delayed(
            Delayed(0),
            async: { (_: Int) in
                started.add()
                defer { ended.add() }
                try await Task.sleep(for: .seconds(3600))
                return 1
            })
        let task = Task { try await value.compute() }
        await eventually { started.value == 1 }
        await session.close()
        let error = await #expect(throws: EngineError.self) { try await task.value }
        #expect(error?.code == .closed)
        #expect(ended.value == 1, "the stream ends after the bodies do")
    }

    @Test func errorsOfInnerPlansKeepTheirNode() async throws {
        struct Boom: Error {}
        let session = Session(workers: 2)
        let inner = session.delayed(Delayed(0), options: NodeOptions(name: "inner")) { (_: Int) -> Int in throw Boom() }
        let outer = session.delayed(Delayed(0), options: NodeOptions(name: "outer"), async: { (_: Int) in try await inner.compute() })
        let error = await #expect(throws: TaskError.self) { try await outer.compute() }
        #expect(error?.cause is Boom)
        #expect(error?.node?.hasPrefix("inner#") == true)
        #expect(error?.chain.map { String($0.prefix(5)) } == ["inner", "outer"])
    }
}

/// The calling thread.
private func thread() -> String { "\(pthread_self())" }
