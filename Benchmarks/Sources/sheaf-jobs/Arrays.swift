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

/// The same matrix for every peer, of full rank.
private func pattern(_ session: Session, _ rows: Int, _ columns: Int, chunks: ChunkSizes) async throws -> NDArray<Double> {
    try await session.array(shape: [rows, columns], chunks: chunks) { index in
        cos(Double(index[0]) * 0.37 + Double(index[1] * index[1]) * 0.11) + (index[0] % columns == index[1] ? 1 : 0)
    }.persist()
}

struct Matmul: ArrayJob {
    static let configuration = CommandConfiguration(commandName: "matmul")
    static let repeats = 1
    @Option var size: Int
    @OptionGroup var workers: Workers

    func make(_ session: Session) async throws -> NDArray<Double> {
        try await pattern(session, size, size, chunks: [min(size, 2048), min(size, 2048)])
    }
    func work(_ a: NDArray<Double>) async throws -> NDArray<Double> { try await a.matmul(a).persist() }
    func check(_ c: NDArray<Double>) async throws -> String { number(try await c[size / 2, size / 3].item()) }
}

struct Stencil: ArrayJob {
    static let configuration = CommandConfiguration(commandName: "stencil")
    static let repeats = 1
    @Option var size: Int
    @OptionGroup var workers: Workers

    func make(_ session: Session) async throws -> NDArray<Double> { try await pattern(session, size, size, chunks: [500, -1]) }

    func work(_ grid: NDArray<Double>) async throws -> NDArray<Double> {
        var grid = grid
        for _ in 0..<10 {
            grid = grid.mapOverlap(depth: 1, boundary: .constant(0), to: Double.self) { chunk, output in
                let width = chunk.shape[1], inner = width - 2
                chunk.withUnsafeBufferPointer { a in
                    for row in 1..<chunk.shape[0] - 1 {
                        let own = row * width, target = (row - 1) * inner - 1
                        for i in 1..<width - 1 {
                            output[target + i] =
                                0.2 * (a[own + i] + a[own - width + i] + a[own + width + i] + a[own + i - 1] + a[own + i + 1])
                        }
                    }
                }
            }
        }
        return try await grid.persist()
    }

    func check(_ grid: NDArray<Double>) async throws -> String { number(try await grid[size / 2, size / 3].item()) }
}

/// An array of four times the memory: made, transposed, cut the other way, and summed.
struct OutOfCore: ArrayJob {
    static let configuration = CommandConfiguration(commandName: "out-of-core")
    static let repeats = 1
    @Option var size: Int
    @OptionGroup var workers: Workers

    func make(_ session: Session) async throws -> Session { session }

    func work(_ session: Session) async throws -> DenseArray<Double> {
        let rows = max(size / 16, 1)
        let i = session.arange(0.0, Double(size), chunks: .uniform(rows))[.all, .newAxis]
        let j = session.arange(0.0, Double(size), chunks: -1)
        let x = (i * 0.37 + j * 0.11).cos()
        return try await x.transposed().rechunked([rows, size]).sum(axes: [1]).compute()
    }

    func check(_ sums: DenseArray<Double>) -> String { number(sums[size / 3]) }
}

struct TallQR: ArrayJob {
    static let configuration = CommandConfiguration(commandName: "tall-qr")
    static let repeats = 1
    @Option var size: Int
    @OptionGroup var workers: Workers

    func make(_ session: Session) async throws -> NDArray<Double> { try await pattern(session, size, 100, chunks: [50_000, 100]) }

    func work(_ a: NDArray<Double>) async throws -> NDArray<Double> {
        let (q, r) = a.qr()
        return try await a.session.persist(q, r).1
    }

    func check(_ r: NDArray<Double>) async throws -> String { number(abs(try await r[0, 0].item())) }
}

struct RandomSVD: ArrayJob {
    static let configuration = CommandConfiguration(commandName: "random-svd")
    static let repeats = 1
    @Option var size: Int
    @OptionGroup var workers: Workers

    func make(_ session: Session) async throws -> NDArray<Double> { try await pattern(session, size, 1000, chunks: [5000, 1000]) }
    func work(_ a: NDArray<Double>) async throws -> DenseArray<Double> {
        try await a.compressedSVD(rank: 10, powerIterations: 2, seed: 7).s.compute()
    }
    func check(_ s: DenseArray<Double>) -> String { number(s[0], digits: 3) }
}
