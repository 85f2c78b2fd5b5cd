import Sheaf
import Testing

@Suite struct TakeTests {
    @Test("take, first, takeOrdered and top agree with slices and sorted lists", arguments: ElementsCase.all, Setup.few)
    func counts(_ expected: ElementsCase, _ setup: Setup) async throws {
        try await withSession(setup.options) { session async throws in
            let bag = session.bag(expected.input, partitions: setup.partitions)
            #expect(try await bag.first() == expected.input.first)
            for count in [0, 1, 3, 1000] {
                #expect(try await bag.take(count) == expected.take["\(count)"])
                #expect(try await bag.takeOrdered(count) == expected.takeOrdered["\(count)"])
                #expect(try await bag.top(count) == expected.top["\(count)"])
                #expect(try await bag.takeOrdered(count) { $0 > $1 } == expected.top["\(count)"])
            }
            #expect(try await bag.top(5) { lastDigit($0) } == expected.topByLastDigit)
            #expect(try await bag.takeOrdered(.max) == expected.sorted)
            #expect(try await bag.take(-1) == [])
            #expect(try await bag.top(-1) == [])
        }
    }

    @Test("take runs only as many partitions as it needs")
    func laziness() async throws {
        let calls = Counter()
        try await withSession(SessionOptions(workers: 2, memory: 64 << 20)) { session async throws in
            let bag = session.bag(0..<1000, partitions: 100).map { number in
                calls.increment()
                return number
            }
            #expect(try await bag.take(3) == [0, 1, 2])
            #expect(calls.value == 3, "of the first partition's ten elements")
            #expect(try await bag.first() == 0)
            #expect(calls.value == 4)
        }
    }

    @Test("take goes on to later partitions when the first are empty", arguments: Setup.few)
    func sparse(_ setup: Setup) async throws {
        try await withSession(setup.options) { session async throws in
            let bag = session.bag(0..<10_000, partitions: 200).filter { $0 % 3000 == 2999 }
            #expect(try await bag.take(2) == [2999, 5999])
            #expect(try await bag.take(10) == [2999, 5999, 8999])
            #expect(try await bag.first() == 2999)
        }
    }

    @Test("Of many elements with equal keys, takeOrdered keeps those that come first", arguments: Setup.many)
    func ties(_ setup: Setup) async throws {
        try await withSession(setup.options) { session async throws in
            let bag = session.bag(0..<500, partitions: setup.partitions)
            #expect(try await bag.takeOrdered(7) { $0 % 2 < $1 % 2 } == [0, 2, 4, 6, 8, 10, 12])
            #expect(try await bag.top(3) { $0 / 250 } == [250, 251, 252])
        }
    }

    @Test("collectPartitions shows what lies where, and collect puts it together")
    func partitions() async throws {
        try await withSession { session async throws in
            let bag = try await session.bag(parts: [["a"], [], ["b", "c"]])
            #expect(try await bag.collectPartitions() == [["a"], [], ["b", "c"]])
            #expect(try await bag.collect() == ["a", "b", "c"])
        }
    }
}
