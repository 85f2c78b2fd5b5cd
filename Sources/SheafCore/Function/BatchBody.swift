/// Tasks of one function, handed to somebody who runs many of them more cheaply than one by one, as an engine out of process does.
///
/// Belongs to one thread. Every task that was taken has to be reported.
@usableFromInline
package struct TaskBatch {
    package struct Task {
        package let node: NodeID
        package let attempt: Int
        package let arguments: [AnyValue]

        package init(node: NodeID, attempt: Int, arguments: [AnyValue]) {
            self.node = node
            self.attempt = attempt
            self.arguments = arguments
        }
    }

    /// Takes the next task, if there is one left.
    package let next: () -> Task?
    /// Reports how a task ended; in any order.
    package let done: (NodeID, Result<AnyValue, any Error>) -> Void

    package init(next: @escaping () -> Task?, done: @escaping (NodeID, Result<AnyValue, any Error>) -> Void) {
        self.next = next
        self.done = done
    }
}

@usableFromInline
package typealias BatchBody = @Sendable (TaskBatch, TaskResources) -> Void
