extension LayeredVertices {
    private static let rounds = 12

    /// Each vertex's position across: as near to its neighbours' as its layer's order and the gaps allow. The smallest box begins at 0.
    ///
    /// Layer by layer the sum of squared distances to the layer before (forwards) or after (backwards) is made as small as it can be,
    /// which is a problem of isotonic regression, solved by pooling adjacent violators (Barlow and others, “Statistical Inference under
    /// Order Restrictions”, 1972). The sweep that left the shortest edges is kept.
    func acrossPositions() -> [Double] {
        var positions = [Double](repeating: 0, count: sizes.count)
        for layer in layers {
            // Centred on 0, in their order, without space to spare.
            let offsets = self.offsets(layer)
            for (place, vertex) in layer.enumerated() { positions[vertex] = offsets[place] - (offsets.last ?? 0) / 2 }
        }
        var best = positions
        var shortest = Double.infinity
        for round in 0..<Self.rounds * 2 {
            if round.isMultiple(of: 2) {
                for rank in layers.indices { settle(rank, &positions, before) }
            } else {
                for rank in layers.indices.reversed() { settle(rank, &positions, after) }
            }
            let length = edgeLength(positions)
            if length < shortest { (shortest, best) = (length, positions) }
        }
        let top = sizes.indices.map { best[$0] - sizes[$0].across / 2 }.min() ?? 0
        return best.map { $0 - top }
    }

    private func edgeLength(_ positions: [Double]) -> Double {
        var sum = 0.0
        for vertex in after.indices {
            for next in after[vertex] { sum += abs(positions[vertex] - positions[next]) * pull(vertex, next) }
        }
        return sum
    }

    /// The positions of a layer's vertices, the first at 0, packed.
    private func offsets(_ layer: [Int]) -> [Double] {
        var result: [Double] = []
        for (place, vertex) in layer.enumerated() {
            guard place > 0 else { result.append(0); continue }
            let previous = layer[place - 1]
            let gap = isBend(vertex) || isBend(previous) ? LayeredLayout.edgeGap : LayeredLayout.boxGap
            result.append(result[place - 1] + (sizes[previous].across + sizes[vertex].across) / 2 + gap)
        }
        return result
    }

    private func settle(_ rank: Int, _ positions: inout [Double], _ neighbours: [[Int]]) {
        let layer = layers[rank]
        let offsets = self.offsets(layer)
        // Blocks of vertices that touch: their common shift, and its weight.
        var blocks: [(shift: Double, weight: Double, count: Int)] = []
        for (place, vertex) in layer.enumerated() {
            let (wanted, weight) = wish(vertex, positions, neighbours[vertex])
            blocks.append((wanted - offsets[place], weight, 1))
            while blocks.count > 1, blocks[blocks.count - 1].shift < blocks[blocks.count - 2].shift {
                let upper = blocks.removeLast()
                let lower = blocks.removeLast()
                let weight = upper.weight + lower.weight
                blocks.append(
                    ((upper.shift * upper.weight + lower.shift * lower.weight) / weight, weight, upper.count + lower.count))
            }
        }
        var place = 0
        for block in blocks {
            for _ in 0..<block.count {
                positions[layer[place]] = offsets[place] + block.shift
                place += 1
            }
        }
    }

    /// Where a vertex would like to be, and how much.
    private func wish(_ vertex: Int, _ positions: [Double], _ neighbours: [Int]) -> (position: Double, weight: Double) {
        var sum = 0.0
        var weight = 0.0
        for neighbour in neighbours {
            let pull = pull(vertex, neighbour)
            sum += positions[neighbour] * pull
            weight += pull
        }
        return weight > 0 ? (sum / weight, weight) : (positions[vertex], 0.01)
    }

    /// Long edges insist on being straight, as in Gansner and others (“A Technique for Drawing Directed Graphs”, 1993).
    private func pull(_ a: Int, _ b: Int) -> Double {
        switch (isBend(a), isBend(b)) {
        case (true, true): 8
        case (false, false): 1
        default: 2
        }
    }
}
