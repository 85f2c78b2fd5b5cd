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

    private let functions = Locked<[CallTarget: PortableFunction]>([:])
    private let cache = Locked(ValueCache())

    init(_ registry: FunctionRegistry, arena: ArenaMapping? = nil) {
        self.registry = registry
        self.arena = arena
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
        case .function: try prepareFunction(request)
        case .node(let token): try prepareNode(request, of: try replays.waitForPlan(token))
        }
    }

    /// As ``prepare(_:)-sync``, for a task that must not block.
    func prepare(_ request: CallRequest) async throws -> Prepared {
        switch request.target {
        case .function: try prepareFunction(request)
        case .node(let token): try prepareNode(request, of: try await replays.plan(token))
        }
    }

    private func prepareFunction(_ request: CallRequest) throws -> Prepared {
        drop(request.dropped)
        let function = try function(request.target)
        try function.checkCount(request.arguments.count)
        var arguments: [AnyValue] = []
        arguments.reserveCapacity(request.arguments.count)
        for (index, argument) in request.arguments.enumerated() {
            arguments.append(try value(argument, try function.codec(ofArgument: index)))
        }
        return Prepared(
            name: function.function.name, body: function.function.body, arguments: arguments,
            places: arguments.indices.map { .constant($0) }, request: request, resources: newResources(request),
            encode: function.result.encode)
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

    private func drop(_ numbers: [UInt64]) {
        if !numbers.isEmpty { cache.withLock { cache in for number in numbers { cache.drop(number) } } }
    }

    private func function(_ target: CallTarget) throws -> PortableFunction {
        guard case .function(let name, let passing) = target else { preconditionFailure("the target is a node") }
        if let known = functions.withLock({ $0[target] }) { return known }
        let found = try registry.portable(name, passing)
        functions.withLock { $0[target] = found }
        return found
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
        }
    }

    /// Keeps a value that lies in shared memory, should it be an argument soon.
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
