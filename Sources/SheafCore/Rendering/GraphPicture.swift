/// What a drawing of a graph shows: boxes on ranks and the edges between them. One box stands for one node, or, in a graph too large
/// to show every node, for many.
struct GraphPicture {
    struct Box {
        /// The text inside, one entry a line.
        var lines: [String]
        /// Shown when the pointer rests on the box.
        var tooltip: String
        /// Boxes of one colour do the same kind of work; counts from 0, in order of appearance.
        var color: Int
        /// How many nodes it stands for.
        var count: Int
        var isOutput: Bool
        var rank: Int
    }

    struct Edge {
        var from: Int
        var to: Int
        /// How many edges of the graph it stands for.
        var weight: Int
        /// Whether it runs against the direction of the drawing, which happens only between groups.
        var isBackward = false
    }

    var boxes: [Box] = []
    /// Without edges from a box to itself.
    var edges: [Edge] = []
    /// By box: the edges of the graph that begin and end inside it.
    var loops: [Int: Int] = [:]
    /// How nodes were grouped, in words; `nil` when every node has its box.
    var grouping: String?
    var nodeCount = 0
    var edgeCount = 0

    /// A drawing with more edges than this between single nodes is a tangle.
    static let edgeLimit = 800

    /// - Complexity: O(nodes + arguments).
    init(_ graph: Graph, outputs: [NodeID], limit: Int) {
        nodeCount = graph.count
        for argument in graph.arguments where argument.isNode { edgeCount += 1 }
        if graph.count <= limit, edgeCount <= Self.edgeLimit {
            showEveryNode(graph, outputs)
        } else {
            group(graph, outputs, limit: limit)
        }
    }

    private mutating func showEveryNode(_ graph: Graph, _ outputs: [NodeID]) {
        let ranks = graph.tightRanks()
        let outputs = Set(outputs)
        let labels = (0..<graph.count).map { graph.label($0) }
        // Names such as “cell 3,4” make every label its own; the function is then what nodes have in common.
        let byFunction = Set(labels).count > Palette.colors.count
        var colors = Numbering<String>()
        for node in 0..<graph.count {
            let color = colors[byFunction ? graph.function(node).name : labels[node]]
            boxes.append(
                Box(
                    lines: graph.shownSteps(node), tooltip: graph.tooltip(node, isOutput: outputs.contains(node)), color: color, count: 1,
                    isOutput: outputs.contains(node), rank: Int(ranks[node])))
            var weights = Numbering<NodeID>()
            var found: [Edge] = []
            for input in graph.inputs(node) {
                let index = weights[input]
                if index < found.count { found[index].weight += 1 } else { found.append(Edge(from: input, to: node, weight: 1)) }
            }
            edges += found
        }
    }
}

/// Numbers values in order of first appearance, from 0.
struct Numbering<Value: Hashable> {
    private var numbers: [Value: Int] = [:]
    var count: Int { numbers.count }

    subscript(value: Value) -> Int {
        mutating get {
            if let known = numbers[value] { return known }
            let next = numbers.count
            numbers[value] = next
            return next
        }
    }
}

extension Graph {
    /// A node's name, or the steps that it runs when nobody named it.
    func shownSteps(_ node: NodeID) -> [String] {
        attributes(node).name.map { [$0] } ?? function(node).steps
    }

    func tooltip(_ node: NodeID, isOutput: Bool) -> String {
        let steps = function(node).steps
        var lines = [name(node), "made at \(attributes(node).location)"]
        if steps.count > 1 || steps.first != label(node) { lines.append("runs \(steps.joined(separator: " → "))") }
        if isOutput { lines.append("a result of the plan") }
        return lines.joined(separator: "\n")
    }
}
