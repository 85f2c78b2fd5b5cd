internal import Foundation
internal import SheafCore
internal import SheafLocal
internal import SheafTesting
internal import Testing

/// The threads of the embedded engine.
@Suite(.timeLimit(.minutes(2)))
struct WorkerTests {
    @Test(arguments: [1, 2, 4], Array(UInt64(1)...10))
    func anyNumberOfWorkersGivesTheSameResult(workers: Int, seed: UInt64) async throws {
        let random = RandomGraph(seed: seed, nodes: 1 + Int(seed) * 150)
        let session = Session(workers: workers)
        #expect(try await session.run(random) == random.expected)
        #expect(try await session.engine.resources().usedBytes == 0)
    }

    @Test(arguments: [2, 4])
    func independentTasksRunSideBySide(workers: Int) async throws {
        let session = Session(workers: workers), point = MeetingPoint(workers)
        let values = (0..<workers).map { session.delayed(Delayed($0)) { (_: Int) in point.meet() } }
        #expect(try await session.compute(values).allSatisfy { $0 })
    }

    @Test(arguments: [2, 4])
    func longTasksBehindAQuickOneRunSideBySide(workers: Int) async throws {
        // How long a task takes is only known afterwards; the quick one must not make the engine take the long ones for quick.
        let session = Session(workers: workers), point = MeetingPoint(workers)
        let quick = session.delayed(Delayed(1)) { (number: Int) in number }
        let values = (0..<workers).map { _ in session.delayed(quick) { (_: Int) in point.meet() } }
        #expect(try await session.compute(values).allSatisfy { $0 })
    }

    @Test func longTasksBehindManyQuickOnesRunSideBySide() async throws {
        let session = Session(workers: 2), point = MeetingPoint(2)
        let quick = Function("quick") { (number: Int) in number + 1 }
        var chain = session.delayed(quick, 0)
        for _ in 0..<5_000 { chain = session.delayed(quick, chain) }
        let values = (0..<2).map { _ in session.delayed(chain) { (_: Int) in point.meet() } }
        #expect(try await session.compute(values).allSatisfy { $0 })
    }

    @Test(arguments: [2, 3])
    func longTasksAmongQuickOnesOfTheSameLineRunSideBySide(workers: Int) async throws {
        let session = Session(workers: workers), point = MeetingPoint(workers)
        let values = (0..<4000).map { index in
            session.delayed(Delayed(index)) { (index: Int) in (2000..<2000 + workers).contains(index) ? point.meet() : true }
        }
        #expect(try await session.compute(values).allSatisfy { $0 })
    }

    @Test func anIdleEngineUsesNoProcessor() async throws {
        #if os(Linux)
        let session = Session(workers: 3), point = MeetingPoint(3)
        let clocks = try await session.compute(
            (0..<3).map { _ in
                session.delayed(Delayed(0)) { (_: Int) -> Int32 in
                    _ = point.meet()
                    var clock: clockid_t = 0
                    pthread_getcpuclockid(pthread_self(), &clock)
                    return clock
                }
            })
        #expect(Set(clocks).count == 3)
        func used() -> Double {
            clocks.reduce(0) { total, clock in
                var time = timespec()
                clock_gettime(clock, &time)
                return total + Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
            }
        }
        // Time passes so that a thread that spins would show, not to wait for something.
        let before = used()
        try await Task.sleep(for: .milliseconds(300))
        #expect(used() - before < 0.03, "three threads that spin would use up to 0.9 s")
        #endif
    }

    @Test func aValueIsFreedAfterItsLastUse() async throws {
        let session = Session(workers: 1), living = Counter()
        let first = session.delayed(Delayed(0)) { (_: Int) in Tracked(living) }
        let second = session.delayed(first) { (_: Tracked) in living.value }
        let third = session.delayed(second) { (before: Int) in [before, living.value] }
        #expect(try await third.compute() == [1, 0])
    }

    @Test func anEngineThatIsDroppedFreesWhatItHolds() async throws {
        let living = Counter()
        var engine: LocalEngine? = LocalEngine(options: SessionOptions(workers: 2))
        _ = try await engine?.put(.value(TypedValue(Tracked(living))))
        #expect(living.value == 1)
        engine = nil
        await eventually { living.value == 0 }
    }

    @Test func aResultIsFreedOnceTheCallerHasIt() async throws {
        let session = Session(workers: 2), living = Counter()
        var value: Tracked? = try await session.delayed(Delayed(0)) { (_: Int) in Tracked(living) }.compute()
        withExtendedLifetime(value) { #expect(living.value == 1) }
        value = nil
        // A worker may still hold the finished run for a moment.
        await eventually { living.value == 0 }
    }

    @Test func aThousandPlansOneAfterTheOther() async throws {
        let session = Session(workers: 4)
        let add = Function("add") { (a: Int, b: Int) in a + b }
        for number in 0..<1_000 { #expect(try await session.delayed(add, Delayed(number), 1).compute() == number + 1) }
        #expect(try await session.engine.resources().usedBytes == 0)
    }
}
