internal import SheafCore
internal import Synchronization

/// What closures did, in order. Thread-safe.
final class Log: Sendable {
    private let state = Locked<[String]>([])

    var lines: [String] { state.withLock { $0 } }

    func add<R>(_ line: String, returning result: R) -> R {
        state.withLock { $0.append(line) }
        return result
    }
}

/// Counts what closures did. Thread-safe.
final class Counter: Sendable {
    private let state = Locked(0)

    var value: Int { state.withLock { $0 } }

    /// Returns the new value.
    @discardableResult
    func increment() -> Int {
        state.withLock { value in
            value += 1
            return value
        }
    }
}
