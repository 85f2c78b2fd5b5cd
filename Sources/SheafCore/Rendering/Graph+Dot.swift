extension Graph {
    /// The graph in the language of Graphviz's `dot`, with the boxes, colours and tooltips of ``svg(outputs:title:limit:)``.
    ///
    /// - Parameters:
    ///   - outputs: drawn with a double border.
    ///   - limit: the most boxes; above it nodes are grouped.
    /// - Complexity: O(nodes + arguments).
    public func dot(outputs: [NodeID] = [], limit: Int = 300) -> String {
        let picture = GraphPicture(self, outputs: outputs, limit: max(limit, 1))
        var text = """
            digraph sheaf {
              rankdir=LR;
              node [shape=box, style="rounded,filled", fontname="Helvetica", fontsize=12];
              edge [color="#8592a3"];

            """
        for (index, box) in picture.boxes.enumerated() {
            let (fill, stroke) = Palette.color(box.color)
            let lines = box.count > 1 ? box.lines + ["×\(NumberText.grouped(box.count))"] : box.lines
            text += "  n\(index) [label=\(Self.quoted(lines.joined(separator: "\n"))), tooltip=\(Self.quoted(box.tooltip)), "
            text += "fillcolor=\"\(fill)\", color=\"\(stroke)\"\(box.isOutput ? ", peripheries=2" : "")];\n"
        }
        for edge in picture.edges {
            let label = edge.weight > 1 ? " [label=\"×\(NumberText.grouped(edge.weight))\"]" : ""
            text += "  n\(edge.from) -> n\(edge.to)\(label);\n"
        }
        for (box, weight) in picture.loops.sorted(by: { $0.key < $1.key }) {
            text += "  n\(box) -> n\(box) [label=\"×\(NumberText.grouped(weight))\"];\n"
        }
        return text + "}\n"
    }

    /// A string of the dot language. A backslash would begin an escape such as `\N`, the node's name.
    private static func quoted(_ text: String) -> String {
        var result = "\""
        for character in text {
            switch character {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            default: result.append(character)
            }
        }
        return result + "\""
    }
}
