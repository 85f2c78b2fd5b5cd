/// A node's dense id: its position in the graph.
public typealias NodeID = Int

/// The one form of a plan: a directed acyclic graph of named functions in flat arrays.
///
/// Arrays, tables, bags and delayed values all lower to it; engines run it; it can be written down (``SerializedGraph``). Nodes
/// are appended in topological order: a node's arguments refer to earlier nodes or to constants.
///
/// - Note: A value type; copies share storage until changed.
public struct Graph: Sendable {
    /// An argument of a node: the result of an earlier node, a constant of the graph, or, inside a fused node, the result of the
    /// step before. Four bytes.
    public struct Argument: Sendable, Hashable {
        @usableFromInline var raw: UInt32

        @usableFromInline static let constantBit: UInt32 = 1 << 31
        @usableFromInline static let previousRaw: UInt32 = .max

        @inlinable init(raw: UInt32) { self.raw = raw }
        @inlinable public static func node(_ id: NodeID) -> Argument { Argument(raw: UInt32(truncatingIfNeeded: id)) }
        @inlinable public static func constant(_ index: Int) -> Argument {
            Argument(raw: UInt32(truncatingIfNeeded: index) | constantBit)
        }
        @inlinable public static var previous: Argument { Argument(raw: previousRaw) }

        @inlinable public var isNode: Bool { raw & Self.constantBit == 0 }
        @inlinable public var isPrevious: Bool { raw == Self.previousRaw }
        @inlinable public var isConstant: Bool { !isNode && !isPrevious }
        /// Of the node, or of the constant.
        @inlinable public var index: Int { Int(raw & ~Self.constantBit) }
    }

    /// A node's fixed-size part; its arguments end at `argumentsEnd` and begin where the previous node's end.
    @usableFromInline
    struct Record: Sendable {
        @usableFromInline var function: UInt32
        @usableFromInline var attributes: UInt32
        @usableFromInline var argumentsEnd: UInt32
    }

    public package(set) var functions: [NodeFunction] = []
    public package(set) var attributes: [NodeAttributes] = []
    public package(set) var constants: ContiguousArray<AnyValue> = []
    @usableFromInline var records: ContiguousArray<Record> = []
    public package(set) var arguments: ContiguousArray<Argument> = []

    public init() {}

    @inlinable public var count: Int { records.count }
    public var isEmpty: Bool { records.isEmpty }

    /// Where a node's arguments lie in ``arguments``.
    @inlinable
    public func argumentRange(_ node: NodeID) -> Range<Int> {
        let start = node == 0 ? 0 : Int(records[node - 1].argumentsEnd)
        return start..<Int(records[node].argumentsEnd)
    }

    @inlinable public func functionIndex(_ node: NodeID) -> Int { Int(records[node].function) }
    @inlinable public func attributesIndex(_ node: NodeID) -> Int { Int(records[node].attributes) }
    public func function(_ node: NodeID) -> NodeFunction { functions[functionIndex(node)] }
    public func attributes(_ node: NodeID) -> NodeAttributes { attributes[attributesIndex(node)] }

    /// The nodes whose results a node takes, in argument order; a node used twice appears twice.
    public func inputs(_ node: NodeID) -> [NodeID] {
        arguments[argumentRange(node)].lazy.filter(\.isNode).map(\.index)
    }

    /// What to call a node in messages and pictures: the name it was given or its function's, and its id.
    public func name(_ node: NodeID) -> String {
        "\(label(node))#\(node)"
    }

    /// A node's name without the id; nodes that do the same work have the same label.
    public func label(_ node: NodeID) -> String {
        attributes(node).name ?? function(node).name
    }

    package mutating func reserve(nodes: Int, arguments argumentCount: Int) {
        records.reserveCapacity(nodes)
        arguments.reserveCapacity(argumentCount)
    }

    package mutating func addFunction(_ function: NodeFunction) -> Int {
        functions.append(function)
        return functions.count - 1
    }

