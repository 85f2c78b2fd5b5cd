public import SheafCore

extension Session {
    /// Applies a function to the chunks of several arrays that belong together, as labels of their axes say: Dask's `blockwise`.
    ///
    /// ```swift
    /// let product: NDArray<Double> = session.blockwise("ij", a, "ik", b, "kj") { a, b in multiply(a, b) }
    /// let outer: NDArray<Double> = session.blockwise("ij", x, "i", y, "j") { x, y in outerProduct(x, y) }
    /// ```
    /// Each character labels an axis. For each chunk of the result the function gets the chunks with the same place along the axes that
    /// have the result's labels; axes whose label the result lacks are whole. Arrays that are cut differently along a label are given
    /// the boundaries of all; an axis of length 1 goes with every chunk.
    ///
    /// - Parameters:
    ///   - labels: of the result's axes.
    ///   - newAxes: the lengths of those of the result's labels that no array has; each is one chunk.
    ///   - body: returns an array with the shape that the labels imply.
    ///
    /// Problems: ``PlanError`` (`.invalidArgument`) for labels that do not fit the arrays, `.shapeMismatch` for different lengths along one
    /// label. A result of another shape makes the run throw ``TaskError`` with a ``PlanError`` (`.shapeMismatch`) as its cause.
    public func blockwise<A: ArrayScalar, B: ArrayScalar, R: ArrayScalar>(
        _ labels: String, _ a: NDArray<A>, _ aLabels: String, _ b: NDArray<B>, _ bLabels: String, newAxes: [Character: Int] = [:],
        fileID: StaticString = #fileID, line: UInt = #line,
        _ body: @escaping @Sendable (DenseArray<A>, DenseArray<B>) throws -> DenseArray<R>
    ) -> NDArray<R> {
        blockwise(
            labels, [(a.node, aLabels), (b.node, bLabels)], newAxes, location: SourceLocation(fileID: fileID, line: line)
        ) { scope in
            try body(scope.argument(1, as: DenseArray<A>.self), scope.argument(2, as: DenseArray<B>.self))
        }
    }

    /// The same for one array.
    public func blockwise<A: ArrayScalar, R: ArrayScalar>(
        _ labels: String, _ a: NDArray<A>, _ aLabels: String, newAxes: [Character: Int] = [:], fileID: StaticString = #fileID,
        line: UInt = #line, _ body: @escaping @Sendable (DenseArray<A>) throws -> DenseArray<R>
    ) -> NDArray<R> {
        blockwise(labels, [(a.node, aLabels)], newAxes, location: SourceLocation(fileID: fileID, line: line)) { scope in
            try body(scope.argument(1, as: DenseArray<A>.self))
        }
    }

    /// The same for three arrays.
    public func blockwise<A: ArrayScalar, B: ArrayScalar, C: ArrayScalar, R: ArrayScalar>(
        _ labels: String, _ a: NDArray<A>, _ aLabels: String, _ b: NDArray<B>, _ bLabels: String, _ c: NDArray<C>, _ cLabels: String,
        newAxes: [Character: Int] = [:], fileID: StaticString = #fileID, line: UInt = #line,
        _ body: @escaping @Sendable (DenseArray<A>, DenseArray<B>, DenseArray<C>) throws -> DenseArray<R>
    ) -> NDArray<R> {
        blockwise(
            labels, [(a.node, aLabels), (b.node, bLabels), (c.node, cLabels)], newAxes,
            location: SourceLocation(fileID: fileID, line: line)
        ) { scope in
            try body(
                scope.argument(1, as: DenseArray<A>.self), scope.argument(2, as: DenseArray<B>.self),
                scope.argument(3, as: DenseArray<C>.self))
        }
    }

