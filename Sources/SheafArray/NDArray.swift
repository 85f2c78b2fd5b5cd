public import SheafCore

/// A chunked, lazy, n-dimensional array: what `dask.array` and NumPy users know, typed.
///
/// Operations build a plan and return at once; ``compute()``, ``item()``, ``persist()`` and the writers run it. Element-wise operations
/// and the reduction that ends them pass over memory once, a cache-sized tile at a time. Results do not depend on the chunks, nor on
/// the number of workers.
///
/// ```swift
/// let x = session.random.normal(shape: [10_000, 10_000], chunks: [1_000, 1_000], seed: 7)
/// let y = x * x + 10
/// print(try await y.mean().compute())
/// ```
///
/// Operators cannot throw, so a plan that is wrong (shapes that do not broadcast, a chunk size of zero) keeps its first problem, with
/// both shapes and the line that made it, and throws it as a ``PlanError`` when it is run or asked for by ``validated()``.
///
/// - Note: A `Sendable` value type; copying shares the plan.
public struct NDArray<Scalar: ArrayScalar>: Sendable {
    public let session: Session
    let node: ArrayNode

    init(_ session: Session, _ node: ArrayNode) {
        self.session = session
        self.node = node
    }

    /// Elements along each axis.
    public var shape: [Int] { node.grid.shape }
    /// For each axis, the sizes of the chunks along it.
    public var chunks: [[Int]] { node.grid.chunks }
    /// How the array is cut into chunks.
    public var grid: ChunkGrid { node.grid }
    /// Axes.
    public var rank: Int { node.grid.rank }
    /// Elements in all.
    public var count: Int { node.grid.elementCount }
    /// Bytes of all elements.
    public var byteCount: Int { count * MemoryLayout<Scalar>.stride }
    public var scalarType: ScalarType { Scalar.scalarType }

    /// The array itself, if its plan is sound.
    ///
    /// - Throws: the first ``PlanError`` of the operations that made it.
    @discardableResult
    public func validated() throws(PlanError) -> NDArray {
        if let problem = node.problem { throw problem }
        return self
    }

    // MARK: Running

    /// Runs the plan and returns the elements.
    ///
    /// - Throws: ``PlanError`` before anything runs; ``TaskError``, ``EngineError`` or `CancellationError` afterwards.
    /// - Note: The result is outside the session's memory budget; write arrays larger than memory to files instead.
    public func compute() async throws -> DenseArray<Scalar> {
        try await session.compute(self)
    }

    /// Runs the plan of an array of one element, such as a sum over all axes, and returns that element.
    ///
    /// - Throws: as ``compute()``; ``PlanError`` (`.invalidArgument`) when there are more elements.
    public func item() async throws -> Scalar {
        guard count == 1 else {
            throw PlanError(.invalidArgument, "an array of shape \(shape) is not a single element", location: node.location)
        }
        return try await compute().item
    }

    /// Runs the plan, and returns an array of the same elements that are kept in memory, chunk by chunk.
    ///
    /// - Throws: as ``compute()``.
    public func persist() async throws -> NDArray {
        try await session.persist(self)
    }

    /// The graph that ``persist()`` would run, and its outputs; for pictures and plans. Runs nothing.
    public func graph() throws -> (graph: Graph, outputs: [NodeID]) {
        let lowering = try ArrayLowering(session, roots: [node])
        let outputs = try lowering.chunks(of: node).filter(\.isNode).map(\.index)
        return (lowering.graph, outputs)
    }
}
