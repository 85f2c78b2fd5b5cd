import Sheaf

/// Sorting, the largest few, samples and statistics.
@main struct Sorting: Program {
    @Argument var count = 1_000_000

    func run(in session: Session) async throws {
        let numbers = session.bag(0..<count).map { SplitMix64.mix(UInt64($0)) % 1_000_000 }
        print("smallest:", try await numbers.sorted().take(5))
        print("largest: ", try await numbers.top(5))
        print("a sample:", try await numbers.sample(fraction: 5 / Double(count), seed: 7).collect())

        let stats = try await numbers.map { Double($0) }.stats()
        print("mean \(stats.mean), standard deviation \(stats.standardDeviation), from \(stats.minimum) to \(stats.maximum)")
        print("histogram:", try await numbers.map { Double($0) }.histogram(bins: 4).counts)
    }
}
