extension LayeredVertices {
    private static let sweeps = 12

    /// Reorders the layers so that fewer edges cross: each vertex moves to the mean position of its neighbours (the barycenter), layer by
    /// layer, forwards and backwards in turn. The best order seen is kept.
    ///
    /// - Complexity: O(sweeps × edges × log(edges)).
    mutating func reduceCrossings() {
        var position = [Int](repeating: 0, count: sizes.count)
        for layer in layers { number(layer, &position) }
        var best = layers
        var fewest = crossings(position)
        for sweep in 0..<Self.sweeps where fewest > 0 {
            let forwards = sweep.isMultiple(of: 2)
            let neighbours = forwards ? before : after
            for step in 1..<max(layers.count, 1) {
                let rank = forwards ? step : layers.count - 1 - step
                sort(rank, neighbours, &position)
            }
            let count = crossings(position)
            if count < fewest { (fewest, best) = (count, layers) }
        }
        layers = best
    }

    private func number(_ layer: [Int], _ position: inout [Int]) {
        for (place, vertex) in layer.enumerated() { position[vertex] = place }
    }

    private mutating func sort(_ rank: Int, _ neighbours: [[Int]], _ position: inout [Int]) {
        let keys = layers[rank].enumerated().map { place, vertex -> (key: Double, place: Int, vertex: Int) in
            let around = neighbours[vertex]
            // Without neighbours a vertex stays about where it is.
            guard !around.isEmpty else { return (Double(place), place, vertex) }
            return (Double(around.reduce(0) { $0 + position[$1] }) / Double(around.count), place, vertex)
        }
        layers[rank] = keys.sorted { ($0.key, $0.place) < ($1.key, $1.place) }.map(\.vertex)
        number(layers[rank], &position)
    }

    /// Pairs of edges that cross.
    private func crossings(_ position: [Int]) -> Int {
        var count = 0
        for (rank, layer) in layers.enumerated().dropLast() {
            // An edge crosses those that began before it and end behind it; a Fenwick tree counts them.
            var tree = [Int](repeating: 0, count: layers[rank + 1].count + 1)
            var passed = 0
            for vertex in layer {
                let targets = after[vertex].map { position[$0] }
                for target in targets {
                    var notBehind = 0
                    var index = target + 1
                    while index > 0 {
                        notBehind += tree[index]
                        index &= index - 1
                    }
                    count += passed - notBehind
                }
                for target in targets {
                    var index = target + 1
                    while index < tree.count {
                        tree[index] += 1
                        index += index & -index
                    }
                }
                passed += targets.count
            }
        }
        return count
    }
}
