internal import SheafCore

extension NDArray {
    /// The same array cut into other chunks, each assembled from the parts of the old ones that it overlaps.
    ///
    /// What a task holds at a time is kept well below the session's memory budget: where each new chunk overlaps so many old ones that
    /// the direct way is costly or too large, the chunks change in two steps, by way of chunks between the old and the new, or the old
    /// chunks are cut up first. Results that wait for their turn are the engine's to spill.
    ///
    /// Problems: ``PlanError`` (`.invalidArgument`) for sizes that do not fit the shape; `.exceedsMemory`, with the projected and the
    /// allowed bytes, when one old and one new chunk do not fit the session's memory together.
    public func rechunked(_ chunks: ChunkSizes, fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        let location = SourceLocation(fileID: fileID, line: line)
        do {
            return rechunked(
                grid: try chunks.grid(shape: shape, elementBytes: MemoryLayout<Scalar>.stride, location: location), location: location)
        } catch {
            return refusing(error)
        }
    }

    /// The same, with a new size for some axes only; -1 for the whole axis.
    public func rechunked(axes sizes: [Int: Int], fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        let location = SourceLocation(fileID: fileID, line: line)
        var chunks = self.chunks
        for (axis, size) in sizes {
            guard let own = normalized(axis, rank: rank) else { return refusing(axisProblem(axis, rank: rank, "rechunk", location)) }
            guard size > 0 || size == -1 else {
                return refusing(
                    PlanError(
                        .invalidArgument, "“rechunk” into chunks of \(size) along axis \(axis)", node: "rechunk", location: location,
                        hint: "give a size above zero, or -1 for the whole axis"))
            }
            chunks[own] = ChunkSizes.cut(shape[own], size == -1 ? shape[own] : size)
        }
        return rechunked(grid: ChunkGrid(chunks), location: location)
    }

    func rechunked(grid: ChunkGrid, location: SourceLocation) -> NDArray {
        if grid == node.grid { return self }
        let recut = node.recut(grid)
        // What needs no memory is made in the new chunks right away.
        if recut.kernel != nil || node.problem != nil { return NDArray(session, recut) }
        let plan = RechunkPlan(node.grid, grid, elementBytes: node.elementBytes, options: session.options)
        if let problem = plan.problem(location) { return refusing(problem) }
        return NDArray(session, (node as? TypedNode<Scalar>)?.rechunked(to: grid, location: location) ?? recut)
    }
}

extension TypedNode {
    /// The same array cut into other chunks, in the steps that ``RechunkPlan`` finds when the plan is run.
    func rechunked(to target: ChunkGrid, location: SourceLocation) -> TypedNode<Element> {
        if target == grid { return self }
        return TaskNode<Element>(Operation("rechunk"), grid: target, after: [self], location: location) { [self] lowering in
            let plan = RechunkPlan(grid, target, elementBytes: elementBytes, options: lowering.session.options)
            // Chunks of an array in memory are the caller's, and not part of the budget.
            if try lowering.chunks(of: self).contains(where: \.isNode), let problem = plan.problem(location) { throw problem }
            var node: TypedNode<Element> = self
            for step in plan.between { node = node.recutDirectly(step, copies: true, location: location) }
            return try lowering.gather(
                "rechunk", node, grid.shape.map { AxisMap(whole: $0) }, into: target, fill: Element?.none, location: location)
        }
    }

    private func recutDirectly(_ target: ChunkGrid, copies: Bool, location: SourceLocation) -> TypedNode<Element> {
        TaskNode<Element>(Operation("rechunk"), grid: target, after: [self], location: location) { [self] lowering in
            try lowering.gather(
                "rechunk", self, grid.shape.map { AxisMap(whole: $0) }, into: target, fill: Element?.none, copies: copies,
                location: location)
        }
    }
}
