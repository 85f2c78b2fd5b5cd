import Foundation
import SheafCore
import SheafLocal
import Testing

@testable import SheafProgram

@Suite("A trace")
struct ChromeTraceTests {
    private let path = FileManager.default.temporaryDirectory.appendingPathComponent("sheaf-trace-\(UUID().uuidString).json").path

    private struct File: Decodable { var traceEvents: [Slice]; var displayTimeUnit: String }

    private struct Slice: Decodable {
        struct Arguments: Decodable {
            var name: String?
            var node: Int?
            var bytes: Int?
            var error: String?
            var attempt: Int?
            var unfinished: Bool?
            var willRetry: Bool?
            var resident: Int?
        }
        var ph: String
        var name: String
        var pid: Int
        var tid: Int?
        var ts: Double?
        var dur: Double?
        var args: Arguments?
    }

    private func read() throws -> [Slice] {
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try JSONDecoder().decode(File.self, from: Data(contentsOf: URL(fileURLWithPath: path))).traceEvents
    }

    private func event(
        _ kind: TaskEvent.Kind, node: Int, worker: Int, at microseconds: UInt64, name: String = "load", attempt: Int = 1
    ) -> SessionEvent {
        .task(
            TaskEvent(
                job: 1, node: node, attempt: attempt, worker: worker, nanoseconds: 1_000_000 + microseconds * 1000, kind: kind, name: name))
    }

    /// Writes a trace that begins at 1 ms of the clock.
    private func trace(_ events: [SessionEvent]) throws -> [Slice] {
        let trace = try ChromeTrace(path: path, begin: 1_000_000)
        for event in events { trace.handle(event, now: 1_500_000) }
        try trace.close()
        return try read()
    }

    @Test("has a slice for each task, on the row of its worker, with its time, its node and its bytes")
    func slices() throws {
        let found = try trace([
            event(.started, node: 4, worker: 1, at: 10), event(.started, node: 5, worker: 0, at: 12, name: "say \"hi\"\n\u{1}"),
            event(.finished(bytes: 64), node: 4, worker: 1, at: 35), event(.finished(bytes: 7), node: 5, worker: 0, at: 13),
        ])
        let slices = found.filter { $0.ph == "X" }
        #expect(slices.map(\.name) == ["load", "say \"hi\"\n\u{1}"])
        #expect(slices.map(\.tid) == [1, 0])
        #expect(slices.map(\.pid) == [1, 1])
        #expect(slices.map(\.ts) == [10, 12])
        #expect(slices.map(\.dur) == [25, 1])
        #expect(slices.map { $0.args?.node } == [4, 5])
        #expect(slices.map { $0.args?.bytes } == [64, 7])
        let rows = found.filter { $0.name == "thread_name" }
        #expect(rows.map(\.tid) == [1, 0])
        #expect(rows.map { $0.args?.name } == ["worker 1", "worker 0"])
    }

    @Test("puts tasks of one worker that overlap on rows of their own")
    func overlapping() throws {
        let found = try trace([
            event(.started, node: 1, worker: 0, at: 10), event(.finished(bytes: 0), node: 1, worker: 0, at: 20),
            event(.started, node: 2, worker: 0, at: 15), event(.finished(bytes: 0), node: 2, worker: 0, at: 50),
            event(.started, node: 3, worker: 0, at: 20), event(.finished(bytes: 0), node: 3, worker: 0, at: 30),
            event(.started, node: 4, worker: 0, at: 5), event(.finished(bytes: 0), node: 4, worker: 0, at: 60),
        ])
        let slices = found.filter { $0.ph == "X" }
        #expect(slices.map(\.tid) == [0, 1_000_000, 0, 1_000_001])
        let rows = found.filter { $0.name == "thread_name" }.map { $0.args?.name }
        #expect(rows == ["worker 0", "worker 0, waiting 1", "worker 0, waiting 2"])
    }

