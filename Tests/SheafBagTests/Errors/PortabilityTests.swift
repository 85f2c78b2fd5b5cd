import Foundation
import Sheaf
import SheafTesting
import Testing

@Suite struct PortabilityTests {
    /// A plan written on one line of this file.
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var line: UInt32
        var run: @Sendable (Bag<Int>) async throws -> Void

        init(_ name: String, line: UInt32 = #line, run: @escaping @Sendable (Bag<Int>) async throws -> Void) {
            testDescription = name
            self.line = line
            self.run = run
        }
    }

    static let isOdd = Function("isOdd") { (number: Int) in number % 2 != 0 }
    static let half = Function("half") { (number: Int) -> Int? in number / 2 }
    static let digits = Function("digits") { (number: Int) in "\(number)".utf8.map { Int($0) } }
    static let pair = Function("pair") { (number: Int) in (number % 3, number) }

    // Each case on one line, since its line is what the error has to name.
    // swift-format-ignore
    static let closures = [
        Case("map") { _ = try await $0.map { $0 + 1 }.collect() },
        Case("filter") { _ = try await $0.filter { $0 > 1 }.collect() },
        Case("compactMap") { _ = try await $0.compactMap { $0 > 1 ? $0 : nil }.collect() },
        Case("flatMap") { _ = try await $0.flatMap { [$0] }.collect() },
        Case("mapPartitions") { _ = try await $0.mapPartitions { $0 }.collect() },
        Case("parse") { _ = try await $0.parse { $0 }.collect() },
        Case("keyed") { _ = try await $0.keyed { $0 }.collect() },
        Case("mapValues") { _ = try await $0.map(pair).mapValues { $0 }.collect() },
        Case("sortBy") { _ = try await $0.sortBy { -$0 }.collect() },
        Case("reduceByKey") { _ = try await $0.map(pair).reduceByKey { $0 + $1 }.collect() },
        Case("reducer of one's own") { _ = try await $0.map(pair).reduceByKey(Reducer { $0 + $1 }).collect() },
        Case("foldByKey") { _ = try await $0.map(pair).foldByKey(0) { $0 + $1 }.collect() },
        Case("aggregateByKey") { _ = try await $0.map(pair).aggregateByKey(0) { $0 += $1 } merge: { $0 += $1 }.collect() },
        Case("reduce") { _ = try await $0.reduce { $0 + $1 } },
        Case("reduce with a reducer of one's own") { _ = try await $0.reduce(Reducer { $0 + $1 }) },
        Case("fold") { _ = try await $0.fold(0) { $0 + $1 } },
        Case("aggregate") { _ = try await $0.aggregate(0) { $0 += $1 } merge: { $0 += $1 } },
        Case("treeAggregate") { _ = try await $0.treeAggregate(0) { $0 += $1 } merge: { $0 += $1 } },
        Case("takeOrdered") { _ = try await $0.takeOrdered(2) { $0 > $1 } },
        Case("top") { _ = try await $0.top(2) { -$0 } },
        Case("before a shuffle") { _ = try await $0.map { ($0, 1) }.groupByKey().count() },
        Case("in the second of two sides") { _ = try await $0.map(pair).join($0.map { ($0, 1) }, partitions: 2).count() },
        Case("in the second of two bags") { _ = try await $0.union($0.map { $0 + 1 }).count() },
        Case("joined with its neighbours") { _ = try await $0.union($0.map { $0 + 1 }).coalesce(1).count() },
        Case("before persist") { _ = try await $0.map { $0 + 1 }.persist() },
        Case("before write") { _ = try await $0.map { $0 + 1 }.write(text: NSTemporaryDirectory() + "sheaf-tests-never-made") },
    ]

    @Test("A closure in a plan for an engine out of process is an error of the plan that names its file and line", arguments: closures)
    func closure(_ plan: Case) async throws {
        let engine = RefusingEngine(capabilities: Capabilities(engine: "refusing", closures: false))
        let session = Session(engine: engine, options: SessionOptions(workers: 2, memory: 64 << 20))
        let error = await #expect(throws: PlanError.self) { try await plan.run(session.bag(0..<9, partitions: 3)) }
        #expect(error?.code == .closureNotPortable)
        #expect(error?.location?.line == plan.line)
        #expect(error?.location?.file == "SheafBagTests/PortabilityTests.swift")
        #expect(error?.message.contains("refusing") == true, "names the engine")
        #expect(error?.hint?.contains("Function") == true)
        #expect(engine.requests == [], "nothing was asked of the engine")
    }

    static let named = [
        Case("collect") { _ = try await $0.collect() },
        Case("map") { _ = try await $0.map(half).collect() },
        Case("filter") { _ = try await $0.filter(isOdd).collect() },
        Case("compactMap") { _ = try await $0.compactMap(half).collect() },
        Case("flatMap") { _ = try await $0.flatMap(digits).collect() },
        Case("keys and values") { _ = try await $0.map(pair).keys().zip($0.map(pair).values()).collect() },
        Case("zipWithIndex") { _ = try await $0.zipWithIndex().collect() },
        Case("sample") { _ = try await $0.sample(fraction: 0.5).collect() },
        Case("union and coalesce") { _ = try await $0.union($0.filter(isOdd)).coalesce(2).collect() },
        Case("repartition") { _ = try await $0.repartition(2).collect() },
        Case("partitionBy") { _ = try await $0.map(pair).partitionBy(2).collect() },
        Case("distinct") { _ = try await $0.distinct().collect() },
        Case("frequencies") { _ = try await $0.frequencies().collect() },
        Case("sorted") { _ = try await $0.sorted().collect() },
        Case("sortByKey") { _ = try await $0.map(pair).sortByKey(descending: true).collect() },
        Case("sum by key") { _ = try await $0.map(pair).reduceByKey(.sum).collect() },
        Case("min by key") { _ = try await $0.map(pair).reduceByKey(.min).collect() },
        Case("max by key") { _ = try await $0.map(pair).reduceByKey(.max).collect() },
        Case("count by key") { _ = try await $0.map(pair).reduceByKey(.count).collect() },
        Case("mean by key") { _ = try await $0.map(pair).reduceByKey(.mean).collect() },
        Case("countByKey") { _ = try await $0.map(pair).countByKey() },
        Case("lookup") { _ = try await $0.map(pair).lookup(1) },
        Case("groupByKey") { _ = try await $0.map(pair).groupByKey().collect() },
        Case("cogroup") { _ = try await $0.map(pair).cogroup($0.map(pair)).collect() },
        Case("joins") { _ = try await $0.map(pair).join($0.map(pair)).collect() },
        Case("rightJoin") { _ = try await $0.map(pair).rightJoin($0.map(pair), partitions: 2).collect() },
        Case("fullJoin") { _ = try await $0.map(pair).fullJoin($0.map(pair)).collect() },
        Case("count") { _ = try await $0.count() },
        Case("sum") { _ = try await $0.sum() },
        Case("mean") { _ = try await $0.mean() },
        Case("stats") { _ = try await $0.stats() },
        Case("min") { _ = try await $0.min() },
        Case("max") { _ = try await $0.max() },
        Case("named reducer") { _ = try await $0.reduce(.sum) },
        Case("take") { _ = try await $0.take(3) },
        Case("takeOrdered") { _ = try await $0.takeOrdered(3) },
        Case("top") { _ = try await $0.top(3) },
        Case("persist") { _ = try await $0.persist() },
        Case("elements") { _ = try await $0.elements() },
    ]

    @Test("A plan of registered functions and named reducers passes the check, and reaches the engine", arguments: named)
    func portable(_ plan: Case) async throws {
        let engine = RefusingEngine(capabilities: Capabilities(engine: "refusing", closures: false))
        let session = Session(engine: engine, options: SessionOptions(workers: 2, memory: 64 << 20))
        let error = await #expect(throws: EngineError.self) { try await plan.run(session.bag(0..<9, partitions: 3)) }
        #expect(error?.code == .refused)
        #expect(engine.requests == ["submit"])
    }

    @Test("The first lines of the design's first program pass the check with a registered function")
    func firstProgram() async throws {
        let parse = Function("parse") { (line: String) -> (Int, Int)? in
            let fields = line.split(separator: ",")
            guard fields.count == 2, let id = Int(fields[0]), let value = Int(fields[1]) else { return nil }
            return (id, value)
        }
        let path = Oracle.file("byte-order-mark.txt")
        let engine = RefusingEngine(capabilities: Capabilities(engine: "refusing", closures: false))
        let elsewhere = Session(engine: engine, options: SessionOptions(workers: 2, memory: 64 << 20))
        await #expect(throws: EngineError.self) { try await elsewhere.lines(of: path).compactMap(parse).reduceByKey(.sum).collect() }
        #expect(engine.requests == ["submit"])
        let sums = try await withSession { try await $0.lines(of: path).compactMap(parse).reduceByKey(.sum).collect() }
        #expect(sums.map { "\($0.0) \($0.1)" } == ["1 10"])
    }
}
