internal import CSheaf
internal import SheafCore
internal import Synchronization

/// One job whose functions run in worker processes: the same graph, with other bodies.
///
/// In the plan of a ``Workflow`` these are all functions but those that have to stay here; workers make the plan again. In other plans
/// they are the named functions.
final class RemoteRun: Sendable {
    let job: Job
    let fleet: WorkerFleet
    let options: ProcessOptions
    /// Nodes whose results only workers take, and the caller: those need not be decoded here.
    private let staysShared: [Bool]
    /// Which of the graph's functions run in workers.
    private let isRemote: [Bool]
    /// What a worker has to be told before it can run nodes of the plan; empty outside workflows.
    let recipe: (token: String, bytes: [UInt8])?

    /// A function that runs in a worker.
    struct Target: Sendable {
        let name: String
        let call: CallTarget
        let result: AnyCodec
        let format: ValueFormat
    }

    /// - Throws: ``PlanError``: `.unsupported` for functions that the workers do not know, `.notSerializable` for results and constants that
    ///   cannot leave their process; ``EngineError`` when the workers cannot be started.
    init(_ job: Job, fleet: WorkerFleet, options: ProcessOptions) throws {
        self.job = job
        self.fleet = fleet
        self.options = options
        let graph = job.graph
        var isRemote = Array(repeating: false, count: graph.functions.count)
        for (index, function) in graph.functions.enumerated() where !function.staysHere {
            if case .imported = function.body { continue }
            if case .named = function.identity { isRemote[index] = true } else { isRemote[index] = job.recipe != nil }
        }
        self.isRemote = isRemote
        if isRemote.contains(true), job.recipe == nil { try Self.check(graph, isRemote, try fleet.knownFunctions()) }
        recipe = try job.recipe.map { ($0.token, try $0.encoded()) }
        if let count = recipe?.bytes.count, count > Frame.maximumPayload {
            throw EngineError(
                .unsupported, "what the workflow's plans have returned so far takes \(count) bytes, and workers are sent it with each plan",
                hint: "leave large values on the engine with persist(), or divide the work into several workflows")
        }
        var stays = Array(repeating: true, count: graph.count)
        for node in 0..<graph.count where !isRemote[graph.functionIndex(node)] {
            for input in graph.inputs(node) { stays[input] = false }
        }
        staysShared = stays
    }

    deinit { fleet.known.purge() }

    /// Everything that can be known before anything runs.
    private static func check(_ graph: Graph, _ isRemote: [Bool], _ known: Set<String>) throws {
        var checked = Set<ObjectIdentifier>(), checkedFunctions = Set<Int>()
        for node in 0..<graph.count where isRemote[graph.functionIndex(node)] {
            do {
                if checkedFunctions.insert(graph.functionIndex(node)).inserted {
                    let function = graph.function(node)
                    guard known.contains(function.name), let output = function.output else {
                        throw FunctionRegistry.unregistered(function.name)
                    }
                    guard output.codec != nil else { throw PortableFunction.notEncodable(output, "the result of “\(function.name)”") }
                }
                for position in graph.argumentRange(node) where graph.arguments[position].isConstant {
                    let format = ValueFormat(graph.constants[graph.arguments[position].index].type)
                    guard checked.insert(ObjectIdentifier(format.type)).inserted else { continue }
                    guard format.codec != nil else { throw PortableFunction.notEncodable(format, "a constant") }
                }
            } catch var error as PlanError {
                error.node = graph.name(node)
                error.location = graph.attributes(node).location
                throw error
            }
        }
    }

    /// The job's graph, with bodies that call workers.
    var graph: Graph {
        var graph = job.graph
        for (index, function) in graph.functions.enumerated() where isRemote[index] {
            guard let target = target(function) else { continue }
            if case .async = function.body {
                graph.functions[index] = NodeFunction(
                    name: function.name, body: .async { [self] scope in try await callWaiting(target, scope) }, passing: function.passing,
                    output: nil)
            } else {
                graph.functions[index] = NodeFunction(
                    name: function.name, body: .sync { [self] scope in try callOne(target, scope) }, passing: function.passing,
                    output: nil, batch: { [self] tasks, resources in callAll(target, tasks, resources) })
            }
        }
        return graph
    }

