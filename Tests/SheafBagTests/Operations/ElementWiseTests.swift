import Sheaf
import Testing

@Suite struct ElementWiseTests {
    @Test("map, filter, compactMap and flatMap do to each element what Python's do", arguments: ElementsCase.all, Setup.few)
    func closures(_ expected: ElementsCase, _ setup: Setup) async throws {
        try await withSession(setup.options) { session async throws in
            let bag = session.bag(expected.input, partitions: setup.partitions)
            #expect(try await bag.map { $0 % 2 != 0 }.collect() == expected.isOddMap)
            #expect(try await bag.filter { $0 < 0 }.collect() == expected.filterNegative)
            #expect(try await bag.compactMap { $0 % 2 == 0 ? $0 >> 1 : nil }.collect() == expected.compactMapHalf)
            #expect(
                try await bag.flatMap { Array(repeating: $0, count: Int($0.magnitude % 3)) }.collect() == expected.flatMapRepeated)
        }
    }

    static let isOdd = Function("isOdd") { (number: Int) in number % 2 != 0 }
    static let isNegative = Function("isNegative") { (number: Int) in number < 0 }
    static let half = Function("half") { (number: Int) -> Int? in number % 2 == 0 ? number >> 1 : nil }
    static let repeated = Function("repeated") { (number: Int) in Array(repeating: number, count: Int(number.magnitude % 3)) }

    @Test("Registered functions give what closures give", arguments: ElementsCase.all, Setup.few)
    func functions(_ expected: ElementsCase, _ setup: Setup) async throws {
        try await withSession(setup.options) { session async throws in
            let bag = session.bag(expected.input, partitions: setup.partitions)
            #expect(try await bag.map(Self.isOdd).collect() == expected.isOddMap)
            #expect(try await bag.filter(Self.isNegative).collect() == expected.filterNegative)
            #expect(try await bag.compactMap(Self.half).collect() == expected.compactMapHalf)
            #expect(try await bag.flatMap(Self.repeated).collect() == expected.flatMapRepeated)
        }
    }

    @Test("A chain of operations runs in one loop over each partition, element by element")
    func chainsFuse() async throws {
        let log = Log()
        try await withSession { session async throws in
            let bag = session.bag(["a", "b"], partitions: 1)
                .map { log.add("map \($0)", returning: $0) }
                .filter { log.add("filter \($0)", returning: true) }
                .flatMap { log.add("flatMap \($0)", returning: [$0, $0 + "'"]) }
            #expect(try await bag.collect() == ["a", "a'", "b", "b'"])
            #expect(log.lines == ["map a", "filter a", "flatMap a", "map b", "filter b", "flatMap b"])
            #expect(try bag.graph().graph.count == 1, "the chain is one task")
        }
    }

    @Test("flatMap consumes a sequence as it is made, so one without an end can be cut short")
    func flatMapIsLazy() async throws {
        try await withSession { session async throws in
            let endless = session.bag([1, 2], partitions: 1).flatMap { start in sequence(first: start) { $0 &+ 10 } }
            #expect(try await endless.take(4) == [1, 11, 21, 31])
        }
    }

    @Test("compactMap over optionals of optionals takes one layer off")
    func nestedOptionals() async throws {
        try await withSession { session async throws in
            let bag = session.bag([1, 2, 3, 4], partitions: 2).compactMap { number -> Int?? in
                number == 1 ? .none : .some(number % 2 == 0 ? number : nil)
            }
            #expect(try await bag.collect() == [2, nil, 4])
        }
    }
}
