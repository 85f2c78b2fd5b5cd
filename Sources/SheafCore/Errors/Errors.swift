/// A name for a kind of error; open, so that new kinds do not break users who switch over the known ones.
public struct ErrorCode: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
    public var description: String { rawValue }
}

/// What Sheaf's errors have in common: what was asked, where, why, and what to do next.
public protocol SheafError: Error, CustomStringConvertible {
    var code: ErrorCode { get }
    var message: String { get }
    /// The node it concerns, by name, if there is one.
    var node: String? { get }
    /// The line of the program that made the node.
    var location: SourceLocation? { get }
    var cause: (any Error)? { get }
    /// What to do next.
    var hint: String? { get }
}

extension SheafError {
    public var description: String {
        var text = "\(message) [\(code)]"
        if let node { text += "\n  node: \(node)" }
        if let location { text += "\n  made at: \(location)" }
        if let cause { text += "\n  cause: \(cause)" }
        if let hint { text += "\n  hint: \(hint)" }
        return text
    }
}

/// A plan that cannot run as asked; thrown before any task starts.
public struct PlanError: SheafError {
    public var code: ErrorCode
    public var message: String
    public var node: String?
    public var location: SourceLocation?
    public var cause: (any Error)?
    public var hint: String?

    public init(
        _ code: ErrorCode, _ message: String, node: String? = nil, location: SourceLocation? = nil, cause: (any Error)? = nil,
        hint: String? = nil
    ) {
        self.code = code
        self.message = message
        self.node = node
        self.location = location
        self.cause = cause
        self.hint = hint
    }
}

/// A failure in the engine, or on the way to it: a full disk, an unknown URL, a lost connection, a cancelled run.
public struct EngineError: SheafError {
    public var code: ErrorCode
    public var message: String
    public var node: String?
    public var location: SourceLocation?
    public var cause: (any Error)?
    public var hint: String?

    public init(
        _ code: ErrorCode, _ message: String, node: String? = nil, location: SourceLocation? = nil, cause: (any Error)? = nil,
        hint: String? = nil
    ) {
        self.code = code
        self.message = message
        self.node = node
        self.location = location
        self.cause = cause
        self.hint = hint
    }
}

/// A failure in a task: the first cause, the node it happened in, and the nodes that were waiting for it.
public struct TaskError: SheafError {
    public var code: ErrorCode
    public var message: String
    public var node: String?
    public var location: SourceLocation?
    public var cause: (any Error)?
    public var hint: String?
    /// The node's dense id in the graph that ran.
    public var nodeID: NodeID?
    /// Which attempt failed, counting from 1.
    public var attempt: Int
    /// From the failed node to the output that needed it, by name.
    public var chain: [String]
    /// The input record being processed, where the source knows one.
    public var record: RecordPosition?

    public init(
        _ code: ErrorCode, _ message: String, node: String? = nil, location: SourceLocation? = nil, cause: (any Error)? = nil,
        hint: String? = nil, nodeID: NodeID? = nil, attempt: Int = 1, chain: [String] = [], record: RecordPosition? = nil
    ) {
        self.code = code
        self.message = message
        self.node = node
        self.location = location
        self.cause = cause
        self.hint = hint
        self.nodeID = nodeID
        self.attempt = attempt
        self.chain = chain
        self.record = record
    }

    public var description: String {
        var text = "\(message) [\(code)]"
        if let record { text += "\n  at: \(record)" }
        if let node { text += "\n  node: \(node)" }
        if let location { text += "\n  made at: \(location)" }
        if attempt > 1 { text += "\n  attempt: \(attempt)" }
        if chain.count > 1 { text += "\n  needed by: \(chain.dropFirst().joined(separator: " → "))" }
        if let cause { text += "\n  cause: \(cause)" }
        if let hint { text += "\n  hint: \(hint)" }
        return text
    }
}

/// A record of an input file.
public struct RecordPosition: Sendable, Hashable, Codable, CustomStringConvertible {
    public var file: String
    /// Counting from 1.
    public var line: Int
    /// The record, shortened.
    public var text: String

    public init(file: String, line: Int, text: String) {
        self.file = file
        self.line = line
        self.text = text
    }

    public var description: String { "\(file):\(line): “\(text)”" }
}

extension ErrorCode {
    // Plans.
    /// A closure in a plan for an engine out of process.
    public static let closureNotPortable = ErrorCode(rawValue: "closureNotPortable")
    /// The engine's capabilities lack something that the plan needs.
    public static let unsupported = ErrorCode(rawValue: "unsupported")
    /// Two functions registered under one name.
    public static let duplicateFunction = ErrorCode(rawValue: "duplicateFunction")
    /// A value of the plan cannot be encoded, or a serialised plan cannot be read.
    public static let notSerializable = ErrorCode(rawValue: "notSerializable")
    /// A parameter is outside its range: zero partitions, a sample fraction above one.
    public static let invalidArgument = ErrorCode(rawValue: "invalidArgument")
    /// An input is missing or unreadable.
    public static let inputNotFound = ErrorCode(rawValue: "inputNotFound")

    // Tasks.
    /// User code threw.
    public static let failed = ErrorCode(rawValue: "failed")
    /// A record could not be parsed.
    public static let malformedRecord = ErrorCode(rawValue: "malformedRecord")
    /// A compressed or encoded input is damaged.
    public static let corruptInput = ErrorCode(rawValue: "corruptInput")
    /// A process ended while it ran a task or the call of an object: a trap, a bad access, no memory left, or killed from outside.
    public static let crashed = ErrorCode(rawValue: "crashed")

    // Engines.
    /// Nobody registered the URL's scheme.
    public static let unknownEngine = ErrorCode(rawValue: "unknownEngine")
    /// A native library could not be loaded.
    public static let missingLibrary = ErrorCode(rawValue: "missingLibrary")
    /// The disk, or the quota on it, is full.
    public static let noSpace = ErrorCode(rawValue: "noSpace")
    /// The operating system refused an operation on a file.
    public static let inputOutput = ErrorCode(rawValue: "inputOutput")
    /// A value reference that the engine does not hold, or no longer holds.
    public static let unknownValue = ErrorCode(rawValue: "unknownValue")
    /// The session was closed.
    public static let closed = ErrorCode(rawValue: "closed")
    /// The engine broke its contract: an output that never came, an event for a node it was not given.
    public static let protocolViolation = ErrorCode(rawValue: "protocolViolation")
}
