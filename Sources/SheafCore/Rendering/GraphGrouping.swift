extension GraphPicture {
    /// Puts nodes together until at most `limit` boxes are left: those with one label on one rank; if a quarter of `limit` is not enough for
    /// that, all with one label; then all of one function; then neighbouring ranks.
    ///
    /// - Complexity: O(nodes + arguments).
    mutating func group(_ graph: Graph, _ outputs: [NodeID], limit: Int) {
        let ranks = graph.longestPathRanks()
        let labels = Labels(graph) { graph.label($0) }
        var groups = Groups(count: graph.count)
        var kinds = labels
        if labels.count <= limit, groups.assign(limit: (limit + 3) / 4, { UInt64(labels[$0]) << 32 | UInt64(ranks[$0]) }) {
            grouping = "tasks of one name and rank share a box"
        } else if labels.count <= limit, groups.assign(limit: limit, { UInt64(labels[$0]) }) {
            grouping = "tasks of one name share a box"
        } else {
            kinds = Labels(graph) { graph.function($0).name }
            if kinds.count <= limit, groups.assign(limit: limit, { UInt64(kinds[$0]) }) {
                grouping = "tasks of one function share a box"
            } else {
                let height = Int(ranks.max() ?? 0) + 1
                let band = UInt64((height + limit - 1) / limit)
                _ = groups.assign(limit: limit) { UInt64(ranks[$0]) / band }
                grouping = "tasks of neighbouring ranks share a box"
            }
        }
        makeBoxes(graph, outputs, ranks, groups, kinds)
        makeEdges(graph, groups)
    }

    private mutating func makeBoxes(
        _ graph: Graph, _ outputs: [NodeID], _ ranks: ContiguousArray<Int32>, _ groups: Groups, _ kinds: Labels
    ) {
        var outputCounts = [Int](repeating: 0, count: groups.count)
        for output in Set(outputs) { outputCounts[Int(groups[output])] += 1 }
        var all: ContiguousArray<Members> = []
        for node in 0..<graph.count {
            // Groups are numbered in order of first appearance.
            let group = Int(groups[node])
            if group == all.count { all.append(Members(first: node, kind: kinds[node])) }
            all[group].add(rank: Int(ranks[node]), kind: kinds[node], attributes: graph.attributesIndex(node))
        }
        boxes = zip(all, outputCounts).map { members, outputs in
            let steps = members.steps(graph)
            return Box(
                lines: steps, tooltip: tooltip(graph, members, steps, outputs), color: Int(members.kind), count: members.count,
                isOutput: outputs > 0, rank: members.rankSum / members.count)
        }
    }

    private func tooltip(_ graph: Graph, _ members: Members, _ steps: [String], _ outputs: Int) -> String {
        if members.count == 1 { return graph.tooltip(members.first, isOutput: outputs > 0) }
        var lines = ["\(steps.joined(separator: " → ")) ×\(NumberText.grouped(members.count))"]
        lines.append("made at \(graph.attributes(members.first).location)\(members.places > 1 ? " and elsewhere" : "")")
        let inner = graph.function(members.first).steps
        if !members.isMixed, inner != steps { lines.append("runs \(inner.joined(separator: " → "))") }
        switch outputs {
        case 0: break
        case 1: lines.append("one is a result of the plan")
        default: lines.append("\(NumberText.grouped(outputs)) are results of the plan")
        }
        return lines.joined(separator: "\n")
    }

    /// Sums edges up by their groups, and ranks the groups anew so that all but the backward edges point one way.
    private mutating func makeEdges(_ graph: Graph, _ groups: Groups) {
        var index: [UInt64: Int] = [:]
        for node in 0..<graph.count {
            let to = groups[node]
            for position in graph.argumentRange(node) where graph.arguments[position].isNode {
                let from = groups[graph.arguments[position].index]
                if from == to {
                    loops[Int(to), default: 0] += 1
                    continue
                }
                let key = UInt64(from) << 32 | UInt64(to)
                if let known = index[key] {
                    edges[known].weight += 1
                } else {
                    index[key] = edges.count
                    edges.append(Edge(from: Int(from), to: Int(to), weight: 1))
                }
            }
        }
        // The order of mean ranks; an edge against it is a backward one.
        let order = boxes.indices.sorted { (boxes[$0].rank, $0) < (boxes[$1].rank, $1) }
        var position = [Int](repeating: 0, count: boxes.count)
        for (place, box) in order.enumerated() { position[box] = place }
        var incoming = [[Int]](repeating: [], count: boxes.count)
        for edge in edges.indices {
            edges[edge].isBackward = position[edges[edge].from] > position[edges[edge].to]
            if !edges[edge].isBackward { incoming[edges[edge].to].append(edges[edge].from) }
        }
        for box in order { boxes[box].rank = incoming[box].reduce(0) { max($0, boxes[$1].rank + 1) } }
    }
}

/// What the nodes of one group have in common.
private struct Members {
    let first: NodeID
    let kind: UInt32
    var count = 0
    var rankSum = 0
    /// Whether there are several kinds.
    var isMixed = false
    /// Changes of attributes from node to node: more than one means several places of the program.
    var places = 0
    private var attributes = -1

    init(first: NodeID, kind: UInt32) {
        self.first = first
        self.kind = kind
    }

    mutating func add(rank: Int, kind: UInt32, attributes: Int) {
        isMixed = isMixed || self.kind != kind
        count += 1
        rankSum += rank
        if attributes != self.attributes { places += 1 }
        self.attributes = attributes
    }

    /// What they run, in words; their name, where that is one of all of them.
    func steps(_ graph: Graph) -> [String] {
        if isMixed { return ["various tasks"] }
        return places == 1 ? graph.shownSteps(first) : graph.function(first).steps
    }
}

/// A number for each node's label. Labels are compared once for each pair of function and attributes, not for each node.
private struct Labels {
    private var numbers: ContiguousArray<UInt32>
    let count: Int

    init(_ graph: Graph, _ label: (NodeID) -> String) {
        numbers = []
        numbers.reserveCapacity(graph.count)
        var labels = Numbering<String>()
        var pairs: [UInt64: UInt32] = [:]
        var last: (pair: UInt64, number: UInt32)?
        for node in 0..<graph.count {
            let pair = UInt64(graph.functionIndex(node)) << 32 | UInt64(graph.attributesIndex(node))
            if let last, last.pair == pair {
                numbers.append(last.number)
                continue
            }
            let number = pairs[pair] ?? UInt32(labels[label(node)])
            pairs[pair] = number
            last = (pair, number)
            numbers.append(number)
        }
        count = labels.count
    }

    subscript(node: NodeID) -> UInt32 { numbers[node] }
}

/// A group for each node, numbered in order of first appearance.
private struct Groups {
    private var numbers: ContiguousArray<UInt32>
    private(set) var count = 0

    init(count: Int) { numbers = ContiguousArray(repeating: 0, count: count) }

    subscript(node: NodeID) -> UInt32 { numbers[node] }

    /// Groups by a key; false, and of no use, when that makes more than `limit` groups.
    mutating func assign(limit: Int, _ key: (NodeID) -> UInt64) -> Bool {
        var groups = Numbering<UInt64>()
        for node in numbers.indices {
            numbers[node] = UInt32(groups[key(node)])
            if groups.count > limit { return false }
        }
        count = groups.count
        return true
    }
}
