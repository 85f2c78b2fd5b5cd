public import SheafCore

/// A random directed acyclic graph whose every result is known: the same seed gives the same graph.
///
/// Each node mixes its number with the results of up to three earlier nodes into an array of 64-bit words. ``expected`` is computed
/// here, one node after the other, without an engine.
public struct RandomGraph: Sendable, CustomStringConvertible {
    public let seed: UInt64
    public let graph: Graph
    public let outputs: [NodeID]
    /// The outputs' values.
    public let expected: [[UInt64]]
    public var description: String { "seed \(seed): \(graph.count) nodes, \(outputs.count) outputs" }

    /// - Parameters:
    ///   - nodes: how many, at least 1; those that no output needs included.
    ///   - words: the length of each result; 8 bytes each.
    ///   - declaresCost: whether nodes declare random sizes of results and working space.
    ///   - retry: the policy of every node.
    public init(seed: UInt64, nodes: Int, words: Int = 1, declaresCost: Bool = false, retry: RetryPolicy = .none) {
        self.seed = seed
        var random = SplitMix64(seed: seed)
        var graph = Graph()
        let function = graph.addFunction(
            NodeFunction(
                name: "mix", identity: .named,
                body: .sync { scope in
                    let number = scope.argument(0, as: UInt64.self)
                    let inputs = (1..<scope.argumentCount).map { scope.argument($0, as: [UInt64].self) }
                    return TypedValue(Self.mix(number, inputs, words))
                }))
        var values: [[UInt64]] = []
        for node in 0..<nodes {
            let attributes = NodeAttributes(
                name: nil, location: SourceLocation(),
                cost: declaresCost
                    ? Cost(resultBytes: Int.random(in: 1...100, using: &random), workingBytes: Int.random(in: 0...50, using: &random))
                    : .unknown,
                retry: retry)
            let inputs = Self.inputs(of: node, &random)
            graph.append(
                function: function, attributes: graph.addAttributes(attributes),
                arguments: [graph.addConstant(TypedValue(UInt64(node)))] + inputs.map { .node($0) })
            values.append(Self.mix(UInt64(node), inputs.map { values[$0] }, words))
        }
        let count = Int.random(in: 1...min(3, nodes), using: &random)
        let outputs = (0..<count).map { $0 == 0 ? nodes - 1 : Int.random(in: 0..<nodes, using: &random) }
        self.graph = graph
        self.outputs = outputs
        expected = outputs.map { values[$0] }
    }

    /// Chains, fans and joins: near nodes more often than far ones, and sometimes none.
    private static func inputs(of node: Int, _ random: inout SplitMix64) -> [NodeID] {
        guard node > 0, Int.random(in: 0..<6, using: &random) > 0 else { return [] }
        return (0..<Int.random(in: 1...3, using: &random)).map { _ in
            Bool.random(using: &random) ? max(0, node - Int.random(in: 1...4, using: &random)) : Int.random(in: 0..<node, using: &random)
        }
    }

    private static func mix(_ number: UInt64, _ inputs: [[UInt64]], _ words: Int) -> [UInt64] {
        (0..<words).map { word in
            inputs.reduce(SplitMix64.mix(number &+ UInt64(word))) { SplitMix64.mix($0 &* 31 &+ $1[word]) }
        }
    }
}
