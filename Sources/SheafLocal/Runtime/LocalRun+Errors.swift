internal import CSheaf
internal import SheafCore

extension LocalRun {
    func event(_ node: UInt32, _ worker: Int, _ kind: TaskEvent.Kind, attempt: Int = 1, at time: UInt64? = nil) -> TaskEvent {
        TaskEvent(
            job: job.id, node: Int(node), attempt: attempt, worker: worker, nanoseconds: time ?? sheaf_monotonic_nanoseconds(), kind: kind,
            name: job.graph.label(Int(node)))
    }

    func decorate(_ error: any Error, _ node: UInt32, _ scope: TaskScope?) -> any Error {
        if error is CancellationError { return error }
        let record = scope?.cursor?.position()
        scope?.cursor = nil
        if var known = error as? TaskError {
            known.record = known.record ?? record
            return known
        }
        if error is EngineError { return error }
        return TaskError(.failed, "a task failed: \(error)", cause: error, record: record)
    }

    /// Adds the node, where it was made, and who needed it.
    func chained(_ error: any Error, _ node: UInt32, _ attempt: Int) -> any Error {
        let graph = job.graph
        let location = graph.attributes(Int(node)).location
        if var failure = error as? EngineError {
            failure.node = failure.node ?? graph.name(Int(node))
            failure.location = failure.location ?? location
            return failure
        }
        guard var failure = error as? TaskError else { return error }
        // A task that ran a plan of its own hands that plan's first cause on.
        if failure.node == nil {
            failure.node = graph.name(Int(node))
            failure.nodeID = Int(node)
            failure.location = location
            failure.attempt = attempt
        }
        var chain = [graph.name(Int(node))]
        var current = Int(node)
        while let next = scheduler.firstDependent(of: current), chain.count < 32 {
            chain.append(graph.name(next))
            current = next
        }
        failure.chain += chain
        return failure
    }
}
