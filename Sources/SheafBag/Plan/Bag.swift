public import SheafCore

/// A partitioned, lazy sequence: the home of MapReduce.
///
/// Transformations build a plan and return at once; actions (`collect`, `count`, `write` …) run it. Element-wise operations in a row
/// become one loop over each partition, without an array in between. The result of an operation does not depend on how many
/// partitions or workers there are.
///
/// ```swift
/// let sums = session.lines(of: "data.csv").compactMap(parse).reduceByKey(.sum)
/// for (id, sum) in try await sums.collect() { print(id, sum) }
/// ```
/// - Note: A `Sendable` value type; copying shares the plan.
public struct Bag<Element: Sendable>: Sendable {
    public let session: Session
    @usableFromInline package let lower: @Sendable (BagLowering) throws -> [Partition<Element>]

    /// - Parameter lower: makes the partitions, adding what has to run before them to the graph. Called once for each plan, when it
    ///   is run or shown.
    @usableFromInline
    package init(session: Session, lower: @escaping @Sendable (BagLowering) throws -> [Partition<Element>]) {
        self.session = session
        self.lower = lower
    }

    /// How many partitions there are. Looks at input files, runs nothing.
    ///
    /// - Throws: ``PlanError`` (`.inputNotFound`).
    public func partitionCount() throws -> Int {
        try lower(BagLowering(session: session)).count
    }
}

/// One partition of a bag before it becomes a task: which results it reads, and how its elements are produced from them.
@usableFromInline
package struct Partition<Element: Sendable>: Sendable {
    /// Calls the body for each element. The integer is the position of the partition's first argument in the task.
    @usableFromInline package typealias Iterate = @Sendable (TaskScope, Int, (Element) throws -> Void) throws -> Void

    @usableFromInline package var arguments: [Graph.Argument]
    @usableFromInline package var operations: [Operation]
    /// Estimated size of the partition in memory, in bytes; 0 when unknown.
    @usableFromInline package var bytes: Int
    @usableFromInline package var iterate: Iterate

    @usableFromInline
    package init(arguments: [Graph.Argument], operations: [Operation], bytes: Int, iterate: @escaping Iterate) {
        self.arguments = arguments
        self.operations = operations
        self.bytes = bytes
        self.iterate = iterate
    }

    /// The same partition with another operation at its end.
    @inlinable
    func appending<T>(_ operation: Operation, bytes: Int? = nil, _ iterate: @escaping Partition<T>.Iterate) -> Partition<T> {
        Partition<T>(arguments: arguments, operations: operations + [operation], bytes: bytes ?? self.bytes, iterate: iterate)
    }
}

extension Bag {
    /// A bag whose partitions are this one's, each with an operation more.
    @inlinable
    func appending<T>(
        _ operation: Operation, _ step: @escaping @Sendable (Partition<Element>, Int) -> Partition<T>.Iterate
    ) -> Bag<T> {
        Bag<T>(session: session) { [lower] lowering in
            try lower(lowering).enumerated().map { index, partition in partition.appending(operation, step(partition, index)) }
        }
    }
}
