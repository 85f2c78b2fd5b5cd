extension Graph {
    /// A drawing of the graph as a self-contained SVG document: tasks as boxes, coloured by what they do, from the inputs to the results.
    ///
    /// Resting the pointer on a box shows the task's full name, the line of the program that made it, and its steps. In a graph of more
    /// than `limit` nodes, one box stands for all tasks of one name on one rank, or of one name overall, so that a graph of any size
    /// gives a picture a person can read.
    ///
    /// - Parameters:
    ///   - outputs: drawn with a double border.
    ///   - title: a heading.
    ///   - limit: the most boxes; above it nodes are grouped.
    /// - Complexity: O(nodes + arguments) to group; the layout depends on the number of boxes only.
    public func svg(outputs: [NodeID] = [], title: String? = nil, limit: Int = 300) -> String {
        SVGDrawing(GraphPicture(self, outputs: outputs, limit: max(limit, 1)), title: title).text
    }
}

/// Lays a picture out and writes it down.
struct SVGDrawing {
    private let picture: GraphPicture
    private let title: String?
    private let sizes: [BoxText]
    private var placement: Placement
    private var out = ""

    private static let margin = 24.0
    private static let edgeColor = "#8592a3"

    init(_ picture: GraphPicture, title: String?) {
        self.picture = picture
        self.title = title
        sizes = picture.boxes.map(BoxText.init)
        placement = Placement(picture, sizes)
    }

    var text: String {
        var drawing = self
        drawing.draw()
        return drawing.out
    }

    private mutating func draw() {
        let subtitle = self.subtitle
        let heading = title.map { DrawnText.shortened($0, to: 90) }
        let headHeight = heading == nil ? 28.0 : 50.0
        let textWidth = max(DrawnText.width(heading ?? "") * 16, DrawnText.width(subtitle) * 11)
        let width = max(placement.width, textWidth) + Self.margin * 2
        let height = placement.height + headHeight + Self.margin * 2
        out += """
            <svg xmlns="http://www.w3.org/2000/svg" width="\(short(width))" height="\(short(height))" \
            viewBox="0 0 \(short(width)) \(short(height))" \
            font-family="system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif" font-size="12">
            <defs><marker id="arrow" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="7" markerHeight="7" orient="auto" \
            markerUnits="userSpaceOnUse"><path d="M0 0.8 8 4 0 7.2z" fill="\(Self.edgeColor)"/></marker></defs>
            <rect width="100%" height="100%" fill="#ffffff"/>

            """
        var top = Self.margin
        if let heading {
            line(heading, x: Self.margin, y: top + 14, attributes: "font-size=\"16\" font-weight=\"600\" fill=\"#1d2733\"")
            top += 22
        }
        line(subtitle, x: Self.margin, y: top + 10, attributes: "font-size=\"11\" fill=\"#5b6775\"")
        out += "<g transform=\"translate(\(short((width - placement.width) / 2)) \(short(headHeight + Self.margin)))\">\n"
        drawEdges()
        for box in picture.boxes.indices { draw(box: box) }
        out += "</g>\n</svg>\n"
    }

    private var subtitle: String {
        var parts = [
            picture.nodeCount == 1 ? "1 task" : "\(NumberText.grouped(picture.nodeCount)) tasks",
            picture.edgeCount == 1 ? "1 dependency" : "\(NumberText.grouped(picture.edgeCount)) dependencies",
        ]
        if let grouping = picture.grouping { parts.append(grouping) }
        if picture.boxes.contains(where: \.isOutput) { parts.append("results have a double border") }
        return parts.joined(separator: " · ")
    }

    // MARK: Edges

