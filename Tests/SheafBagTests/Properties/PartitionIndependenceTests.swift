import Foundation
import Sheaf
import Testing

/// Results must not depend on how a bag is cut, on how many workers there are, nor on which of them moves first.
@Suite struct PartitionIndependenceTests {
    /// A random bag, cut at random places, with a random number of workers, on threads or simulated.
    struct Trial: Sendable, CustomTestStringConvertible {
        var seed: UInt64
        var partitions: Int { Int(seed % 17) + 1 }
        var setup: Setup { Setup(workers: Int(seed % 3) + 1, partitions: partitions, seed: seed % 2 == 0 ? seed : nil) }
        var testDescription: String { "seed \(seed): \(setup.testDescription)" }
    }

    static let trials = (1...34).map { Trial(seed: UInt64($0)) }

    /// Runs the body with a bag of random pairs, the same pairs in an array, and a number of partitions for results.
    private func withPairs(
        _ trial: Trial, _ body: (Bag<(String, Int)>, [(String, Int)], Int, inout RandomInputs) async throws -> Void
    ) async throws {
        var random = RandomInputs(seed: trial.seed)
        let pairs = random.pairs(random.below(400))
        let parts = random.cut(pairs, into: trial.partitions)
        try await withSession(trial.setup.options) { session async throws in
            try await body(try await session.bag(parts: parts), pairs, random.below(17) + 1, &random)
        }
    }

    @Test("Folding and grouping by key", arguments: trials)
    func byKey(_ trial: Trial) async throws {
        try await withPairs(trial) { bag, pairs, count, _ async throws in
            let groups = Dictionary(grouping: pairs, by: \.0).mapValues { $0.map(\.1) }
            #expect(try await dictionary(bag.groupByKey(partitions: count)) == groups)
            #expect(try await dictionary(bag.reduceByKey(.sum, partitions: count)) == groups.mapValues { $0.reduce(0, +) })
            #expect(try await dictionary(bag.reduceByKey(.min)) == groups.mapValues { $0.min()! })
            #expect(try await dictionary(bag.reduceByKey { $0 ^ $1 }) == groups.mapValues { $0.reduce(0, ^) })
            #expect(try await bag.countByKey() == groups.mapValues(\.count))
            #expect(try await dictionary(bag.map { (UTF8Slice($0.0), $0.1) }.reduceByKey(.sum)) == slices(pairs))
            let home = try await bag.partitionBy(count).mapPartitions { [Set($0.map(\.0))] }.collect()
            #expect(home.reduce(0) { $0 + $1.count } == groups.count, "equal keys lie together")
        }
    }

    @Test("Joins", arguments: trials)
    func joins(_ trial: Trial) async throws {
        try await withPairs(trial) { bag, pairs, count, random async throws in
            let others = random.pairs(40)
            let other = try await bag.session.bag(parts: random.cut(others, into: count))
            let matches = pairs.flatMap { pair in others.filter { $0.0 == pair.0 }.map { (pair.0, [pair.1, $0.1]) } }
            let expected = Dictionary(grouping: matches, by: \.0).mapValues { $0.map { "\($0.1)" }.sorted() }
            for partitions in [nil, count] {
                let found = try await bag.join(other, partitions: partitions).collect()
                #expect(Dictionary(grouping: found, by: \.0).mapValues { $0.map { "\([$0.1.0, $0.1.1])" }.sorted() } == expected)
                let keys = Set(others.map(\.0)), own = Set(pairs.map(\.0))
                let missing = try await bag.leftJoin(other, partitions: partitions).filter { $0.1.1 == nil }.count()
                #expect(missing == pairs.count { !keys.contains($0.0) })
                #expect(try await bag.leftJoin(other, partitions: partitions).count() == matches.count + missing)
                let extra = others.count { !own.contains($0.0) }
                #expect(try await bag.rightJoin(other, partitions: partitions).count() == matches.count + extra)
                #expect(try await bag.fullJoin(other, partitions: partitions).count() == matches.count + missing + extra)
                #expect(try await bag.cogroup(other, partitions: partitions).count() == keys.union(own).count)
            }
        }
    }

