import ArgumentParser
import Foundation
import Sheaf

/// The words of a file, counted: a bag with a named function.
struct EngineWordCount<On: MeasuredEngine>: EngineJob {
    static var job: String { "word-count" }
    @Argument var file: String
    @OptionGroup var options: EngineOptions

    func work(_ session: Session, _: Void) async throws -> [(UTF8Slice, Int)] {
        try await session.lines(of: file, as: UTF8Slice.self).flatMap(WordFunctions.words).frequencies().collect()
    }

    func check(_ counts: [(UTF8Slice, Int)]) -> (check: String, items: Int) {
        let total = counts.reduce(0) { $0 + $1.1 }, letters = counts.reduce(0) { $0 + $1.0.count * $1.1 }
        return ("words=\(counts.count) total=\(total) max=\(counts.map(\.1).max() ?? 0) letters=\(letters)", counts.count)
    }
}

enum WordFunctions {
    static let words = Function("bench.word-count.words") { (line: UTF8Slice) in line.words }
}

/// The sum of the elements of the product of two square matrices, of `--size` rows, in chunks of 1024.
struct EngineMatmul<On: MeasuredEngine>: EngineJob {
    static var job: String { "matmul" }
    @OptionGroup var options: EngineOptions

    private func matrix(_ session: Session) -> NDArray<Double> {
        let size = Double(options.size)
        let i = session.arange(0.0, size, chunks: .uniform(1024))[.all, .newAxis], j = session.arange(0.0, size, chunks: .uniform(1024))
        return (i * 0.37 + j * 0.11).cos()
    }

    func work(_ session: Session, _: Void) async throws -> Double {
        let a = matrix(session)
        return try await a.matmul(a).abs().sum().item()
    }

    func check(_ sum: Double) -> (check: String, items: Int) { (String(format: "%.6e", sum), options.size) }
}

/// The sum of the products of two arrays' elements, of which there are `--size`, in chunks.
struct EngineSumOfProducts<On: MeasuredEngine>: EngineJob {
    static var job: String { "sum-of-products" }
    @OptionGroup var options: EngineOptions

    func work(_ session: Session, _: Void) async throws -> Double {
        let a = session.arange(0.0, Double(options.size), chunks: .uniform(1 << 22)) * 1e-8
        return try await (a.sin() * (a + 1).cos()).sum().item()
    }

    func check(_ sum: Double) -> (check: String, items: Int) { (String(format: "%.6e", sum), options.size) }
}
