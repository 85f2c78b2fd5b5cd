import ArgumentParser
import Sheaf

/// Sheaf's side of the benchmarks: each job as a user would write it. See Benchmarks/README.md for the work and the output.
@main
struct SheafJobs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sheaf-jobs",
        subcommands: [
            Tree.self, Wavefront.self, Independent.self, SumByKey.self, WordCount.self, Sort.self, Join.self, SpillingShuffle.self,
            SquareMean.self, SumOfProducts.self, Expression.self, SmallChunks.self, Matmul.self, Stencil.self, OutOfCore.self, TallQR.self,
            RandomSVD.self, TableSQL.self, TableCompile.self, GroupBy.self, TableJoin.self, TPCHJob.self, TPCHText.self,
            ReceiveColumns.self,
            ReceiveRows.self, ArrowRead.self, ArrowWrite.self, TableSort.self, LoadPostgres.self,
            EmptyCall<OnProcesses>.self, SmallCalls<OnProcesses>.self, LargeArgument<OnProcesses>.self,
            EngineWordCount<OnProcesses>.self, EngineSumOfProducts<OnProcesses>.self, EngineMatmul<OnProcesses>.self,
            EmptyNodes<OnDask>.self, EngineWordCount<OnDask>.self, MonteCarlo<OnDask>.self, Haversine<OnDask>.self,
            EngineMatmul<OnDask>.self,
            EmptyNodes<OnRay>.self, EngineWordCount<OnRay>.self, MonteCarlo<OnRay>.self, Haversine<OnRay>.self,
            EngineMatmul<OnRay>.self,
        ])

    static func main() async {
        await CommandRunner.main(SheafJobs.self, functions: EngineFunctions.all)
    }
}

struct Workers: ParsableArguments {
    @Option var workers = 2
    /// Bytes; all that the session wants when left out.
    @Option var memory: Int?

    func session() async throws -> Session {
        let session = try await Session(options: SessionOptions(workers: workers, memory: memory))
        // The first plan starts the threads' stacks and the allocator's arenas, as a peer's warm-up does.
        _ = try await session.bag(0..<1000).count()
        return session
    }

    var peer: String { workers == 1 ? "sheaf-1-thread" : "sheaf" }
}

extension AsyncParsableCommand {
    /// Runs the work, and prints the one line that the driver reads.
    func measure<R>(
        _ workers: Workers, isPerTask: Bool = false, _ work: () async throws -> R, check: (R) -> (check: String, items: Int)
    ) async throws {
        let clock = ContinuousClock()
        let begin = clock.now
        let result = try await work()
        let seconds = (clock.now - begin) / .seconds(1)
        let (check, items) = check(result)
        var line = #"{"job": "\#(Self._commandName)", "peer": "\#(workers.peer)", "version": "Sheaf 0.1.0", "seconds": \#(seconds), "#
        line += #""check": "\#(check)", "items": \#(items)"#
        if isPerTask { line += #", "tasks": \#(items), "secondsPerTask": \#(seconds / Double(items))"# }
        print(line + "}")
    }
}

extension Session {
    /// Lines “a,b”, two integers; others are left out.
    func pairs(of path: String) -> Bag<(Int, Int)> {
        lines(of: path, as: UTF8Slice.self).compactMap { line in
            guard let comma = line.firstIndex(of: UInt8(ascii: ",")), let first = Int(line[0..<comma]),
                let second = Int(line[comma + 1..<line.count])
            else { return nil }
            return (first, second)
        }
    }
}
