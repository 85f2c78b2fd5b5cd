import Sheaf
import Testing

@Suite struct StructureTests {
    @Test("zip, zipWithIndex and union keep positions, whatever the partitions of either side", arguments: ElementsCase.all, Setup.few)
    func positions(_ expected: ElementsCase, _ setup: Setup) async throws {
        try await withSession(setup.options) { session async throws in
            let bag = session.bag(expected.input, partitions: setup.partitions)
            #expect(try await bag.zipWithIndex().collect().map { [$0.0, $0.1] } == expected.zipWithIndex)
            for partitions in [1, 2, 5] {
                let other = session.bag(expected.other, partitions: partitions)
                #expect(try await bag.zip(other).collect().map { [$0.0, $0.1] } == expected.zip)
                #expect(try await bag.union(other).collect() == expected.union)
            }
        }
    }

    @Test("distinct and frequencies name each element once", arguments: ElementsCase.all, Setup.few)
    func distinct(_ expected: ElementsCase, _ setup: Setup) async throws {
        try await withSession(setup.options) { session async throws in
            let bag = session.bag(expected.input, partitions: setup.partitions)
            for partitions in [nil, 1, 3] {
                #expect(try await bag.distinct(partitions: partitions).collect().sorted() == expected.distinct.sorted())
                let frequencies = try await bag.frequencies(partitions: partitions).collect().map { [$0.0, $0.1] }
                #expect(frequencies.sorted { $0[0] < $1[0] } == expected.frequencies)
            }
        }
    }

    @Test("zip reads only the blocks it needs of a side that takes many", arguments: [1, 3, 7])
    func zipOverManyBlocks(partitions: Int) async throws {
        // 8,192 integers make a block of 64 KiB.
        try await withSession { session async throws in
            let left = session.bag(0..<40_000, partitions: partitions)
            let right = session.bag(100_000..<150_000, partitions: 2)
            let pairs = try await left.zip(right).collect()
            #expect(pairs.count == 40_000)
            #expect(pairs.allSatisfy { $0.1 == $0.0 + 100_000 })
        }
    }

    @Test("mapPartitions sees each partition whole, and once")
    func mapPartitions() async throws {
        try await withSession { session async throws in
            let bag = try await session.bag(parts: [[1, 2, 3], [], [4]])
            #expect(try await bag.mapPartitions { [$0.count] }.collect() == [3, 0, 1])
            #expect(try await bag.mapPartitions { $0.reversed() }.collect() == [3, 2, 1, 4])
            #expect(try await bag.map { $0 * 10 }.mapPartitions { [$0] }.collect() == [[10, 20, 30], [], [40]])
        }
    }

    @Test("coalesce joins neighbours and keeps the order", arguments: 1...8)
    func coalesce(partitions: Int) async throws {
        try await withSession { session async throws in
            let parts = [[1, 2], [], [3], [4, 5, 6], [7]]
            let bag = try await session.bag(parts: parts).coalesce(partitions)
            #expect(try bag.partitionCount() == min(partitions, 5))
            #expect(try await bag.collect() == [1, 2, 3, 4, 5, 6, 7])
            // After operations whose partitions take several arguments too.
            let zipped = try await session.bag(parts: parts).zipWithIndex().coalesce(partitions)
            #expect(try await zipped.collect().map(\.1) == Array(0..<7))
        }
    }

    @Test("Asking coalesce for any number of partitions leaves a bag with fewer as it is")
    func coalesceToMore() async throws {
        try await withSession { session async throws in
            let bag = session.bag([1, 2, 3], partitions: 3).coalesce(.max)
            #expect(try bag.partitionCount() == 3)
            #expect(try await bag.collect() == [1, 2, 3])
        }
    }

    @Test("repartition spreads the elements evenly", arguments: [1, 2, 5, 16])
    func repartition(partitions: Int) async throws {
        try await withSession { session async throws in
            let parts = try await session.bag(parts: [Array(0..<997), [], [-1]]).repartition(partitions).collectPartitions()
            #expect(parts.count == partitions)
            #expect(parts.flatMap(\.self).sorted() == Array(-1..<997))
            let sizes = parts.map(\.count)
            #expect(sizes.max()! - sizes.min()! <= 2, "\(sizes)")
        }
    }

    @Test("Many small partitions do not all give their first element to the same partition")
    func repartitionOfSmallPartitions() async throws {
        try await withSession { session async throws in
            let parts = try await session.bag(0..<400, partitions: 400).repartition(4).collectPartitions()
            #expect(parts.allSatisfy { $0.count > 50 }, "\(parts.map(\.count))")
        }
    }

    @Test("A bag that is used twice in one plan makes its shuffle once")
    func sharedShuffle() async throws {
        let calls = Counter()
        try await withSession { session async throws in
            let grouped = session.bag(0..<12, partitions: 3).map { number in
                calls.increment()
                return (number % 3, number)
            }.groupByKey(partitions: 2)
            #expect(try await grouped.union(grouped).count() == 6)
            #expect(calls.value == 12)
        }
    }
}