    @Test("shows failures, attempts, spilling and memory")
    func others() throws {
        let found = try trace([
            .runStarted(job: 1, name: "collect", tasks: 3), event(.started, node: 1, worker: 2, at: 10),
            event(.failed(message: "no", willRetry: true), node: 1, worker: 2, at: 20),
            event(.started, node: 1, worker: 2, at: 30, attempt: 2), event(.finished(bytes: 5), node: 1, worker: 2, at: 40, attempt: 2),
            event(.spilled(bytes: 4096), node: 1, worker: 2, at: 45), event(.loaded(bytes: 4096), node: 1, worker: 3, at: 46),
            .progress(Progress(job: 1, residentBytes: 77)), .rejected(job: 1, count: 3, samples: []),
            .runFailed(job: 1, error: EngineError(.noSpace, "full")),
        ])
        let slices = found.filter { $0.ph == "X" && $0.pid == 1 }
        #expect(slices.map { $0.args?.attempt } == [1, 2])
        #expect(slices.map { $0.args?.error } == ["no", nil])
        #expect(slices.map { $0.args?.willRetry } == [true, nil])
        let instants = found.filter { $0.ph == "i" }
        #expect(instants.map(\.name) == ["spilled", "read back", "records left out"])
        #expect(instants.map(\.tid) == [2, 3, nil])
        #expect(instants.first?.args?.bytes == 4096)
        #expect(found.first { $0.ph == "C" }?.args?.resident == 77)
        let run = try #require(found.first { $0.ph == "X" && $0.pid == 0 })
        #expect(run.name == "collect")
        #expect(run.ts == 500)
        #expect(run.args?.error?.contains("full") == true)
    }

    @Test("that ends early is complete: what had not ended is cut off, what was cancelled is left out")
    func unfinished() throws {
        let found = try trace([
            .runStarted(job: 1, name: "collect", tasks: 3), event(.started, node: 1, worker: 0, at: 100),
            event(.started, node: 2, worker: 1, at: 700), event(.started, node: 3, worker: 2, at: 701),
            event(.cancelled, node: 3, worker: 2, at: 702),
        ])
        let slices = found.filter { $0.ph == "X" && $0.pid == 1 }
        #expect(slices.map { $0.args?.node } == [1, 2])
        #expect(slices.map(\.dur) == [602, 2])
        #expect(slices.allSatisfy { $0.args?.unfinished == true })
        #expect(found.contains { $0.name == "collect" })
    }

    @Test("without any event is a valid file")
    func empty() throws {
        #expect(try trace([]).allSatisfy { $0.ph == "M" })
    }

    @Test("of a real run has every task once, on the rows of its workers")
    func realRun() async throws {
        let arguments = try SessionArguments.parse(["--trace", path, "--workers", "2", "--progress", "never"])
        let double = Function("double") { (number: Int) in number * 2 }
        let sum = Function("sum") { (numbers: [Int]) in numbers.reduce(0, +) }
        let total = try await arguments.withSession { session in
            try await session.delayed(sum, (0..<200).map { session.delayed(double, $0) }).compute()
        }
        #expect(total == 39_800)
        let slices = try read().filter { $0.ph == "X" && $0.pid == 1 }
        #expect(slices.count == 201)
        #expect(Set(slices.map { $0.args?.node }).count == 201)
        #expect(slices.filter { $0.name == "sum" }.count == 1)
        #expect(slices.allSatisfy { (0...1).contains($0.tid ?? -1) && ($0.dur ?? -1) >= 0 && ($0.ts ?? -1) >= 0 })
    }

    @Test("of a failed run is a valid file with the failure")
    func failedRun() async throws {
        struct Oops: Error {}
        let arguments = try SessionArguments.parse(["--trace", path, "--workers", "1", "--progress", "never"])
        let fail = Function("fail") { (_: Int) -> Int in throw Oops() }
        await #expect(throws: TaskError.self) {
            try await arguments.withSession { session in _ = try await session.delayed(fail, 1).compute() }
        }
        let found = try read()
        #expect(found.filter { $0.ph == "X" && $0.pid == 1 }.map { $0.args?.error?.contains("Oops") } == [true])
        #expect(found.contains { $0.pid == 0 && $0.ph == "X" && $0.args?.error != nil })
    }

    @Test("that cannot be written is an error, but not before the run is over")
    func fullDisk() throws {
        let trace = try ChromeTrace(path: "/dev/full")
        trace.handle(.runStarted(job: 1, name: "collect", tasks: 1))
        let error = #expect(throws: EngineError.self) { try trace.close() }
        #expect(error?.code == .noSpace)
    }

    @Test("keeps every nanosecond", arguments: [(0, "0.000"), (999, "0.999"), (1_234_567, "1234.567"), (-1, "-0.001"), (5_000, "5.000")])
    func microseconds(_ nanoseconds: Int64, _ expected: String) {
        #expect(ChromeTrace.microseconds(nanoseconds) == expected)
    }
}
