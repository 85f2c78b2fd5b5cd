internal import SheafArray
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

/// Workflows that tests run, and that their workers repeat.
enum TestWorkflows {
    static let all: [any RegisteredFunction] = [places, steps, once, beside, twins, fickle, killed, recovers, unnamed]

    /// The processes in which closures over elements ran.
    static let places = Workflow<Int, Set<Int>>("test.places") { session, count in
        Set(try await session.bag(0..<count, partitions: 4).map { _ in Int(getpid()) }.collect())
    }

    /// Plans that follow from what others returned.
    static let steps = Workflow<Int, Int>("test.steps") { session, count in
        var limit = count
        for _ in 0..<3 {
            let bound = limit
            limit =
                try await session.bag(0..<bound, partitions: 3).filter { $0 % 2 == 0 }.map { ($0 % 3, 1) }.reduceByKey(.sum).count() + bound
                / 2
        }
        let kept = try await session.arange(0, limit, chunks: 7).persist()
        let sum = try await (kept * 2).sum().item()
        return try await session.bag(0..<sum, partitions: 2).count() + kept.rechunked([limit]).sum().item()
    }

    /// What is done once is not done by workers, and they are told what came of it.
    static let once = Workflow<String, [Int]>("test.once") { session, tally in
        let own = try await session.once { () -> Int in
            try Tally.count(tally)
            return Int(getpid())
        }
        return try await session.bag(0..<4, partitions: 2).map { own + $0 }.collect()
    }

    /// Different plans at a time.
    static let beside = Workflow<Int, Int>("test.beside") { session, count in
        try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 1...count {
                group.addTask { try await session.bag(0..<number, partitions: number).map { $0 + number }.fold(0) { $0 + $1 } }
            }
            return try await group.reduce(0, +)
        }
    }

    /// Plans at a time that only what closures have captured tells apart.
    static let twins = Workflow<String, Int>("test.twins") { session, folder in
        func count(_ name: String) async throws -> Int {
            try await session.bag(0..<1, partitions: 1).map { try Tally.count("\(folder)/\(name)\($0)") }.count()
        }
        async let one = count("a"), other = count("b")
        return try await one + other
    }

    /// A plan that no worker makes again.
    static let fickle = Workflow<Int, Int>("test.fickle") { session, _ in
        try await session.bag(0..<10, partitions: Int(getpid()) % 10_000 + 1).count()
    }

    /// A task in the middle of a shuffle kills its process, the first time.
    static let killed = Workflow<String, [Int]>("test.killed") { session, tally in
        let pairs = session.bag(0..<1000, partitions: 6).map { number -> (Int, Int) in
            if number == 500, try Tally.count(tally) == 1 { kill(getpid(), SIGKILL) }
            return (number % 10, number)
        }
        return try await pairs.reduceByKey(.sum, partitions: 3).collect().sorted { $0.0 < $1.0 }.map(\.1)
    }

    /// Goes on after a plan that fails.
    static let recovers = Workflow<Int, String>("test.recovers") { session, count in
        struct Broken: Error {}
        do {
            _ = try await session.bag(0..<count).map { number throws -> Int in
                if number == 3 { throw Broken() }
                return number
            }.count()
            return "no error"
        } catch let error as TaskError {
            let left = try await session.bag(0..<count).filter { $0 != 3 }.count()
            return "\(error.code) \(left)"
        }
    }

    /// What tasks hand to each other cannot be written down.
    static let unnamed = Workflow<Int, Int>("test.unnamed") { session, count in
        final class Opaque: Sendable {}
        return try await session.bag(0..<count, partitions: 2).map { _ in Opaque() }.collect().count
    }
}
