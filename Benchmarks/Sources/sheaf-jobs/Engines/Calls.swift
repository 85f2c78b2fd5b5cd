import ArgumentParser
import Sheaf

/// Functions of the jobs on other engines: what runs in their workers.
enum EngineFunctions {
    static let nothing = Function("bench.nothing") { (number: Int) in number }
    static let total = Function("bench.total") { (numbers: [Int]) in numbers.reduce(0, +) }
    static let length = Function("bench.length") { (bytes: [UInt8]) in bytes.count }

    static let all: [any RegisteredFunction] =
        [nothing, total, length, MonteCarloFunctions.draw, HaversineFunctions.distances] + EngineWorkflows.all
}

/// One call after the other, each waited for; its time is the median of all round trips.
struct EmptyCall<On: MeasuredEngine>: EngineJob {
    static var job: String { "empty-call" }
    @OptionGroup var options: EngineOptions
    var tasks: Int? { options.size }

    func work(_ session: Session, _: Void) async throws -> (sum: Int, seconds: [Double]) {
        var sum = 0, seconds: [Double] = []
        let clock = ContinuousClock()
        for number in 0..<options.size {
            let begin = clock.now
            sum += try await session.delayed(EngineFunctions.nothing, Delayed(number)).compute()
            seconds.append((clock.now - begin) / .seconds(1))
        }
        return (sum, seconds)
    }

    func secondsPerTask(_ answer: (sum: Int, seconds: [Double])) -> Double? { answer.seconds.sorted()[answer.seconds.count / 2] }
    func check(_ answer: (sum: Int, seconds: [Double])) -> (check: String, items: Int) { (String(answer.sum), options.size) }
}

/// Many calls at a time.
struct SmallCalls<On: MeasuredEngine>: EngineJob {
    static var job: String { "small-calls" }
    @OptionGroup var options: EngineOptions
    var tasks: Int? { options.size }

    func work(_ session: Session, _: Void) async throws -> Int {
        try await session.compute((0..<options.size).map { session.delayed(EngineFunctions.nothing, Delayed($0)) }).reduce(0, +)
    }

    func check(_ sum: Int) -> (check: String, items: Int) { (String(sum), options.size) }
}

/// Calls, one after the other, with the same large argument, which lies where the workers find it after the first.
struct LargeArgument<On: MeasuredEngine>: EngineJob {
    static var job: String { "large-argument" }
    private static var calls: Int { 10 }
    @OptionGroup var options: EngineOptions
    var tasks: Int? { Self.calls }

    func make(_ session: Session) -> Delayed<[UInt8]> { Delayed([UInt8](repeating: 1, count: options.size)) }

    func work(_ session: Session, _ bytes: Delayed<[UInt8]>) async throws -> Int {
        var sum = 0
        for _ in 0..<Self.calls { sum += try await session.delayed(EngineFunctions.length, bytes).compute() }
        return sum
    }

    func check(_ sum: Int) -> (check: String, items: Int) { (String(sum), Self.calls) }
}

/// Nodes that do nothing, and one that adds up what they return.
struct EmptyNodes<On: MeasuredEngine>: EngineJob {
    static var job: String { "empty-nodes" }
    @OptionGroup var options: EngineOptions
    var tasks: Int? { options.size + 1 }

    func work(_ session: Session, _: Void) async throws -> Int {
        try await session.delayed(EngineFunctions.total, session.map(EngineFunctions.nothing, over: 0..<options.size)).compute()
    }

    func check(_ sum: Int) -> (check: String, items: Int) { (String(sum), options.size) }
}
