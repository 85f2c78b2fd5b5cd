internal import SheafCore
internal import SheafLocal

/// A job of which some nodes have to run in this process, such as queries of its database: it runs in phases, here and on the engine in
/// turns. What a phase leaves for a later one goes through this process.
struct PhasedRun: Sendable {
    private let job: Job
    private let engine: BridgeEngine

    init(_ job: Job, on engine: BridgeEngine) {
        self.job = job
        self.engine = engine
    }

    func start() -> AsyncThrowingStream<EngineEvent, any Error> {
        let (stream, continuation) = AsyncThrowingStream.makeStream(of: EngineEvent.self)
        let task = Task {
            do {
                try await run(continuation)
                continuation.finish()
            } catch { continuation.finish(throwing: error) }
        }
        continuation.onTermination = { reason in
            if case .cancelled = reason { task.cancel() }
        }
        return stream
    }

    private func isHere(_ node: NodeID) -> Bool { job.graph.function(node).staysHere }

    /// The nodes of each phase; even ones run on the engine.
    private var phases: [[NodeID]] {
        var phase: [Int] = [], phases: [[NodeID]] = []
        for node in 0..<job.graph.count {
            var number = job.graph.inputs(node).map { phase[$0] }.max() ?? 0
            if number % 2 == (isHere(node) ? 0 : 1) { number += 1 }
            phase.append(number)
            while phases.count <= number { phases.append([]) }
            phases[number].append(node)
        }
        return phases
    }

    private func run(_ continuation: AsyncThrowingStream<EngineEvent, any Error>.Continuation) async throws {
        let local = LocalEngine(), phases = phases, outputs = Set(job.outputs)
        var lastUse: [NodeID: Int] = [:]
        for (number, nodes) in phases.enumerated() {
            for node in nodes { for input in job.graph.inputs(node) { lastUse[input] = number } }
        }
        var results: [NodeID: AnyValue] = [:]
        do {
            for (number, nodes) in phases.enumerated() where !nodes.isEmpty {
                let wanted = nodes.filter { outputs.contains($0) || lastUse[$0, default: number] > number }
                let values =
                    number % 2 == 0
                    ? try await remote(nodes, wanted, results, continuation) : try await here(nodes, wanted, results, local, continuation)
                for (node, value) in zip(wanted, values) {
                    results[node] = value
                    for position in job.outputs.indices where job.outputs[position] == node {
                        continuation.yield(.output(position: position, ref: engine.hold(value)))
                    }
                }
                for (node, last) in lastUse where last <= number { results[node] = nil }
            }
        } catch {
            await local.shutdown()
            throw error
        }
        await local.shutdown()
    }

    private func remote(
        _ nodes: [NodeID], _ wanted: [NodeID], _ results: [NodeID: AnyValue],
        _ continuation: AsyncThrowingStream<EngineEvent, any Error>.Continuation
    ) async throws -> [AnyValue] {
        var part = Job(id: job.id, graph: job.graph, outputs: wanted, order: job.order, detail: job.detail, seed: job.seed)
        part.recipe = job.recipe
        return try await follow(engine.submit(part, Phase(nodes: Set(nodes), results: results)), wanted, on: engine, continuation) { $0 }
    }

    private func here(
        _ nodes: [NodeID], _ wanted: [NodeID], _ results: [NodeID: AnyValue], _ local: LocalEngine,
        _ continuation: AsyncThrowingStream<EngineEvent, any Error>.Continuation
    ) async throws -> [AnyValue] {
        let (graph, numbers) = job.graph.part(nodes, results)
        let places = Dictionary(uniqueKeysWithValues: nodes.enumerated().map { ($1, $0) }), outputs = wanted.compactMap { places[$0] }
        let part = Job(
            id: job.id, graph: graph, outputs: outputs, order: graph.order(outputs: outputs), detail: job.detail, seed: job.seed)
        return try await follow(local.submit(part), wanted, on: local, continuation) { numbers[$0] }
    }

    /// Passes on what happens in a phase, and returns its outputs.
    private func follow(
        _ events: AsyncThrowingStream<EngineEvent, any Error>, _ wanted: [NodeID], on engine: any Engine,
        _ continuation: AsyncThrowingStream<EngineEvent, any Error>.Continuation, _ node: (NodeID) -> NodeID
    ) async throws -> [AnyValue] {
        var refs: [Int: ValueRef] = [:]
        for try await event in events {
            switch event {
            case .output(let position, let ref): refs[position] = ref
            case .tasks(let list):
                continuation.yield(
                    .tasks(
                        list.map { event in
                            var event = event
                            event.node = node(event.node)
                            return event
                        }))
            case .progress, .rejected: continuation.yield(event)
            }
        }
        try Task.checkCancellation()
        var values: [AnyValue] = []
        for position in wanted.indices {
            guard let ref = refs[position], case .value(let value) = try await engine.get(ref) else {
                throw EngineError(.protocolViolation, "a phase of a job ended without all its outputs")
            }
            values.append(value)
        }
        await engine.release(Array(refs.values))
        return values
    }
}

extension Graph {
    /// Some of the nodes as a graph of their own, in their order, with the results of others as constants; and which node each was.
    fileprivate func part(_ nodes: [NodeID], _ results: [NodeID: AnyValue]) -> (graph: Graph, numbers: [NodeID]) {
        var part = Graph(), renumbered: [NodeID: NodeID] = [:], constants: [NodeID: Argument] = [:]
        part.functions = functions
        part.attributes = attributes
        part.constants = self.constants
        for node in nodes {
            let list = arguments[argumentRange(node)].map { argument -> Argument in
                guard argument.isNode else { return argument }
                if let own = renumbered[argument.index] { return .node(own) }
                if let known = constants[argument.index] { return known }
                let constant = part.addConstant(results[argument.index] ?? AbsentValue.none)
                constants[argument.index] = constant
                return constant
            }
            renumbered[node] = part.append(function: functionIndex(node), attributes: attributesIndex(node), arguments: list)
        }
        return (part, nodes)
    }
}
