internal import Foundation

/// A graph written down: what crosses a process boundary, and what `sheaf graph -o FILE.json` writes.
///
/// Functions stand in it by name. Closures cannot, and constants have to be `Encodable`. The same graph always gives the same text.
///
/// ```swift
/// let (graph, node) = try total.graph()
/// let text = try SerializedGraph(graph, outputs: [node]).json()
/// let (again, outputs) = try SerializedGraph(json: text).graph(functions: registry)
/// ```
/// - Note: A file comes from elsewhere, so it is checked as a whole when it is read; a graph made from it is well formed.
public struct SerializedGraph: Codable, Sendable, Hashable {
    /// The version this program writes, and the only one it reads. It changes with the meaning of any field.
    public static let currentVersion = 1

    public let schemaVersion: Int
    /// Each once, in the order of first use; the steps of a fused function come before it.
    public let functions: [Function]
    public let attributes: [Attributes]
    public let constants: [Constant]
    /// In topological order.
    public let nodes: [Node]
    /// The nodes whose results are wanted.
    public let outputs: [Int]

    /// A function by name.
    public struct Function: Codable, Sendable, Hashable {
        public enum Kind: String, Codable, Sendable {
            /// Registered by the program under its name.
            case named
            /// Operations of a bag or array, one after the other.
            case operations
            /// Other functions of the list, one after the other.
            case fused
        }

        public let kind: Kind
        public let name: String
        /// How arguments become the input; of named functions.
        public let passing: NodeFunction.Passing?
        public let operations: [Operation]?
        public let steps: [Step]?
    }

    /// An operation and the registered function or named reducer it was given.
    public struct Operation: Codable, Sendable, Hashable {
        public let name: String
        public let function: String?
    }

    /// A step of a fused function: which function, and how many of the node's arguments it takes.
    public struct Step: Codable, Sendable, Hashable {
        public let function: Int
        public let arguments: Int
    }

    /// What nodes declare beside their function.
    public struct Attributes: Codable, Sendable, Hashable {
        public let name: String?
        /// `Module/File.swift:12`.
        public let location: String
        public let cost: Cost
        public let retry: RetryPolicy
        /// Left out when there are none.
        public let hints: SchedulingHints?
    }

    /// A value of the plan, as JSON, and the type that it was encoded from, as `String(reflecting:)` spells it.
    public struct Constant: Codable, Sendable, Hashable {
        public let type: String
        public let value: JSONValue
    }

    public struct Node: Codable, Sendable, Hashable {
        public let function: Int
        public let attributes: Int
        public let arguments: [Argument]
    }

    /// Exactly one of the three is set: `{"node": 3}`, `{"constant": 0}` or `{"previous": true}`.
    public struct Argument: Codable, Sendable, Hashable {
        public let node: Int?
        public let constant: Int?
        /// The result of the step before, inside a fused function.
        public let previous: Bool?

        init(node: Int? = nil, constant: Int? = nil, previous: Bool? = nil) {
            self.node = node
            self.constant = constant
            self.previous = previous
        }
    }

    init(functions: [Function], attributes: [Attributes], constants: [Constant], nodes: [Node], outputs: [Int]) {
        schemaVersion = Self.currentVersion
        self.functions = functions
        self.attributes = attributes
        self.constants = constants
        self.nodes = nodes
        self.outputs = outputs
    }

    /// Reads what ``json(pretty:)`` wrote, and checks it.
    ///
    /// - Throws: ``PlanError`` (`.notSerializable`) for another version, and for anything that is not a well-formed graph.
    public init(json: [UInt8]) throws {
        let data = Data(json), decoder = JSONDecoder()
        do {
            let version = try decoder.decode(VersionOnly.self, from: data).schemaVersion
            guard version == Self.currentVersion else {
                throw PlanError(
                    .notSerializable, "the graph has schema version \(version), and this program reads version \(Self.currentVersion)",
                    hint: "write the graph and read it with the same version of Sheaf")
            }
            self = try decoder.decode(Self.self, from: data)
        } catch let error as DecodingError {
            throw PlanError(
                .notSerializable, "this is not a serialised graph", cause: error, hint: "write one with `sheaf graph -o FILE.json`")
        }
        try validate()
    }

    /// The graph as JSON text in UTF-8, its keys sorted.
    public func json(pretty: Bool = false) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting =
            pretty ? [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted] : [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(self))
    }

    private struct VersionOnly: Decodable { let schemaVersion: Int }
}
