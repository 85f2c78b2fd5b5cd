/// Where boxes and edges lie on the page.
struct Placement {
    struct Frame {
        var x: Double
        var y: Double
        var width: Double
        var height: Double
    }

    private enum Flow { case leftToRight, topDown }

    var isTopDown: Bool { flow == .topDown }

    private let picture: GraphPicture
    private let flow: Flow
    private let layout: LayeredLayout
    /// By edge of the picture, its place among the layout's routes; backward edges have none.
    private let routes: [Int?]
    private(set) var frames: [Frame] = []
    private(set) var width = 0.0
    private(set) var height = 0.0
    private let top: Double

    /// Page proportions that suit screens and documents.
    private static let proportion = 1.4

    init(_ picture: GraphPicture, _ sizes: [BoxText]) {
        self.picture = picture
        let forward = picture.edges.indices.filter { !picture.edges[$0].isBackward }
        var routes = [Int?](repeating: nil, count: picture.edges.count)
        for (place, edge) in forward.enumerated() { routes[edge] = place }
        self.routes = routes
        let edges = forward.map { (from: picture.edges[$0].from, to: picture.edges[$0].to) }
        let ranks = picture.boxes.map(\.rank)

        // Text runs from left to right, so boxes stack well beneath each other; deep graphs fit a page better from the top down.
        var flow = Flow.leftToRight
        var layout = LayeredLayout(
            sizes: sizes.map { LayeredLayout.Size(along: $0.width, across: $0.height) }, ranks: ranks, edges: edges, rankGap: 48)
        let ratio = layout.size.along / max(layout.size.across, 1)
        if ratio > Self.proportion * 1.6, layout.size.along > 1200 {
            let other = LayeredLayout(
                sizes: sizes.map { LayeredLayout.Size(along: $0.height, across: $0.width) }, ranks: ranks, edges: edges, rankGap: 30)
            let otherRatio = other.size.across / max(other.size.along, 1)
            if max(otherRatio / Self.proportion, Self.proportion / otherRatio) < ratio / Self.proportion {
                flow = .topDown
                layout = other
            }
        }
        self.flow = flow
        self.layout = layout
        // Room for loops at the top right, backward edges below, and stacks.
        top = picture.loops.isEmpty ? 0 : 24
        frames = []
        for (center, size) in zip(layout.centers, sizes) {
            let (x, y) = page(center)
            frames.append(Frame(x: x - size.width / 2, y: y - size.height / 2, width: size.width, height: size.height))
        }
        let extent = flow == .leftToRight ? (layout.size.along, layout.size.across) : (layout.size.across, layout.size.along)
        width = extent.0 + (picture.loops.isEmpty ? 0 : 90)
        height = top + extent.1 + (picture.edges.contains(where: \.isBackward) ? 60 : 8)
    }

    /// The path of an edge, in SVG's notation.
    func path(_ edge: Int) -> String {
        guard let route = routes[edge] else { return backwardPath(edge) }
        let points = layout.routes[route].map(page)
        var text = "M\(pair(points[0]))"
        for index in 1..<points.count {
            let (a, b) = (points[index - 1], points[index])
            // Curves lie between the ranks; within one an edge runs level.
            if index.isMultiple(of: 2), a.x != b.x, a.y != b.y {
                let middle = (x: (a.x + b.x) / 2, y: (a.y + b.y) / 2)
                let (c, d) = flow == .leftToRight ? ((middle.x, a.y), (middle.x, b.y)) : ((a.x, middle.y), (b.x, middle.y))
                text += "C\(pair(c)) \(pair(d)) \(pair(b))"
            } else if a != b {
                text += "L\(pair(b))"
            }
        }
        return text
    }

    /// Where to write an edge's count.
    func middle(_ edge: Int) -> (x: Double, y: Double) {
        guard let route = routes[edge] else {
            let (a, b) = (frames[picture.edges[edge].from], frames[picture.edges[edge].to])
            return ((a.x + a.width / 2 + b.x + b.width / 2) / 2, max(a.y + a.height, b.y + b.height) + 30)
        }
        let points = layout.routes[route].map(page)
        let half = points.count / 2
        return ((points[half - 1].x + points[half].x) / 2, (points[half - 1].y + points[half].y) / 2)
    }

    private func backwardPath(_ edge: Int) -> String {
        let (a, b) = (frames[picture.edges[edge].from], frames[picture.edges[edge].to])
        // Below the cards of a stack.
        let (fromStack, toStack) = (stack(picture.edges[edge].from), stack(picture.edges[edge].to))
        let (from, to) = ((x: a.x + a.width / 2, y: a.y + a.height + fromStack), (x: b.x + b.width / 2, y: b.y + b.height + toStack))
        let low = max(from.y, to.y) + 40
        return "M\(pair(from))C\(pair((from.x, low))) \(pair((to.x, low))) \(pair(to))"
    }

    private func stack(_ box: Int) -> Double { picture.boxes[box].count > 1 ? 7 : 0 }

    /// The path of the edges that a group has to itself.
    func loop(_ box: Int) -> String {
        let frame = frames[box]
        let (right, top) = (frame.x + frame.width, frame.y)
        return "M\(pair((right - 16, top)))C\(pair((right - 12, top - 24))) \(pair((right + 26, top - 14))) \(pair((right + 1, top + 11)))"
    }

    private func page(_ point: LayeredLayout.Point) -> (x: Double, y: Double) {
        flow == .leftToRight ? (point.along, point.across + top) : (point.across, point.along + top)
    }

    private func pair(_ point: (x: Double, y: Double)) -> String { "\(NumberText.short(point.x)) \(NumberText.short(point.y))" }
}
