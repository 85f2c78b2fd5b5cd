/// An object that lives on a session's engine, and how it is called.
///
/// - **Order.** One call at a time. Calls are done in the order in which `call` was entered, on every engine, and any number may wait. What
///   one task calls is therefore done in its order; between tasks, whoever comes first is first. Two objects know nothing of each other.
/// - **Errors.** A method that throws is a ``TaskError``, as of a task. The object lives on, with its state as the method left it.
/// - **Crashes.** When the object's process dies (a trap, a kill, a lost machine), the call that ran throws a ``TaskError`` (`.crashed`) and
///   is not repeated, since nobody knows how far it came. The object is made again from its input for the next call, as often as `restarts`
///   says; what its state had become is lost. Calls that wait go to the new object. Afterwards every call throws `.crashed`. An engine in
///   this process cannot survive a trap, so there this does not come up.
/// - **End.** ``end()``, the end of the last reference to the handle, or the session's `close()`: calls that run or wait throw an
///   ``EngineError`` (`.closed`). Elsewhere the object's process is ended, whatever it does, and the state is not deinitialised; in this
///   process a call that runs is told (`Task.isCancelled`) and keeps the state until it returns.
/// - **Cancellation.** A call that is cancelled before it has begun is not done. One that runs is told (`Task.isCancelled`), never killed:
///   it ends when it likes, and what it did stays done. The caller gets a `CancellationError` in both cases.
/// - **Values** go into and out of other processes like those of functions. What cannot is a ``PlanError`` (`.notSerializable`) before
///   anything is sent.
/// - **In a ``Workflow``** (such as a `Program`) only the first process has the object. A worker that repeats the workflow is told what calls
///   came to, as with ``Session/once(_:)``. Two calls of one method with equal inputs at a time could not be told apart there, and throw
///   ``EngineError`` (`.notRepeatable`) unless they return nothing.
///
/// - Note: Thread-safe. A handle cannot be sent into tasks of other processes; on an engine in this process tasks may use it.
public final class ActorHandle<State>: Sendable {
    /// `nil` in a worker that repeats a workflow.
    private let line: ActorLine?
    /// In a workflow, and where it is repeated.
    private let record: RecordedObject?

    init(_ line: ActorLine?, _ record: RecordedObject?) {
        self.line = line
        self.record = record
    }

    deinit {
        if let line { Task.detached { await line.end() } }
    }

    /// Calls a method, when the calls before it are done.
    ///
    /// - Throws: ``TaskError`` for what the method throws, and (`.crashed`) when the object dies; ``EngineError`` (`.closed`) once the object
    ///   has ended; ``PlanError`` (`.notSerializable`); `CancellationError`.
    public func call<Input, Output>(
        _ method: ActorMethod<State, Input, Output>, _ input: Input, fileID: StaticString = #fileID, line: UInt = #line
    ) async throws -> Output {
        let call = method.call(input, at: SourceLocation(fileID: fileID, line: line))
        guard let record else { return try await perform(call).checked(as: Output.self) }
        return try await record.result(of: call) { try await perform(call) }.checked(as: Output.self)
    }

    /// Calls a method that has to be told nothing.
    ///
    /// - Throws: as ``call(_:_:fileID:line:)``.
    public func call<Output>(
        _ method: ActorMethod<State, Void, Output>, fileID: StaticString = #fileID, line: UInt = #line
    ) async throws -> Output {
        try await call(method, (), fileID: fileID, line: line)
    }

    private func perform(_ call: ActorCall) async throws -> AnyValue {
        guard let line else { throw EngineError(.closed, "the object of “\(call.name)” is not in this process") }
        return try await line.call(call)
    }

    /// Ends the object, and waits until its process is gone.
    public func end() async { await line?.end() }

    /// How many calls wait for their turn; for tests.
    package var waitingCount: Int { line?.waitingCount ?? 0 }
    /// Whether a call has its turn; for tests.
    package var isBusy: Bool { line?.isBusy ?? false }
}

extension Session {
    /// Makes an object that lives on the session's engine.
    ///
    /// ```swift
    /// let object = try await session.actor(tally, ["a": 1], restarts: 2)
    /// print(try await object.call(add, ("a", 3)))
    /// ```
    /// - Parameters:
    ///   - restarts: how often the object is made again from the same input when its process has died.
    /// - Throws: what making it throws, as a ``TaskError``; ``PlanError``: `.unsupported` on an engine that has no objects, or does not know
    ///   the type, `.notSerializable` for an input that cannot be sent.
    public func actor<State, Input>(
        _ type: ActorType<State, Input>, _ input: Input, restarts: Int = 0, fileID: StaticString = #fileID, line: UInt = #line
    ) async throws -> ActorHandle<State> {
        guard restarts >= 0 else {
            throw PlanError(.invalidArgument, "an object “\(type.name)” with \(restarts) restarts", hint: "0 is the least")
        }
        let make = type.call(input, at: SourceLocation(fileID: fileID, line: line))
        guard let workflow = engine as? any WorkflowEngine else {
            return ActorHandle(try await made(make, restarts: restarts, on: engine), nil)
        }
        let (record, line) = try await RecordedObject.made(make, in: workflow) { base in
            try await made(make, restarts: restarts, on: base)
        }
        return ActorHandle(line, record)
    }

    /// Makes an object from nothing.
    ///
    /// - Throws: as ``actor(_:_:restarts:fileID:line:)``.
    public func actor<State>(
        _ type: ActorType<State, Void>, restarts: Int = 0, fileID: StaticString = #fileID, line: UInt = #line
    ) async throws -> ActorHandle<State> {
        try await actor(type, (), restarts: restarts, fileID: fileID, line: line)
    }

    private func made(_ make: ActorCall, restarts: Int, on engine: any Engine) async throws -> ActorLine {
        guard let engine = engine as? any ActorEngine else {
            throw PlanError(
                .unsupported, "no objects live on the engine “\(engine.capabilities.engine)”, so there can be no “\(make.name)”",
                location: make.location, hint: "choose local, processes, dask or ray")
        }
        let table = actors
        let line = try await ActorLine.made(make, restarts: restarts, on: engine) { table.remove($0) }
        try await table.add(line)
        return line
    }
}
