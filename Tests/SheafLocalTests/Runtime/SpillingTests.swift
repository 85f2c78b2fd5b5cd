internal import SheafCore
internal import SheafLocal
internal import SheafTesting
internal import Testing

/// Runs that do not fit into memory.
@Suite(.timeLimit(.minutes(2)))
struct SpillingTests {
    struct Row: Codable, Sendable, Hashable {
        var name: String
        var numbers: [Int]
        var note: String?
    }

    /// Makes `count` values, which all have to be kept until every one has been seen, and reduces them to text.
    private func outcome<T: Sendable>(
        _ session: Session, _ count: Int, _ make: @escaping @Sendable (Int) -> T, _ text: @escaping @Sendable (T) -> String
    ) async throws -> (text: String, events: [TaskEvent]) {
        let values = (0..<count).map { index in session.delayed(Delayed(index)) { (index: Int) in make(index) } }
        let seen = session.gather(values.map { session.delayed($0) { (value: T) in text(value).utf8.count } })
        let again = values.map { session.delayed($0, seen) { (value: T, _: [Int]) in text(value) } }
        var result = ""
        let events = try await session.taskEvents { result = try await session.gather(again).compute().joined() }
        #expect(try await session.engine.resources().usedBytes == 0)
        return (result, events)
    }

    private func check<T: Sendable>(_ make: @escaping @Sendable (Int) -> T, _ text: @escaping @Sendable (T) -> String) async throws {
        let count = 16
        let expected = (0..<count).map { text(make($0)) }.joined()
        for workers in [1, 3] {
            let session = Session(workers: workers, memory: 1 << 20)
            let (found, events) = try await outcome(session, count, make, text)
            #expect(found == expected)
            var spilled = 0, loaded = 0
            for event in events {
                if case .spilled(let bytes) = event.kind { spilled += bytes }
                if case .loaded(let bytes) = event.kind { loaded += bytes }
            }
            #expect(spilled > 0 && loaded > 0, "nothing was spilled, so this shows nothing")
            await session.close()
        }
    }

    @Test func arraysOfNumbers() async throws {
        try await check { index in
            (0..<12_000).map { $0 &* index }
        } _: {
            "\($0.count) \($0.reduce(0, &+));"
        }
    }

    @Test func arraysOfStrings() async throws {
        try await check { index in
            (0..<1_500).map { "a string of some length, number \($0 * index)" }
        } _: {
            "\($0.count) \($0.last ?? "")\($0.hashSum);"
        }
    }

    @Test func arraysOfPairs() async throws {
        try await check { index in
            (0..<3_500).map { ("key \($0)", $0 * index) }
        } _: { pairs in
            "\(pairs.count) \(pairs.reduce(0) { $0 &+ $1.1 &* $1.0.utf8.count });"
        }
    }

    @Test func arraysOfStructs() async throws {
        try await check { index in
            (0..<1_900).map { Row(name: "row \($0)", numbers: [$0, index], note: $0 % 2 == 0 ? nil : "odd") }
        } _: { rows in
            "\(rows.count) \(rows[7]) \(rows.reduce(0) { $0 &+ $1.numbers[1] });"
        }
    }

    @Test func dictionaries() async throws {
        try await check { index in
            Dictionary(uniqueKeysWithValues: (0..<2_500).map { ("key number \($0)", $0 * index) })
        } _: { table in
            "\(table.count) \(table["key number 77"] ?? -1) \(table.values.reduce(0, &+));"
        }
    }

    @Test func valuesThatCannotBeWrittenStayInMemory() async throws {
        final class Opaque: MemorySized, Sendable {
            let number: Int
            init(_ number: Int) { self.number = number }
            var memoryByteCount: Int { 300_000 }
        }
        let session = Session(workers: 2, memory: 2 << 20)
        let (text, events) = try await outcome(session, 24, { Opaque($0) }) { "\($0.number);" }
        #expect(text == (0..<24).map { "\($0);" }.joined())
        #expect(!events.contains { if case .spilled = $0.kind { true } else { false } })
    }

    @Test(arguments: Array(UInt64(1)...6))
    func randomGraphsUnderATinyBudget(seed: UInt64) async throws {
        let random = RandomGraph(seed: seed, nodes: 100, words: 10_000)
        let session = Session(workers: 3, memory: 512 << 10)
        #expect(try await session.run(random) == random.expected)
        #expect(try await session.engine.resources().usedBytes == 0)
    }

    @Test func theFullestMomentIsNotFarAboveTheBudget() async throws {
        let engine = LocalEngine(options: SessionOptions(workers: 2, memory: 4 << 20)), session = Session(engine: engine)
        _ = try await outcome(session, 60, { index in [Int](repeating: index, count: 40_000) }) { "\($0[0])" }
        // What is made before its size is known, and what is read back, comes on top.
        #expect(engine.peakBytes < 6 << 20, "twenty megabytes went through a budget of four")
    }
}

extension [String] {
    fileprivate var hashSum: Int { reduce(0) { $0 &+ $1.utf8.reduce(0) { $0 &* 31 &+ Int($1) } } }
}
