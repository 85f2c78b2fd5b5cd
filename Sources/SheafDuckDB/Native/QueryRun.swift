internal import SheafCore
internal import Synchronization

/// One query from start to end, for ending it from anywhere.
final class QueryRun: Sendable {
    private struct State { var failure: (any Error)?; var connection: NativeConnection? }
    private let state = Locked(State())

    /// Why the query was ended before its time; whoever waits for it gets this.
    var failure: (any Error)? { state.withLock(\.failure) }

    /// Ends the query soon. Callable at any time, from any thread; does not block.
    func cancel() { end(with: CancellationError()) }

    /// As ``cancel()``, for another reason.
    func end(with failure: any Error) {
        let connection = state.withLock {
            $0.failure = $0.failure ?? failure
            return $0.connection
        }
        connection?.interrupt(self)
    }

    func start(on connection: NativeConnection) { state.withLock { $0.connection = connection } }
    func stop() { state.withLock { $0.connection = nil } }

    /// In percent, or nil when it is not known.
    var progress: Double? { state.withLock(\.connection)?.progress(of: self) }
}
