import Foundation
import SheafCore
import SheafTesting
import SheafWorker
import Testing

@testable import sheaf_test_worker

private func taskError(_ body: () async throws -> some Sendable) async throws -> TaskError {
    do { _ = try await body() } catch let error as TaskError { return error }
    throw ConformanceFailure("ended without a TaskError")
}

@Suite("Workers that fail", .timeLimit(.minutes(2)))
struct FaultTests {
    @Test("functions run in other processes, one for each worker")
    func otherProcesses() async throws {
        try await withEngine(2) { engine, session in
            let found = Set(try await session.compute((0..<50).map { session.delayed(TestFunctions.process, Delayed($0)) }))
            #expect(!found.contains(Int(getpid())))
            #expect(found.isSubset(of: Set(engine.workerProcesses.map(Int.init))))
        }
    }

    @Test("a trap is an error that names the signal, the function and the node, and what the worker said; others go on")
    func trap() async throws {
        try await withEngine(2) { engine, session in
            let error = try await taskError {
                try await session.delayed(TestFunctions.trap, "oh no", options: NodeOptions(name: "falls")).compute()
            }
            #expect(error.code == .crashed)
            #expect(error.message.contains("SIGTRAP") || error.message.contains("SIGILL"))
            #expect(error.message.contains("test.trap"))
            #expect(error.node?.hasPrefix("falls#") == true)
            #expect("\(error)".contains("oh no"))
            #expect(try await session.delayed(TestFunctions.add, 1, 2).compute() == 3)
            let second = try await taskError { try await session.delayed(TestFunctions.overrun, Delayed([1])).compute() }
            #expect(second.code == .crashed)
        }
    }

    @Test("a crash is retried as often as the policy says")
    func retries() async throws {
        try await withEngine(1) { _, session in
            let options = NodeOptions(retry: RetryPolicy(attempts: 3))
            let error = try await taskError { try await session.delayed(TestFunctions.trap, "again", options: options).compute() }
            #expect(error.attempt == 3)
        }
    }

    @Test("a worker that somebody kills in the middle is replaced, and its task run again")
    func killed() async throws {
        try await withEngine(2) { engine, session in
            let begun = try Begun()
            async let result = session.delayed(TestFunctions.slowly, Delayed(begun.path), 7).compute()
            try await begun.started.wait()
            for process in engine.workerProcesses { kill(process, SIGKILL) }
            #expect(try await result == 7)
            #expect(Tally.read(begun.path + ".tally") == 2)
            #expect(try await session.compute((0..<20).map { session.delayed(TestFunctions.nothing, Delayed($0)) }) == Array(0..<20))
        }
    }

    @Test("idle workers that somebody kills are replaced")
    func killedIdle() async throws {
        try await withEngine(2) { engine, session in
            for _ in 0..<3 {
                let before = engine.workerProcesses
                for process in before { kill(process, SIGKILL) }
                #expect(await waitUntilGone(before.map(Int.init)))
                let sum = try await session.delayed(TestFunctions.add, 20, 22).compute()
                let waited = try await session.delayed(TestFunctions.waits, 42).compute()
                #expect(sum == 42 && waited == 42)
            }
        }
    }

    @Test("whatever is killed and whenever, the results are right", arguments: [1, 3])
    func chaos(workers: Int) async throws {
        try await withEngine(workers, process: ProcessOptions(allowedLosses: 1000)) { engine, session in
            let killer = Task {
                var random = SplitMix64(seed: 4)
                while !Task.isCancelled {
                    try await Task.sleep(for: .milliseconds(Int(random.next() % 40)))
                    if let victim = engine.workerProcesses.randomElement() { kill(victim, SIGKILL) }
                }
            }
            defer { killer.cancel() }
            for round in 0..<12 {
                let large = session.delayed(TestFunctions.bytes, Delayed(100_000 + round))
                let sums = (0..<4).map { _ in session.delayed(TestFunctions.sum, large) }
                let waits = (0..<60).map { session.delayed(TestFunctions.waits, Delayed($0)) }
                let small = (0..<200).map { session.delayed(TestFunctions.add, waits[$0 % 60], Delayed($0)) }
                let found = try await session.compute(sums + waits + small)
                let expected = Array(repeating: 100_000 + round, count: 4) + Array(0..<60) + (0..<200).map { $0 % 60 + $0 }
                #expect(found == expected)
            }
        }
    }

