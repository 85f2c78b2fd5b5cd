import Foundation
import SheafCore
import SheafTesting
import SheafWorker

@testable import sheaf_test_worker

/// An engine whose workers are the test worker.
func makeEngine(_ workers: Int = 2, process: ProcessOptions = ProcessOptions()) throws -> ProcessesEngine {
    try ProcessesEngine(program: workerPath, options: SessionOptions(workers: workers), process: process)
}

/// It lies beside the bundle of tests.
let workerPath: String = {
    var folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    for bundle in Bundle.allBundles where bundle.bundlePath.hasSuffix(".xctest") {
        folder = bundle.bundleURL.deletingLastPathComponent()
    }
    return folder.appendingPathComponent("sheaf-test-worker").path
}()

/// Whether a process runs; one that has ended and was not reaped does not.
func isRunning(_ process: Int) -> Bool {
    #if os(Linux)
    guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
        let state = text.split(separator: ")").last?.split(separator: " ").first
    else { return false }
    return state != "Z" && state != "X"
    #else
    return kill(pid_t(process), 0) == 0
    #endif
}

/// Waits until none of the processes runs.
func waitUntilGone(_ processes: [Int], within limit: Duration = .seconds(10)) async -> Bool {
    let end = ContinuousClock.now + limit
    while ContinuousClock.now < end {
        if !processes.contains(where: isRunning) { return true }
        try? await Task.sleep(for: .milliseconds(5))
    }
    // On a busy machine one look may have taken all the time there was.
    return !processes.contains(where: isRunning)
}

/// Names in shared memory that are ours.
func sharedMemoryNames() -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: "/dev/shm")) ?? []).filter { $0.contains("sheaf") }
}

/// A folder and pipes for functions that say when they have begun.
struct Begun {
    let folder: TemporaryFolder
    let started: SignalPipe
    var path: String { folder.path("f") }

    init() throws {
        folder = try TemporaryFolder()
        started = try SignalPipe(folder.path("f") + ".started")
    }
}

/// Runs `body` with an engine, shuts it down, and checks that nothing of it is left.
func withEngine(
    _ workers: Int = 2, process: ProcessOptions = ProcessOptions(),
    _ body: @escaping @Sendable (ProcessesEngine, Session) async throws -> Void
) async throws {
    let engine = try makeEngine(workers, process: process)
    let session = Session(engine: engine)
    try await engine.start()
    let seen = Seen(engine.workerProcesses)
    do {
        try await withTimeLimit(.seconds(60)) { try await body(engine, session) }
    } catch {
        await session.close()
        throw error
    }
    seen.add(engine.workerProcesses)
    await session.close()
    guard await waitUntilGone(seen.processes) else { throw ConformanceFailure("workers are left: \(seen.processes.filter(isRunning))") }
    guard sharedMemoryNames().isEmpty else { throw ConformanceFailure("shared memory is left: \(sharedMemoryNames())") }
}

private final class Seen: @unchecked Sendable {
    private(set) var processes: [Int]
    init(_ list: [Int32]) { processes = list.map(Int.init) }
    func add(_ list: [Int32]) { processes += list.map(Int.init) }
}