    private mutating func drawEdges() {
        guard !picture.edges.isEmpty || !picture.loops.isEmpty else { return }
        var outgoing = [Int](repeating: 0, count: picture.boxes.count)
        var incoming = outgoing
        for edge in picture.edges {
            outgoing[edge.from] += 1
            incoming[edge.to] += 1
        }
        out += "<g fill=\"none\" stroke=\"\(Self.edgeColor)\">\n"
        for (index, edge) in picture.edges.enumerated() {
            let bits = edge.weight.bitWidth - edge.weight.leadingZeroBitCount
            let width = picture.grouping == nil ? 1.2 : min(1.2 + Double(bits) * 0.15, 4)
            // Where everything is connected to everything, faint lines are easier to follow.
            let crowd = min(outgoing[edge.from], incoming[edge.to])
            let opacity = crowd > 16 ? " stroke-opacity=\"0.3\"" : crowd > 6 ? " stroke-opacity=\"0.6\"" : ""
            let dash = edge.isBackward ? " stroke-dasharray=\"5 4\"" : ""
            let style = "stroke-width=\"\(short(width))\"\(opacity)\(dash)"
            out += "<path d=\"\(placement.path(index))\" \(style) marker-end=\"url(#arrow)\"/>\n"
        }
        for box in picture.loops.keys.sorted() {
            out += "<path d=\"\(placement.loop(box))\" stroke-width=\"1.2\" marker-end=\"url(#arrow)\"/>\n"
        }
        out += "</g>\n"
        guard picture.grouping != nil else { return }
        for (index, edge) in picture.edges.enumerated() where edge.weight > 1 {
            let (x, y) = placement.middle(index)
            if placement.isTopDown {
                count(edge.weight, x: x + 6, y: y + 4, anchor: "start")
            } else {
                count(edge.weight, x: x, y: y - 4, anchor: "middle")
            }
        }
        for (box, weight) in picture.loops.sorted(by: { $0.key < $1.key }) {
            let frame = placement.frames[box]
            count(weight, x: frame.x + frame.width + 14, y: frame.y - 8, anchor: "start")
        }
    }

    private mutating func count(_ number: Int, x: Double, y: Double, anchor: String) {
        line("×\(NumberText.grouped(number))", x: x, y: y, attributes: "font-size=\"10\" fill=\"#5b6775\" text-anchor=\"\(anchor)\"")
    }

    // MARK: Boxes

    private mutating func draw(box index: Int) {
        let box = picture.boxes[index]
        let frame = placement.frames[index]
        let (fill, stroke) = Palette.color(box.color)
        out += "<g class=\"box\"><title>\(DrawnText.escaped(box.tooltip))</title>\n"
        // A stack of cards stands for many tasks.
        for shift in box.count > 1 ? [6.0, 3.0] : [] {
            rectangle(frame, shift: shift, "fill=\"\(fill)\" stroke=\"\(stroke)\" stroke-width=\"1\" stroke-opacity=\"0.6\"")
        }
        rectangle(frame, "fill=\"\(fill)\" stroke=\"\(stroke)\" stroke-width=\"\(box.isOutput ? "2" : "1.2")\"")
        if box.isOutput { rectangle(frame, grow: -3.5, "fill=\"none\" stroke=\"\(stroke)\" stroke-width=\"1\"") }
        let text = sizes[index]
        let middle = frame.x + frame.width / 2
        var y = frame.y + (frame.height - Double(text.lines.count) * BoxText.lineHeight) / 2 + 12
        let weight = box.isOutput ? " font-weight=\"600\"" : ""
        for (place, content) in text.lines.enumerated() {
            let isCount = box.count > 1 && place == text.lines.count - 1
            let style = isCount ? "fill=\"\(stroke)\" font-weight=\"600\"" : "fill=\"#1d2733\"\(weight)"
            line(content, x: middle, y: y, attributes: "text-anchor=\"middle\" \(style)")
            y += BoxText.lineHeight
        }
        out += "</g>\n"
    }

    private mutating func rectangle(_ frame: Placement.Frame, shift: Double = 0, grow: Double = 0, _ attributes: String) {
        out += """
            <rect x="\(short(frame.x + shift - grow))" y="\(short(frame.y + shift - grow))" width="\(short(frame.width + grow * 2))" \
            height="\(short(frame.height + grow * 2))" rx="\(grow < 0 ? "4" : "6")" \(attributes)/>

            """
    }

    private mutating func line(_ content: String, x: Double, y: Double, attributes: String) {
        out += "<text x=\"\(short(x))\" y=\"\(short(y))\" \(attributes)>\(DrawnText.escaped(content))</text>\n"
    }

    private func short(_ number: Double) -> String { NumberText.short(number) }
}

/// The text inside a box, and the room that it takes.
struct BoxText {
    let lines: [String]
    let width: Double
    let height: Double

    static let lineHeight = 16.0
    private static let lineLimit = 7
    private static let characterLimit = 34

    init(_ box: GraphPicture.Box) {
        var lines = box.lines.map { DrawnText.shortened($0, to: Self.characterLimit) }
        if lines.count > Self.lineLimit {
            let left = lines.count - Self.lineLimit + 1
            lines = lines.prefix(Self.lineLimit - 1) + ["… \(left) more"]
        }
        if box.count > 1 { lines.append("×\(NumberText.grouped(box.count))") }
        self.lines = lines
        // Results are set in bold.
        let factor = box.isOutput ? 12.8 : 12.0
        width = max((lines.map { DrawnText.width($0) }.max() ?? 0) * factor + 24, 48)
        height = Double(lines.count) * Self.lineHeight + 12
    }
}
