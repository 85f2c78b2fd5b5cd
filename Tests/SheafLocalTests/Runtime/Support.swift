internal import Foundation
internal import SheafCore
internal import SheafLocal
internal import SheafTesting
internal import Synchronization
internal import Testing

/// Threads that wait for each other: tells whether all of them were there at a time. Only for engines with threads of their own.
final class MeetingPoint: @unchecked Sendable {
    private let condition = NSCondition()
    private let wanted: Int
    private var arrived = 0

    init(_ wanted: Int) { self.wanted = wanted }

    /// Waits until all have come; `false` when they have not within half a minute.
    func meet() -> Bool {
        condition.lock()
        defer { condition.unlock() }
        arrived += 1
        condition.broadcast()
        let deadline = Date(timeIntervalSinceNow: 30)
        while arrived < wanted {
            if !condition.wait(until: deadline) { return false }
        }
        return true
    }
}

/// Counts from any thread.
final class Counter: Sendable {
    private let count = Atomic<Int>(0)
    var value: Int { count.load(ordering: .sequentiallyConsistent) }
    @discardableResult func add(_ amount: Int = 1) -> Int { count.add(amount, ordering: .sequentiallyConsistent).newValue }
}

/// A value that counts how many of its kind exist.
final class Tracked: Sendable {
    private let living: Counter
    init(_ living: Counter) {
        self.living = living
        living.add()
    }
    deinit { living.add(-1) }
}

/// Gives way until `condition` holds; the test's time limit ends it.
func eventually(_ condition: () async throws -> Bool) async rethrows {
    while try await !condition() { await Task.yield() }
}

extension Session {
    convenience init(workers: Int, memory: Int? = nil) {
        self.init(engine: LocalEngine(options: SessionOptions(workers: workers, memory: memory)))
    }

    /// Runs a random graph.
    func run(_ random: RandomGraph) async throws -> [[UInt64]?] {
        try await compute(try plan(random.graph, outputs: random.outputs), name: "random").map { $0.untyped as? [UInt64] }
    }

    /// Runs `body`, and returns what happened to tasks meanwhile, up to the end of one run.
    func taskEvents(_ body: () async throws -> Void) async rethrows -> [TaskEvent] {
        let stream = events(.tasks)
        try await body()
        var heard: [TaskEvent] = []
        loop: for await event in stream {
            switch event {
            case .task(let event): heard.append(event)
            case .runFinished, .runFailed: break loop
            default: break
            }
        }
        return heard
    }
}
