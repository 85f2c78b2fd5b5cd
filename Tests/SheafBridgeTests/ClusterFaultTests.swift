import Foundation
import SheafCore
import SheafDask
import SheafRay
import SheafTesting
import SheafWorker
import Testing

@testable import SheafBridge
@testable import sheaf_test_worker

/// A task that says in which process it runs, and is busy there until somebody ends that.
private struct Doomed {
    let folder: TemporaryFolder
    let started: SignalPipe
    var path: String { folder.path("f") }
    var attempts: Int { Tally.read(path + ".tally") }

    init() throws {
        folder = try TemporaryFolder()
        started = try SignalPipe(folder.path("f.started"))
    }

    /// Its process, once it runs.
    func process() async throws -> Int32 {
        try await started.wait()
        return try #require(Int32(try String(contentsOfFile: path + ".process", encoding: .utf8)))
    }
}

private func waitUntilGone(_ process: Int32, within limit: Duration = .seconds(10)) async throws -> Bool {
    let end = ContinuousClock.now + limit
    while kill(process, 0) == 0, ContinuousClock.now < end { try await Task.sleep(for: .milliseconds(5)) }
    return kill(process, 0) != 0
}

/// Faults on real clusters; one engine's at a time, since they share a machine.
@Suite("Faults on clusters", .serialized, .timeLimit(.minutes(4)))
struct ClusterFaultTests {
    static let kinds: [BridgeKind] = [DaskProvider.kind, RayProvider.kind]

    private func withSession(_ kind: BridgeKind, _ body: @escaping @Sendable (Session) async throws -> Void) async throws {
        guard await isInstalled(kind) else { return }
        let session = Session(engine: SharedEngine(try await Clusters.shared.engine(kind)))
        try await withTimeLimit(.seconds(60)) { try await body(session) }
        await session.close()
    }

    @Test("a program's process that somebody kills is replaced, and its task run again", arguments: kinds)
    func killedChild(kind: BridgeKind) async throws {
        try await withSession(kind) { session in
            let doomed = try Doomed()
            async let result = session.delayed(TestFunctions.doomed, Delayed(doomed.path), 7).compute()
            kill(try await doomed.process(), SIGKILL)
            #expect(try await result == 7)
            #expect(doomed.attempts == 2)
        }
    }

