import Sheaf
import Testing

@Suite struct AggregateTests {
    @Test("Folds of numbers give what Python's give", arguments: ElementsCase.all, Setup.few)
    func numbers(_ expected: ElementsCase, _ setup: Setup) async throws {
        try await withSession(setup.options) { session async throws in
            let bag = session.bag(expected.input, partitions: setup.partitions)
            #expect(try await bag.count() == expected.count)
            #expect(try await bag.min() == expected.min)
            #expect(try await bag.max() == expected.max)
            #expect(try await bag.reduce(.count) == (expected.count == 0 ? nil : expected.count))
            #expect(try await bag.fold(0) { $0 ^ $1 } == expected.foldXor)
            #expect(try await bag.map(\.magnitude).reduce(greatestCommonDivisor) == expected.reduceGcd)
            if let sum = expected.sum {
                #expect(try await bag.sum() == sum)
                #expect(try await bag.map { Int32($0) }.sum() == Int32(sum))
                #expect(try await bag.mean() == expected.mean)
            }
        }
    }

    @Test("aggregate and treeAggregate fold each partition, then the results", arguments: ElementsCase.all, Setup.few)
    func aggregates(_ expected: ElementsCase, _ setup: Setup) async throws {
        let add: @Sendable (inout [Int], Int) -> Void = { $0 = [$0[0] + lastDigit($1), $0[1] + 1] }
        let merge: @Sendable (inout [Int], [Int]) -> Void = { $0 = [$0[0] + $1[0], $0[1] + $1[1]] }
        try await withSession(setup.options) { session async throws in
            let bag = session.bag(expected.input, partitions: setup.partitions)
            #expect(try await bag.aggregate([0, 0], add: add, merge: merge) == expected.aggregateLastDigits)
            for fanIn in [2, 3, 8] {
                let result = try await bag.treeAggregate([0, 0], fanIn: fanIn, add: add, merge: merge)
                #expect(result == expected.aggregateLastDigits)
            }
        }
    }

    @Test("Partial results are joined in the order of the partitions", arguments: Setup.many)
    func order(_ setup: Setup) async throws {
        let words = (0..<40).map { "\($0) " }
        try await withSession(setup.options) { session async throws in
            let bag = session.bag(words, partitions: setup.partitions)
            for fanIn in [2, 5] {
                let text = try await bag.treeAggregate("", fanIn: fanIn) {
                    $0 += $1
                } merge: {
                    $0 += $1
                }
                #expect(text == words.joined())
            }
            #expect(
                try await bag.aggregate("") {
                    $0 += $1
                } merge: {
                    $0 += $1
                } == words.joined())
            #expect(try await bag.reduce { $0 + $1 } == words.joined())
            #expect(try await bag.fold("") { $0 + $1 } == words.joined())
        }
    }

    @Test("A tree of merges has the shape that fanIn asks for", arguments: [(2, 17, 17 + 16), (8, 64, 64 + 9), (64, 17, 18)])
    func treeShape(fanIn: Int, partitions: Int, tasks: Int) async throws {
        let merges = Counter()
        _ = try await withSession { session async throws in
            try await session.bag(0..<partitions, partitions: partitions).treeAggregate(0, fanIn: fanIn) {
                $0 += $1
            } merge: {
                merges.increment()
                $0 += $1
            }
        }
        #expect(merges.value == partitions - 1)
        let started = try await withSession { session async throws in
            let events = session.events()
            _ = try await session.bag(0..<partitions, partitions: partitions).treeAggregate(0, fanIn: fanIn) {
                $0 += $1
            } merge: {
                $0 += $1
            }
            for await case .runStarted(_, _, let tasks) in events { return tasks }
            return 0
        }
        #expect(started == tasks)
    }

    @Test("A bag without partitions folds to what an empty one does")
    func noPartitions() async throws {
        try await withSession { session async throws in
            let none = try await session.bag(parts: [[Int]]())
            #expect(try await none.count() == 0)
            #expect(try await none.sum() == 0)
            #expect(try await none.min() == nil)
            #expect(try await none.mean() == nil)
            #expect(
                try await none.aggregate(7) {
                    $0 += $1
                } merge: {
                    $0 += $1
                } == 7)
            #expect(try await none.reduce { $0 + $1 } == nil)
            #expect(try await none.take(3) == [])
            #expect(try await none.sorted().collect() == [])
            #expect(try await none.map { ($0, 1) }.reduceByKey(.sum).collect().isEmpty)
            #expect(try await none.zip(none).collect().isEmpty)
            #expect(try await none.zipWithIndex().collect().isEmpty)
            #expect(try await none.repartition(2).collect() == [])
            #expect(try await none.map { ($0, 1) }.join(none.map { ($0, 2) }).collect().isEmpty)
            #expect(try await none.map { ($0, 1) }.fullJoin(none.map { ($0, 2) }).collect().isEmpty)
        }
    }

    @Test("The smallest and largest do not depend on where not-a-numbers lie", arguments: [[.nan, 1, 2], [1, .nan, 2], [2, 1, .nan]])
    func extremesWithNotANumber(values: [Double]) async throws {
        try await withSession { session async throws in
            for partitions in 1...3 {
                let bag = session.bag(values, partitions: partitions)
                #expect(try await bag.min() == 1)
                #expect(try await bag.max()?.isNaN == true)
                #expect(try await bag.takeOrdered(2) == [1, 2])
                #expect(try await bag.top(3).dropFirst() == [2, 1])
                #expect(try await bag.map { ("k", Float($0)) }.reduceByKey(.min).values().collect() == [1])
            }
        }
    }

    @Test("A tree that joins fewer than two at a time is refused", arguments: [1, 0, -1])
    func fanIn(_ fanIn: Int) async throws {
        try await withSession { session async throws in
            let error = await #expect(throws: PlanError.self) {
                try await session.bag(0..<5).treeAggregate(0, fanIn: fanIn) {
                    $0 += $1
                } merge: {
                    $0 += $1
                }
            }
            #expect(error?.code == .invalidArgument)
        }
    }
}

@Sendable private func greatestCommonDivisor(_ a: UInt, _ b: UInt) -> UInt {
    var (a, b) = (a, b)
    while b != 0 { (a, b) = (b, a % b) }
    return a
}
