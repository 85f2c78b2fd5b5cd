import Sheaf
import Testing

@Suite struct SampleTests {
    @Test("The same seed picks the same elements, however the bag is partitioned", arguments: Setup.many)
    func independentOfPartitions(_ setup: Setup) async throws {
        let whole = try await withSession { try await $0.bag(0..<1000, partitions: 1).sample(fraction: 0.3, seed: 42).collect() }
        try await withSession(setup.options) { session async throws in
            let bag = session.bag(0..<1000, partitions: setup.partitions)
            #expect(try await bag.sample(fraction: 0.3, seed: 42).collect() == whole)
            #expect(try await bag.sample(fraction: 0.3, seed: 43).collect() != whole)
        }
        #expect(whole == whole.sorted(), "the order is kept")
    }

    @Test("A sample holds about the asked fraction", arguments: [0.01, 0.1, 0.5, 0.9])
    func size(fraction: Double) async throws {
        let count = try await withSession { try await $0.bag(0..<20_000, partitions: 5).sample(fraction: fraction, seed: 7).count() }
        // Five standard deviations of the binomial distribution; the seed is fixed, so this cannot come and go.
        let deviation = (20_000 * fraction * (1 - fraction)).squareRoot()
        #expect(abs(Double(count) - 20_000 * fraction) < 5 * deviation)
    }

    @Test("A fraction of 0 takes nothing and one of 1 everything")
    func ends() async throws {
        try await withSession { session async throws in
            let bag = session.bag(0..<500, partitions: 3)
            #expect(try await bag.sample(fraction: 0, seed: 1).collect() == [])
            #expect(try await bag.sample(fraction: 1, seed: 1).collect() == Array(0..<500))
        }
    }

    @Test("Without a seed of its own a sample follows the session's")
    func sessionSeed() async throws {
        func sample(_ seed: UInt64) async throws -> [Int] {
            try await withSession(SessionOptions(workers: 2, memory: 64 << 20, seed: seed)) {
                try await $0.bag(0..<300, partitions: 4).sample(fraction: 0.5).collect()
            }
        }
        let first = try await sample(5), again = try await sample(5), other = try await sample(6)
        #expect(first == again)
        #expect(first != other)
    }

    @Test("A fraction outside 0 to 1 is refused before anything runs", arguments: [-0.1, 1.1, .nan, .infinity])
    func outOfRange(fraction: Double) async throws {
        try await withSession { session async throws in
            let error = await #expect(throws: PlanError.self) { try await session.bag(0..<5).sample(fraction: fraction).collect() }
            #expect(error?.code == .invalidArgument)
            #expect(error?.hint != nil)
        }
    }
}
