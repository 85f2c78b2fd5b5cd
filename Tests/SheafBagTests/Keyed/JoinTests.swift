import Sheaf
import Testing

/// A case of joins.json. Keys are in canonical composition, and compare by canonical equivalence anyhow.
struct JoinCase: Decodable, Sendable, CustomTestStringConvertible {
    struct Row: Decodable, Hashable, Comparable, Sendable {
        var key: String
        var left: Int?
        var right: Int?

        static func < (a: Row, b: Row) -> Bool {
            (a.key, a.left ?? .min, a.right ?? .min) < (b.key, b.left ?? .min, b.right ?? .min)
        }
    }

    struct Groups: Decodable, Hashable, Sendable {
        var key: String
        var left: [Int]
        var right: [Int]
    }

    var name: String
    var left: [Pair]
    var right: [Pair]
    var inner: [Row]
    var leftOuter: [Row]
    var rightOuter: [Row]
    var full: [Row]
    var cogroup: [Groups]

    var testDescription: String { name }

    static let all = Oracle.cases("joins", as: JoinCase.self)
}

@Suite struct JoinTests {
    /// `nil` sends the right side to the left's partitions when it is small; a number makes both sides change places.
    static let partitions = [nil, 1, 2, 5]

    @Test("Each join pairs the values of equal keys", arguments: JoinCase.all, Setup.few)
    func joins(_ expected: JoinCase, _ setup: Setup) async throws {
        try await withSession(setup.options) { session async throws in
            let left = session.bag(expected.left.map(\.tuple), partitions: setup.partitions)
            let right = session.bag(expected.right.map(\.tuple), partitions: 3)
            for partitions in Self.partitions {
                let inner = try await left.join(right, partitions: partitions).collect()
                #expect(inner.map { JoinCase.Row(key: $0.0, left: $0.1.0, right: $0.1.1) }.sorted() == expected.inner.sorted())
                let leftOuter = try await left.leftJoin(right, partitions: partitions).collect()
                #expect(leftOuter.map { JoinCase.Row(key: $0.0, left: $0.1.0, right: $0.1.1) }.sorted() == expected.leftOuter.sorted())
                let rightOuter = try await left.rightJoin(right, partitions: partitions).collect()
                #expect(rightOuter.map { JoinCase.Row(key: $0.0, left: $0.1.0, right: $0.1.1) }.sorted() == expected.rightOuter.sorted())
                let full = try await left.fullJoin(right, partitions: partitions).collect()
                #expect(full.map { JoinCase.Row(key: $0.0, left: $0.1.0, right: $0.1.1) }.sorted() == expected.full.sorted())
            }
        }
    }

    @Test("cogroup has each key of either side once, with its values in order", arguments: JoinCase.all, Setup.few)
    func cogroup(_ expected: JoinCase, _ setup: Setup) async throws {
        try await withSession(setup.options) { session async throws in
            let left = session.bag(expected.left.map(\.tuple), partitions: setup.partitions)
            let right = session.bag(expected.right.map(\.tuple), partitions: 3)
            for partitions in Self.partitions {
                let groups = try await left.cogroup(right, partitions: partitions).collect()
                let found = groups.map { JoinCase.Groups(key: $0.0, left: $0.1.0, right: $0.1.1) }
                #expect(Set(found) == Set(expected.cogroup))
                #expect(found.count == expected.cogroup.count)
            }
        }
    }

    @Test("A small right side is broadcast, a large or unknown one shuffled; asking for partitions shuffles")
    func broadcasting() async throws {
        func names(_ bag: Bag<(Int, (Int, Int))>) throws -> Set<String> {
            let graph = try bag.graph().graph
            return Set((0..<graph.count).flatMap { graph.function($0).steps })
        }
        try await withSession(SessionOptions(workers: 2, memory: 16 << 20)) { session async throws in
            let left = session.bag(0..<1000, partitions: 3).map { ($0 % 10, $0) }
            let small = session.bag(0..<10, partitions: 2).map { ($0, $0) }
            #expect(try names(left.join(small)).contains("broadcast"))
            #expect(try names(left.join(small, partitions: 3)).isDisjoint(with: ["broadcast"]))
            // 8 bytes an element, as estimated from the source, is above a sixteenth of the budget.
            let large = session.bag(0..<200_000, partitions: 2).map { ($0, $0) }
            #expect(try names(left.join(large)).isDisjoint(with: ["broadcast"]))
            // A kept bag is as large on disk as in memory.
            let kept = try await large.persist(.disk)
            #expect(try names(left.join(kept)).isDisjoint(with: ["broadcast"]))
            #expect(try await left.join(kept).count() == 1000)
        }
    }

    @Test("A join of a bag with itself sees all pairs", arguments: [nil, 3])
    func selfJoin(partitions: Int?) async throws {
        try await withSession { session async throws in
            let bag = session.bag([(1, "a"), (2, "b"), (1, "c")], partitions: 2)
            let pairs = try await bag.join(bag, partitions: partitions).collect().map { "\($0.0)\($0.1.0)\($0.1.1)" }
            #expect(pairs.sorted() == ["1aa", "1ac", "1ca", "1cc", "2bb"])
        }
    }
}