    @Test("a function that leaves the process is an error, not a success")
    func leaves() async throws {
        try await withEngine(1) { _, session in
            let error = try await taskError { try await session.delayed(TestFunctions.leave, 0).compute() }
            #expect(error.code == .crashed)
            #expect(error.message.contains("status 0"))
        }
    }

    @Test("a function that allocates without end ends with its worker")
    func gorges() async throws {
        try await withEngine(1, process: ProcessOptions(workerMemory: 256 << 20)) { _, session in
            let error = try await taskError { try await session.delayed(TestFunctions.gorge, 1).compute() }
            #expect(error.code == .crashed)
            #expect(error.hint?.contains("256 MiB") == true)
            #expect(try await session.delayed(TestFunctions.add, 1, 2).compute() == 3)
        }
    }

    @Test(
        "a function that takes longer than its deadline is killed, also among others and while it waits", arguments: ["sleep", "stubborn"])
    func deadline(function: String) async throws {
        try await withEngine(1, process: ProcessOptions(deadline: 0.3)) { _, session in
            let begin = ContinuousClock.now, begun = try Begun()
            let late =
                function == "sleep"
                ? session.delayed(TestFunctions.sleep, "", 60) : session.delayed(TestFunctions.stubborn, Delayed(begun.path))
            let others = (0..<20).map { session.delayed(TestFunctions.add, Delayed($0), 1) }
            let error = try await taskError { try await session.compute(others + [late] + others) }
            #expect(error.code == .deadlineExceeded)
            #expect(ContinuousClock.now - begin < .seconds(40))
            #expect(try await session.delayed(TestFunctions.add, 1, 2).compute() == 3)
        }
    }

    @Test("cancelling ends functions that do not listen", arguments: ["sleep", "spin", "stubborn"])
    func cancel(function: String) async throws {
        try await withEngine(1, process: ProcessOptions(grace: 0.1)) { engine, session in
            let begun = try Begun()
            let before = engine.workerProcesses.map(Int.init)
            let value =
                switch function {
                case "sleep": session.delayed(TestFunctions.sleep, Delayed(begun.path), 60)
                case "spin": session.delayed(TestFunctions.spin, Delayed(begun.path))
                default: session.delayed(TestFunctions.stubborn, Delayed(begun.path))
                }
            let task = Task { try await value.compute() }
            try await begun.started.wait()
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(await waitUntilGone(before))
            #expect(try await session.delayed(TestFunctions.add, 1, 2).compute() == 3)
        }
    }

    @Test(
        "bytes that are no frame end the worker, and are an error",
        arguments: [[UInt8](repeating: 0xff, count: 64), [1, 2, 3], Array(Frame(.hello).bytes), Array(Frame(.result, call: 99_999).bytes)])
    func garbled(bytes: [UInt8]) async throws {
        try await withEngine(1) { _, session in
            do {
                _ = try await session.delayed(TestFunctions.garble, Delayed(bytes)).compute()
                Issue.record("ended without an error")
            } catch let error as EngineError {
                #expect(error.code == .protocolViolation)
            }
            #expect(try await session.delayed(TestFunctions.add, 1, 2).compute() == 3)
        }
    }

    @Test("what a function has started ends with the engine")
    func grandchildren() async throws {
        let children = Collected()
        try await withEngine(1) { _, session in
            children.list = [try await session.delayed(TestFunctions.childOf, 1).compute()]
            #expect(isRunning(children.list[0]))
        }
        #expect(await waitUntilGone(children.list))
    }

    @Test("no worker outlives a parent that is killed, however busy it is")
    func lifeline() async throws {
        let begun = try Begun()
        let pipe = try SignalPipe(begun.folder.path("busy.started"))
        let parent = Process()
        parent.executableURL = URL(fileURLWithPath: workerPath)
        parent.arguments = ["hang", begun.folder.path("").trimmingSuffix("/")]
        let output = Pipe()
        parent.standardOutput = output
        try parent.run()
        try await withTimeLimit(.seconds(30)) { try await pipe.wait(for: 2) }
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        let workers = line.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
        #expect(workers.count == 2 && workers.allSatisfy(isRunning))
        kill(parent.processIdentifier, SIGKILL)
        #expect(await waitUntilGone(workers, within: .seconds(2)))
    }
}

private final class Collected: @unchecked Sendable { var list: [Int] = [] }

extension String {
    fileprivate func trimmingSuffix(_ suffix: String) -> String { hasSuffix(suffix) ? String(dropLast(suffix.count)) : self }
}