    @Test("two clients with different builds use a cluster at a time, each its own", arguments: kinds)
    func twoBuilds(kind: BridgeKind) async throws {
        guard await isInstalled(kind) else { return }
        let folder = try TemporaryFolder(), other = folder.path("other-build")
        try FileManager.default.copyItem(atPath: workerPath, toPath: other)
        let file = try #require(FileHandle(forWritingAtPath: other))
        try file.seekToEnd()
        try file.write(contentsOf: Data("another build".utf8))
        try file.close()
        let sizes = try [workerPath, other].map { try #require(FileManager.default.attributesOfItem(atPath: $0)[.size] as? Int) }
        var options = try await clusterOptions(kind)
        options.program = other
        let first = Session(engine: SharedEngine(try await Clusters.shared.engine(kind)))
        let second = Session(engine: try await BridgeEngine.started(kind, options))
        for _ in 0..<3 {
            async let here = first.compute(first.map(TestFunctions.build, over: 0..<8))
            async let there = second.compute(second.map(TestFunctions.build, over: 0..<8))
            #expect(try await Set(here) == [sizes[0]])
            #expect(try await Set(there) == [sizes[1]])
        }
        await second.close()
        #expect(try await first.compute(first.map(TestFunctions.build, over: 0..<2)) == [sizes[0], sizes[0]])
        await first.close()
    }

    @Test("a task that asks for what no worker has is an error at once", arguments: kinds)
    func resources(kind: BridgeKind) async throws {
        try await withSession(kind) { session in
            let greedy = NodeOptions(name: "greedy", hints: SchedulingHints(resources: ["no-such-thing": 1]))
            do {
                _ = try await session.delayed(TestFunctions.add, 1, 2, options: greedy).compute()
                Issue.record("ended without an error")
            } catch let error as EngineError {
                #expect(error.code == .unsupported && error.message.contains("no-such-thing") && error.hint?.contains("workers") == true)
            }
            let eager = NodeOptions(cost: Cost(resultBytes: 8, workingBytes: 1 << 45, cores: 64), hints: SchedulingHints(priority: 5))
            #expect(try await session.delayed(TestFunctions.add, 1, 2, options: eager).compute() == 3)
        }
    }

    @Test("a crash is an error that names the node and the signal, with its last words; others go on", arguments: kinds)
    func crash(kind: BridgeKind) async throws {
        try await withSession(kind) { session in
            do {
                _ = try await session.delayed(TestFunctions.trap, "oh no", options: NodeOptions(name: "falls")).compute()
                Issue.record("ended without an error")
            } catch let error as TaskError {
                #expect(error.code == .crashed && error.node?.hasPrefix("falls#") == true)
                #expect("\(error)".contains("SIGTRAP") || "\(error)".contains("SIGILL"))
                #expect("\(error)".contains("oh no"))
            }
            #expect(try await session.delayed(TestFunctions.add, 1, 2).compute() == 3)
        }
    }

    @Test("a cancelled task that does not listen ends with its process, within a second", arguments: kinds)
    func cancel(kind: BridgeKind) async throws {
        try await withSession(kind) { session in
            let doomed = try Doomed()
            let task = Task { try await session.delayed(TestFunctions.doomed, Delayed(doomed.path), 7).compute() }
            let process = try await doomed.process()
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(try await waitUntilGone(process, within: .seconds(5)))
            #expect(try await session.delayed(TestFunctions.add, 1, 2).compute() == 3)
        }
    }

    @Test("a cluster that is gone is an error in seconds, and nothing is left of what ran", arguments: kinds)
    func gone(kind: BridgeKind) async throws {
        guard await isInstalled(kind) else { return }
        let cluster = try await TrialCluster(kind, workers: 1, port: try freePort())
        let engine = try await BridgeEngine.started(kind, BridgeOptions(address: cluster.address, timeout: 60, program: workerPath))
        let session = Session(engine: engine), doomed = try Doomed()
        let task = Task { try await session.delayed(TestFunctions.doomed, Delayed(doomed.path), 7).compute() }
        let process = try await doomed.process(), sidecar = try #require(engine.sidecarProcess), begin = ContinuousClock.now
        kill(try #require(cluster.process), SIGKILL)
        do {
            _ = try await withTimeLimit(.seconds(45)) { try await task.value }
            Issue.record("ended without an error")
        } catch let error as any SheafError { #expect([.engineFailed, .workerLost].contains(error.code)) }
        #expect(ContinuousClock.now - begin < .seconds(30))
        await session.close()
        await cluster.stop()
        #expect(try await waitUntilGone(process))
        #expect(try await waitUntilGone(sidecar))
    }

    @Test("a cluster of its own starts with the session and ends with it", arguments: kinds)
    func own(kind: BridgeKind) async throws {
        guard await isInstalled(kind) else { return }
        let engine = try await BridgeEngine.started(kind, BridgeOptions(workers: 1, timeout: 60, program: workerPath))
        let session = Session(engine: engine), sidecar = try #require(engine.sidecarProcess)
        #expect(try await session.delayed(TestFunctions.add, 1, 2).compute() == 3)
        #expect(try await engine.resources().workers == 1)
        await session.close()
        #expect(try await waitUntilGone(sidecar))
    }

    @Test("an address where nobody is, is an error at once", arguments: kinds)
    func nobody(kind: BridgeKind) async throws {
        guard await isInstalled(kind) else { return }
        let begin = ContinuousClock.now
        do {
            _ = try await BridgeEngine.started(kind, BridgeOptions(address: "127.0.0.1:\(try freePort())", program: workerPath))
            Issue.record("ended without an error")
        } catch let error as EngineError { #expect(error.code == .unreachable && error.hint?.contains("sheaf up") == true) }
        #expect(ContinuousClock.now - begin < .seconds(10))
    }
}
