import Foundation
import Sheaf
import Testing

/// A case of statistics.json: a distribution, drawn anew from its seed, and its moments without rounding.
struct StatisticsCase: Decodable, Sendable, CustomTestStringConvertible {
    var distribution: String
    var count: Int
    var seed: UInt64
    var first: [Double]
    var sum: Double
    var absoluteSum: Double
    var mean: Double
    var variance: Double
    var sampleVariance: Double
    var minimum: Double
    var maximum: Double
    var edges: [Double]
    var counts: [Int]

    var testDescription: String { "\(distribution), \(count)" }

    static let all = Oracle.cases("statistics", as: StatisticsCase.self)

    func values() -> [Double] {
        var random = SplitMix64(seed: seed)
        func unit(_ number: UInt64) -> Double { Double(number >> 11) * 0x1p-53 }
        return (0..<count).map { _ in
            switch distribution {
            case "uniform": return unit(random.next())
            case "farFromZero": return 1e9 + unit(random.next())
            case "manyMagnitudes":
                let fraction = unit(random.next()) + 1, number = random.next()
                return scalbn(number & 1 == 1 ? fraction : -fraction, Int((number >> 1) % 81) - 40)
            default: fatalError("the oracle draws from an unknown distribution: \(distribution)")
            }
        }
    }
}

@Suite struct StatisticsTests {
    @Test("Sum, mean, variance and histogram of many doubles are as exact arithmetic has them", arguments: StatisticsCase.all, [1, 7])
    func doubles(_ expected: StatisticsCase, _ partitions: Int) async throws {
        let values = expected.values()
        #expect(Array(values.prefix(3)) == expected.first, "the generator is not the oracle's")
        try await withSession { session async throws in
            let bag = session.bag(values, partitions: partitions)
            // The bound for compensated sums: a rounding of the result, and one of second order for each addition.
            let rounding = abs(expected.sum) * 0x1p-52 + Double(expected.count) * expected.absoluteSum * 0x1p-104
            #expect(abs(try await bag.sum() - expected.sum) <= rounding)
            #expect(
                abs(try #require(try await bag.mean()) - expected.mean) <= rounding / Double(expected.count) + abs(expected.mean) * 0x1p-52)
            let stats = try await bag.stats()
            #expect(stats.count == expected.count)
            #expect(stats.minimum == expected.minimum)
            #expect(stats.maximum == expected.maximum)
            #expect(abs(stats.sum - expected.sum) <= rounding)
            #expect(abs(stats.mean - expected.mean) <= 1e-12 * max(abs(expected.mean), expected.variance.squareRoot()))
            // Welford's update is off by some units of 2⁻⁵³ times the condition number, √(1 + mean² / variance).
            let condition = (1 + expected.mean * expected.mean / expected.variance).squareRoot()
            let tolerance = expected.variance * 0x1p-53 * 100 * condition
            #expect(abs(stats.variance - expected.variance) <= tolerance)
            #expect(abs(stats.sampleVariance - expected.sampleVariance) <= tolerance)
            #expect(stats.standardDeviation == stats.variance.squareRoot())
            #expect(try await bag.histogram(edges: expected.edges) == session.histogram(expected.edges, expected.counts))
        }
    }

    @Test("Statistics of integers are those of the same doubles", arguments: ElementsCase.all)
    func integers(_ expected: ElementsCase) async throws {
        try await withSession { session async throws in
            let stats = try await session.bag(expected.input, partitions: 3).stats()
            #expect(stats.count == expected.count)
            #expect(stats.minimum == expected.min.map { Double($0) } ?? .infinity)
            #expect(stats.maximum == expected.max.map { Double($0) } ?? -.infinity)
            if expected.sum != nil, let mean = expected.mean { #expect(abs(stats.mean - mean) <= 1e-13 * max(abs(mean), 1)) }
        }
    }

    @Test("Too few elements have no variance")
    func fewElements() async throws {
        try await withSession { session async throws in
            let none = try await session.bag([Double](), partitions: 3).stats()
            #expect(none.count == 0 && none.sum == 0 && none.variance.isNaN && none.sampleVariance.isNaN)
            let one = try await session.bag([4.5], partitions: 3).stats()
            #expect(one.count == 1 && one.mean == 4.5 && one.variance == 0 && one.sampleVariance.isNaN)
            #expect(try await session.bag([Double]()).sum() == 0)
            #expect(try await session.bag([Double]()).mean() == nil)
        }
    }

    @Test("Rounding does not eat small terms beside large ones, however they are cut", arguments: 1...6)
    func cancellation(partitions: Int) async throws {
        try await withSession { session async throws in
            #expect(try await session.bag([1e16, 1, 1, -1e16, 1e-3, 1], partitions: partitions).sum() == 3.001)
            #expect(try await session.bag([1, 1e100, 1, -1e100], partitions: partitions).sum() == 2)
        }
    }

    @Test("Infinities and not-a-numbers come through a sum as they do through +", arguments: 1...3)
    func nonFinite(partitions: Int) async throws {
        try await withSession { session async throws in
            #expect(try await session.bag([1, .infinity, 2], partitions: partitions).sum() == .infinity)
            #expect(try await session.bag([1, .infinity, -.infinity], partitions: partitions).sum().isNaN)
            #expect(try await session.bag([1, .nan, 2], partitions: partitions).sum().isNaN)
            #expect(try await session.bag([1e308, 1e308, 1e308], partitions: partitions).sum() == .infinity)
        }
    }
}

extension Session {
    /// What a histogram of these edges and counts is; by way of its coded form, since only bags make histograms.
    fileprivate func histogram(_ edges: [Double], _ counts: [Int]) throws -> Histogram {
        struct Parts: Encodable { var edges: [Double], counts: [Int] }
        return try JSONDecoder().decode(Histogram.self, from: JSONEncoder().encode(Parts(edges: edges, counts: counts)))
    }
}
