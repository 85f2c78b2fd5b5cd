import ArgumentParser
import Foundation
import Sheaf

/// The array jobs. Work that takes milliseconds is done once to warm up and then several times, of which the median counts, as
/// its peers do.
protocol ArrayJob: AsyncParsableCommand {
    associatedtype Inputs
    associatedtype Result
    var size: Int { get }
    var workers: Workers { get }
    static var repeats: Int { get }
    func make(_ session: Session) async throws -> Inputs
    func work(_ inputs: Inputs) async throws -> Result
    func check(_ result: Result) async throws -> String
}

extension ArrayJob {
    static var repeats: Int { 5 }

    func run() async throws {
        let inputs = try await make(try await workers.session())
        var result = try await work(inputs)
        var seconds: [Double] = []
        let clock = ContinuousClock()
        for _ in 0..<Self.repeats {
            let begin = clock.now
            result = try await work(inputs)
            seconds.append((clock.now - begin) / .seconds(1))
        }
        let median = seconds.sorted()[seconds.count / 2]
        var line = #"{"job": "\#(Self._commandName)", "peer": "\#(workers.peer)", "version": "Sheaf 0.1.0", "seconds": \#(median), "#
        line += #""check": "\#(try await check(result))", "items": \#(size)"#
        if self is SmallChunks {
            let tasks = 2 * (size / 1000)
            line += #", "tasks": \#(tasks), "secondsPerTask": \#(median / Double(tasks))"#
        }
        print(line + "}")
    }
}

/// As Python prints it with `.6e`.
private func number(_ value: Double, digits: Int = 6) -> String { String(format: "%.\(digits)e", value) }

private func ramp(_ session: Session, _ size: Int, from start: Double = 0) async throws -> NDArray<Double> {
    try await ((session.arange(0.0, Double(size), chunks: .uniform(1 << 22)) + start) * 1e-8).persist()
}

struct SquareMean: ArrayJob {
    static let configuration = CommandConfiguration(commandName: "square-mean")
    @Option var size: Int
    @OptionGroup var workers: Workers

    func make(_ session: Session) async throws -> NDArray<Double> { try await ramp(session, size) }
    func work(_ x: NDArray<Double>) async throws -> Double { try await (x * x + 10).mean().item() }
    func check(_ mean: Double) -> String { number(mean) }
}

struct SumOfProducts: ArrayJob {
    static let configuration = CommandConfiguration(commandName: "sum-of-products")
    @Option var size: Int
    @OptionGroup var workers: Workers

    func make(_ session: Session) async throws -> [NDArray<Double>] {
        [try await ramp(session, size), try await ramp(session, size, from: 1)]
    }
    func work(_ ab: [NDArray<Double>]) async throws -> Double { try await (ab[0] * ab[1]).sum().item() }
    func check(_ sum: Double) -> String { number(sum) }
}

struct Expression: ArrayJob {
    static let configuration = CommandConfiguration(commandName: "expression")
    @Option var size: Int
    @OptionGroup var workers: Workers

    func make(_ session: Session) async throws -> [NDArray<Double>] {
        [try await ramp(session, size), try await ramp(session, size, from: 1)]
    }
    func work(_ ab: [NDArray<Double>]) async throws -> NDArray<Double> {
        let (a, b) = (ab[0], ab[1])
        let product: NDArray<Double> = (a * a + b) * (a - b)
        return try await (product / (b + 2.0) - (a + 1.0) * 3.0).persist()
    }
    func check(_ y: NDArray<Double>) async throws -> String { number(try await y.compute()[size / 2]) }
}

struct SmallChunks: ArrayJob {
    static let configuration = CommandConfiguration(commandName: "small-chunks")
    @Option var size: Int
    @OptionGroup var workers: Workers

    func make(_ session: Session) async throws -> NDArray<Double> { try await session.ones(shape: [size], chunks: 1000).persist() }
    func work(_ x: NDArray<Double>) async throws -> Double { try await (x + 1).sum().item() }
    func check(_ sum: Double) -> String { number(sum) }
}
