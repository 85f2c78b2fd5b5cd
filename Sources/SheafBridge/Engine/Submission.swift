internal import SheafCore
internal import SheafWorker

/// A part of a job that runs on the engine, between parts that run in this process.
struct Phase: Sendable {
    var nodes: Set<NodeID>
    /// Of nodes that ran before.
    var results: [NodeID: AnyValue]
}

/// A job as a sidecar is given it: which engine's tasks stand for its nodes.
struct JobTasks: Sendable {
    /// The run's name; keys of the engine begin with it.
    let run: String
    /// The layout of each output's result, by node.
    private(set) var outputCodecs: [NodeID: AnyCodec] = [:]
    /// How many of the engine's tasks there are.
    var count: Int { nodes.count }
    /// The nodes that tasks stand for.
    private var nodes: Set<NodeID> = []
    private(set) var submission = ClientMessage.Submission()

    /// - Throws: ``PlanError`` for a node that cannot run elsewhere, naming it and where it was made.
    ///
    /// - Parameter phase: the nodes that run now, and the results of those that ran before; all of them when nil.
    init(_ job: Job, run: String, calls: any NodeCalls, phase: Phase? = nil) throws {
        self.run = run
        let graph = job.graph, outputs = Set(job.outputs)
        var constants: [ObjectIdentifier: Int] = [:], prefixes: [[UInt8]: Int] = [:], buffers: [[UInt8]] = []
        func place(_ bytes: [UInt8]) -> Int {
            buffers.append(bytes)
            return buffers.count - 1
        }
        submission.tasks.reserveCapacity(graph.count)
        for node in 0..<graph.count where phase?.nodes.contains(node) != false {
            do {
                let call = try calls.call(of: node), prefix = prefixes[call.prefix] ?? place(call.prefix)
                prefixes[call.prefix] = prefix
                let arguments = try call.arguments.map { argument -> ClientMessage.Submission.Argument in
                    let earlier = argument.isNode ? phase?.results[argument.index] : nil
                    if argument.isNode, earlier == nil { return .key(key(argument.index)) }
                    let value = earlier ?? graph.constants[argument.index]
                    if let known = constants[ObjectIdentifier(value)] { return .buffer(known) }
                    let index = place(try calls.encoded(value))
                    constants[ObjectIdentifier(value)] = index
                    return .buffer(index)
                }
                let attributes = graph.attributes(node), cost = attributes.cost
                submission.tasks.append(
                    .init(
                        key: key(node), name: call.name, prefix: prefix, arguments: arguments, retries: attributes.retry.attempts - 1,
                        hints: attributes.hints, cores: cost.cores, memory: Self.memory(of: cost)))
                nodes.insert(node)
                if outputs.contains(node) { outputCodecs[node] = call.result }
            } catch var error as PlanError {
                error.node = error.node ?? graph.name(node)
                error.location = error.location ?? graph.attributes(node).location
                throw error
            }
        }
        if let (token, bytes) = calls.preparation { submission.preparation = (token, place(bytes)) }
        submission.outputs = outputs.sorted().map { key($0) }
        submission.tellsTasks = job.detail == .tasks
        submission.buffers = buffers
    }

    /// What the engine is told of a task's memory: nothing of a little, of which there are many sizes, and else a power of two, so that many
    /// tasks ask for the same.
    private static func memory(of cost: Cost) -> Int {
        let bytes = cost.resultBytes.addingReportingOverflow(cost.workingBytes)
        guard !bytes.overflow, bytes.partialValue >= 256 << 20, bytes.partialValue < 1 << 50 else { return 0 }
        return 1 << (Int.bitWidth - (bytes.partialValue - 1).leadingZeroBitCount)
    }

    /// Lets go of what was sent.
    mutating func forget() { submission = ClientMessage.Submission() }

    /// The engine's name for a node's result.
    func key(_ node: NodeID) -> String { "\(run)-\(node)" }

    /// The node that a name of the engine stands for; `nil` for names that were not given.
    func node(of key: String) -> NodeID? {
        guard key.hasPrefix(run + "-"), let node = Int(key.dropFirst(run.utf8.count + 1)), nodes.contains(node), key == self.key(node)
        else { return nil }
        return node
    }
}
