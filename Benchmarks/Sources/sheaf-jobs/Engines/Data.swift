import ArgumentParser
import Foundation
import Sheaf

/// Jobs on bags and arrays, as workflows: so all their tasks run on the engine.
enum EngineWorkflows {
    static let wordCount = Workflow<String, [(UTF8Slice, Int)]>("bench.word-count") { session, file in
        try await session.lines(of: file, as: UTF8Slice.self).flatMap { $0.words }.frequencies().collect()
    }

    static let matmul = Workflow<Int, Double>("bench.matmul") { session, size in
        let i = session.arange(0.0, Double(size), chunks: .uniform(1024))[.all, .newAxis]
        let j = session.arange(0.0, Double(size), chunks: .uniform(1024))
        let a = (i * 0.37 + j * 0.11).cos()
        return try await a.matmul(a).abs().sum().item()
    }

    static let sumOfProducts = Workflow<Int, Double>("bench.sum-of-products") { session, size in
        let a = session.arange(0.0, Double(size), chunks: .uniform(1 << 22)) * 1e-8
        return try await (a.sin() * (a + 1).cos()).sum().item()
    }

    static let all: [any RegisteredFunction] = [wordCount, matmul, sumOfProducts]
}

/// The words of a file, counted.
struct EngineWordCount<On: MeasuredEngine>: EngineJob {
    static var job: String { "word-count" }
    @Argument var file: String
    @OptionGroup var options: EngineOptions

    func work(_ session: Session, _: Void) async throws -> [(UTF8Slice, Int)] { try await session.run(EngineWorkflows.wordCount, file) }

    func check(_ counts: [(UTF8Slice, Int)]) -> (check: String, items: Int) {
        let total = counts.reduce(0) { $0 + $1.1 }, letters = counts.reduce(0) { $0 + $1.0.count * $1.1 }
        return ("words=\(counts.count) total=\(total) max=\(counts.map(\.1).max() ?? 0) letters=\(letters)", counts.count)
    }
}

/// The sum of the absolute elements of the product of two square matrices, of `--size` rows, in chunks of 1024².
struct EngineMatmul<On: MeasuredEngine>: EngineJob {
    static var job: String { "matmul" }
    @OptionGroup var options: EngineOptions

    func work(_ session: Session, _: Void) async throws -> Double { try await session.run(EngineWorkflows.matmul, options.size) }
    func check(_ sum: Double) -> (check: String, items: Int) { (String(format: "%.6e", sum), options.size) }
}

/// The sum of the products of two arrays' elements, of which there are `--size`, in chunks.
struct EngineSumOfProducts<On: MeasuredEngine>: EngineJob {
    static var job: String { "sum-of-products" }
    @OptionGroup var options: EngineOptions

    func work(_ session: Session, _: Void) async throws -> Double { try await session.run(EngineWorkflows.sumOfProducts, options.size) }
    func check(_ sum: Double) -> (check: String, items: Int) { (String(format: "%.6e", sum), options.size) }
}
