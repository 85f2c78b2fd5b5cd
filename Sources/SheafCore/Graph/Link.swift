/// A node of some arena: what a delayed value refers to.
struct PlanRoot {
    let arena: GraphArena
    let node: NodeID
}

extension Graph {
    /// The part of the arenas that `roots` need, as one graph, with the roots' ids in it.
    ///
    /// - Complexity: O(nodes + arguments) of the arenas involved.
    static func linking(_ roots: [PlanRoot]) -> (graph: Graph, roots: [NodeID]) {
        guard let first = roots.first?.arena else { return (Graph(), []) }
        let (graph, imports) = first.snapshot()
        if imports.isEmpty, roots.allSatisfy({ $0.arena === first }) {
            return graph.culled(to: roots.map(\.node))
        }
        return merging(roots)
    }

    /// The general case: arenas may refer to each other in both directions, though their nodes form no cycle.
    private static func merging(_ roots: [PlanRoot]) -> (graph: Graph, roots: [NodeID]) {
        var sources: [ObjectIdentifier: Source] = [:]
        var merged = Graph()
        func source(_ arena: GraphArena) -> Source {
            if let known = sources[ObjectIdentifier(arena)] { return known }
            let made = Source(arena)
            sources[ObjectIdentifier(arena)] = made
            return made
        }

        for root in roots {
            var stack = [(source(root.arena), root.node)]
            while let (current, node) = stack.last {
                if current.placed[node] >= 0 { stack.removeLast(); continue }
                if let link = current.imports[node] {
                    let remote = source(link.arena)
                    if remote.placed[link.remote] >= 0 {
                        current.placed[node] = remote.placed[link.remote]
                        stack.removeLast()
                    } else {
                        stack.append((remote, link.remote))
                    }
                    continue
                }
                let range = current.graph.argumentRange(node)
                let missing = current.graph.arguments[range].filter { $0.isNode && current.placed[$0.index] < 0 }
                if missing.isEmpty {
                    current.place(node, in: &merged)
                    stack.removeLast()
                } else {
                    for argument in missing { stack.append((current, argument.index)) }
                }
            }
        }
        return (merged, roots.map { Int(sources[ObjectIdentifier($0.arena)]!.placed[$0.node]) })
    }

    private final class Source {
        let graph: Graph
        let imports: [NodeID: GraphArena.Import]
        var placed: [Int32]
        private var functions: [Int: Int] = [:]
        private var attributes: [Int: Int] = [:]

        init(_ arena: GraphArena) {
            let (graph, imports) = arena.snapshot()
            self.graph = graph
            self.imports = Dictionary(imports.map { ($0.node, $0) }) { first, _ in first }
            placed = Array(repeating: -1, count: graph.count)
        }

        func place(_ node: NodeID, in merged: inout Graph) {
            let arguments = graph.arguments[graph.argumentRange(node)].map { argument -> Argument in
                argument.isNode ? .node(Int(placed[argument.index])) : merged.addConstant(graph.constants[argument.index])
            }
            let function = Self.translate(graph.functionIndex(node), &functions) { merged.addFunction(graph.functions[$0]) }
            let attribute = Self.translate(graph.attributesIndex(node), &attributes) { merged.addAttributes(graph.attributes[$0]) }
            placed[node] = Int32(merged.append(function: function, attributes: attribute, arguments: arguments))
        }

        private static func translate(_ old: Int, _ table: inout [Int: Int], _ add: (Int) -> Int) -> Int {
            if let new = table[old] { return new }
            let new = add(old)
            table[old] = new
            return new
        }
    }
}
