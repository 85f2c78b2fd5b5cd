import Sheaf
import Testing

@Suite struct ReduceByKeyTests {
    @Test("Named reducers fold the values of equal strings, however they are composed", arguments: KeyedCase.all, Setup.few)
    func strings(_ expected: KeyedCase, _ setup: Setup) async throws {
        try await withSession(setup.options) { session async throws in
            let bag = session.bag(expected.input.map(\.tuple), partitions: setup.partitions)
            for partitions in [nil, 1, 5] {
                #expect(try await dictionary(bag.reduceByKey(.sum, partitions: partitions)) == expected.byString(\.sum))
                #expect(try await dictionary(bag.reduceByKey(.min, partitions: partitions)) == expected.byString(\.min))
                #expect(try await dictionary(bag.reduceByKey(.max, partitions: partitions)) == expected.byString(\.max))
                #expect(try await dictionary(bag.reduceByKey(.count, partitions: partitions)) == expected.byString(\.count))
                #expect(try await dictionary(bag.reduceByKey(.mean, partitions: partitions)) == expected.byString(\.mean))
            }
        }
    }

    @Test("Slices are keys by their bytes", arguments: KeyedCase.all, Setup.few)
    func slices(_ expected: KeyedCase, _ setup: Setup) async throws {
        try await withSession(setup.options) { session async throws in
            let bag = session.bag(expected.input.map { (UTF8Slice($0.key), $0.value) }, partitions: setup.partitions)
            #expect(try await dictionary(bag.reduceByKey(.sum)) == expected.byBytes(\.sum))
            #expect(try await dictionary(bag.reduceByKey(.mean, partitions: 4)) == expected.byBytes(\.mean))
            #expect(try await bag.countByKey() == expected.byBytes(\.count))
        }
    }

    @Test("Closures and reducers of one's own fold as the named ones do", arguments: KeyedCase.all, Setup.few)
    func closures(_ expected: KeyedCase, _ setup: Setup) async throws {
        let orReducer = Reducer<Int, Int, String>(
            name: "or", initial: { $0 }, add: { $0 |= $1 }, merge: { $0 |= $1 }, finish: { String($0) })
        try await withSession(setup.options) { session async throws in
            let bag = session.bag(expected.input.map(\.tuple), partitions: setup.partitions)
            #expect(try await dictionary(bag.reduceByKey { $0 ^ $1 }) == expected.byString(\.xor))
            #expect(try await dictionary(bag.reduceByKey(Reducer { $0 ^ $1 }, partitions: 3)) == expected.byString(\.xor))
            #expect(try await dictionary(bag.reduceByKey(orReducer)) == expected.byString(\.or).mapValues { String($0) })
            #expect(try await dictionary(bag.foldByKey(0) { $0 ^ $1 }) == expected.byString(\.xor))
            #expect(try await dictionary(bag.foldByKey(0, partitions: 2) { $0 | $1 }) == expected.byString(\.or))
            let positives = bag.aggregateByKey([0, 0]) {
                if $1 > 0 { $0[0] += 1 }
                $0[1] += 1
            } merge: {
                $0[0] += $1[0]
                $0[1] += $1[1]
            }
            #expect(try await dictionary(positives) == expected.byString(\.positives))
        }
    }

    @Test("A key is handed out in the form that comes first in the bag", arguments: Setup.many)
    func representative(_ setup: Setup) async throws {
        let words = ["e\u{301}", "K", "é", "\u{212A}", "é", "K"]
        try await withSession(setup.options) { session async throws in
            let bag = session.bag(words, partitions: setup.partitions)
            let scalars = try await bag.distinct().collect().map { Array($0.unicodeScalars) }
            #expect(Set(scalars) == [["e", "\u{301}"], ["K"]])
        }
    }

    @Test("Keys of every kind of type are folded")
    func keyTypes() async throws {
        struct Point: Hashable, Sendable { var x: Int, y: Int }
        enum Side: Hashable, Sendable { case left, right(Int) }
        func check<Key: Hashable & Sendable>(_ keys: [Key], _ session: Session) async throws {
            var expected: [Key: Int] = [:]
            for key in keys { expected[key, default: 0] += 1 }
            #expect(try await session.bag(keys.map { ($0, 0) }, partitions: 3).countByKey() == expected)
        }
        try await withSession { session async throws in
            let numbers = (0..<500).map { $0 % 37 - 18 }
            try await check(numbers, session)
            try await check(numbers.map { Int32($0) }, session)
            try await check(numbers.map { Int8($0) }, session)
            try await check(numbers.map { UInt64(bitPattern: Int64($0)) }, session)
            try await check(numbers.map { Double($0) / 2 }, session)
            try await check([0.0, -0.0, 1.5, -0.0], session)
            try await check(numbers.map { $0 % 5 == 0 ? nil : $0 }, session)
            try await check(numbers.map { [$0, $0 % 3] }, session)
            try await check(numbers.map { Character(UnicodeScalar(UInt8(65 + $0.magnitude % 26))) }, session)
            try await check(numbers.map { Point(x: $0 % 4, y: $0 % 3) }, session)
            try await check(numbers.map { $0 < 0 ? Side.left : .right($0) }, session)
            try await check(numbers.map { $0 < 0 }, session)
        }
    }

    @Test("A mean keeps what rounding would lose")
    func compensatedMean() async throws {
        try await withSession { session async throws in
            let values = [1e16, 1, -1e16, 1, 1, 1].map { ("k", $0) }
            for partitions in 1...6 {
                let means = try await session.bag(values, partitions: partitions).reduceByKey(.mean).collect()
                #expect(means.map(\.1) == [4.0 / 6])
            }
        }
    }
}
