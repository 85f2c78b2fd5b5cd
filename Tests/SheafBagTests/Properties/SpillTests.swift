import Foundation
import Sheaf
import Testing

/// With a budget far smaller than the data, results are the same, and the data has really been on disk.
@Suite struct SpillTests {
    /// 1 MB, against several of data.
    static let tight =
        [1, 2, 3].map { SessionOptions(workers: $0, memory: 1 << 20) } + [
            SessionOptions(workers: 2, memory: 1 << 20, seed: 5, deterministic: true)
        ]

    /// Something that is neither trivial nor one of the types that are written without `Codable`.
    struct Record: Codable, Hashable, Comparable, Sendable {
        enum Kind: String, Codable, Sendable { case odd, even }
        var id: Int
        var text: String
        var kind: Kind
        var parent: Int?

        init(_ id: Int) {
            self.id = id
            text = "record \(id)"
            kind = id % 2 == 0 ? .even : .odd
            parent = id % 3 == 0 ? nil : id / 2
        }

        static func < (a: Record, b: Record) -> Bool { a.id < b.id }
    }

    /// A permutation of 0..<count, for count a power of two.
    @Sendable static func shuffled(_ number: Int, of count: Int) -> Int { (number &* 5 &+ 12_345) & (count - 1) }

    @Test("groupByKey of integers", arguments: tight.indices)
    func groupIntegers(index: Int) async throws {
        let count = 1 << 17
        let (groups, observed) = try await observing(Self.tight[index]) { session async throws in
            try await session.bag(0..<count, partitions: 5).map { ($0 % 1000, $0) }.groupByKey(partitions: 7)
                .map { ($0.0, $0.1.count, $0.1.reduce(0, +), $0.1 == $0.1.sorted()) }.collect()
        }
        #expect(observed.spilledBytes > 1 << 20)
        #expect(groups.count == 1000)
        #expect(groups.reduce(0) { $0 + $1.1 } == count)
        #expect(
            groups.allSatisfy { key, size, sum, isOrdered in
                isOrdered && size == (count - key + 999) / 1000 && sum == size * key + 1000 * size * (size - 1) / 2
            })
    }

    @Test("Shuffles of strings", arguments: tight.indices)
    func strings(index: Int) async throws {
        let count = 1 << 14, prefix = String(repeating: "long ", count: 30)
        let (found, observed) = try await observing(Self.tight[index]) { session async throws in
            let bag = session.bag(0..<count, partitions: 4).map { "\(prefix) \(Self.shuffled($0, of: count))" }
            #expect(try await bag.repartition(3).count() == count)
            return try await bag.map { ($0, 1) }.reduceByKey(.sum, partitions: 5).collect()
        }
        #expect(observed.spilledBytes > 1 << 20)
        #expect(found.allSatisfy { $0.1 == 1 })
        #expect(Set(found.map(\.0)) == Set((0..<count).map { "\(prefix) \($0)" }))
    }

    @Test("Text slices keep their bytes on the way to the disk and back", arguments: tight.indices)
    func slices(index: Int) async throws {
        try await withFolder { folder async throws in
            let lines = (0..<50_000).map { "line \($0 % 10_000) of a file that is longer than the budget" }
            let path = try write(Array((lines.joined(separator: "\n") + "\n").utf8), to: "lines", in: folder)
            let (counts, observed) = try await observing(Self.tight[index]) { session async throws in
                try await session.lines(of: path, as: UTF8Slice.self).map { ($0, $0) }.groupByKey(partitions: 4)
                    .map { ($0.0, $0.1.count, Set($0.1).count) }.collect()
            }
            #expect(observed.spilledBytes > 1 << 20)
            #expect(Set(counts.map { String($0.0) }) == Set(lines))
            #expect(counts.count == 10_000)
            #expect(counts.allSatisfy { $0.1 == 5 && $0.2 == 1 })
        }
    }

    @Test("Sorting integers and tuples", arguments: tight.indices)
    func sortTuples(index: Int) async throws {
        let count = 1 << 16
        let (result, observed) = try await observing(Self.tight[index]) { session async throws in
            let pairs = session.bag(0..<count, partitions: 6).map { (Self.shuffled($0, of: count), "\($0)") }
            let integers = try await pairs.keys().sorted(partitions: 5).collect()
            return (integers, try await pairs.sortByKey(descending: true, partitions: 4).collect())
        }
        #expect(observed.spilledBytes > 1 << 20)
        #expect(result.0 == Array(0..<count))
        #expect(result.1.map(\.0) == Array((0..<count).reversed()))
        #expect(result.1.allSatisfy { Self.shuffled(Int($0.1)!, of: count) == $0.0 })
    }

    @Test("Codable structs: sorted, grouped, and as keys", arguments: tight.indices)
    func records(index: Int) async throws {
        let count = 1 << 13
        let expected = (0..<count).map { Record($0) }
        let (result, observed) = try await observing(Self.tight[index]) { session async throws in
            let bag = session.bag(0..<count, partitions: 4).map { Record(Self.shuffled($0, of: count)) }
            let sorted = try await bag.sorted(partitions: 3).collect()
            let groups = try await bag.map { ($0.kind, $0) }.groupByKey(partitions: 2).map { ($0.0, $0.1.sorted()) }.collect()
            return (sorted, groups, try await bag.union(bag).distinct(partitions: 3).collect())
        }
        #expect(observed.spilledBytes > 1 << 18)
        #expect(result.0 == expected)
        #expect(Dictionary(uniqueKeysWithValues: result.1) == Dictionary(grouping: expected, by: \.kind))
        #expect(result.2.sorted() == expected)
    }

    @Test("Joins and zips of sides larger than memory", arguments: tight.indices)
    func joins(index: Int) async throws {
        let count = 1 << 16
        let (result, observed) = try await observing(Self.tight[index]) { session async throws in
            let left = session.bag(0..<count, partitions: 4).map { (Self.shuffled($0, of: count), $0) }
            let right = session.bag(0..<count, partitions: 3).map { ($0, "\($0 * 2)") }
            let joined = try await left.join(right, partitions: 5).collect()
            return (joined, try await left.zip(right).map { $0.0.1 == $0.1.0 ? 1 : 0 }.sum())
        }
        #expect(observed.spilledBytes > 1 << 20)
        #expect(result.0.count == count)
        #expect(result.0.allSatisfy { Self.shuffled($0.1.0, of: count) == $0.0 && $0.1.1 == "\($0.0 * 2)" })
        #expect(result.1 == count)
    }

    @Test("A kept bag larger than memory is read back from the disk, as often as asked", arguments: tight.indices)
    func persist(index: Int) async throws {
        let count = 1 << 16
        let (_, observed) = try await observing(Self.tight[index]) { session async throws in
            let kept = try await session.bag(0..<count, partitions: 4).map { ($0, "the number \($0)") }.persist()
            #expect(try await session.usedBytes() < 2 << 20)
            for _ in 0..<2 { #expect(try await kept.filter { $0.1.hasSuffix(" \($0.0)") }.count() == count) }
            var next = 0
            for try await (number, _) in try await kept.elements() {
                guard number == next else { break }
                next += 1
            }
            #expect(next == count)
        }
        #expect(observed.spilledBytes > 1 << 20)
    }

    @Test("Nothing is left in memory or in the spill folder afterwards", .timeLimit(.minutes(1)))
    func cleanUp() async throws {
        try await withFolder { folder async throws in
            let options = SessionOptions(workers: 2, memory: 1 << 20, spillFolder: folder)
            let (_, observed) = try await observing(options) { session async throws in
                let bag = session.bag(0..<1 << 17, partitions: 4).map { ($0 % 100, $0) }
                #expect(try await bag.groupByKey(partitions: 3).count() == 100)
                #expect(try await bag.sortByKey(partitions: 3).count() == 1 << 17)
                try await eventually { try await session.usedBytes() == 0 }
                #expect(try names(in: folder) == [], "the file has no name while it is used")
            }
            #expect(observed.spilledBytes > 1 << 20)
            #expect(try names(in: folder) == [])
        }
    }
}