    private func target(_ function: NodeFunction) -> Target? {
        if let recipe {
            return Target(
                name: function.name, call: .node(of: recipe.token), result: NodeValue.codec, format: ValueFormat(AnyValue.self))
        }
        guard let format = function.output, let codec = format.codec else { return nil }
        return Target(name: function.name, call: .function(function.name, function.passing), result: codec, format: format)
    }

    // MARK: Arguments and results

    /// Whether a worker has a node's argument already, since it made the plan again.
    private func isOwn(_ argument: Graph.Argument) -> Bool {
        guard let recipe = job.recipe else { return false }
        return argument.isPrevious || (argument.isConstant && !recipe.sentConstants.contains(argument.index))
    }

    /// What a call's arguments are, and what keeps those in shared memory where they are until it has ended.
    func encode(_ values: [AnyValue], of node: NodeID) throws -> (arguments: [EncodedValue], blocks: [ArenaBlock]) {
        var arguments: [EncodedValue] = [], blocks: [ArenaBlock] = []
        arguments.reserveCapacity(values.count)
        let places = job.graph.argumentRange(node)
        for (value, place) in zip(values, places) {
            if isOwn(job.graph.arguments[place]) { continue }
            if let block = try sharedBlock(value) {
                arguments.append(block.place)
                blocks.append(block)
                continue
            }
            let value = try (value as? SharedValue)?.decoded() ?? value
            let bytes = try recipe == nil ? value.encoded("an argument") : NodeValue.encoded(value)
            fleet.countTransfer(bytes.count)
            if bytes.count < SharedValue.threshold {
                arguments.append(.inline(bytes))
            } else {
                let block = try fleet.arena.store(bytes)
                fleet.known.insert(value, block, form)
                arguments.append(block.place)
                blocks.append(block)
            }
        }
        return (arguments, blocks)
    }

    /// How values are encoded.
    private var form: KnownValues.Form { recipe == nil ? .plain : .typed }

    private func sharedBlock(_ value: AnyValue) throws -> ArenaBlock? {
        if let shared = value as? SharedValue, shared.form == form { return shared.block }
        guard value.byteCount >= SharedValue.threshold / 2 else { return nil }
        return fleet.known.block(of: value, form)
    }

    func value(
        _ payload: [UInt8], _ granted: ArenaBlock?, _ target: Target, node: NodeID, _ resources: TaskResources
    ) throws -> AnyValue {
        switch try EncodedValue(payload: payload) {
        case .inline(let bytes):
            fleet.countTransfer(bytes.count)
            return try bytes.withUnsafeBytes { bytes in
                if recipe != nil { try NodeValue.remarks(bytes).repeated(to: resources) }
                return try target.result.decode(bytes)
            }
        case .shared:
            guard let granted, try EncodedValue(payload: payload) == granted.place else {
                throw WireError("a result in memory that was not asked for")
            }
            fleet.countTransfer(granted.bytes.count)
            if recipe != nil { try NodeValue.remarks(UnsafeRawBufferPointer(granted.bytes)).repeated(to: resources) }
            let shared = SharedValue(granted, codec: target.result, form: form, format: target.format)
            return staysShared[node] ? shared : try shared.decoded()
        case .kept, .known: throw WireError("a result that is none")
        }
    }

    // MARK: Calls that wait

