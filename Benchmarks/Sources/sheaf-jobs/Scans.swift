import ArgumentParser
import Sheaf

struct SumByKey: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "sum-by-key")
    @Argument var file: String
    @OptionGroup var workers: Workers

    func run() async throws {
        let session = try await workers.session()
        try await measure(workers) {
            try await session.pairs(of: file).reduceByKey(.sum).collect()
        } check: { sums in
            let total = sums.reduce(0) { $0 + $1.1 }, weighted = sums.reduce(0) { $0 + $1.0 * $1.1 }
            return ("keys=\(sums.count) total=\(total) max=\(sums.map(\.1).max() ?? 0) weighted=\(weighted)", sums.count)
        }
    }
}

struct WordCount: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "word-count")
    @Argument var file: String
    @OptionGroup var workers: Workers

    func run() async throws {
        let session = try await workers.session()
        try await measure(workers) {
            try await session.lines(of: file, as: UTF8Slice.self).flatMap { $0.words }.frequencies().collect()
        } check: { counts in
            let total = counts.reduce(0) { $0 + $1.1 }, letters = counts.reduce(0) { $0 + $1.0.count * $1.1 }
            return ("words=\(counts.count) total=\(total) max=\(counts.map(\.1).max() ?? 0) letters=\(letters)", counts.count)
        }
    }
}
