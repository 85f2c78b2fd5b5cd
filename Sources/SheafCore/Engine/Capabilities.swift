/// What an engine can run. Asking for more is a ``PlanError`` before anything starts.
public struct Capabilities: Sendable {
    /// The engine's name in messages: `local`, `dask`.
    public var engine: String
    /// Whether closures run, which they do only inside this process.
    public var closures: Bool
    /// Whether tasks run inside this process, so that they may write where the caller reads.
    public var sharesMemory: Bool
    /// Whether `async` bodies run.
    public var asyncFunctions: Bool
    /// Whether failed tasks are retried by their policy.
    public var retries: Bool
    /// What the engine adds to each task, in seconds; plans are fused until a task is worth it.
    public var taskOverhead: Double
    /// The largest single value, in bytes.
    public var maximumValueBytes: Int

    public init(
        engine: String, closures: Bool, asyncFunctions: Bool = true, retries: Bool = true, taskOverhead: Double = 0,
        maximumValueBytes: Int = .max, sharesMemory: Bool? = nil
    ) {
        self.engine = engine
        self.closures = closures
        self.asyncFunctions = asyncFunctions
        self.retries = retries
        self.taskOverhead = taskOverhead
        self.maximumValueBytes = maximumValueBytes
        self.sharesMemory = sharesMemory ?? closures
    }

    /// Chains are worth fusing when a task costs more than this, in seconds.
    static let fusionThreshold = 10e-6

    public var prefersFusion: Bool { taskOverhead >= Self.fusionThreshold }
}

/// Something in a plan that an engine cannot run.
public struct PortabilityGap: Sendable {
    public let node: NodeID
    public let error: PlanError
}

extension Graph {
    /// What keeps this graph from running on an engine with `capabilities`; empty when nothing does.
    ///
    /// - Complexity: O(nodes).
    public func portabilityGaps(_ capabilities: Capabilities) -> [PortabilityGap] {
        let problems = functions.map { $0.problem(capabilities) }
        let retrying = attributes.map { !capabilities.retries && $0.retry.attempts > 1 }
        guard problems.contains(where: { $0 != nil }) || retrying.contains(true) else { return [] }
        var gaps: [PortabilityGap] = []
        for node in 0..<count {
            if var error = problems[functionIndex(node)] {
                error.node = name(node)
                error.location = error.location ?? attributes(node).location
                gaps.append(PortabilityGap(node: node, error: error))
            } else if retrying[attributesIndex(node)] {
                let error = PlanError(
                    .unsupported, "the engine “\(capabilities.engine)” does not retry tasks", node: name(node),
                    location: attributes(node).location, hint: "remove the retry policy, or choose another engine")
                gaps.append(PortabilityGap(node: node, error: error))
            }
        }
        return gaps
    }
}

extension NodeFunction {
    fileprivate func problem(_ capabilities: Capabilities) -> PlanError? {
        if !capabilities.closures, let location = closureLocation {
            return PlanError(
                .closureNotPortable,
                "the closure at \(location) cannot leave this process, and the engine “\(capabilities.engine)” runs elsewhere",
                location: location, hint: "make it a named `Function` and list it in the program's `functions`")
        }
        switch body {
        case .async where !capabilities.asyncFunctions:
            return PlanError(
                .unsupported, "the engine “\(capabilities.engine)” does not run async functions such as “\(name)”",
                hint: "use a synchronous function, or choose another engine")
        case .unresolved:
            return PlanError(
                .unsupported, "no function named “\(name)” is registered in this program",
                hint: "list it in the program's `functions`")
        default: return nil
        }
    }
}
