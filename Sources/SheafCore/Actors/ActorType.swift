/// A kind of object that lives on an engine: what makes its state, under a name that every process of the program knows.
///
/// ```swift
/// struct Tally { var sums: [String: Int] = [:] }
///
/// static let tally = ActorType("tally") { (start: [String: Int]) in Tally(sums: start) }
/// static let add = tally.method("tally.add") { (state: inout Tally, item: (String, Int)) -> Int in
///     state.sums[item.0, default: 0] += item.1
///     return state.sums[item.0, default: 0]
/// }
/// static let functions: [any RegisteredFunction] = [tally, add]
///
/// let object = try await session.actor(tally, ["a": 1], restarts: 2)
/// let sum = try await object.call(add, ("a", 3))
/// ```
/// The state is of any type: it never leaves its process, so it need neither be `Sendable` nor `Codable`. What goes in and out of it is sent
/// like the arguments and results of functions. See ``ActorHandle`` for what is promised.
public struct ActorType<State, Input: Sendable>: RegisteredFunction {
    public let name: String
    public let location: SourceLocation
    let body: @Sendable (ActorSlot, AnyValue) async throws -> AnyValue
    let isSynchronous: Bool

    /// - Parameters:
    ///   - name: unique among the program's functions, methods and workflows.
    ///   - make: makes the state; again, from the same input, when the object's process has died.
    public init(
        _ name: String, fileID: StaticString = #fileID, line: UInt = #line, _ make: @escaping @Sendable (Input) throws -> State
    ) {
        self.name = name
        location = SourceLocation(fileID: fileID, line: line)
        isSynchronous = true
        body = { slot, input in
            slot.put(ActorState(try make(try input.checked(as: Input.self))))
            return TypedValue(())
        }
    }

    /// An object that may have to wait for its state.
    public init(
        _ name: String, fileID: StaticString = #fileID, line: UInt = #line,
        async make: @escaping @Sendable (Input) async throws -> State
    ) {
        self.name = name
        location = SourceLocation(fileID: fileID, line: line)
        isSynchronous = false
        body = { slot, input in
            slot.put(ActorState(try await make(try input.checked(as: Input.self))))
            return TypedValue(())
        }
    }

    /// An object that is made from nothing.
    public init(_ name: String, fileID: StaticString = #fileID, line: UInt = #line, _ make: @escaping @Sendable () throws -> State)
    where Input == Void {
        self.init(name, fileID: fileID, line: line) { (_: Void) in try make() }
    }

    public var signature: String { "(\(Input.self)) -> \(State.self)" }

    /// How an engine makes an object.
    func call(_ input: Input, at location: SourceLocation) -> ActorCall {
        ActorCall(
            name: name, location: location, input: TypedValue(input), output: ValueFormat(Void.self), isSynchronous: isSynchronous,
            body: body)
    }
}

/// Something that can be done with the objects of an ``ActorType``: made by its `method`.
public struct ActorMethod<State, Input: Sendable, Output: Sendable>: RegisteredFunction {
    public let name: String
    public let location: SourceLocation
    let body: @Sendable (ActorSlot, AnyValue) async throws -> AnyValue
    let isSynchronous: Bool

    public var signature: String { "(inout \(State.self), \(Input.self)) -> \(Output.self)" }

    fileprivate init(_ name: String, _ location: SourceLocation, _ body: @escaping @Sendable (inout State, Input) throws -> Output) {
        self.name = name
        self.location = location
        isSynchronous = true
        self.body = { slot, input in
            let state = try slot.state(as: State.self, for: name)
            return TypedValue(try body(&state.value.pointee, try input.checked(as: Input.self)))
        }
    }

    fileprivate init(
        _ name: String, _ location: SourceLocation, async body: @escaping @Sendable (inout State, Input) async throws -> Output
    ) {
        self.name = name
        self.location = location
        isSynchronous = false
        self.body = { slot, input in
            let state = try slot.state(as: State.self, for: name)
            return TypedValue(try await body(&state.value.pointee, try input.checked(as: Input.self)))
        }
    }

    /// How an engine calls it.
    func call(_ input: Input, at location: SourceLocation) -> ActorCall {
        ActorCall(
            name: name, location: location, input: TypedValue(input), output: ValueFormat(Output.self), isSynchronous: isSynchronous,
            body: body)
    }
}

extension ActorType {
    /// Something that the objects can do.
    ///
    /// - Parameters:
    ///   - name: unique among the program's functions, methods and workflows.
    ///   - body: changes the state, or reads it. It holds nobody else up, and may block.
    public func method<In, Out>(
        _ name: String, fileID: StaticString = #fileID, line: UInt = #line,
        _ body: @escaping @Sendable (inout State, In) throws -> Out
    ) -> ActorMethod<State, In, Out> {
        ActorMethod(name, SourceLocation(fileID: fileID, line: line), body)
    }

    /// Something that the objects can do, and may have to wait for. Other calls of the same object wait meanwhile.
    public func method<In, Out>(
        _ name: String, fileID: StaticString = #fileID, line: UInt = #line,
        async body: @escaping @Sendable (inout State, In) async throws -> Out
    ) -> ActorMethod<State, In, Out> {
        ActorMethod(name, SourceLocation(fileID: fileID, line: line), async: body)
    }

    /// Something that the objects can do without being told anything.
    public func method<Out>(
        _ name: String, fileID: StaticString = #fileID, line: UInt = #line, _ body: @escaping @Sendable (inout State) throws -> Out
    ) -> ActorMethod<State, Void, Out> {
        ActorMethod(name, SourceLocation(fileID: fileID, line: line)) { (state: inout State, _: Void) in try body(&state) }
    }

    /// Something that the objects can do without being told anything, and may have to wait for.
    public func method<Out>(
        _ name: String, fileID: StaticString = #fileID, line: UInt = #line,
        async body: @escaping @Sendable (inout State) async throws -> Out
    ) -> ActorMethod<State, Void, Out> {
        ActorMethod(name, SourceLocation(fileID: fileID, line: line), async: { (state: inout State, _: Void) in try await body(&state) })
    }
}
