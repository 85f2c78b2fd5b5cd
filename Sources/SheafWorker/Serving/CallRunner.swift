internal import SheafCore
internal import Synchronization

/// Runs calls in a worker: finds the function, decodes its arguments, encodes its result.
final class CallRunner: Sendable {
    private let registry: FunctionRegistry
    private let replays: ReplayHost
    /// The memory shared with the engine, if there is any.
    private let arena: ArenaMapping?
    private let spill = SpillFile()
    private let memory = MemoryLedger(budget: SessionOptions.physicalMemory)

    private let chains = Locked<[CallTarget: Chain]>([:])
    private let cache: Locked<ValueCache>

    init(_ registry: FunctionRegistry, arena: ArenaMapping? = nil) {
        self.registry = registry
        self.arena = arena
        // Without shared memory the other end decides how much is kept.
        cache = Locked(ValueCache(limit: arena == nil ? .max : 256 << 20))
        replays = ReplayHost(registry)
    }

    /// Follows a recipe for a plan.
    func prepare(recipe: [UInt8]) throws { try replays.prepare(recipe) }

    /// A call that was understood.
    struct Prepared: Sendable {
        /// What is called, for messages.
        let name: String
        let body: NodeFunction.Body
        let arguments: [AnyValue]
        /// What the body sees in the place of each argument.
        let places: [Graph.Argument]
        let request: CallRequest
        let resources: TaskResources
        /// Appends the result.
        let encode: @Sendable (AnyValue, inout [UInt8]) throws -> Void
    }

    /// - Throws: the errors of a call that cannot be run.
    func prepare(_ request: CallRequest) throws -> Prepared {
        switch request.target {
        case .function, .chain: try prepareFunctions(request)
        case .node(let token): try prepareNode(request, of: try replays.waitForPlan(token))
        }
    }

    /// As ``prepare(_:)-sync``, for a task that must not block.
    func prepare(_ request: CallRequest) async throws -> Prepared {
        switch request.target {
        case .function, .chain: try prepareFunctions(request)
        case .node(let token): try prepareNode(request, of: try await replays.plan(token))
        }
    }

    private func prepareFunctions(_ request: CallRequest) throws -> Prepared {
        drop(request.dropped)
        let chain = try chain(request.target)
        var arguments: [AnyValue] = [], places: [Graph.Argument] = [], sent = request.arguments[...]
        for (function, arePrevious) in chain.steps {
            // That of a single function is not known beforehand.
            let arePrevious = arePrevious ?? sent.map { _ in false }
            try function.checkCount(arePrevious.count)
            for (index, isPrevious) in arePrevious.enumerated() {
                if isPrevious {
                    places.append(.previous)
                    continue
                }
                guard let next = sent.popFirst() else {
                    throw EngineError(.protocolViolation, "a call of “\(chain.body.name)” without one of its arguments")
                }
                arguments.append(try value(next, try function.codec(ofArgument: index)))
                places.append(.constant(arguments.count - 1))
            }
        }
        guard sent.isEmpty else { throw EngineError(.protocolViolation, "a call of “\(chain.body.name)” with arguments too many") }
        return Prepared(
            name: chain.body.name, body: chain.body.body, arguments: arguments, places: places, request: request,
            resources: newResources(request), encode: chain.result.encode)
    }

    private func prepareNode(_ request: CallRequest, of plan: ReplayedPlan) throws -> Prepared {
        drop(request.dropped)
        let graph = plan.graph, node = Int(request.node)
        guard node < graph.count else { throw EngineError(.protocolViolation, "a call of a node that the plan does not have") }
        var arguments: [AnyValue] = [], places: [Graph.Argument] = [], sent = request.arguments[...]
        for argument in graph.arguments[graph.argumentRange(node)] {
            if argument.isPrevious {
                places.append(.previous)
                continue
            }
            let own = argument.isConstant ? graph.constants[argument.index] : AbsentValue.none
            if own is AbsentValue {
                guard let next = sent.popFirst() else {
                    throw EngineError(.protocolViolation, "a call of \(graph.name(node)) without one of its arguments")
                }
                arguments.append(try value(next, NodeValue.codec))
            } else {
                arguments.append(own)
            }
            places.append(.constant(arguments.count - 1))
        }
        guard sent.isEmpty else { throw EngineError(.protocolViolation, "a call of \(graph.name(node)) with arguments too many") }
        let resources = newResources(request)
        return Prepared(
            name: graph.name(node), body: graph.function(node).body, arguments: arguments, places: places, request: request,
            resources: resources
        ) { value, out in
            try NodeValue.encode(value, NodeValue.Remarks(resources), to: &out)
        }
    }

    private func newResources(_ request: CallRequest) -> TaskResources {
        TaskResources(memory: memory, spill: spill, seed: request.seed)
    }

