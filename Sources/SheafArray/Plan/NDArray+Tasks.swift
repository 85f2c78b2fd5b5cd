package import SheafCore

extension NDArray {
    /// An array whose chunks tasks of other shapes of data make.
    ///
    /// - Parameter addTasks: adds them, and returns an argument for each chunk of the grid, in C order; their values are
    ///   `DenseArray<Scalar>`.
    package init(
        tasksIn session: Session, _ operation: Operation, grid: ChunkGrid, location: SourceLocation, problem: PlanError? = nil,
        _ addTasks: @escaping @Sendable (inout Graph) throws -> [Graph.Argument]
    ) {
        self.init(
            session,
            TaskNode<Scalar>(operation, grid: grid, after: [], location: location, problem: problem) { try addTasks(&$0.graph) })
    }

    /// Adds the tasks that make the array's chunks to a graph.
    ///
    /// - Returns: an argument for each chunk, in C order; their values are `DenseArray<Scalar>`.
    package func addChunks(to graph: inout Graph) throws -> [Graph.Argument] {
        let lowering = try ArrayLowering(session, roots: [node])
        // Not copied: there is one owner at a time.
        swap(&graph, &lowering.graph)
        defer { swap(&graph, &lowering.graph) }
        return try lowering.chunks(of: node)
    }
}
