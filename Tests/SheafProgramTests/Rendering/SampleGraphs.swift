import SheafCore
import SheafLocal

/// Graphs to draw.
struct SampleGraphs {
    let session = Session(engine: DeterministicEngine())
    let load = Function("load") { (number: Int) in number }
    let double = Function("double") { (number: Int) in number * 2 }
    let negate = Function("negate") { (number: Int) in -number }
    let add = Function("add") { (a: Int, b: Int) in a + b }
    let sum = Function("sum") { (numbers: [Int]) in numbers.reduce(0, +) }

    /// A reduction by pairs.
    func tree(leaves: Int) -> Delayed<Int> {
        var level = (0..<leaves).map { session.delayed(load, $0) }
        while level.count > 1 {
            level =
                stride(from: 0, to: level.count - 1, by: 2).map { session.delayed(add, level[$0], level[$0 + 1]) }
                + (level.count.isMultiple(of: 2) ? [] : [level[level.count - 1]])
        }
        return level[0]
    }

    /// A graph of so many nodes and one more, which takes the last ones.
    func random(nodes count: Int, seed: UInt64) -> Delayed<Int> {
        var random = SplitMix64(seed: seed)
        var nodes = (0..<5).map { session.delayed(load, $0) }
        for _ in 5..<count {
            let pick = { nodes[nodes.count - 1 - Int(random.next() % UInt64(min(nodes.count, 20)))] }
            nodes.append(random.next().isMultiple(of: 3) ? session.delayed(double, pick()) : session.delayed(add, pick(), pick()))
        }
        return session.delayed(sum, nodes)
    }
}
