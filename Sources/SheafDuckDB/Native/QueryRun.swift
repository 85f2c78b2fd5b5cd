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

/// Tells how far a query is, also while it has no rows yet. Callable at any time, from any task.
public final class DuckDBProgress: Sendable {
    private let run = Locked(QueryRun?.none)

    public init() {}

    /// How much of the input has been read, in percent. Nil when that is not known: in the first tenth of a second, for some inputs, and
    /// when the query is over.
    public var percentage: Double? { run.withLock(\.self)?.progress }

    func watch(_ watched: QueryRun) { run.withLock { $0 = watched } }
}
