internal import SheafCore
internal import Synchronization

/// Runs calls in a worker: finds the function, decodes its arguments, encodes its result.
final class CallRunner: Sendable {
    private let registry: FunctionRegistry
    /// The memory shared with the engine, if there is any.
    private let arena: ArenaMapping?
    private let spill = SpillFile()
    private let memory = MemoryLedger(budget: SessionOptions.physicalMemory)

    private struct Key: Hashable { var name: String, passing: NodeFunction.Passing }
    private let functions = Locked<[Key: PortableFunction]>([:])
    private let cache = Locked(ValueCache())

    init(_ registry: FunctionRegistry, arena: ArenaMapping? = nil) {
        self.registry = registry
        self.arena = arena
    }

    /// A call that was understood.
    struct Prepared: Sendable {
        let function: PortableFunction
        let arguments: [AnyValue]
        let request: CallRequest
        let resources: TaskResources
    }

    /// - Throws: ``WireError`` for bytes that are no call; the errors of a call that cannot be run.
    func prepare(_ request: CallRequest) throws -> Prepared {
        if !request.dropped.isEmpty { cache.withLock { cache in for number in request.dropped { cache.drop(number) } } }
        let function = try function(request.function, request.passing)
        try function.checkCount(request.arguments.count)
        var arguments: [AnyValue] = []
        arguments.reserveCapacity(request.arguments.count)
        for (index, argument) in request.arguments.enumerated() {
            arguments.append(try value(argument, try function.codec(ofArgument: index)))
        }
        return Prepared(
            function: function, arguments: arguments, request: request,
            resources: TaskResources(memory: memory, spill: spill, seed: request.seed))
    }

    private func function(_ name: String, _ passing: NodeFunction.Passing) throws -> PortableFunction {
        let key = Key(name: name, passing: passing)
        if let known = functions.withLock({ $0[key] }) { return known }
        let found = try registry.portable(name, passing)
        functions.withLock { $0[key] = found }
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
        guard case .sync(let body) = call.function.function.body else {
            throw EngineError(.protocolViolation, "the async function “\(call.request.function)” was called like a synchronous one")
        }
        let scope = TaskScope(resources: call.resources)
        let places = call.arguments.indices.map { Graph.Argument.constant($0) }
        return try call.arguments.withUnsafeBufferPointer { values in
            try places.withUnsafeBufferPointer { places in
                if let values = values.baseAddress, let places = places.baseAddress {
                    scope.attach(values: Self.noValues, constants: values)
                    scope.prepare(
                        node: Int(call.request.node), attempt: Int(call.request.attempt), arguments: places, count: call.arguments.count)
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

    /// An error and the input record at which it happened.
    struct AtRecord: Error {
        let error: any Error
        let record: RecordPosition
    }

    /// Runs a function that may wait.
    func run(_ call: Prepared) async throws -> AnyValue {
        switch call.function.function.body {
        case .async(let body):
            return try await body(
                AsyncTaskScope(
                    arguments: call.arguments, node: Int(call.request.node), attempt: Int(call.request.attempt), resources: call.resources))
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
