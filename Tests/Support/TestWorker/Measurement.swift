internal import SheafCore
internal import SheafWorker

/// What a call of a worker costs: `swift run -c release sheaf-test-worker measure`.
enum Measurement {
    static func runIfAsked() async throws {
        guard CommandLine.arguments.dropFirst().first == "measure" else { return }
        let engine = try ProcessesEngine(options: SessionOptions(workers: 2)), session = Session(engine: engine)
        try await measure("start two workers", count: 1) { try await engine.start() }
        for _ in 0..<3 {
            try await measure("empty call, by itself", count: 2000) {
                for number in 0..<2000 { _ = try await session.delayed(TestFunctions.nothing, Delayed(number)).compute() }
            }
            var chain = session.delayed(TestFunctions.nothing, 1)
            for _ in 1..<5000 { chain = session.delayed(TestFunctions.nothing, chain) }
            try await measure("empty call, one after the other in one plan", count: 5000) { [chain] in _ = try await chain.compute() }
            try await measure("small call, of 10,000 at a time", count: 10_000) {
                _ = try await session.compute((0..<10_000).map { session.delayed(TestFunctions.nothing, Delayed($0)) })
            }
        }
        let big = Delayed([UInt8](repeating: 1, count: 100_000_000))
        for time in ["first", "second", "third"] {
            try await measure("call with 100 MB, the \(time) time", count: 1) {
                _ = try await session.delayed(TestFunctions.sum, big).compute()
            }
        }
        let object = try await session.actor(TestActors.sums, "")
        for _ in 0..<3 {
            try await measure("call of an object", count: 2000) {
                for number in 0..<2000 { _ = try await object.call(TestActors.add, (number, 1)) }
            }
        }
        await session.close()
    }

    private static func measure(_ what: String, count: Int, _ body: () async throws -> Void) async throws {
        let begin = ContinuousClock.now
        try await body()
        let microseconds = (ContinuousClock.now - begin) / .microseconds(count)
        print("\(what): \((microseconds * 100).rounded() / 100) µs")
    }
}
