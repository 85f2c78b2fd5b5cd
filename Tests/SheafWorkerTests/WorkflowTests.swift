import Foundation
import SheafCore
import SheafLocal
import SheafTesting
import SheafWorker
import Testing

@testable import sheaf_test_worker

/// Plans whose closures run in worker processes, since these make the plans again.
@Suite("Workflows", .timeLimit(.minutes(3)))
struct WorkflowTests {
    private func run<Input, Output>(_ workflow: Workflow<Input, Output>, _ input: Input, workers: Int = 2) async throws -> Output {
        let session = Session(engine: try makeEngine(workers))
        do {
            let output = try await withTimeLimit(.seconds(60)) { try await session.run(workflow, input) }
            await session.close()
            return output
        } catch {
            await session.close()
            throw error
        }
    }

    @Test("closures run in the workers")
    func places() async throws {
        let places = try await run(TestWorkflows.places, 100)
        #expect(!places.isEmpty && places.count <= 2 && !places.contains(Int(getpid())))
    }

    @Test("plans may follow from what plans before them returned", arguments: [1, 3])
    func steps(workers: Int) async throws {
        let expected = try await Session(engine: LocalEngine()).run(TestWorkflows.steps, 40)
        #expect(try await run(TestWorkflows.steps, 40, workers: workers) == expected)
    }

    @Test("what is done once is done by this process, and told to workers")
    func once() async throws {
        let folder = try TemporaryFolder()
        #expect(try await run(TestWorkflows.once, folder.path("tally")) == (0..<4).map { Int(getpid()) + $0 })
        #expect(Tally.read(folder.path("tally")) == 1)
    }

    @Test("plans that differ may run at a time")
    func beside() async throws {
        let expected = (1...8).reduce(0) { total, number in total + (0..<number).reduce(0) { $0 + $1 + number } }
        #expect(try await run(TestWorkflows.beside, 8) == expected)
    }

    @Test("plans that look the same are not mixed up: they are refused, or ran one after the other")
    func twins() async throws {
        let folder = try TemporaryFolder()
        do { #expect(try await run(TestWorkflows.twins, folder.path) == 2) } catch let error as EngineError {
            #expect(error.code == .notRepeatable)
        }
    }

    @Test("a plan that a worker does not make again is an error that says so")
    func fickle() async throws {
        do {
            _ = try await run(TestWorkflows.fickle, 0)
            Issue.record("ended without an error")
        } catch let error as any SheafError {
            #expect(error.code == .notRepeatable && "\(error)".contains("test.fickle"))
        }
    }

    @Test("a worker that is killed in the middle of a shuffle costs nothing but time")
    func killed() async throws {
        let folder = try TemporaryFolder()
        #expect(try await run(TestWorkflows.killed, folder.path("tally")) == (0..<10).map { digit in 49_500 + 100 * digit })
        #expect(Tally.read(folder.path("tally")) >= 2)
    }

    @Test("a workflow may go on after a plan that failed")
    func recovers() async throws {
        #expect(try await run(TestWorkflows.recovers, 10) == "failed 9")
    }

    @Test("a value that cannot leave its process is an error that names its type")
    func unnamed() async throws {
        do {
            _ = try await run(TestWorkflows.unnamed, 4)
            Issue.record("ended without an error")
        } catch let error as any SheafError { #expect("\(error)".contains("Opaque")) }
    }
}
