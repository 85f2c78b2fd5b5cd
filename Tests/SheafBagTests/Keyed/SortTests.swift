import Sheaf
import Testing

/// A case of sorting.json.
struct SortingCase: Decodable, Sendable, CustomTestStringConvertible {
    var name: String
    var input: [Pair]
    var byKey: [Pair]
    var byKeyDescending: [Pair]
    var byDigit: [Pair]
    var byDigitDescending: [Pair]
    var values: [Int]
    var byBytes: [String]

    var testDescription: String { name }

    static let all = Oracle.cases("sorting", as: SortingCase.self)
}

@Suite struct SortTests {
    @Test("sortByKey and sortBy are stable, ascending and descending", arguments: SortingCase.all, Setup.few)
    func stable(_ expected: SortingCase, _ setup: Setup) async throws {
        try await withSession(setup.options) { session async throws in
            let bag = session.bag(expected.input.map(\.tuple), partitions: setup.partitions)
            for partitions in [nil, 1, 2, 7] {
                #expect(try await bag.sortByKey(partitions: partitions).collect().map { Pair($0) } == expected.byKey)
                let descending = try await bag.sortByKey(descending: true, partitions: partitions).collect()
                #expect(descending.map { Pair($0) } == expected.byKeyDescending)
                let byDigit = bag.sortBy(partitions: partitions) { lastDigit($0.1) }
                #expect(try await byDigit.collect().map { Pair($0) } == expected.byDigit)
                let byDigitDescending = bag.sortBy(descending: true, partitions: partitions) { lastDigit($0.1) }
                #expect(try await byDigitDescending.collect().map { Pair($0) } == expected.byDigitDescending)
            }
        }
    }

    @Test("sorted orders numbers, strings by canonical composition and slices by bytes", arguments: SortingCase.all, Setup.few)
    func elements(_ expected: SortingCase, _ setup: Setup) async throws {
        try await withSession(setup.options) { session async throws in
            let bag = session.bag(expected.input.map(\.tuple), partitions: setup.partitions)
            #expect(try await bag.values().sorted().collect() == expected.values)
            #expect(try await bag.keys().sorted(partitions: 3).collect() == expected.byKey.map(\.key))
            let slices = try await bag.keys().map { UTF8Slice($0) }.sorted().collect()
            #expect(slices.map(\.bytes) == expected.byBytes.map { Array($0.utf8) })
        }
    }

    @Test("Integers of every magnitude are ordered", arguments: ElementsCase.all)
    func integers(_ expected: ElementsCase) async throws {
        try await withSession { session async throws in
            #expect(try await session.bag(expected.input, partitions: 4).sorted(partitions: 3).collect() == expected.sorted)
        }
    }

    @Test("A sort makes as many partitions as asked, about equally large, each above the one before", arguments: [1, 2, 5, 16])
    func partitions(count: Int) async throws {
        try await withSession { session async throws in
            var random = RandomInputs(seed: 9)
            let numbers = (0..<20_000).map { _ in random.below(1 << 30) }
            let parts = try await session.bag(numbers, partitions: 4).sorted(partitions: count).collectPartitions()
            #expect(parts.count == count)
            #expect(parts.flatMap(\.self) == numbers.sorted())
            #expect(parts.allSatisfy { $0.count < 20_000 / count * 2 }, "\(parts.map(\.count))")
        }
    }

    @Test("Equal keys in their thousands lie in one partition and keep their order")
    func manyEqualKeys() async throws {
        try await withSession { session async throws in
            let bag = session.bag(0..<30_000, partitions: 5)
            let parts = try await bag.sortBy(partitions: 6) { $0 % 3 }.collectPartitions()
            #expect(parts.flatMap(\.self) == (0..<3).flatMap { stride(from: $0, to: 30_000, by: 3) })
            #expect(parts.count { !$0.isEmpty } <= 3)
        }
    }

    @Test("Not-a-numbers sort after all numbers, and none is lost or doubled", arguments: Setup.many)
    func notANumber(_ setup: Setup) async throws {
        var random = RandomInputs(seed: 5)
        let numbers =
            (0..<10_000).map { _ in random.below(4) == 0 ? Double.nan : Double(random.below(1000)) - 500 } + [-.infinity, .infinity]
        let expected = numbers.filter { !$0.isNaN }.sorted()
        try await withSession(setup.options) { session async throws in
            let bag = session.bag(numbers, partitions: setup.partitions)
            let ascending = try await bag.sorted(partitions: 5).collect()
            #expect(ascending.count == numbers.count)
            #expect(Array(ascending.prefix(expected.count)) == expected)
            #expect(ascending.dropFirst(expected.count).allSatisfy { $0.isNaN })
            let descending = try await bag.map { (Float($0), 0) }.sortByKey(descending: true, partitions: 4).keys().collect()
            #expect(descending.count == numbers.count)
            #expect(Array(descending.suffix(expected.count)) == expected.reversed().map { Float($0) })
        }
    }

    /// Ordered by a number that may be none: two of these can be in no order, though both are in one with a third.
    struct Reading: Hashable, Comparable, Sendable {
        var id: Int
        var value: Double

        static func < (a: Reading, b: Reading) -> Bool { a.value < b.value }
        static func == (a: Reading, b: Reading) -> Bool { a.id == b.id }
        func hash(into hasher: inout Hasher) { hasher.combine(id) }
    }

    @Test("Where `<` contradicts itself, no element is lost or doubled", arguments: Setup.many)
    func inconsistentOrder(_ setup: Setup) async throws {
        var random = RandomInputs(seed: UInt64(setup.partitions))
        let readings = (0..<5000).map { Reading(id: $0, value: random.below(3) == 0 ? .nan : Double(random.below(100))) }
        // Swift's own `<` finds neither of two strings smaller when one is equivalent to a beginning of the other, composed differently.
        let forms = ["\u{212B}", "\u{C5}", "A\u{30A}", "K", "\u{212A}"]
        let texts = (0..<5000).map { "\(forms[random.below(5)])\(random.below(4) == 0 ? "" : "\($0 % 97)")" }
        try await withSession(setup.options) { session async throws in
            for partitions in [1, 4, 16] {
                let sorted = try await session.bag(readings, partitions: setup.partitions).sorted(partitions: partitions).collect()
                #expect(sorted.count == readings.count)
                #expect(Set(sorted) == Set(readings))
                let indexed = session.bag(texts, partitions: setup.partitions).zipWithIndex()
                let positions = try await indexed.sortByKey(descending: true, partitions: partitions).values().collect()
                #expect(positions.sorted() == Array(texts.indices))
            }
        }
    }
}
