internal import Synchronization

/// What a running task sees: its arguments, and what the engine lends it.
///
/// One instance belongs to one worker and is reused from task to task. A body must not keep it.
public final class TaskScope {
    /// Behind a pointer, which spares every task the run-time exclusivity checks of a class's properties.
    @usableFromInline let state: UnsafeMutablePointer<State>

    @usableFromInline
    struct State {
        @usableFromInline var values: UnsafeMutablePointer<AnyValue?>?
        @usableFromInline var constants: UnsafePointer<AnyValue>?
        @usableFromInline var arguments: UnsafePointer<Graph.Argument>?
        @usableFromInline var argumentCount = 0
        /// What the previous step of a fused chain returned.
        @usableFromInline var previous: AnyValue?
        @usableFromInline var node = NodeID(0)
        @usableFromInline var attempt = 1
    }

    /// What the engine lends to this task.
    public let resources: TaskResources
    /// Where the record being processed lies, kept by sources so that an error can say it.
    public var cursor: (any RecordCursor)?

    package init(resources: TaskResources) {
        self.resources = resources
        state = .allocate(capacity: 1)
        state.initialize(to: State())
    }

    deinit {
        state.deinitialize(count: 1)
        state.deallocate()
    }

    /// The node being run, as a dense id in the graph of this run.
    public var node: NodeID { state.pointee.node }
    /// Which attempt this is, counting from 1.
    public var attempt: Int { state.pointee.attempt }
    @inlinable public var argumentCount: Int { state.pointee.argumentCount }

    /// Points the scope at the tables of a run. The pointers have to outlive every `prepare` that follows.
    package func attach(values: UnsafeMutablePointer<AnyValue?>, constants: UnsafePointer<AnyValue>) {
        state.pointee.values = values
        state.pointee.constants = constants
    }

    package func prepare(node: NodeID, attempt: Int, arguments: UnsafePointer<Graph.Argument>, count: Int) {
        state.pointee.node = node
        state.pointee.attempt = attempt
        state.pointee.arguments = arguments
        state.pointee.argumentCount = count
    }

    /// The value of an argument.
    ///
    /// - Precondition: the argument's static type is `T`, which the typed plans guarantee.
    @inlinable @inline(__always)
    public func argument<T: Sendable>(_ index: Int, as type: T.Type = T.self) -> T {
        unsafeDowncast(reference(index), to: TypedValue<T>.self).value
    }

    /// An argument by reference, whatever its type.
    @inlinable @inline(__always)
    public func reference(_ index: Int) -> AnyValue {
        let argument = state.pointee.arguments.unsafelyUnwrapped[index]
        if argument.isNode { return state.pointee.values.unsafelyUnwrapped[argument.index].unsafelyUnwrapped }
        if argument.isPrevious { return state.pointee.previous.unsafelyUnwrapped }
        return state.pointee.constants.unsafelyUnwrapped[argument.index]
    }

    /// All arguments by reference; the result of the step before, in a fused chain, is absent.
    package var references: [AnyValue] {
        (0..<argumentCount).map { index in
            state.pointee.arguments.unsafelyUnwrapped[index].isPrevious ? AbsentValue.none : reference(index)
        }
    }

    /// Throws `CancellationError` once the run has been cancelled. Sources call it every few thousand elements.
    public func checkCancellation() throws {
        if resources.isCancelled { throw CancellationError() }
    }

    /// Shows the first step of a fused chain its own arguments only.
    package func beginChain(_ count: Int) { state.pointee.argumentCount = count }

    /// Runs a fused step after the one that returned `value`, with the next `count` arguments.
    package func advance(past consumed: Int, next count: Int, previous value: AnyValue) {
        state.pointee.arguments = state.pointee.arguments.unsafelyUnwrapped + consumed
        state.pointee.argumentCount = count
        state.pointee.previous = value
    }

    /// Lets go of the last intermediate value of a fused chain.
    package func endChain() { state.pointee.previous = nil }
}

/// What an `async` body sees. Its arguments are held strongly, since the worker goes on with other tasks while it waits.
public final class AsyncTaskScope: Sendable {
    public let arguments: [AnyValue]
    public let node: NodeID
    public let attempt: Int
    public let resources: TaskResources

    package init(arguments: [AnyValue], node: NodeID, attempt: Int, resources: TaskResources) {
        self.arguments = arguments
        self.node = node
        self.attempt = attempt
        self.resources = resources
    }

    /// - Precondition: as ``TaskScope/argument(_:as:)``.
    @inlinable
    public func argument<T: Sendable>(_ index: Int, as type: T.Type = T.self) -> T {
        unsafeDowncast(arguments[index], to: TypedValue<T>.self).value
    }
}

/// What an engine lends to the tasks of one run. Thread-safe.
public final class TaskResources: Sendable {
    public let memory: MemoryLedger
    public let spill: SpillFile
    public let rejected: RejectedRecords
    /// The session's seed: the same seed gives the same sample.
    public let seed: UInt64
    private let cancelled = Atomic<Bool>(false)
    private let read = Atomic<Int>(0)

    public init(memory: MemoryLedger, spill: SpillFile, seed: UInt64) {
        self.memory = memory
        self.spill = spill
        self.seed = seed
        self.rejected = RejectedRecords()
    }

    public var isCancelled: Bool { cancelled.load(ordering: .relaxed) }
    /// Input bytes read so far; sources count here what they read.
    public var readBytes: Int { read.load(ordering: .relaxed) }
    public func countRead(_ bytes: Int) { read.wrappingAdd(bytes, ordering: .relaxed) }
    public func cancel() { cancelled.store(true, ordering: .relaxed) }
}

/// Something that knows where the record being processed lies. Computing a line number costs a pass over the file, so it is asked
/// only when an error needs it.
public protocol RecordCursor: AnyObject {
    func position() -> RecordPosition?
}

/// Records that a lenient parse skipped: all are counted, the first few kept. Thread-safe.
public final class RejectedRecords: Sendable {
    /// A skipped record and why.
    public struct Rejection: Sendable {
        public let position: RecordPosition?
        public let reason: String
    }

    private struct State { var count = 0; var samples: [Rejection] = [] }
    private let state = Locked(State())
    private static let kept = 20

    package init() {}

    public var count: Int { state.withLock(\.count) }
    public var samples: [Rejection] { state.withLock(\.samples) }

    /// Counts records that were skipped elsewhere, of which some samples were kept.
    package func record(_ count: Int, _ samples: [Rejection]) {
        state.withLock { state in
            state.count += count
            state.samples += samples.prefix(Self.kept - state.samples.count)
        }
    }

    /// Counts a record; `position` is asked for only while samples are still wanted.
    public func record(_ error: any Error, position: () -> RecordPosition?) {
        let wanted = state.withLock { state in
            state.count += 1
            return state.samples.count < Self.kept
        }
        guard wanted else { return }
        let rejection = Rejection(position: position(), reason: "\(error)")
        state.withLock { if $0.samples.count < Self.kept { $0.samples.append(rejection) } }
    }
}
