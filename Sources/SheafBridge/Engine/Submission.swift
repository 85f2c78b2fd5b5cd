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
    private(set) var count = 0
    /// Of each node, how many tasks stand for it.
    private(set) var steps: [Int] = []
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
        steps.reserveCapacity(graph.count)
        for node in 0..<graph.count {
            guard phase?.nodes.contains(node) != false else {
                steps.append(0)
                continue
            }
            do {
                let list = try calls.calls(of: node), retries = graph.attributes(node).retry.attempts - 1
                for (step, call) in list.enumerated() {
                    let prefix = prefixes[call.prefix] ?? place(call.prefix)
                    prefixes[call.prefix] = prefix
                    let arguments = try call.arguments.map { argument -> ClientMessage.Submission.Argument in
                        let earlier = argument.isNode ? phase?.results[argument.index] : nil
                        if argument.isNode, earlier == nil { return .key(key(argument.index)) }
                        if argument.isPrevious { return .key(key(node, step: step - 1)) }
                        let value = earlier ?? graph.constants[argument.index]
                        if let known = constants[ObjectIdentifier(value)] { return .buffer(known) }
                        let index = place(try calls.encoded(value))
                        constants[ObjectIdentifier(value)] = index
                        return .buffer(index)
                    }
                    let isLast = step == list.count - 1
                    submission.tasks.append(
                        .init(
                            key: isLast ? key(node) : key(node, step: step), name: call.name, prefix: prefix, arguments: arguments,
                            retries: retries))
                    if isLast, outputs.contains(node) { outputCodecs[node] = call.result }
                }
                steps.append(list.count)
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
        count = submission.tasks.count
    }

    /// Lets go of what was sent.
    mutating func forget() { submission = ClientMessage.Submission() }

    /// The engine's name for a node's result.
    func key(_ node: NodeID) -> String { "\(run)-\(node)" }

    private func key(_ node: NodeID, step: Int) -> String { "\(run)-\(node).\(step)" }

    /// The node, and which of its tasks, that a name of the engine stands for; `nil` for names that were not given.
    func place(of key: String) -> (node: NodeID, step: Int)? {
        guard key.hasPrefix(run + "-") else { return nil }
        let parts = key.dropFirst(run.utf8.count + 1).split(separator: ".", omittingEmptySubsequences: false)
        guard let first = parts.first, let node = Int(first), steps.indices.contains(node) else { return nil }
        if parts.count == 1 { return (node, steps[node] - 1) }
        guard parts.count == 2, let step = Int(parts[1]), (0..<steps[node]).contains(step) else { return nil }
        return (node, step)
    }
}
