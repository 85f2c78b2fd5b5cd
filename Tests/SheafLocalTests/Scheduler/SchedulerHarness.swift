import SheafCore
import SheafLocal

/// A scheduler with the engine's side reduced to calls: what a test hands in and gets out are plain node numbers.
final class SchedulerHarness {
    var scheduler: Scheduler
    var released: [UInt32] = []
    let budget: Int

    /// `inputs[n]` are the nodes whose results node `n` takes. The planned order is the program's own unless another is given.
    init(
        _ inputs: [[Int]], outputs: [NodeID], workers: Int = 1, budget: Int = 1 << 40, order: [UInt32]? = nil,
        retry: [Int: RetryPolicy] = [:], cost: Cost = .unknown
    ) {
        let graph = Self.graph(inputs, retry: retry, cost: cost)
        self.budget = budget
        scheduler = Scheduler(
            graph: graph, outputs: outputs, order: ContiguousArray(order ?? (0..<UInt32(inputs.count)).map { $0 }), workers: workers,
            budget: budget)
    }

    static func graph(_ inputs: [[Int]], retry: [Int: RetryPolicy] = [:], cost: Cost = .unknown) -> Graph {
        var graph = Graph()
        let function = graph.addFunction(NodeFunction(name: "f", identity: .named, body: .unresolved))
        let plain = graph.addAttributes(NodeAttributes(location: SourceLocation(), cost: cost))
        for (node, list) in inputs.enumerated() {
            let attributes = retry[node].map { graph.addAttributes(NodeAttributes(location: SourceLocation(), cost: cost, retry: $0)) }
            graph.append(function: function, attributes: attributes ?? plain, arguments: list.map { Graph.Argument.node($0) })
        }
        return graph
    }

    /// `used` bytes of the budget are taken; the scheduler's own by default.
    func take(_ worker: Int = 0, limit: Int = 1, used: Int? = nil) -> Assignment {
        var assignment = Assignment()
        scheduler.take(worker: worker, limit: limit, room: budget - (used ?? scheduler.residentBytes), into: &assignment)
        return assignment
    }

    func finish(_ node: UInt32, bytes: Int = 1, worker: Int = 0) {
        scheduler.finish(node, resultBytes: bytes, worker: worker, released: &released)
    }

    func fail(_ node: UInt32) -> Scheduler.FailureEffect {
        scheduler.fail(node, released: &released)
    }

    func spilled(_ node: UInt32, freed: Int, movedOut: Bool = true, worker: Int = 0) {
        scheduler.spilled(node, freed: freed, movedOut: movedOut, worker: worker, released: &released)
    }

    /// Runs everything on one worker, one task at a time, and returns the order.
    func runAll() -> [UInt32] {
        var ran: [UInt32] = []
        while let node = take().tasks.first {
            ran.append(node)
            finish(node)
        }
        return ran
    }
}
