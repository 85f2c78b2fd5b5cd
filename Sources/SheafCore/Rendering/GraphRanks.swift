extension Graph {
    /// Each node's rank: how many edges the longest way from a node without inputs takes.
    ///
    /// - Complexity: O(nodes + arguments).
    func longestPathRanks() -> ContiguousArray<Int32> {
        var ranks = ContiguousArray<Int32>(repeating: 0, count: count)
        for node in 0..<count {
            var rank: Int32 = 0
            for position in argumentRange(node) where arguments[position].isNode {
                rank = max(rank, ranks[arguments[position].index] + 1)
            }
            ranks[node] = rank
        }
        return ranks
    }

    /// The longest-path ranks, with nodes moved towards those that use them where that makes more edges shorter than longer.
    ///
    /// - Complexity: O(nodes + arguments).
    func tightRanks() -> ContiguousArray<Int32> {
        var ranks = longestPathRanks()
        var firstUse = ContiguousArray<Int32>(repeating: .max, count: count)
        var users = ContiguousArray<Int32>(repeating: 0, count: count)
        for argument in arguments where argument.isNode { users[argument.index] += 1 }
        // Users come after what they use, so a node's users have their final ranks when it is reached.
        for node in stride(from: count - 1, through: 0, by: -1) {
            let range = argumentRange(node)
            let inputs = range.count { arguments[$0].isNode }
            if firstUse[node] != .max, inputs <= Int(users[node]) { ranks[node] = firstUse[node] - 1 }
            for position in range where arguments[position].isNode {
                let input = arguments[position].index
                firstUse[input] = min(firstUse[input], ranks[node])
            }
        }
        return ranks
    }
}
