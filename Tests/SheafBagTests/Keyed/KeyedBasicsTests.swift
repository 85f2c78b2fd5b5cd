import Sheaf
import Testing

@Suite struct KeyedBasicsTests {
    @Test("groupByKey keeps the order of each key's values", arguments: KeyedCase.all, Setup.few)
    func groupByKey(_ expected: KeyedCase, _ setup: Setup) async throws {
        try await withSession(setup.options) { session async throws in
            let bag = session.bag(expected.input.map(\.tuple), partitions: setup.partitions)
            for partitions in [nil, 1, 5] {
                #expect(try await dictionary(bag.groupByKey(partitions: partitions)) == expected.byString(\.values))
            }
            let slices = bag.map { (UTF8Slice($0.0), $0.1) }
            #expect(try await dictionary(slices.groupByKey()) == expected.byBytes(\.values))
        }
    }

    @Test("countByKey, frequencies and distinct agree on which keys are equal", arguments: KeyedCase.all, Setup.few)
    func counts(_ expected: KeyedCase, _ setup: Setup) async throws {
        try await withSession(setup.options) { session async throws in
            let bag = session.bag(expected.input.map(\.tuple), partitions: setup.partitions)
            #expect(try await bag.countByKey() == expected.byString(\.count))
            #expect(try await dictionary(bag.keys().frequencies()) == expected.byString(\.count))
            #expect(try await bag.keys().distinct().collect().sorted() == expected.byString.map(\.key).sorted())
            let slices = bag.keys().map { UTF8Slice($0) }
            #expect(try await dictionary(slices.frequencies(partitions: 3)) == expected.byBytes(\.count))
        }
    }

    @Test("lookup finds the values of equal keys, in order", arguments: KeyedCase.all, Setup.few)
    func lookup(_ expected: KeyedCase, _ setup: Setup) async throws {
        try await withSession(setup.options) { session async throws in
            let bag = session.bag(expected.input.map(\.tuple), partitions: setup.partitions)
            for group in expected.byString.prefix(8) { #expect(try await bag.lookup(group.key) == group.values) }
            #expect(try await bag.lookup("a key that nobody has") == [])
        }
    }

    @Test("partitionBy brings equal keys together and loses nothing", arguments: KeyedCase.all, [1, 2, 7])
    func partitionBy(_ expected: KeyedCase, _ partitions: Int) async throws {
        try await withSession { session async throws in
            let bag = session.bag(expected.input.map(\.tuple), partitions: 3).partitionBy(partitions)
            let parts = try await bag.collectPartitions()
            #expect(parts.count == partitions)
            var home: [String: Int] = [:]
            var values: [String: [Int]] = [:]
            for (index, part) in parts.enumerated() {
                for (key, value) in part {
                    #expect(home[key, default: index] == index, "\(key) lies in two partitions")
                    home[key] = index
                    values[key, default: []].append(value)
                }
            }
            #expect(values == expected.byString(\.values), "each key keeps the order of its values")
        }
    }

    @Test("Many keys spread over all partitions, whichever their type")
    func spread() async throws {
        try await withSession { session async throws in
            let numbers = session.bag(0..<4000, partitions: 2)
            let byInt = try await numbers.map { ($0 * 1024, 0) }.partitionBy(8).collectPartitions().map(\.count)
            let byString = try await numbers.map { ("key \($0)", 0) }.partitionBy(8).collectPartitions().map(\.count)
            let bySlice = try await numbers.map { (UTF8Slice("\($0)"), 0) }.partitionBy(8).collectPartitions().map(\.count)
            let byLongSlice = try await numbers.map { (UTF8Slice("a long key: \($0) of many"), 0) }.partitionBy(8).collectPartitions()
            for counts in [byInt, byString, bySlice, byLongSlice.map(\.count)] {
                #expect(counts.allSatisfy { $0 > 350 && $0 < 650 }, "\(counts)")
            }
        }
    }

    @Test("keyed, keys, values and mapValues take pairs apart and put them together", arguments: Setup.few)
    func pairs(_ setup: Setup) async throws {
        try await withSession(setup.options) { session async throws in
            let bag = session.bag(["one", "two", "three"], partitions: setup.partitions).keyed { $0.utf8.count }
            #expect(try await bag.collect().map { "\($0.0) \($0.1)" } == ["3 one", "3 two", "5 three"])
            #expect(try await bag.keys().collect() == [3, 3, 5])
            #expect(try await bag.values().collect() == ["one", "two", "three"])
            #expect(try await bag.mapValues { $0 + "!" }.values().collect() == ["one!", "two!", "three!"])
            #expect(try await bag.mapValues { $0 + "!" }.keys().collect() == [3, 3, 5])
        }
    }
}
