import Sheaf
import Testing

@Suite struct InvalidArgumentTests {
    /// Operations that are told a number of partitions.
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var run: @Sendable (Session, Int) async throws -> Void

        init(_ name: String, run: @escaping @Sendable (Session, Int) async throws -> Void) {
            testDescription = name
            self.run = run
        }
    }

    static let cases = [
        Case("sequence") { _ = try await $0.bag([1, 2, 3], partitions: $1).collect() },
        Case("range") { _ = try await $0.bag(0..<3, partitions: $1).collect() },
        Case("coalesce") { _ = try await $0.bag(0..<3).coalesce($1).collect() },
        Case("coalesce of nothing") { _ = try await $0.bag(parts: [[Int]]()).coalesce($1).collect() },
        Case("repartition") { _ = try await $0.bag(0..<3).repartition($1).collect() },
        Case("distinct") { _ = try await $0.bag(0..<3).distinct(partitions: $1).collect() },
        Case("frequencies") { _ = try await $0.bag(0..<3).frequencies(partitions: $1).collect() },
        Case("sorted") { _ = try await $0.bag(0..<3).sorted(partitions: $1).collect() },
        Case("sortBy") { _ = try await $0.bag(0..<3).sortBy(partitions: $1) { -$0 }.collect() },
        Case("sortByKey") { _ = try await $0.bag([(1, 2)]).sortByKey(partitions: $1).collect() },
        Case("partitionBy") { _ = try await $0.bag([(1, 2)]).partitionBy($1).collect() },
        Case("groupByKey") { _ = try await $0.bag([(1, 2)]).groupByKey(partitions: $1).collect() },
        Case("reduceByKey") { _ = try await $0.bag([(1, 2)]).reduceByKey(.sum, partitions: $1).collect() },
        Case("foldByKey") { _ = try await $0.bag([(1, 2)]).foldByKey(0, partitions: $1) { $0 + $1 }.collect() },
        Case("join") { _ = try await $0.bag([(1, 2)]).join($0.bag([(1, 2)]), partitions: $1).collect() },
        Case("rightJoin") { _ = try await $0.bag([(1, 2)]).rightJoin($0.bag([(1, 2)]), partitions: $1).collect() },
        Case("fullJoin") { _ = try await $0.bag([(1, 2)]).fullJoin($0.bag([(1, 2)]), partitions: $1).collect() },
        Case("cogroup") { _ = try await $0.bag([(1, 2)]).cogroup($0.bag([(1, 2)]), partitions: $1).collect() },
    ]

    @Test("No partitions, or fewer, are refused before anything runs", arguments: cases, [0, -1, .min])
    func partitions(_ operation: Case, _ partitions: Int) async throws {
        let (_, observed) = try await observing { session async throws in
            let error = await #expect(throws: PlanError.self) { try await operation.run(session, partitions) }
            #expect(error?.code == .invalidArgument)
            #expect(error?.message.contains("\(partitions)") == true)
            #expect(error?.hint != nil)
        }
        // Delayed partitions of a bag are computed when it is made.
        #expect(observed.runs.filter { $0 != "compute" } == [])
    }

    @Test("More partitions than elements leave some empty")
    func manyPartitions() async throws {
        try await withSession { session async throws in
            for operation in Self.cases { try await operation.run(session, 100) }
        }
    }
}
