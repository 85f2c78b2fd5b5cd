/// Something that runs graphs: this process, or an adapter to a system that exists.
///
/// An engine schedules tasks and holds values; planning, joins, deduplication of events, tracing and progress happen once, above
/// it. All requirements are callable from any thread.
public protocol Engine: Sendable {
    /// What the engine can run; asked at planning, so it must be known without waiting.
    var capabilities: Capabilities { get }

    /// Makes the program available to the engine's workers, once per content hash. A no-op in process.
    func ship(_ program: ProgramImage) async throws

    /// Stores a value, so that many tasks can use it without sending it again.
    func put(_ value: Payload) async throws -> ValueRef

    /// Fetches a stored value.
    ///
    /// - Throws: ``EngineError`` (`.unknownValue`) when it was released or never stored.
    func get(_ ref: ValueRef) async throws -> Payload

    /// Lets go of stored values. Unknown ones are ignored.
    func release(_ refs: [ValueRef]) async

    /// Runs a job. The stream ends after the last event; it throws when the job failed or was cancelled. Every output of the job
    /// is reported by ``EngineEvent/output(position:ref:)`` before the stream ends.
    ///
    /// Dropping the stream cancels the job.
    func submit(_ job: Job) -> AsyncThrowingStream<EngineEvent, any Error>

    /// Stops a job: tasks not started never start, running ones are told. The stream ends with `CancellationError`.
    func cancel(_ job: JobID) async

    /// Workers, cores, memory.
    func resources() async throws -> Resources

    /// Ends the engine's threads and lets go of what it holds. Calls after it throw ``EngineError`` (`.closed`).
    func shutdown() async
}

/// A job's identity, unique in this process.
public typealias JobID = UInt64

/// A planned graph, handed to an engine.
public struct Job: Sendable {
    public let id: JobID
    /// Culled, in topological order.
    public let graph: Graph
    /// The nodes whose results are wanted; the engine holds them until released.
    public let outputs: [NodeID]
    /// The order that holds the fewest results at a time; position i runs as the i-th where the engine can choose.
    public let order: ContiguousArray<UInt32>
    /// How much the caller wants to hear.
    public let detail: EventDetail
    /// Feeds samples and random numbers.
    public let seed: UInt64
    /// How a worker makes the same plan, where it belongs to a ``Workflow``.
    package var recipe: PlanRecipe?

    public init(
        id: JobID, graph: Graph, outputs: [NodeID], order: ContiguousArray<UInt32>, detail: EventDetail = .progress, seed: UInt64 = 0
    ) {
        self.id = id
        self.graph = graph
        self.outputs = outputs
        self.order = order
        self.detail = detail
        self.seed = seed
    }
}

/// A reference to a value that an engine holds.
public struct ValueRef: Sendable, Hashable {
    public let id: UInt64
    /// In bytes, where the engine knows.
    public let byteCount: Int

    public init(id: UInt64, byteCount: Int) {
        self.id = id
        self.byteCount = byteCount
    }
}

/// A value on its way to or from an engine.
public enum Payload: Sendable {
    /// By reference; within this process only.
    case value(AnyValue)
    /// Encoded, with the name of its type.
    case encoded(type: String, bytes: [UInt8])
}

/// The executable that a worker runs: this program.
public struct ProgramImage: Sendable, Hashable, Codable {
    public var path: String
    /// SHA-256 of the file, in hexadecimal.
    public var contentHash: String
    /// As `uname -m` prints it.
    public var architecture: String

    public init(path: String, contentHash: String, architecture: String) {
        self.path = path
        self.contentHash = contentHash
        self.architecture = architecture
    }
}

/// What an engine has to work with.
public struct Resources: Sendable, Codable {
    public var engine: String
    public var workers: Int
    public var cores: Int
    /// The budget, in bytes.
    public var memoryBytes: Int
    /// Of which held now.
    public var usedBytes: Int
    /// The engine's own web pages.
    public var links: [String]

    public init(engine: String, workers: Int, cores: Int, memoryBytes: Int, usedBytes: Int = 0, links: [String] = []) {
        self.engine = engine
        self.workers = workers
        self.cores = cores
        self.memoryBytes = memoryBytes
        self.usedBytes = usedBytes
        self.links = links
    }
}