    /// Lets go of values that were kept.
    func drop(_ numbers: [UInt64]) {
        if !numbers.isEmpty { cache.withLock { cache in for number in numbers { cache.drop(number) } } }
    }

    /// Registered functions that are called one after the other, most often a single one.
    private struct Chain: Sendable {
        let body: NodeFunction
        /// Each with whether its arguments are the result of the one before.
        let steps: [(function: PortableFunction, arePrevious: [Bool]?)]
        let result: AnyCodec
    }

    private func chain(_ target: CallTarget) throws -> Chain {
        if let known = chains.withLock({ $0[target] }) { return known }
        let chain: Chain
        switch target {
        case .function(let name, let passing):
            let function = try registry.portable(name, passing)
            chain = Chain(body: function.function, steps: [(function, nil)], result: function.result)
        case .chain(let list):
            let steps = try list.map { (function: try registry.portable($0.name, $0.passing), arePrevious: Optional($0.arePrevious)) }
            for case (let function, _) in steps {
                guard case .sync = function.function.body else {
                    throw EngineError(.protocolViolation, "“\(function.function.name)” may wait, and is called in a chain")
                }
            }
            chain = Chain(
                body: .fused(steps.map { ($0.function.function, $0.arePrevious?.count ?? 0) }), steps: steps,
                result: steps[steps.count - 1].function.result)
        case .node: preconditionFailure("the target is a node")
        }
        chains.withLock { $0[target] = chain }
        return chain
    }

    private func value(_ encoded: EncodedValue, _ codec: AnyCodec) throws -> AnyValue {
        switch encoded {
        case .inline(let bytes): return try bytes.withUnsafeBytes { try codec.decode($0) }
        case .shared(let number, let offset, let count):
            guard let arena else { throw WireError("a value in shared memory, of which there is none") }
            if let known = cache.withLock({ $0[number] }) { return known }
            let value = try codec.decode(UnsafeRawBufferPointer(try arena.bytes(offset: offset, count: count)))
            cache.withLock { $0.insert(value, number, bytes: Int(count)) }
            return value
        case .kept(let number, let bytes):
            let value = try bytes.withUnsafeBytes { try codec.decode($0) }
            keep(value, number, bytes: bytes.count)
            return value
        case .known(let number):
            guard let known = cache.withLock({ $0[number] }) else {
                throw WireError("the number \(number) of a value that it does not have")
            }
            return known
        }
    }

    /// Keeps a value, should it be an argument soon.
    func keep(_ value: AnyValue, _ number: UInt64, bytes: Int) { cache.withLock { $0.insert(value, number, bytes: bytes) } }

    /// Runs a synchronous function on this thread.
    func run(_ call: Prepared) throws -> AnyValue {
        guard case .sync(let body) = call.body else {
            throw EngineError(.protocolViolation, "the async function “\(call.name)” was called like a synchronous one")
        }
        let scope = TaskScope(resources: call.resources)
        return try call.arguments.withUnsafeBufferPointer { values in
            try call.places.withUnsafeBufferPointer { places in
                if let places = places.baseAddress {
                    scope.attach(values: Self.noValues, constants: values.baseAddress ?? UnsafePointer(Self.noConstants))
                    scope.prepare(
                        node: Int(call.request.node), attempt: Int(call.request.attempt), arguments: places, count: call.places.count)
                }
                do { return try body(scope) } catch {
                    guard let record = scope.cursor?.position() else { throw error }
                    throw AtRecord(error: error, record: record)
                }
            }
        }
    }

    // Never read: no argument of a call is another node's.
    private nonisolated(unsafe) static let noValues = UnsafeMutablePointer<AnyValue?>.allocate(capacity: 1)
    // Likewise, where no argument is a value.
    private nonisolated(unsafe) static let noConstants = UnsafeMutablePointer<AnyValue>.allocate(capacity: 1)

    /// An error and the input record at which it happened.
    struct AtRecord: Error {
        let error: any Error
        let record: RecordPosition
    }

    /// Runs a function that may wait.
    func run(_ call: Prepared) async throws -> AnyValue {
        switch call.body {
        case .async(let body):
            return try await ReplayEngine.$isInTask.withValue(true) {
                try await body(
                    AsyncTaskScope(
                        arguments: call.arguments, node: Int(call.request.node), attempt: Int(call.request.attempt),
                        resources: call.resources))
            }
        default: return try runHere(call)
        }
    }

    private func runHere(_ call: Prepared) throws -> AnyValue { try run(call) }

    static func failure(_ error: any Error, call: UInt32) -> [UInt8] {
        if let error = error as? AtRecord { return Failure(error.error, record: error.record).frame(call: call) }
        if let error = error as? WireError {
            return Failure(EngineError(.protocolViolation, "a worker \(error)")).frame(call: call)
        }
        return Failure(error).frame(call: call)
    }
}
