/// How much a subscriber wants to hear of a run.
public enum EventDetail: Int, Sendable, Comparable {
    /// Totals every few milliseconds.
    case progress
    /// Every task's start and end.
    case tasks

    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// Something that happened to one task. Times are nanoseconds of a monotonic clock.
public struct TaskEvent: Sendable {
    public enum Kind: Sendable {
        case started
        /// With the bytes of the result.
        case finished(bytes: Int)
        /// `willRetry` says whether another attempt follows.
        case failed(message: String, willRetry: Bool)
        /// Not run because a task it depends on failed.
        case cancelled
        /// The result went to disk; the bytes freed in memory.
        case spilled(bytes: Int)
        /// The result was read back.
        case loaded(bytes: Int)
    }

    public var job: JobID
    public var node: NodeID
    public var attempt: Int
    public var worker: Int
    public var nanoseconds: UInt64
    public var kind: Kind
    /// The node's label.
    public var name: String

    public init(job: JobID, node: NodeID, attempt: Int, worker: Int, nanoseconds: UInt64, kind: Kind, name: String) {
        self.job = job
        self.node = node
        self.attempt = attempt
        self.worker = worker
        self.nanoseconds = nanoseconds
        self.kind = kind
        self.name = name
    }
}

/// A run's totals at one moment.
public struct Progress: Sendable, Equatable {
    public var job: JobID
    public var done: Int
    public var total: Int
    public var running: Int
    public var failed: Int
    /// Bytes of results made so far.
    public var bytes: Int
    /// Bytes held now.
    public var residentBytes: Int
    /// Bytes written to disk so far.
    public var spilledBytes: Int
    /// Input bytes read so far.
    public var readBytes: Int

    public init(
        job: JobID, done: Int = 0, total: Int = 0, running: Int = 0, failed: Int = 0, bytes: Int = 0, residentBytes: Int = 0,
        spilledBytes: Int = 0, readBytes: Int = 0
    ) {
        self.job = job
        self.done = done
        self.total = total
        self.running = running
        self.failed = failed
        self.bytes = bytes
        self.residentBytes = residentBytes
        self.spilledBytes = spilledBytes
        self.readBytes = readBytes
    }
}

/// What an engine tells about a job.
public enum EngineEvent: Sendable {
    case tasks([TaskEvent])
    case progress(Progress)
    /// The output at `position` in ``Job/outputs`` is stored.
    case output(position: Int, ref: ValueRef)
    /// Records that a lenient parse skipped.
    case rejected(count: Int, samples: [RejectedRecords.Rejection])
}

/// What a session's subscribers see.
public enum SessionEvent: Sendable {
    case runStarted(job: JobID, name: String, tasks: Int)
    case task(TaskEvent)
    case progress(Progress)
    case rejected(job: JobID, count: Int, samples: [RejectedRecords.Rejection])
    case runFinished(job: JobID, seconds: Double)
    case runFailed(job: JobID, error: any Error)
}
