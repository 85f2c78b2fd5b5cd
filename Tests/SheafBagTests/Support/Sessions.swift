import Foundation
import Sheaf
import Testing

/// A way to run a plan: results must not depend on it.
struct Setup: Sendable, CustomTestStringConvertible {
    var workers: Int
    var partitions: Int
    /// Runs on the simulated engine, in the order that the seed decides.
    var seed: UInt64?

    var options: SessionOptions {
        SessionOptions(workers: workers, memory: 256 << 20, seed: seed ?? 0, deterministic: seed != nil)
    }

    var testDescription: String {
        "\(workers) workers, \(partitions) partitions" + (seed.map { ", simulated with seed \($0)" } ?? "")
    }

    /// Few and many partitions, threads and simulation.
    static let few = [
        Setup(workers: 1, partitions: 1), Setup(workers: 2, partitions: 3), Setup(workers: 3, partitions: 17),
        Setup(workers: 3, partitions: 4, seed: 11),
    ]

    /// Every partition count to 17, worker counts and seeds taken in turn.
    static let many = (1...17).map { Setup(workers: $0 % 3 + 1, partitions: $0, seed: $0 % 4 == 0 ? UInt64($0) : nil) }
}

/// Runs the body with a session and closes it.
func withSession<R>(
    _ options: SessionOptions = SessionOptions(workers: 2, memory: 256 << 20), _ body: (Session) async throws -> R
) async throws -> R {
    let session = try await Session(options: options)
    do {
        let result = try await body(session)
        await session.close()
        return result
    } catch {
        await session.close()
        throw error
    }
}

/// What a session's events told.
struct Observed: Sendable {
    var spilledBytes = 0
    var rejections: [(count: Int, samples: [RejectedRecords.Rejection])] = []
    var runs: [String] = []

    var rejected: Int { rejections.reduce(0) { $0 + $1.count } }
    var samples: [RejectedRecords.Rejection] { rejections.flatMap(\.samples) }
}

/// Runs the body with a session, and says what its events told.
func observing<R>(
    _ options: SessionOptions = SessionOptions(workers: 2, memory: 256 << 20), _ body: (Session) async throws -> R
) async throws -> (result: R, observed: Observed) {
    let session = try await Session(options: options)
    let events = session.events()
    let result: R
    do {
        result = try await body(session)
    } catch {
        await session.close()
        throw error
    }
    await session.close()
    var observed = Observed()
    for await event in events {
        switch event {
        case .runStarted(_, let name, _): observed.runs.append(name)
        case .progress(let progress): observed.spilledBytes = max(observed.spilledBytes, progress.spilledBytes)
        case .rejected(_, let count, let samples): observed.rejections.append((count, samples))
        default: break
        }
    }
    return (result, observed)
}

/// Waits for something that happens on other threads; the test's time limit ends it when it does not.
func eventually(_ condition: () async throws -> Bool) async throws {
    while try await !condition() {
        try Task.checkCancellation()
        await Task.yield()
    }
}

extension Session {
    func usedBytes() async throws -> Int { try await engine.resources().usedBytes }
}
