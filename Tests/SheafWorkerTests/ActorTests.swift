import Foundation
import SheafCore
import SheafLocal
import SheafTesting
import SheafWorker
import Testing

@testable import sheaf_test_worker

@Suite("Objects in worker processes", .timeLimit(.minutes(2)))
struct ActorTests {
    @Test("each object has a process of its own, beside the workers, which ends with it")
    func places() async throws {
        try await withEngine(1) { engine, session in
            let one = try await session.actor(TestActors.sums, ""), other = try await session.actor(TestActors.sums, "")
            let processes = [try await one.call(TestActors.place), try await other.call(TestActors.place)]
            #expect(Set(processes).count == 2 && Set(engine.actorProcesses) == Set(processes))
            #expect(Set(processes).isDisjoint(with: engine.workerProcesses + [getpid()]))
            await one.end()
            #expect(!isRunning(Int(processes[0])) && isRunning(Int(processes[1])))
            #expect(try await other.call(TestActors.add, (1, 2)) == 2)
        }
    }

    @Test(
        "an object's process ends with the last handle, the session or the engine, whatever it does",
        arguments: ["handle", "session", "engine"])
    func ends(how: String) async throws {
        let begun = try Begun()
        try await withEngine(1) { engine, session in
            var object: ActorHandle<TestActors.Sums>? = try await session.actor(TestActors.sums, "")
            let process = Int(try await #require(object).call(TestActors.place))
            if how == "handle" {
                object = nil
                #expect(await waitUntilGone([process]))
                return
            }
            let busy = try #require(object)
            let running = Task { try await busy.call(TestActors.hang, begun.path) }
            try await begun.started.wait()
            let waiting = Task { try await busy.call(TestActors.add, (1, 1)) }
            while busy.waitingCount == 0 { await Task.yield() }
            if how == "session" { await session.close() } else { await engine.shutdown() }
            #expect(!isRunning(process))
            for call in [running, waiting] {
                let error = await #expect(throws: EngineError.self) { try await call.value }
                #expect(error?.code == .closed)
            }
        }
    }

    @Test("a call in whose middle somebody kills the process is not repeated; those that wait go to a new object, if there may be one")
    func killedRunning() async throws {
        try await withEngine(1) { engine, session in
            for restarts in [1, 0] {
                let begun = try Begun(), tally = begun.folder.path("made")
                let object = try await session.actor(TestActors.sums, tally, restarts: restarts)
                #expect(try await object.call(TestActors.add, (1, 5)) == 5)
                let process = try await object.call(TestActors.place)
                let running = Task { try await object.call(TestActors.hang, begun.path) }
                try await begun.started.wait()
                let waiting = Task { try await object.call(TestActors.add, (1, 2)) }
                while object.waitingCount == 0 { await Task.yield() }
                kill(process, SIGKILL)
                let error = await #expect(throws: TaskError.self) { try await running.value }
                #expect(error?.code == .crashed && error?.message.contains("SIGKILL") == true && error?.node == "test.sums.hang")
                if restarts == 1 {
                    #expect(try await waiting.value == 2)
                    #expect(try await object.call(TestActors.calls) == 1)
                } else {
                    let error = await #expect(throws: TaskError.self) { try await waiting.value }
                    #expect(error?.code == .crashed && error?.hint?.contains("restarts") == true)
                }
                #expect(Tally.read(tally) == 1 + restarts)
                #expect(!isRunning(Int(process)))
            }
        }
    }

    @Test("an object whose process is killed while nobody calls it is made again before the next call")
    func killedIdle() async throws {
        try await withEngine(1) { _, session in
            let object = try await session.actor(TestActors.sums, "", restarts: 2)
            for _ in 0..<2 {
                let process = try await object.call(TestActors.place)
                kill(process, SIGKILL)
                // Until the engine has noticed.
                while kill(process, 0) == 0 { await Task.yield() }
                #expect(try await object.call(TestActors.add, (1, 3)) == 3)
            }
            kill(try await object.call(TestActors.place), SIGKILL)
            let error = await #expect(throws: TaskError.self) {
                while true { _ = try await object.call(TestActors.calls) }
            }
            #expect(error?.code == .crashed)
        }
    }

    @Test("no object outlives a program that is killed, however busy it is")
    func lifeline() async throws {
        let begun = try Begun(), parent = Process(), output = Pipe()
        parent.executableURL = URL(fileURLWithPath: workerPath)
        parent.arguments = ["hold", URL(fileURLWithPath: begun.path).deletingLastPathComponent().path]
        parent.standardOutput = output
        try parent.run()
        defer { kill(parent.processIdentifier, SIGKILL) }
        try await withTimeLimit(.seconds(30)) { try await begun.started.wait() }
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        let process = try #require(Int(line.trimmingCharacters(in: .whitespacesAndNewlines)))
        #expect(isRunning(process))
        kill(parent.processIdentifier, SIGKILL)
        #expect(await waitUntilGone([process], within: .seconds(5)))
    }

    @Test("a trap is an error with the signal and the last words")
    func trap() async throws {
        try await withEngine(1) { _, session in
            let object = try await session.actor(TestActors.sums, "")
            let error = await #expect(throws: TaskError.self) { try await object.call(TestActors.trap, "oh no") }
            #expect(error?.code == .crashed && "\(error as Any)".contains("oh no"))
        }
    }

    @Test("a type that the program did not register is refused")
    func stranger() async throws {
        try await withEngine(1) { engine, session in
            let error = await #expect(throws: PlanError.self) { try await session.actor(TestActors.stranger, 1) }
            #expect(error?.code == .unsupported && error?.hint?.contains("functions") == true)
            #expect(engine.actorProcesses.isEmpty)
        }
    }

    @Test("in a workflow, workers are told what calls came to, by whatever task they were made")
    func workflow() async throws {
        let folder = try TemporaryFolder(), tally = folder.path("made"), local = folder.path("local")
        let expected = try await Session(engine: LocalEngine(options: SessionOptions(workers: 2))).run(TestActors.shared, local)
        try await withEngine(2) { _, session in
            let found = try await session.run(TestActors.shared, tally)
            #expect(found == expected)
            #expect(Tally.read(tally) == 1)
        }
    }

    @Test("what a worker could not repeat is refused: equal calls at a time, and calls by tasks")
    func refused() async throws {
        let begun = try TemporaryFolder()
        try await withEngine(1) { _, session in
            let error = await #expect(throws: EngineError.self) { try await session.run(TestActors.twice, begun.path("f")) }
            #expect(error?.code == .notRepeatable)
            let other = await #expect(throws: EngineError.self) { try await session.run(TestActors.fromTask, 1) }
            #expect(other?.code == .unsupported && other?.message.contains("test.sums.add") == true)
        }
    }
}
