internal import SheafCore
internal import SheafWorker
internal import Synchronization

/// A small cluster on this machine, to try things on. It ends with this process.
package final class TrialCluster: Sendable {
    /// As an engine's URL names it: `127.0.0.1:8786`.
    package let address: String
    /// The web page that shows what it does, where its environment has what that needs.
    package let dashboard: String?
    private let client: SidecarClient
    private let ending: Ending

    /// Says when the cluster has ended by itself.
    private final class Ending: Sendable {
        private struct State { var error: EngineError?; var waiting: [CheckedContinuation<EngineError, Never>] = [] }
        private let state = Locked(State())

        func end(_ error: EngineError) {
            let waiting = state.withLock { state in
                state.error = state.error ?? error
                defer { state.waiting = [] }
                return state.waiting
            }
            for continuation in waiting { continuation.resume(returning: error) }
        }

        func wait() async -> EngineError {
            await withCheckedContinuation { continuation in
                let error = state.withLock { state in
                    if state.error == nil { state.waiting.append(continuation) }
                    return state.error
                }
                if let error { continuation.resume(returning: error) }
            }
        }
    }

    /// Starts a cluster and waits until it is there.
    ///
    /// - Throws: ``EngineError`` (`.missingLibrary`, `.engineFailed`).
    package init(_ kind: BridgeKind, workers: Int, port: Int, python: String? = nil) async throws {
        let ending = Ending()
        let client = SidecarClient(title: kind.title, ended: { ending.end($0) })
        do {
            let hello = try await client.start(python: python, sources: .trialCluster, needs: kind.needs)
            try hello.check()
            let answer = try await client.ask("start", seconds: 120) {
                ClientMessage.up($0, engine: kind.name, workers: workers, port: port)
            }
            if let problem = answer.problem {
                throw EngineError(.engineFailed, "\(kind.title) cannot be started", cause: RemoteError.unlessEmpty(problem.text))
            }
            address = answer.address ?? ""
            dashboard = answer.dashboard
        } catch {
            await client.close(Self.stopped)
            throw error
        }
        self.client = client
        self.ending = ending
    }

    private static let stopped = EngineError(.closed, "the cluster was stopped")

    /// Waits until the cluster has ended by itself, and throws why; or until the task is cancelled.
    package func run() async throws {
        let error = await withTaskCancellationHandler {
            await ending.wait()
        } onCancel: {
            ending.end(Self.stopped)
        }
        if !Task.isCancelled { throw error }
    }

    /// Ends it and waits until it is gone.
    package func stop() async { await client.close(Self.stopped, within: 40) }

    /// The process that keeps it.
    package var process: Int32? { client.process }
}
