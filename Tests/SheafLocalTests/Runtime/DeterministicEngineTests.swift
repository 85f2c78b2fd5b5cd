internal import SheafCore
internal import SheafLocal
internal import SheafTesting
internal import Testing

/// The simulated engine: a seed is an interleaving.
@Suite(.timeLimit(.minutes(1)))
struct DeterministicEngineTests {
    private func session(_ seed: UInt64, workers: Int = 3, memory: Int? = nil) -> Session {
        Session(engine: DeterministicEngine(options: SessionOptions(workers: workers, memory: memory, seed: seed)))
    }

    /// What happened, in order, as text.
    private func story(_ seed: UInt64, _ random: RandomGraph, memory: Int? = nil) async throws -> (events: [String], result: [[UInt64]?]) {
        let session = session(seed, memory: memory)
        var result: [[UInt64]?] = []
        let events = try await session.taskEvents { result = try await session.run(random) }
        return (events.map(\.story), result)
    }

    @Test(arguments: Array(UInt64(1)...5), [nil, 512 << 10])
    func theSameSeedIsTheSameInterleaving(seed: UInt64, memory: Int?) async throws {
        let random = RandomGraph(seed: 7, nodes: 60, words: memory == nil ? 1 : 10_000)
        let first = try await story(seed, random, memory: memory), second = try await story(seed, random, memory: memory)
        #expect(first.events == second.events && !first.events.isEmpty)
        #expect(first.result == random.expected)
    }

    @Test func differentSeedsAreDifferentInterleavingsOfTheSameResult() async throws {
        let random = RandomGraph(seed: 7, nodes: 120)
        var stories: Set<[String]> = []
        for seed in UInt64(1)...10 {
            let (events, result) = try await story(seed, random)
            #expect(result == random.expected)
            stories.insert(events)
        }
        #expect(stories.count == 10)
    }

    @Test func waitsBeforeRetriesTakeNoTime() async throws {
        struct NotYet: Error {}
        let session = session(1), attempts = Counter()
        let policy = RetryPolicy(attempts: 5, delay: 86_400, backoff: 1, maximumDelay: 86_400)
        let value = session.delayed(Delayed(0), options: NodeOptions(retry: policy)) { (_: Int) in
            if attempts.add() < 5 { throw NotYet() }
            return attempts.value
        }
        // Four days of simulated time, within the time limit of this test.
        #expect(try await value.compute() == 5)
    }

    @Test func retriesComeInTheOrderOfTheirWaits() async throws {
        struct NotYet: Error {}
        let session = session(3, workers: 1)
        func value(_ name: String, delay: Double) -> Delayed<String> {
            let attempts = Counter()
            return session.delayed(Delayed(name), options: NodeOptions(name: name, retry: RetryPolicy(attempts: 2, delay: delay))) {
                (name: String) in
                if attempts.add() == 1 { throw NotYet() }
                return name
            }
        }
        let values = [value("late", delay: 50), value("soon", delay: 2), value("later", delay: 60)]
        let events = try await session.taskEvents { _ = try await session.compute(values) }
        let finished = events.compactMap { if case .finished = $0.kind { $0.name } else { nil } }
        #expect(finished == ["soon", "late", "later"])
    }

    @Test func dynamicTasksAndFailuresReplay() async throws {
        let session = session(9)
        let outer = session.delayed(
            Delayed(4),
            async: { (count: Int) in
                try await session.compute((0..<count).map { session.delayed(Delayed($0)) { (number: Int) in number * number } }).reduce(
                    0, +)
            })
        #expect(try await outer.compute() == 14)
    }
}

extension TaskEvent {
    /// Without times and sizes: how much room an array has beyond its count is up to the allocator.
    fileprivate var story: String {
        let what =
            switch kind {
            case .started: "started"
            case .finished: "finished"
            case .failed(let message, let willRetry): "failed \(message) \(willRetry)"
            case .cancelled: "cancelled"
            case .spilled: "spilled"
            case .loaded: "loaded"
            }
        return "\(node) \(worker) \(attempt) \(what)"
    }
}
