/// What a node runs, with the types erased: the in-process body, and the name under which another process can find it.
///
/// One instance is shared by all nodes that run the same function, so identity is what the graph stores.
public final class NodeFunction: Sendable {
    /// How a task calls the function. Bodies are made where the concrete types are known, and take their arguments from the
    /// scope without dynamic casts.
    public enum Body: Sendable {
        case sync(@Sendable (TaskScope) throws -> AnyValue)
        case async(@Sendable (AsyncTaskScope) async throws -> AnyValue)
        /// Stands for a node of another arena until plans are linked; never runs.
        case imported
        /// Known by name only, as after reading a serialised graph in a program that did not register it.
        case unresolved
    }

    /// What makes the function findable in another process, or not.
    public enum Identity: Sendable, Hashable {
        /// Registered under its name.
        case named
        /// A closure: runs in this process only. The location is where it was written.
        case closure(SourceLocation)
        /// A chain of element-wise operations of a bag or array; portable when all its parts are.
        case operations([Operation])
        /// Several functions that run one after the other, as the fuse pass made them; portable when all are.
        case fused([NodeFunction])

        public static func == (left: Self, right: Self) -> Bool {
            switch (left, right) {
            case (.named, .named): true
            case (.closure(let a), .closure(let b)): a == b
            case (.operations(let a), .operations(let b)): a == b
            case (.fused(let a), .fused(let b)): a.elementsEqual(b, by: ===)
            default: false
            }
        }

        public func hash(into hasher: inout Hasher) {
            if case .operations(let operations) = self { hasher.combine(operations) }
        }
    }

    /// How a node's arguments become the input of its function; another process has to do the same.
    public enum Passing: String, Sendable, Codable {
        /// The one argument is the input.
        case whole
        /// The input is a tuple, with an element from each argument.
        case tuple
        /// The input is an array, with an element from each argument.
        case list
    }

    public let name: String
    public let identity: Identity
    public let body: Body
    /// For ``Identity/named`` functions; the others take their arguments in their own ways.
    public let passing: Passing
    /// The type of the result, where the function can be called in another process.
    package let output: ValueFormat?
    /// Runs several tasks at a time, where that is worth it; ``body`` does the same one by one.
    package let batch: BatchBody?
    /// Whether the body uses what only this process has, such as a database that is open here, or writes where the caller reads. Engines out
    /// of process run it in the process that made the plan.
    package let staysHere: Bool
    /// For ``Identity/fused(_:)`` functions, how many of a node's arguments each step takes.
    package let stepArguments: [Int]

    public convenience init(name: String, identity: Identity, body: Body, passing: Passing = .tuple) {
        self.init(name: name, identity: identity, body: body, passing: passing, staysHere: false)
    }

    /// - Parameter staysHere: see ``staysHere``.
    package init(name: String, identity: Identity, body: Body, passing: Passing = .tuple, staysHere: Bool) {
        self.name = name
        self.identity = identity
        self.body = body
        self.passing = passing
        output = nil
        batch = nil
        self.staysHere = staysHere
        stepArguments = []
    }

    /// A named function whose result's type is known, or one that is called elsewhere.
    @usableFromInline
    package init(name: String, body: Body, passing: Passing, output: ValueFormat?, batch: BatchBody? = nil) {
        self.name = name
        identity = .named
        self.body = body
        self.passing = passing
        self.output = output
        self.batch = batch
        staysHere = false
        stepArguments = []
    }

    init(name: String, body: Body, steps: [(function: NodeFunction, arguments: Int)]) {
        self.name = name
        self.identity = .fused(steps.map(\.function))
        self.body = body
        passing = .tuple
        output = nil
        batch = nil
        staysHere = steps.contains { $0.function.staysHere }
        stepArguments = steps.map(\.arguments)
    }

    static let imported = NodeFunction(name: "import", identity: .named, body: .imported)

    /// Where the first closure inside was written, if the function cannot leave the process.
    public var closureLocation: SourceLocation? {
        switch identity {
        case .named: nil
        case .closure(let location): location
        case .operations(let operations): operations.lazy.compactMap(\.closureLocation).first
        case .fused(let functions): functions.lazy.compactMap(\.closureLocation).first
        }
    }

    /// The names of the steps that run as one task, in order.
    public var steps: [String] {
        switch identity {
        case .named, .closure: [name]
        case .operations(let operations): operations.map(\.label)
        case .fused(let functions): functions.flatMap(\.steps)
        }
    }
}

/// One element-wise or partition-wise operation of a bag or array, as it appears in a task's name and in a serialised graph.
public struct Operation: Sendable, Hashable {
    /// The operation, as the API spells it: `map`, `reduceByKey`.
    public let name: String
    /// The registered function or named reducer it was given.
    public let function: String?
    /// Where the closure it was given was written, if it was given one.
    public let closureLocation: SourceLocation?

    public init(_ name: String, function: String? = nil, closure: SourceLocation? = nil) {
        self.name = name
        self.function = function
        self.closureLocation = closure
    }

    public var label: String { function.map { "\(name)(\($0))" } ?? name }
}