    private func blockwise<R: ArrayScalar>(
        _ labels: String, _ inputs: [(node: ArrayNode, labels: String)], _ newAxes: [Character: Int], location: SourceLocation,
        _ body: @escaping @Sendable (TaskScope) throws -> DenseArray<R>
    ) -> NDArray<R> {
        if let problem = inputs.lazy.compactMap(\.node.problem).first { return .refusing(self, problem) }
        do {
            let plan = try BlockwisePlan(labels, inputs, newAxes, location: location)
            let operation = Operation("blockwise", closure: location)
            return NDArray(
                self,
                TaskNode<R>(operation, grid: plan.grid, after: plan.nodes, location: location) { lowering in
                    let sources = try plan.nodes.map { try lowering.chunks(of: $0) }
                    let function = lowering.function(operation) { scope in
                        TypedValue(try body(scope).checked(scope.argument(0, as: [Int].self), "blockwise", location))
                    }
                    var made: [Graph.Argument] = []
                    lowering.forEachChunk(plan.grid) { _, coordinates in
                        let shape = plan.grid.region(coordinates).shape
                        let chunks = plan.nodes.indices.map { sources[$0][plan.chunk($0, coordinates)] }
                        made.append(
                            lowering.add(
                                function, [lowering.constant(shape)] + chunks, location: location,
                                cost: Cost(resultBytes: shape.reduce(MemoryLayout<R>.stride, *))))
                    }
                    return made
                })
        } catch {
            return .refusing(self, error)
        }
    }
}

/// Which chunks belong together.
private struct BlockwisePlan: Sendable {
    let grid: ChunkGrid
    /// The arrays, cut alike along their labels.
    private(set) var nodes: [ArrayNode] = []
    /// For each axis of each array, the result's axis, or `nil` where there is one chunk.
    private var axes: [[Int?]] = []

    init(
        _ labels: String, _ inputs: [(node: ArrayNode, labels: String)], _ newAxes: [Character: Int], location: SourceLocation
    ) throws(PlanError) {
        func problem(_ code: ErrorCode, _ message: String) -> PlanError {
            PlanError(code, "“blockwise”: \(message)", node: "blockwise", location: location)
        }
        guard Set(labels).count == labels.count else { throw problem(.invalidArgument, "a label of the result “\(labels)” is there twice") }
        var chunks: [Character: [Int]] = newAxes.mapValues { [$0] }
        if let label = newAxes.keys.first(where: { label in inputs.contains { $0.labels.contains(label) } }) {
            throw problem(.invalidArgument, "the new axis “\(label)” is one of an array's")
        }
        for (node, own) in inputs {
            guard own.count == node.grid.rank, Set(own).count == own.count else {
                throw problem(.invalidArgument, "the labels “\(own)” for an array of shape \(node.grid.shape)")
            }
            for (axis, label) in own.enumerated() {
                let sizes = node.grid.chunks[axis], length = node.grid.shape[axis]
                guard let known = chunks[label], known != [1] else {
                    chunks[label] = sizes
                    continue
                }
                if length == 1 { continue }
                guard known.reduce(0, +) == length else {
                    throw problem(
                        .shapeMismatch,
                        "axes with the label “\(label)” have \(known.reduce(0, +)) and \(length) elements; the shapes are "
                            + inputs.map { "\($0.node.grid.shape)" }.joined(separator: " and "))
                }
                chunks[label] = commonChunks(known, sizes)
            }
        }
        let order = Array(labels)
        if let unknown = order.first(where: { chunks[$0] == nil }) {
            throw problem(.invalidArgument, "the label “\(unknown)” of the result belongs to no array, and newAxes has no length for it")
        }
        grid = ChunkGrid(order.map { chunks[$0] ?? [] })
        for (node, own) in inputs {
            var cut: [[Int]] = [], places: [Int?] = []
            for (axis, label) in own.enumerated() {
                let length = node.grid.shape[axis], place = order.firstIndex(of: label), isShared = place != nil
                let isRepeated = length == 1 && chunks[label]?.reduce(0, +) != 1
                cut.append(isShared && !isRepeated ? chunks[label] ?? [length] : [length])
                places.append(isRepeated ? nil : place)
            }
            let wanted = ChunkGrid(cut)
            nodes.append(wanted == node.grid ? node : node.recut(wanted))
            axes.append(places)
        }
    }

    /// The chunk of an array that goes with one of the result.
    func chunk(_ input: Int, _ coordinates: [Int]) -> Int {
        nodes[input].grid.index(axes[input].map { $0.map { coordinates[$0] } ?? 0 })
    }
}
