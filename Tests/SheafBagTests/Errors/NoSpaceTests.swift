import Sheaf
import Testing

@Suite struct NoSpaceTests {
    /// Operations that write what does not fit in memory.
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var run: @Sendable (Bag<(Int, String)>) async throws -> Void

        init(_ name: String, run: @escaping @Sendable (Bag<(Int, String)>) async throws -> Void) {
            testDescription = name
            self.run = run
        }
    }

    static let cases = [
        Case("groupByKey") { _ = try await $0.groupByKey(partitions: 4).count() },
        Case("partitionBy") { _ = try await $0.partitionBy(3).count() },
        Case("repartition") { _ = try await $0.repartition(3).count() },
        Case("sortByKey") { _ = try await $0.sortByKey(partitions: 3).count() },
        Case("reduceByKey") { _ = try await $0.map { ($0.1 + "\($0.0)", 1) }.reduceByKey(.sum, partitions: 2).count() },
        Case("zip") { _ = try await $0.zip($0).count() },
        Case("join") { _ = try await $0.join($0.filter { $0.0 % 10 == 0 }, partitions: 3).count() },
        Case("persist on disk") { _ = try await $0.persist(.disk) },
        Case("persist in memory") { _ = try await $0.persist() },
        Case("elements") { _ = try await $0.elements() },
    ]

    @Test(
        "When the spill folder is full the run ends with an error that says what to do, and the session goes on", arguments: cases, [1, 3])
    func limit(_ operation: Case, _ workers: Int) async throws {
        let options = SessionOptions(workers: workers, memory: 1 << 20, spillLimit: 300_000)
        try await withSession(options) { session async throws in
            for _ in 0..<2 {
                let bag = session.bag(0..<50_000, partitions: 5).map { (key: Int) in
                    ((key * 7919) % 50_000, "a value of some length \(key)")
                }
                let error = await #expect(throws: EngineError.self) { try await operation.run(bag) }
                #expect(error?.code == .noSpace)
                #expect(error?.hint?.isEmpty == false)
                #expect(try await session.usedBytes() == 0, "what the failed run held has been given back")
            }
            // Small jobs run as before, those that need a little of the disk too.
            let bag = session.bag(0..<1000, partitions: 3).map { ($0 % 10, 1) }
            #expect(try await bag.reduceByKey(.sum).values().collect() == Array(repeating: 100, count: 10))
            #expect(try await bag.groupByKey(partitions: 2).count() == 10)
            #expect(try await session.bag(0..<5000).persist(.disk).sum() == 12_497_500)
        }
    }

    @Test("A spill folder that cannot be written is an error that names it")
    func missingFolder() async throws {
        let options = SessionOptions(workers: 2, memory: 1 << 20, spillFolder: "/no such folder")
        try await withSession(options) { session async throws in
            let error = await #expect(throws: EngineError.self) { try await session.bag(0..<10).persist(.disk) }
            #expect(error?.message.contains("/no such folder") == true)
            #expect(error?.hint?.isEmpty == false)
        }
    }
}
