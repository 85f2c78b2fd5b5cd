import Foundation
import SheafCore
import SheafDask
import SheafRay
import SheafTesting
import Testing

@testable import SheafBridge
@testable import sheaf_test_worker

/// Objects on real clusters, whose processes somebody kills.
@Suite("Objects on clusters", .serialized, .timeLimit(.minutes(4)))
struct ActorTests {
    static let kinds: [BridgeKind] = [DaskProvider.kind, RayProvider.kind]

    private func withSession(_ kind: BridgeKind, _ body: @escaping @Sendable (Session) async throws -> Void) async throws {
        guard await isInstalled(kind) else { return }
        let session = Session(engine: SharedEngine(try await Clusters.shared.engine(kind)))
        try await withTimeLimit(.seconds(100)) { try await body(session) }
        await session.close()
    }

    /// Waits until a process has ended; whoever started it may not have noticed yet.
    private func isGone(_ process: Int32, within limit: Duration = .seconds(10)) async throws -> Bool {
        let end = ContinuousClock.now + limit
        while isRunning(process), ContinuousClock.now < end { try await Task.sleep(for: .milliseconds(5)) }
        return !isRunning(process)
    }

    private func isRunning(_ process: Int32) -> Bool {
        #if os(Linux)
        let text = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ""
        let state = text.split(separator: ")").last?.split(separator: " ").first
        // The first of its threads may end before others, which keep its sockets open.
        let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/task")) ?? []
        return state != nil && (state != "Z" && state != "X" || threads.count > 1)
        #else
        return kill(process, 0) == 0
        #endif
    }

    @Test(
        "a call in whose middle the process is killed is not repeated; those that wait go to a new object, if there may be one",
        arguments: kinds)
    func killedRunning(kind: BridgeKind) async throws {
        try await withSession(kind) { session in
            for restarts in [1, 0] {
                let folder = try TemporaryFolder(), started = try SignalPipe(folder.path("f.started")), tally = folder.path("made")
                let object = try await session.actor(TestActors.sums, tally, restarts: restarts)
                #expect(try await object.call(TestActors.add, (1, 5)) == 5)
                let process = try await object.call(TestActors.place)
                let running = Task { try await object.call(TestActors.hang, folder.path("f")) }
                try await started.wait()
                let waiting = Task { try await object.call(TestActors.add, (1, 2)) }
                while object.waitingCount == 0 { await Task.yield() }
                kill(process, SIGKILL)
                let error = await #expect(throws: TaskError.self) { try await running.value }
                #expect(error?.code == .crashed && "\(error as Any)".contains("SIGKILL") && error?.node == "test.sums.hang")
                if restarts == 1 {
                    #expect(try await waiting.value == 2)
                    let process = try await object.call(TestActors.place)
                    await object.end()
                    #expect(try await isGone(process))
                } else {
                    let error = await #expect(throws: TaskError.self) { try await waiting.value }
                    #expect(error?.code == .crashed)
                }
                #expect(Tally.read(tally) == 1 + restarts)
            }
        }
    }

    @Test("an object whose process is killed while nobody calls it is made again before the next call", arguments: kinds)
    func killedIdle(kind: BridgeKind) async throws {
        try await withSession(kind) { session in
            let object = try await session.actor(TestActors.sums, "", restarts: 1)
            let process = try await object.call(TestActors.place)
            kill(process, SIGKILL)
            #expect(try await isGone(process))
            #expect(try await object.call(TestActors.add, (1, 3)) == 3)
        }
    }

    @Test("an object's process ends with the last handle and with the session, whatever it does", arguments: kinds)
    func ends(kind: BridgeKind) async throws {
        try await withSession(kind) { session in
            var object: ActorHandle<TestActors.Sums>? = try await session.actor(TestActors.sums, "")
            let first = try await #require(object).call(TestActors.place)
            object = nil
            #expect(try await isGone(first))
            let busy = try await session.actor(TestActors.sums, "")
            let second = try await busy.call(TestActors.place)
            let folder = try TemporaryFolder(), started = try SignalPipe(folder.path("f.started"))
            let running = Task { try await busy.call(TestActors.hang, folder.path("f")) }
            try await started.wait()
            await session.close()
            let error = await #expect(throws: EngineError.self) { try await running.value }
            #expect(error?.code == .closed)
            #expect(try await isGone(second))
        }
    }

    @Test("a trap is an error with the last words; a type that is not registered is refused", arguments: kinds)
    func trap(kind: BridgeKind) async throws {
        try await withSession(kind) { session in
            let object = try await session.actor(TestActors.sums, "")
            let error = await #expect(throws: TaskError.self) { try await object.call(TestActors.trap, "oh no") }
            #expect(error?.code == .crashed && "\(error as Any)".contains("oh no"))
            let refused = await #expect(throws: PlanError.self) { try await session.actor(TestActors.stranger, 1) }
            #expect(refused?.code == .unsupported)
        }
    }

    @Test("an object whose worker is lost is made again on another", arguments: kinds)
    func lostWorker(kind: BridgeKind) async throws {
        guard await isInstalled(kind) else { return }
        let cluster = try await TrialCluster(kind, workers: 2, port: try freePort())
        let engine = try await BridgeEngine.started(kind, BridgeOptions(address: cluster.address, timeout: 60, program: workerPath))
        let session = Session(engine: engine), result: Result<Void, any Error>
        do {
            try await withTimeLimit(.seconds(100)) {
                let folder = try TemporaryFolder(), started = try SignalPipe(folder.path("f.started"))
                let object = try await session.actor(TestActors.sums, "", restarts: 1)
                let process = try await object.call(TestActors.place), host = try await object.call(TestActors.host)
                let running = Task { try await object.call(TestActors.hang, folder.path("f")) }
                try await started.wait()
                let waiting = Task { try await object.call(TestActors.add, (1, 2)) }
                while object.waitingCount == 0 { await Task.yield() }
                kill(host, SIGKILL)
                let error = await #expect(throws: TaskError.self) { try await running.value }
                #expect(error?.code == .crashed && error?.message.contains("lost") == true)
                #expect(try await waiting.value == 2)
                #expect(try await isGone(process))
            }
            result = .success(())
        } catch { result = .failure(error) }
        await session.close()
        await cluster.stop()
        try result.get()
    }
}
