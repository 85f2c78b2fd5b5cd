import Sheaf
import Testing

@Suite struct HistogramTests {
    @Test("Intervals include their lower edge, the last one its upper edge too; what lies outside is not counted", arguments: 1...4)
    func edges(partitions: Int) async throws {
        try await withSession { session async throws in
            let values = [-1, 0, 0.5, 1, 1, 1.5, 2, 2.5, 3, 3.0.nextUp, .nan, .infinity, -.infinity]
            let histogram = try await session.bag(values, partitions: partitions).histogram(edges: [0, 1, 2, 3])
            #expect(histogram.edges == [0, 1, 2, 3])
            #expect(histogram.counts == [2, 3, 3])
        }
    }

    @Test("Bins of equal width reach from the smallest to the largest element", arguments: [1, 2, 7, 100])
    func bins(_ bins: Int) async throws {
        try await withSession { session async throws in
            let values = (0...700).map { Double($0) / 10 }
            let histogram = try await session.bag(values, partitions: 3).histogram(bins: bins)
            #expect(histogram.edges.count == bins + 1)
            #expect(histogram.edges.first == 0 && histogram.edges.last == 70)
            #expect(histogram.counts.reduce(0, +) == values.count)
            #expect(histogram.counts.max()! - histogram.counts.min()! <= 2, "\(histogram.counts)")
        }
    }

    @Test("Where all elements are equal the bins lie around them", arguments: [0, 4.25, -1e300, 1e15])
    func equalElements(value: Double) async throws {
        try await withSession { session async throws in
            for bins in [1, 2, 5] {
                let histogram = try await session.bag([value, value, value], partitions: 2).histogram(bins: bins)
                #expect(histogram.counts.reduce(0, +) == 3)
                #expect(histogram.counts.max() == 3)
                #expect(zip(histogram.edges, histogram.edges.dropFirst()).allSatisfy { $0 < $1 }, "\(histogram.edges)")
                #expect(histogram.edges[0] <= value && value <= histogram.edges[bins])
            }
        }
    }

    @Test("An empty bag, and one of not-a-numbers only, has a histogram without counts")
    func nothingToCount() async throws {
        try await withSession { session async throws in
            for values in [[], [Double.nan, .nan]] {
                let histogram = try await session.bag(values, partitions: 2).histogram(bins: 3)
                #expect(histogram.counts == [0, 0, 0])
                #expect(histogram.edges.allSatisfy { $0.isFinite })
            }
            #expect(try await session.bag([1, .nan, 1]).histogram(bins: 1).counts == [2], "a not-a-number is in no bin")
        }
    }

    @Test(
        "Edges that are too few or do not ascend, and no bins at all, are refused", arguments: [[], [1], [1, 1], [2, 1], [0, .nan, 1]])
    func refused(edges: [Double]) async throws {
        try await withSession { session async throws in
            let error = await #expect(throws: PlanError.self) { try await session.bag([1.0]).histogram(edges: edges) }
            #expect(error?.code == .invalidArgument)
            let bins = await #expect(throws: PlanError.self) { try await session.bag([1.0]).histogram(bins: 0) }
            #expect(bins?.code == .invalidArgument)
        }
    }
}
