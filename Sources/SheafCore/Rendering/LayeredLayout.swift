/// Places boxes on ranks and leads edges between them: the method of Sugiyama, Tagawa and Toda (“Methods for Visual Understanding of
/// Hierarchical System Structures”, 1981).
///
/// Directions are named for the flow: *along* runs from rank to rank, *across* within one. Coordinates begin at 0.
struct LayeredLayout {
    struct Size {
        var along: Double
        var across: Double
    }

    struct Point: Equatable {
        var along: Double
        var across: Double
    }

    /// The boxes' centres.
    private(set) var centers: [Point] = []
    /// For each edge, the points it passes, from the side of one box to the side of the other; it runs level within a rank.
    private(set) var routes: [[Point]] = []
    private(set) var size = Size(along: 0, across: 0)

    /// Space between neighbours of one rank.
    static let boxGap = 12.0
    static let edgeGap = 9.0
    /// Edges over several ranks get a place on each of them, unless that would be more places than this.
    static let bendLimit = 6000

    /// - Parameters:
    ///   - ranks: by box, from 0.
    ///   - edges: from a lower rank to a higher one.
    ///   - rankGap: space between ranks.
    init(sizes: [Size], ranks: [Int], edges: [(from: Int, to: Int)], rankGap: Double) {
        var vertices = LayeredVertices(sizes: sizes, ranks: ranks, edges: edges)
        vertices.reduceCrossings()
        let across = vertices.acrossPositions()
        place(vertices, across, edges, rankGap)
    }

    private mutating func place(_ vertices: LayeredVertices, _ across: [Double], _ edges: [(from: Int, to: Int)], _ rankGap: Double) {
        var starts: [Double] = []
        var ends: [Double] = []
        var next = 0.0
        for (rank, layer) in vertices.layers.enumerated() {
            starts.append(next)
            ends.append(next + (layer.map { vertices.sizes[$0].along }.max() ?? 0))
            // Many edges between two ranks need room to be told apart.
            next = ends[rank] + rankGap + min(Double(vertices.edgeCount(after: rank)).squareRoot() * 4, rankGap * 2)
        }
        size = Size(along: ends.last ?? 0, across: 0)
        for vertex in 0..<vertices.boxCount {
            let rank = vertices.ranks[vertex]
            centers.append(Point(along: (starts[rank] + ends[rank]) / 2, across: across[vertex]))
            size.across = max(size.across, across[vertex] + vertices.sizes[vertex].across / 2)
        }
        for (edge, ends_) in edges.enumerated() {
            let (from, to) = (ends_.from, ends_.to)
            var route = [Point(along: centers[from].along + vertices.sizes[from].along / 2, across: across[from])]
            if vertices.ranks[from] < vertices.ranks[to] {
                route.append(Point(along: ends[vertices.ranks[from]], across: across[from]))
            }
            for bend in vertices.bends[edge] {
                route.append(Point(along: starts[vertices.ranks[bend]], across: across[bend]))
                route.append(Point(along: ends[vertices.ranks[bend]], across: across[bend]))
                size.across = max(size.across, across[bend])
            }
            route.append(Point(along: starts[vertices.ranks[to]], across: across[to]))
            route.append(Point(along: centers[to].along - vertices.sizes[to].along / 2, across: across[to]))
            routes.append(route)
        }
    }
}

/// The boxes, and the bends of edges that pass a rank, in layers.
struct LayeredVertices {
    let boxCount: Int
    private(set) var sizes: [LayeredLayout.Size]
    private(set) var ranks: [Int]
    /// By rank, the vertices in their order across.
    var layers: [[Int]]
    /// By edge, the bends it passes.
    private(set) var bends: [[Int]]
    /// By vertex, its neighbours on the rank before and on the rank after; a neighbour of a box across several ranks is not among them
    /// when there are too many bends.
    private(set) var before: [[Int]]
    private(set) var after: [[Int]]

    init(sizes: [LayeredLayout.Size], ranks: [Int], edges: [(from: Int, to: Int)]) {
        boxCount = sizes.count
        self.sizes = sizes
        self.ranks = ranks
        layers = Array(repeating: [], count: (ranks.max() ?? -1) + 1)
        before = Array(repeating: [], count: sizes.count)
        after = before
        bends = Array(repeating: [], count: edges.count)
        for box in sizes.indices { layers[ranks[box]].append(box) }
        let needed = edges.reduce(0) { $0 + max(0, ranks[$1.to] - ranks[$1.from] - 1) }
        for (index, edge) in edges.enumerated() {
            if needed <= LayeredLayout.bendLimit {
                var previous = edge.from
                for rank in (ranks[edge.from] + 1)..<max(ranks[edge.to], ranks[edge.from] + 1) {
                    let bend = addBend(rank)
                    bends[index].append(bend)
                    connect(previous, bend)
                    previous = bend
                }
                connect(previous, edge.to)
            } else if ranks[edge.to] == ranks[edge.from] + 1 {
                connect(edge.from, edge.to)
            }
        }
    }

    func isBend(_ vertex: Int) -> Bool { vertex >= boxCount }

    /// How many edges leave a rank.
    func edgeCount(after rank: Int) -> Int { layers[rank].reduce(0) { $0 + after[$1].count } }

    private mutating func addBend(_ rank: Int) -> Int {
        sizes.append(LayeredLayout.Size(along: 0, across: 0))
        ranks.append(rank)
        before.append([])
        after.append([])
        layers[rank].append(sizes.count - 1)
        return sizes.count - 1
    }

    private mutating func connect(_ from: Int, _ to: Int) {
        after[from].append(to)
        before[to].append(from)
    }
}
