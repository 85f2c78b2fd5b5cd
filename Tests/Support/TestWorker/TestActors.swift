internal import SheafBag
internal import SheafCore
internal import SheafTesting

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// Objects of which tests ask where they live, and what else they do.
enum TestActors {
    struct Sums {
        var sums: [Int: Int] = [:]
        var calls = 0
    }

    /// Counts in the file how often it is made.
    static let sums = ActorType("test.sums") { (tally: String) in
        if !tally.isEmpty { try Tally.count(tally) }
        return Sums()
    }
    static let add = sums.method("test.sums.add") { (state: inout Sums, item: (key: Int, value: Int)) -> Int in
        state.calls += 1
        state.sums[item.key, default: 0] += item.value
        return state.sums[item.key, default: 0]
    }
    static let calls = sums.method("test.sums.calls") { (state: inout Sums) in state.calls }
    static let total = sums.method("test.sums.total") { (state: inout Sums) in state.sums.values.reduce(0, +) }
    /// The process it lives in.
    static let place = sums.method("test.sums.place") { (_: inout Sums) in getpid() }
    /// The process that has started that one.
    static let host = sums.method("test.sums.host") { (_: inout Sums) in getppid() }
    static let trap = sums.method("test.sums.trap") { (_: inout Sums, message: String) -> Int in fatalError(message) }
    /// Signals `PATH.started` and blocks for ever, whatever anybody says.
    static let hang = sums.method("test.sums.hang") { (state: inout Sums, path: String) -> Int in
        state.calls += 1
        try SignalPipe.send(path + ".started")
        while true { pause() }
    }

    /// Not among the functions of the program.
    static let stranger = ActorType("test.stranger") { (_: Int) in Sums() }

    static let all: [any RegisteredFunction] = [sums, add, calls, total, place, host, trap, hang, shared, twice, fromTask]

    /// What plans return goes into an object, by several tasks at a time, and what the object says into the closures of the next plans.
    static let shared = Workflow<String, [Int]>("test.shared") { session, tally in
        let object = try await session.actor(sums, tally)
        var totals: [Int] = []
        for round in 1...3 {
            let last = totals.last ?? 0
            let found = try await session.bag(0..<60, partitions: 3).map { ($0 % 5, $0 * round + last) }.reduceByKey(.sum).collect()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (key, value) in found { group.addTask { _ = try await object.call(add, (key, value)) } }
                try await group.waitForAll()
            }
            totals.append(try await object.call(total))
        }
        return totals
    }

    /// The same call twice at a time.
    static let twice = Workflow<String, Int>("test.twice") { session, path in
        let object = try await session.actor(sums, ""), pipe = try SignalPipe(path + ".started")
        async let first = object.call(hang, path)
        try await pipe.wait()
        do { _ = try await object.call(hang, path) } catch {
            await object.end()
            _ = try? await first
            throw error
        }
        return 0
    }

    /// A task that calls an object.
    static let fromTask = Workflow<Int, Int>("test.fromTask") { session, number in
        let object = try await session.actor(sums, "")
        return try await session.delayed(Delayed(number), async: { number in try await object.call(add, (number, 1)) }).compute()
    }
}
