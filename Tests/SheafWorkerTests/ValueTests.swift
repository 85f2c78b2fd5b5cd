import Foundation
import SheafCore
import SheafTesting
import SheafWorker
import Testing

@testable import sheaf_test_worker

@Suite("Values between processes", .timeLimit(.minutes(2)))
struct ValueTests {
    @Test("large results go from worker to worker, and nothing of them is left", arguments: [1 << 10, 1 << 16, 5 << 20])
    func large(count: Int) async throws {
        try await withEngine(2) { engine, session in
            let before = try await engine.resources().usedBytes
            let made = session.delayed(TestFunctions.bytes, Delayed(count))
            let sums = try await session.compute((0..<6).map { _ in session.delayed(TestFunctions.sum, made) })
            let bytes = try await made.compute()
            #expect(sums == Array(repeating: count, count: 6))
            #expect(bytes == [UInt8](repeating: 7, count: count))
            let after = try await engine.resources().usedBytes
            #expect(after == before)
        }
    }

    @Test("a persisted large value is not computed or encoded again")
    func persisted() async throws {
        try await withEngine(2) { _, session in
            let kept = Delayed([UInt8](repeating: 1, count: 1 << 20))
            for _ in 0..<3 {
                let sums = try await session.compute((0..<4).map { _ in session.delayed(TestFunctions.sum, kept) })
                #expect(sums == Array(repeating: 1 << 20, count: 4))
            }
        }
    }

    @Test("a result that cannot be written down is an error before anything runs")
    func unencodable() async throws {
        try await withEngine(1) { _, session in
            do {
                _ = try await session.delayed(TestFunctions.unencodable, 1).compute()
                Issue.record("ended without an error")
            } catch let error as PlanError {
                #expect(error.code == .notSerializable)
                #expect(error.node != nil && error.location != nil)
            }
        }
    }

    @Test("a function that the workers do not know is an error before anything runs")
    func unregistered() async throws {
        let stranger = Function("test.stranger") { (number: Int) in number }
        try await withEngine(1) { _, session in
            do {
                _ = try await session.delayed(stranger, 1).compute()
                Issue.record("ended without an error")
            } catch let error as PlanError {
                #expect(error.code == .unsupported)
                #expect(error.message.contains("test.stranger"))
            }
        }
    }

    @Test("a program that does not serve is an error that says what to do, and so is none")
    func noWorker() async throws {
        let silent = try ProcessesEngine(program: "/bin/true", options: SessionOptions(workers: 1))
        do {
            try await silent.start()
            Issue.record("started")
        } catch let error as EngineError {
            #expect(error.code == .crashed)
            #expect(error.hint?.contains("Worker.serveIfAsked") == true)
        }
        await silent.shutdown()
        #expect(throws: EngineError.self) { try ProcessesEngine(program: "/no/such/program") }
    }

    @Test("the engine's address takes its options, and refuses others")
    func address() async throws {
        let provider = ProcessesProvider()
        let engine = try await provider.engine(
            at: EngineURL("processes://?workers=3&worker-memory=1GiB&deadline=2.5&grace=1&program=\(workerPath)"), options: SessionOptions()
        )
        #expect(try await engine.resources().workers == 3)
        #expect(engine.capabilities.engine == "processes")
        await engine.shutdown()
        for wrong in ["workers=0", "deadline=-1", "nonsense=1"] {
            await #expect(throws: PlanError.self) {
                _ = try await provider.engine(at: EngineURL("processes://?\(wrong)"), options: SessionOptions())
            }
        }
    }
}
