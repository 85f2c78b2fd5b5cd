/// A named function that makes plans and runs them, so that the tasks of its plans run anywhere, closures included.
///
/// ```swift
/// let lengths = Workflow("lengths") { (session, path: String) in
///     try await session.lines(of: path).map { $0.count }.fold(0) { $0 + $1 }
/// }
/// let total = try await session.run(lengths, "data.txt")
/// ```
/// A task of a bag or an array is a closure over what the library and the program know of it, and no closure leaves its process. So on an
/// engine out of process a worker, which is the same program, is told the workflow's name, its input, and what its plans have returned so
/// far. It calls the workflow, up to the plan that is being run, and so has the same plan and the same closures.
///
/// Therefore the body has to be repeatable: given the same input and the same results of its plans it makes the same plans. What it does
/// beside that (writes a file itself, asks for the time) goes into ``Session/once(_:)``, or else may happen once on every worker. Inputs
/// that a plan looks at, such as the list of its files, have to look the same there. A plan that comes out otherwise is an ``EngineError``
/// (`.notRepeatable`). A ``Program`` of SheafProgram is a workflow by itself, whose input are its arguments.
///
/// - Note: On an engine inside this process the body is simply called.
public struct Workflow<Input: Codable & Sendable, Output: Sendable>: RegisteredFunction {
    public let name: String
    public let location: SourceLocation
    let body: @Sendable (Session, Input) async throws -> Output

    /// - Parameter name: unique among the program's functions and workflows.
    public init(
        _ name: String, fileID: StaticString = #fileID, line: UInt = #line,
        _ body: @escaping @Sendable (Session, Input) async throws -> Output
    ) {
        self.name = name
        location = SourceLocation(fileID: fileID, line: line)
        self.body = body
    }

    public var signature: String { "(Session, \(Input.self)) -> \(Output.self)" }
}

/// A workflow whose types are not known: how a worker calls it.
package protocol RepeatableWorkflow: RegisteredFunction {
    func `repeat`(in session: Session, input: [UInt8]) async throws
}

extension Workflow: RepeatableWorkflow {
    package func `repeat`(in session: Session, input: [UInt8]) async throws {
        _ = try await body(session, try ValueCodec<Input>.ofInput(name).value(of: input))
    }
}

extension ValueCodec {
    fileprivate static func ofInput(_ workflow: String) throws -> ValueCodec<T> { try required("the input of the workflow “\(workflow)”") }
}

extension Session {
    /// Runs a workflow, on any engine. It has to be listed in the program's `functions` where the engine is out of process.
    ///
    /// - Throws: what its body throws; ``EngineError`` (`.notRepeatable`) when a worker makes other plans than this process.
    public func run<Input, Output>(_ workflow: Workflow<Input, Output>, _ input: Input) async throws -> Output {
        try await run(workflow, input, as: workflow.body)
    }

    /// Runs a workflow with another body than workers have, which makes the same plans.
    package func run<Input, Output, R: Sendable>(
        _ workflow: Workflow<Input, Output>, _ input: Input, as body: @Sendable (Session, Input) async throws -> R
    ) async throws -> R {
        try await body(engine.capabilities.closures ? self : try recording(workflow.name, input), input)
    }

    /// Does in a workflow what must not be repeated or would not come out the same again: here and now, while a worker that repeats the
    /// workflow is given what `body` returned. Outside workflows, and on an engine inside this process, `body` is simply called.
    ///
    /// ```swift
    /// let today = try await session.once { Date() }
    /// ```
    /// - Throws: what `body` throws; ``PlanError`` (`.notSerializable`) when a worker cannot be told what it returned.
    public func once<R: Sendable>(_ body: () async throws -> R) async throws -> R {
        guard let engine = engine as? any WorkflowEngine else { return try await body() }
        return try await engine.once("what “once” returns", body)
    }

    /// Whether this is the session of a workflow that a worker calls to make a plan again: what is done beside plans is to be left out.
    package var isRepeating: Bool { engine is ReplayEngine }

    /// This session, with its plans run as those of a workflow.
    package func recording<Input>(_ workflow: String, _ input: Input) throws -> Session {
        let bytes = try ValueCodec<Input>.ofInput(workflow).bytes(of: input)
        return Session(engine: RecordingEngine(engine, workflow: workflow, input: bytes, options: options), like: self)
    }
}

extension ErrorCode {
    /// A workflow made other plans when a worker called it than it did before.
    public static let notRepeatable = ErrorCode(rawValue: "notRepeatable")
}
