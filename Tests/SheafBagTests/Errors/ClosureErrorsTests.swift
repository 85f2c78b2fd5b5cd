import Foundation
import Sheaf
import Testing

@Suite struct ClosureErrorsTests {
    @Test("A throwing closure ends the run with its error as the cause, and the record it was given", arguments: [nil, 10])
    func record(partitionBytes: Int?) async throws {
        try await withFolder { folder async throws in
            // More than one buffer, so that the line's buffer has been passed on when the error is told.
            let lines = (1...30_000).map { "\($0) of some lines" }
            let path = try write(Array(lines.joined(separator: "\n").utf8), to: "lines", in: folder)
            try await withSession { session async throws in
                for wrong in [1, 17_000, 30_000] {
                    let options = TextOptions(partitionBytes: partitionBytes.map { _ in 100_000 })
                    let bag = session.lines(of: path, options: options).map { line in
                        if line == lines[wrong - 1] { throw Malformed() }
                        return line
                    }
                    let error = await #expect(throws: TaskError.self) { try await bag.count() }
                    #expect(error?.code == .failed)
                    #expect(error?.cause as? Malformed == Malformed())
                    #expect(error?.record == RecordPosition(file: path, line: wrong, text: lines[wrong - 1]))
                    #expect(error?.node?.contains("map") == true)
                }
            }
        }
    }

    @Test("Later errors of a task do not blame the last line it has read")
    func noStaleRecord() async throws {
        try await withFolder { folder async throws in
            let path = try write(Array("one\ntwo\n".utf8), to: "lines", in: folder)
            try await withSession { session async throws in
                let numbers = session.bag(["3", "4"], partitions: 1)
                let joined = session.lines(of: path).union(numbers).coalesce(1).map { text in
                    if text == "4" { throw Malformed() }
                    return text
                }
                let second = await #expect(throws: TaskError.self) { try await joined.count() }
                #expect(second?.cause as? Malformed == Malformed())
                #expect(second?.record == nil, "the element came from a sequence")
                let whole = session.lines(of: path).mapPartitions { lines -> [String] in throw Malformed() }
                let third = await #expect(throws: TaskError.self) { try await whole.count() }
                #expect(third?.record == nil, "the closure had all lines")
            }
        }
    }

    /// An action on one line of this file.
    struct Action: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var line: UInt32
        var run: @Sendable (Bag<Int>) async throws -> Void