    /// Calls an `async` function in a worker, and holds no thread meanwhile.
    private func callWaiting(_ target: Target, _ scope: AsyncTaskScope) async throws -> AnyValue {
        let (arguments, blocks) = try encode(scope.arguments, of: scope.node)
        defer { withExtendedLifetime(blocks) {} }
        var losses = 0
        while true {
            try Task.checkCancellation()
            let worker = try fleet.leastBusy()
            let request = CallRequest(
                target: target.call, node: UInt32(truncatingIfNeeded: scope.node),
                attempt: UInt32(truncatingIfNeeded: scope.attempt), seed: job.seed, arguments: arguments)
            if let recipe, worker.isFirstUse(of: recipe.token, on: .control) {
                worker.tell(Frame(.prepare, payload: recipe.bytes).bytes)
            }
            let call = fleet.newCall()
            do {
                let frame = try await exchangeWaiting(request, call, worker)
                switch frame.kind {
                case .failure: throw try Failure(payload: frame.payload).error
                default: return try value(frame.payload, nil, target, node: scope.node, scope.resources)
                }
            } catch is WorkerEnded {
                try judge(worker, call, target, node: scope.node, losses: &losses, isCancelled: Task.isCancelled)
            } catch let error as WireError {
                worker.kill(.garbled("\(error)"))
                throw garbled("\(error)", target)
            }
        }
    }

    private func exchangeWaiting(_ request: CallRequest, _ call: UInt32, _ worker: WorkerProcess) async throws -> Frame {
        let timer = options.deadline.map { deadline in
            Task.detached {
                try await Task.sleep(for: .seconds(deadline))
                worker.kill(.deadline(call: call))
            }
        }
        defer { timer?.cancel() }
        let ending = Ending()
        defer { ending.cancel() }
        return try await withTaskCancellationHandler {
            try await worker.exchange(call, request.frame(call: call))
        } onCancel: { [grace = options.grace] in
            worker.cancel(call)
            ending.set(
                Task.detached {
                    try await Task.sleep(for: .seconds(grace))
                    worker.kill(.cancelled(call: call))
                })
        }
    }

    /// What kills a worker unless it answers in time.
    private final class Ending: Sendable {
        private struct State { var task: Task<Void, any Error>?; var isOver = false }
        private let state = Locked(State())

        func set(_ task: Task<Void, any Error>) {
            let isOver = state.withLock { state in
                state.task = task
                return state.isOver
            }
            if isOver { task.cancel() }
        }

        func cancel() {
            let task = state.withLock { state in
                state.isOver = true
                return state.task
            }
            task?.cancel()
        }
    }

    // MARK: Workers that end

    /// Says why a call got no answer, or returns when it is to be sent to another worker.
    func judge(
        _ worker: WorkerProcess, _ call: UInt32, _ target: Target, node: NodeID, losses: inout Int, isCancelled: Bool
    ) throws {
        let exit = worker.waitForExit()
        switch worker.reason {
        case .cancelled(call): throw CancellationError()
        case .deadline(call):
            throw TaskError(
                .deadlineExceeded, "“\(target.name)” ran longer than the \(options.deadline ?? 0) s it has",
                hint: "allow more with processes://?deadline=SECONDS, or look why it takes so long")
        case .garbled(let text): throw garbled(text, target)
        case .shutdown: throw WorkerFleet.closed
        case .cancelled, .deadline:
            // Another call was to be stopped; this one only shared its process.
            if isCancelled { throw CancellationError() }
            return
        case nil: break
        }
        if isCancelled { throw CancellationError() }
        if exit.isFromOutside, losses < options.allowedLosses {
            losses += 1
            return
        }
        let words = worker.lastWords
        throw TaskError(
            .crashed,
            "the worker process \(worker.process) \(exit) while it ran “\(target.name)” for \(job.graph.name(node))"
                + (losses > 0 ? ", and so did \(losses) before it" : ""),
            cause: RemoteError.unlessEmpty(words),
            hint: options.workerMemory.map { "a worker may have \($0 >> 20) MiB of memory; allow more with worker-memory=SIZE" })
    }

    func garbled(_ text: String, _ target: Target) -> EngineError {
        EngineError(
            .protocolViolation, "a worker broke the protocol while it ran “\(target.name)”: \(text)",
            hint: "does the function write to descriptors that are not its own?")
    }
}