    package mutating func addAttributes(_ value: NodeAttributes) -> Int {
        attributes.append(value)
        return attributes.count - 1
    }

    package mutating func addConstant(_ value: AnyValue) -> Argument {
        constants.append(value)
        return .constant(constants.count - 1)
    }

    /// Appends a node whose arguments were appended to ``arguments`` just before.
    package mutating func endNode(function: Int, attributes: Int) -> NodeID {
        precondition(arguments.count < Int(UInt32.max) && records.count < Int(Int32.max), "a graph holds at most 2³¹ nodes")
        records.append(
            Record(
                function: UInt32(truncatingIfNeeded: function), attributes: UInt32(truncatingIfNeeded: attributes),
                argumentsEnd: UInt32(truncatingIfNeeded: arguments.count)))
        return records.count - 1
    }

    /// Appends a node.
    ///
    /// - Precondition: arguments refer to nodes and constants already in the graph.
    @discardableResult
    package mutating func append(function: Int, attributes: Int, arguments list: some Sequence<Argument>) -> NodeID {
        arguments.append(contentsOf: list)
        return endNode(function: function, attributes: attributes)
    }
}

/// What a node declares about itself beside its function. Nodes made by one line of a program share one instance.
public struct NodeAttributes: Sendable, Hashable {
    /// A human name; the function's name when `nil`.
    public var name: String?
    public var location: SourceLocation
    public var cost: Cost
    public var retry: RetryPolicy
    public var hints: SchedulingHints

    public init(
        name: String? = nil, location: SourceLocation, cost: Cost = .unknown, retry: RetryPolicy = .none, hints: SchedulingHints = .none
    ) {
        self.name = name
        self.location = location
        self.cost = cost
        self.retry = retry
        self.hints = hints
    }
}

/// What an engine on several machines is told about where and when a node should run.
///
/// Dask and Ray take both; engines on this machine run everything here, in the order that holds the fewest results, and look at neither.
public struct SchedulingHints: Sendable, Hashable, Codable {
    /// Among tasks that could run, those with a larger number first. Ray has no priorities.
    public var priority: Int
    /// What the worker has to have, by the names that the cluster's owner gave it, and how much of it the task takes while it runs, such as
    /// `["GPU": 1]`. When no worker has it the run ends with an ``EngineError`` (`.unsupported`) rather than wait.
    public var resources: [String: Double]

    public static let none = SchedulingHints()

    public init(priority: Int = 0, resources: [String: Double] = [:]) {
        self.priority = priority
        self.resources = resources
    }
}

/// What a node is expected to need.
public struct Cost: Sendable, Hashable, Codable {
    /// Bytes of its result; 0 when unknown.
    public var resultBytes: Int
    /// Bytes it holds while running, beside inputs and result; 0 when unknown.
    public var workingBytes: Int
    /// Cores it keeps busy.
    public var cores: Int
    /// Whether its result lies in the memory of its input, so that running it takes nothing more.
    public var isView: Bool

    public static let unknown = Cost(resultBytes: 0)

    public init(resultBytes: Int, workingBytes: Int = 0, cores: Int = 1, isView: Bool = false) {
        self.resultBytes = resultBytes
        self.workingBytes = workingBytes
        self.cores = cores
        self.isView = isView
    }

    private enum CodingKeys: String, CodingKey { case resultBytes, workingBytes, cores, isView }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        resultBytes = try container.decode(Int.self, forKey: .resultBytes)
        workingBytes = try container.decode(Int.self, forKey: .workingBytes)
        cores = try container.decode(Int.self, forKey: .cores)
        isView = try container.decodeIfPresent(Bool.self, forKey: .isView) ?? false
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(resultBytes, forKey: .resultBytes)
        try container.encode(workingBytes, forKey: .workingBytes)
        try container.encode(cores, forKey: .cores)
        if isView { try container.encode(isView, forKey: .isView) }
    }
}