        init(_ name: String, line: UInt32 = #line, run: @escaping @Sendable (Bag<Int>) async throws -> Void) {
            testDescription = name
            self.line = line
            self.run = run
        }
    }

    // Each case on one line, since its line is what the error has to name.
    // swift-format-ignore
    static let actions = [
        Action("collect") { _ = try await $0.collect() },
        Action("collectPartitions") { _ = try await $0.collectPartitions() },
        Action("count") { _ = try await $0.count() },
        Action("sum") { _ = try await $0.sum() },
        Action("mean") { _ = try await $0.mean() },
        Action("stats") { _ = try await $0.stats() },
        Action("min") { _ = try await $0.min() },
        Action("histogram") { _ = try await $0.map { Double($0) }.histogram(bins: 3) },
        Action("take") { _ = try await $0.take(50) },
        Action("first") { _ = try await $0.filter { $0 < 0 }.first() },
        Action("top") { _ = try await $0.top(2) },
        Action("takeOrdered") { _ = try await $0.takeOrdered(2) { $0 > $1 } },
        Action("reduce") { _ = try await $0.reduce { $0 + $1 } },
        Action("fold") { _ = try await $0.fold(0) { $0 + $1 } },
        Action("aggregate") { _ = try await $0.aggregate(0) { $0 += $1 } merge: { $0 += $1 } },
        Action("countByKey") { _ = try await $0.map { ($0, $0) }.countByKey() },
        Action("lookup") { _ = try await $0.map { ($0, $0) }.lookup(3) },
        Action("persist") { _ = try await $0.persist() },
        Action("elements") { _ = try await $0.elements() },
        Action("reduceByKey") { _ = try await $0.map { ($0, $0) }.reduceByKey(.sum).count() },
        Action("groupByKey") { _ = try await $0.map { ($0, $0) }.groupByKey().count() },
        Action("distinct") { _ = try await $0.distinct().count() },
        Action("sorted") { _ = try await $0.sorted().count() },
        Action("sortBy") { _ = try await $0.sortBy { -$0 }.count() },
        Action("repartition") { _ = try await $0.repartition(2).count() },
        Action("zipWithIndex") { _ = try await $0.zipWithIndex().count() },
    ]

    @Test("The error names the line of the program that made the node", arguments: actions)
    func location(_ action: Action) async throws {
        try await withSession { session async throws in
            let bag = session.bag(0..<20, partitions: 3).map { number in
                if number == 13 { throw Malformed() }
                return number
            }
            let error = await #expect(throws: TaskError.self) { try await action.run(bag) }
            #expect(error?.cause as? Malformed == Malformed())
            #expect(error?.location?.line == action.line)
            #expect(error?.location?.file.hasSuffix("/ClosureErrorsTests.swift") == true)
            #expect(error?.node?.contains("map") == true)
        }
    }

    @Test("Closures of each kind may throw", arguments: Setup.few)
    func kinds(_ setup: Setup) async throws {
        try await withSession(setup.options) { session async throws in
            let bag = session.bag(0..<20, partitions: setup.partitions), pairs = bag.map { ($0 % 2, $0) }
            func check(_ name: String, _ run: () async throws -> Void) async {
                let error = await #expect(throws: TaskError.self, "\(name)") { try await run() }
                #expect(error?.cause as? Malformed == Malformed(), "\(name)")
            }
            await check("filter") { _ = try await bag.filter { _ in throw Malformed() }.collect() }
            await check("compactMap") { _ = try await bag.compactMap { _ -> Int? in throw Malformed() }.collect() }
            await check("flatMap") { _ = try await bag.flatMap { _ -> [Int] in throw Malformed() }.collect() }
            await check("mapPartitions") { _ = try await bag.mapPartitions { _ -> [Int] in throw Malformed() }.collect() }
            await check("sortBy") { _ = try await bag.sortBy { _ -> Int in throw Malformed() }.collect() }
            await check("top") { _ = try await bag.top(3) { _ -> Int in throw Malformed() } }
            await check("takeOrdered") { _ = try await bag.takeOrdered(3) { _, _ in throw Malformed() } }
            await check("reduce") { _ = try await bag.reduce { _, _ in throw Malformed() } }
            await check("aggregate") {
                _ = try await bag.aggregate(0) { _, _ in
                    throw Malformed()
                } merge: {
                    $0 += $1
                }
            }
            await check("reduceByKey") { _ = try await pairs.reduceByKey { _, _ in throw Malformed() }.collect() }
            await check("foldByKey") { _ = try await pairs.foldByKey(0) { _, _ in throw Malformed() }.collect() }
            await check("mapValues") { _ = try await pairs.mapValues { _ -> Int in throw Malformed() }.collect() }
            await check("keyed") { _ = try await bag.keyed { _ -> Int in throw Malformed() }.collect() }
            #expect(try await bag.count() == 20, "the session goes on")
            #expect(try await session.usedBytes() == 0, "nothing is left of the failed runs")
        }
    }

    @Test("An async function cannot be applied to elements, and the plan says so")
    func asyncFunction() async throws {
        let line: UInt32 = #line + 1
        let later = Function("later", async: { (number: Int) async in number > 0 })
        try await withSession { session async throws in
            let bag = session.bag(0..<3)
            let runs =
                [
                    { _ = try await bag.map(later).collect() }, { _ = try await bag.filter(later).collect() },
                ] as [() async throws -> Void]
            for run in runs {
                let error = await #expect(throws: PlanError.self) { try await run() }
                #expect(error?.code == .unsupported)
                #expect(error?.location?.line == line)
                #expect(error?.message.contains("later") == true)
            }
        }
    }
}