    @Test("Sorting, and what comes first", arguments: trials)
    func order(_ trial: Trial) async throws {
        try await withPairs(trial) { bag, pairs, count, random async throws in
            let byKey = pairs.enumerated().sorted { ($0.element.0, $0.offset) < ($1.element.0, $1.offset) }.map { Pair($0.element) }
            #expect(try await bag.sortByKey(partitions: count).collect().map { Pair($0) } == byKey)
            let byValue = pairs.enumerated().sorted { (-$0.element.1, $0.offset) < (-$1.element.1, $1.offset) }.map { Pair($0.element) }
            #expect(try await bag.sortBy(descending: true, partitions: count) { $0.1 }.collect().map { Pair($0) } == byValue)
            #expect(try await bag.values().sorted().collect() == pairs.map(\.1).sorted())
            let few = random.below(20)
            #expect(try await bag.top(few, by: \.1).map { Pair($0) } == Array(byValue.prefix(few)))
            #expect(try await bag.values().takeOrdered(few) == Array(pairs.map(\.1).sorted().prefix(few)))
            #expect(try await bag.take(few).map { Pair($0) } == pairs.prefix(few).map { Pair($0) })
            #expect(try await bag.first().map { Pair($0) } == pairs.first.map { Pair($0) })
        }
    }

    @Test("Positions, sets and folds", arguments: trials)
    func positions(_ trial: Trial) async throws {
        try await withPairs(trial) { bag, pairs, count, random async throws in
            let plain = pairs.map { Pair($0) }
            let indexed = try await bag.zipWithIndex().collect()
            #expect(indexed.map { Pair($0.0) } == plain)
            #expect(indexed.map(\.1) == Array(pairs.indices))
            let numbers = try await bag.session.bag(parts: random.cut(Array(0..<random.below(500)), into: count))
            let zipped = try await bag.zip(numbers).collect()
            #expect(zipped.map(\.1) == Array(0..<zipped.count))
            #expect(zipped.map { Pair($0.0) } == Array(plain.prefix(zipped.count)))
            #expect(zipped.count == min(pairs.count, try await numbers.count()))
            #expect(try await bag.coalesce(count).collect().map { Pair($0) } == plain)
            #expect(Set(try await bag.map { Pair($0) }.distinct(partitions: count).collect()) == Set(plain))
            #expect(try await bag.map { Pair($0) }.distinct().count() == Set(plain).count)
            let moved = try await bag.repartition(count).map { Pair($0) }.frequencies().collect()
            #expect(moved.reduce(0) { $0 + $1.1 } == plain.count)
            #expect(moved.allSatisfy { pair in plain.count { $0 == pair.0 } == pair.1 })
            #expect(try await bag.values().sum() == pairs.reduce(0) { $0 + $1.1 })
            #expect(try await bag.keys().reduce { $0 + $1 } == (pairs.isEmpty ? nil : pairs.map(\.0).joined()))
            #expect(try await bag.persist().collect().map { Pair($0) } == plain)
            #expect(try await bag.map { Pair($0) }.persist(.disk).collect() == plain)
        }
    }

    @Test("A long chain of operations", arguments: trials)
    func pipeline(_ trial: Trial) async throws {
        try await withPairs(trial) { bag, pairs, count, _ async throws in
            let doubled: Bag<(String, Int)> = bag.filter { $0.1 != 0 }.flatMap { [$0, ($0.0 + "!", $0.1 * 3)] }
            let sizes: Bag<(Int, Int)> = doubled.groupByKey(partitions: count).map { ($0.1.count % 3, $0.1.reduce(0, +)) }
            let long = sizes.repartition(3).reduceByKey(.sum).sortByKey().zipWithIndex().map { "\($0)" }
            var groups: [String: [Int]] = [:]
            for (key, value) in pairs where value != 0 {
                groups[key, default: []].append(value)
                groups[key + "!", default: []].append(value * 3)
            }
            var sums: [Int: Int] = [:]
            for values in groups.values { sums[values.count % 3, default: 0] += values.reduce(0, +) }
            let expected = sums.sorted { $0.key < $1.key }.enumerated().map { "\((($0.element.key, $0.element.value), $0.offset))" }
            #expect(try await long.collect() == expected)
        }
    }

    private func slices(_ pairs: [(String, Int)]) -> [UTF8Slice: Int] {
        Dictionary(pairs.map { (UTF8Slice($0.0), $0.1) }, uniquingKeysWith: +)
    }
}
