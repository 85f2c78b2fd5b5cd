import Sheaf
import Testing

@Suite struct SourcesTests {
    @Test("A bag of a sequence holds its elements in order, cut into parts whose sizes differ by at most one", arguments: 1...17)
    func sequences(partitions: Int) async throws {
        try await withSession { session async throws in
            for count in [0, 1, 5, 16, 17, 18, 100] {
                let parts = try await session.bag(stride(from: 0, to: count, by: 1), partitions: partitions).collectPartitions()
                #expect(parts.flatMap(\.self) == Array(0..<count))
                #expect(parts.count == partitions)
                let sizes = parts.map(\.count)
                #expect(sizes.max()! - sizes.min()! <= 1, "\(sizes)")
            }
        }
    }

    @Test("A bag of a range makes the integers where they are used", arguments: 1...17)
    func ranges(partitions: Int) async throws {
        try await withSession { session async throws in
            for range in [0..<0, -3..<4, 5..<6, 0..<10_000, Int.min..<Int.min + 3, Int.max - 3..<Int.max] {
                let bag = session.bag(range, partitions: partitions)
                #expect(try await bag.collect() == Array(range))
                #expect(try bag.partitionCount() == partitions)
            }
        }
    }

    @Test("A range far larger than memory can be cut, and its beginning taken", arguments: [1, 3, 16])
    func hugeRange(partitions: Int) async throws {
        try await withSession { session async throws in
            #expect(try await session.bag(0..<Int.max, partitions: partitions).take(3) == [0, 1, 2])
            let multiples = session.bag(-1..<Int.max - 1, partitions: partitions).filter { $0 % 1000 == 999 }
            #expect(try await multiples.take(2) == [999, 1999])
        }
    }

    @Test("When nobody says, there are four partitions for each worker, but none empty")
    func defaultPartitions() async throws {
        try await withSession(SessionOptions(workers: 3, memory: 64 << 20)) { session async throws in
            #expect(try session.bag(Array(0..<100)).partitionCount() == 12)
            #expect(try session.bag(0..<100).partitionCount() == 12)
            #expect(try session.bag([1, 2]).partitionCount() == 2)
            #expect(try session.bag([Int]()).partitionCount() == 1)
        }
    }

    @Test("Delayed values become the partitions, in order, empty ones included")
    func delayedPartitions() async throws {
        try await withSession { session async throws in
            let make = Function("make") { (count: Int) in Array(0..<count) }
            let bag = try await session.bag([
                session.delayed(make, 3), Delayed([7, 8]), session.delayed(make, 0), session.delayed(make, 1),
            ])
            #expect(try await bag.collectPartitions() == [[0, 1, 2], [7, 8], [], [0]])
            let none = try await session.bag([Delayed<[Int]>]())
            #expect(try none.partitionCount() == 0)
            #expect(try await none.collect() == [])
        }
    }

    @Test("A bag is a value: building on it changes nothing, and it can run many times")
    func plansAreValues() async throws {
        try await withSession { session async throws in
            let numbers = session.bag([1, 2, 3], partitions: 2)
            let doubled = numbers.map { $0 * 2 }
            for _ in 0..<2 {
                #expect(try await numbers.collect() == [1, 2, 3])
                #expect(try await doubled.collect() == [2, 4, 6])
            }
        }
    }

    @Test("Nothing runs before an action asks for it")
    func laziness() async throws {
        let calls = Counter()
        try await withSession { session async throws in
            let bag = session.bag(0..<10, partitions: 2).map { number in
                calls.increment()
                return number
            }.repartition(3).map { ($0 % 2, $0) }.reduceByKey(.sum)
            _ = try bag.partitionCount()
            _ = try bag.graph()
            #expect(calls.value == 0)
            _ = try await bag.collect()
            #expect(calls.value == 10)
        }
    }
}
