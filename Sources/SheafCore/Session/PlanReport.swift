/// What an engine would do with a plan: how many tasks it would be given, and what of it would not run there.
public struct PlanReport: Sendable {
    /// The engine's name.
    public let engine: String
    /// The plan as the engine would be given it.
    public let graph: Graph
    public let outputs: [NodeID]
    /// Operations in all: as many tasks as there would be if none ran together with others.
    public let operations: Int
    /// Tasks that would run in this process, since they use what only this process has.
    public let tasksHere: Int
    /// What keeps the plan from running there; empty when nothing does.
    public let gaps: [PortabilityGap]

    public var tasks: Int { graph.count }

    /// Plans a graph for an engine that need not exist. Contacts nobody.
    ///
    /// - Complexity: O(nodes + arguments).
    public init(_ graph: Graph, outputs: [NodeID], capabilities: Capabilities) {
        engine = capabilities.engine
        let (culled, wanted) = graph.culled(to: outputs)
        gaps = culled.portabilityGaps(capabilities)
        (self.graph, self.outputs) = gaps.isEmpty && capabilities.prefersFusion ? culled.fused(outputs: wanted) : (culled, wanted)
        operations = (0..<culled.count).reduce(0) { $0 + max(culled.function($1).steps.count, 1) }
        let fused = self.graph
        tasksHere = capabilities.sharesMemory ? 0 : (0..<fused.count).reduce(0) { $0 + (fused.function($1).staysHere ? 1 : 0) }
    }
}

extension Session {
    /// A session that makes plans for an engine and runs none: nothing is started or reached. What asks it to run something is given an
    /// ``EngineError`` (`.unsupported`).
    ///
    /// - Parameter asWorkflow: whether plans are those of a ``Workflow``, as a `Program` is one, so that closures run on any engine.
    /// - Throws: as ``init(_:options:providers:)`` for an engine that nobody knows.
    public convenience init(
        planningFor url: String, asWorkflow: Bool = true, options: SessionOptions = SessionOptions(), providers: [any EngineProvider]
    ) throws {
        let provider = try Self.provider(of: try EngineURL(url), among: providers)
        var capabilities = provider.capabilities
        if asWorkflow { capabilities.closures = true }
        self.init(engine: PlanningEngine(capabilities: capabilities), options: options)
        provider.prepare(self)
    }

    /// What this session's engine would do with a graph.
    public func report(_ graph: Graph, outputs: [NodeID]) -> PlanReport {
        PlanReport(graph, outputs: outputs, capabilities: engine.capabilities)
    }
}

/// An engine that is only planned for.
private final class PlanningEngine: Engine {
    let capabilities: Capabilities

    init(capabilities: Capabilities) { self.capabilities = capabilities }

    private var refusal: EngineError {
        EngineError(
            .unsupported, "this session plans for the engine “\(capabilities.engine)”, and runs nothing",
            hint: "make a session with Session(\"\(capabilities.engine)\")")
    }

    func ship(_ program: ProgramImage) async throws { throw refusal }
    func put(_ value: Payload) async throws -> ValueRef { throw refusal }
    func get(_ ref: ValueRef) async throws -> Payload { throw refusal }
    func release(_ refs: [ValueRef]) async {}
    func submit(_ job: Job) -> AsyncThrowingStream<EngineEvent, any Error> { AsyncThrowingStream { $0.finish(throwing: refusal) } }
    func cancel(_ job: JobID) async {}
    func resources() async throws -> Resources { throw refusal }
    func shutdown() async {}
}
