internal import Synchronization

/// A function that a program registers, so that a task of another process can find it by name.
public protocol RegisteredFunction: Sendable {
    var name: String { get }
    /// The input's and output's types, as Swift spells them; compared at a worker's handshake.
    var signature: String { get }
    var location: SourceLocation { get }
}

/// A named, `Sendable` function of a program.
///
/// ```swift
/// let parse = Function("parse") { (line: String) -> (Int, Int)? in … }
/// let add = Function("add") { (a: Int, b: Int) in a + b }
/// ```
/// A function of several parameters has the tuple of them as its `Input`.
public struct Function<Input, Output: Sendable>: RegisteredFunction {
    public let name: String
    public let location: SourceLocation
    @usableFromInline let synchronous: (@Sendable (Input) throws -> Output)?
    @usableFromInline let asynchronous: (@Sendable (Input) async throws -> Output)?
    /// The erased forms, one for each way of passing arguments, made at first use, where the arity is known.
    @usableFromInline let erased: OnceBox

    /// - Parameters:
    ///   - name: unique within the program; it is what crosses a process boundary.
    ///   - body: runs on an engine's thread; it should not block on other tasks.
    @inlinable
    public init(
        _ name: String, fileID: StaticString = #fileID, line: UInt = #line, _ body: @escaping @Sendable (Input) throws -> Output
    ) {
        self.name = name
        self.location = SourceLocation(fileID: fileID, line: line)
        self.synchronous = body
        self.asynchronous = nil
        self.erased = OnceBox()
    }

    /// A function that may wait: it holds no worker thread while it does.
    @inlinable
    public init(
        _ name: String, fileID: StaticString = #fileID, line: UInt = #line,
        async body: @escaping @Sendable (Input) async throws -> Output
    ) {
        self.name = name
        self.location = SourceLocation(fileID: fileID, line: line)
        self.synchronous = nil
        self.asynchronous = body
        self.erased = OnceBox()
    }

    public var signature: String { "(\(Input.self)) -> \(Output.self)" }

    /// The synchronous body, or `nil` for an `async` function.
    @inlinable public var body: (@Sendable (Input) throws -> Output)? { synchronous }

    /// Calls the function here and now, outside any engine.
    public func callAsFunction(_ input: Input) async throws -> Output {
        if let synchronous { return try synchronous(input) }
        return try await asynchronous!(input)
    }

    /// The node function for this function, its input gathered from a scope's arguments as `passing` says.
    @inlinable
    package func nodeFunction(
        _ passing: NodeFunction.Passing, _ gather: @escaping @Sendable (TaskScope) -> Input,
        _ gatherAsync: @escaping @Sendable (AsyncTaskScope) -> Input
    ) -> NodeFunction {
        erased.get(passing) { [synchronous, asynchronous, name] in
            let body: NodeFunction.Body
            if let synchronous {
                body = .sync { scope in TypedValue(try synchronous(gather(scope))) }
            } else {
                let asynchronous = asynchronous.unsafelyUnwrapped
                body = .async { scope in TypedValue(try await asynchronous(gatherAsync(scope))) }
            }
            return NodeFunction(name: name, body: body, passing: passing, output: ValueFormat(Output.self))
        }
    }
}

/// The node functions of one function, each made once, at first use. Thread-safe.
///
/// `f([a, b])` and `f(gather([a, b]))` take apart their arguments differently, so they must not share one.
@usableFromInline
package final class OnceBox: Sendable {
    private struct Forms { var whole: NodeFunction?, tuple: NodeFunction?, list: NodeFunction? }
    private let state = Locked(Forms())

    @usableFromInline package init() {}

    @usableFromInline
    package func get(_ passing: NodeFunction.Passing, _ make: @Sendable () -> NodeFunction) -> NodeFunction {
        state.withLock { forms in
            switch passing {
            case .whole: Self.get(&forms.whole, make)
            case .tuple: Self.get(&forms.tuple, make)
            case .list: Self.get(&forms.list, make)
            }
        }
    }

    @inline(__always)
    private static func get(_ form: inout NodeFunction?, _ make: @Sendable () -> NodeFunction) -> NodeFunction {
        if let form { return form }
        let made = make()
        form = made
        return made
    }
}

/// The functions of a program, by name.
public struct FunctionRegistry: Sendable {
    public private(set) var functions: [String: any RegisteredFunction] = [:]

    public init() {}

    /// - Throws: ``PlanError`` (`.duplicateFunction`) when a name is used twice.
    public init(_ functions: [any RegisteredFunction]) throws {
        for function in functions { try register(function) }
    }

    public mutating func register(_ function: any RegisteredFunction) throws {
        if let known = functions[function.name] {
            throw PlanError(
                .duplicateFunction, "the function “\(function.name)” is registered twice: at \(known.location) and here",
                location: function.location, hint: "rename one of them: names are what other processes look functions up by")
        }
        functions[function.name] = function
    }
}
