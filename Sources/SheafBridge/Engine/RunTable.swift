internal import SheafCore
internal import Synchronization

/// What an engine behind a sidecar runs and holds. Thread-safe.
final class RunTable: Sendable {
    /// A value that lies on the engine.
    struct Held: Sendable {
        let key: String
        let codec: AnyCodec?
        let type: String
        let bytes: Int
        /// Of a value that is in this process instead.
        var value: AnyValue?
    }

    private struct State {
        /// Why nothing runs any more.
        var end: EngineError?
        var nextNumber: UInt64 = 1
        var runs: [String: BridgeRun] = [:]
        var held: [UInt64: Held] = [:]
        /// References to each value, by key.
        var holders: [String: Int] = [:]

        mutating func newNumber() -> UInt64 {
            defer { nextNumber += 1 }
            return nextNumber
        }
    }
    private let state = Locked(State())

    /// A number that was not given before.
    func newNumber() -> UInt64 { state.withLock { $0.newNumber() } }

    // MARK: Runs

    /// Adds a run, unless all is over.
    ///
    /// - Returns: why it is over.
    func add(_ run: BridgeRun) -> EngineError? {
        state.withLock { state in
            if state.end == nil { state.runs[run.name] = run }
            return state.end
        }
    }

    func run(_ name: String) -> BridgeRun? { state.withLock { $0.runs[name] } }
    func runs(of job: JobID) -> [BridgeRun] { state.withLock { $0.runs.values.filter { $0.job.id == job } } }
    @discardableResult
    func remove(_ name: String) -> BridgeRun? { state.withLock { $0.runs.removeValue(forKey: name) } }

    /// Ends all runs, and refuses what comes.
    func end(_ error: EngineError) {
        let runs = state.withLock { state in
            state.end = error
            defer {
                state.runs = [:]
                state.held = [:]
                state.holders = [:]
            }
            return Array(state.runs.values)
        }
        for run in runs { run.end(error) }
    }

    // MARK: Values

    /// Holds a value; one that lies there once may be held several times.
    func hold(_ value: Held) -> ValueRef {
        state.withLock { state in
            let ref = ValueRef(id: state.newNumber(), byteCount: value.bytes)
            state.held[ref.id] = value
            state.holders[value.key, default: 0] += 1
            return ref
        }
    }

    /// - Throws: why all is over.
    func held(_ ref: ValueRef) throws -> Held? {
        try state.withLock { state in
            if let end = state.end { throw end }
            return state.held[ref.id]
        }
    }

    /// Lets go of values.
    ///
    /// - Returns: the keys of those that nobody holds any more.
    func letGo(of refs: [ValueRef]) -> [String] {
        state.withLock { state in
            refs.compactMap { ref -> String? in
                guard let held = state.held.removeValue(forKey: ref.id) else { return nil }
                state.holders[held.key, default: 1] -= 1
                guard state.holders[held.key] == 0 else { return nil }
                state.holders[held.key] = nil
                return held.value == nil ? held.key : nil
            }
        }
    }

    /// Bytes of all values that are held, each counted once.
    var heldBytes: Int {
        state.withLock { state in
            Dictionary(state.held.values.map { ($0.key, $0.bytes) }) { first, _ in first }.values.reduce(0, +)
        }
    }
}
