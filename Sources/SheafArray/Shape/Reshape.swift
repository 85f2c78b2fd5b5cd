internal import SheafCore

extension NDArray {
    /// The same elements in C order under another shape; one length may be -1, for what remains.
    ///
    /// Axes that are merged or split are taken a group at a time, as far as lengths allow; axes of no group keep their chunks. Where the
    /// chunks of a group are ranges of C order that the new shape can have as chunks, they stay, and no element is copied; elsewhere
    /// chunks of about the same size are put together.
    ///
    /// Problems: ``PlanError`` (`.shapeMismatch`) with both shapes when the counts differ; `.invalidArgument` for a second -1.
    public func reshaped(to newShape: [Int], fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        reshaped("reshape", to: newShape, location: SourceLocation(fileID: fileID, line: line))
    }

    /// All elements along one axis, in C order: NumPy's `ravel`.
    public func flattened(fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        reshaped("flatten", to: [count], location: SourceLocation(fileID: fileID, line: line))
    }

    func reshaped(_ name: String, to newShape: [Int], location: SourceLocation) -> NDArray {
        let known = newShape.filter { $0 != -1 }.reduce(1, *), open = newShape.count { $0 == -1 }
        guard open <= 1, newShape.allSatisfy({ $0 >= -1 }) else {
            return refusing(
                PlanError(
                    .invalidArgument, "“\(name)” of the shape \(shape) to \(newShape)", node: name, location: location,
                    hint: "one length may be -1, for what remains; the others count elements"))
        }
        let target = newShape.map { $0 == -1 && known > 0 ? count / known : $0 }
        guard !target.contains(-1), target.reduce(1, *) == count else {
            return refusing(
                PlanError(
                    .shapeMismatch, "“\(name)” of the shape \(shape) to \(newShape): \(count) elements do not fill it", node: name,
                    location: location))
        }
        if target == shape { return self }
        if count == 0 {
            return NDArray(
                session,
                TaskNode<Scalar>(Operation(name), grid: ChunkGrid(whole: target), after: [node], location: location) { lowering in
                    [lowering.constant(DenseArray<Scalar>(shape: target) { _ in })]
                })
        }
        var source = self
        var plan = ReshapePlan(source.node.grid, to: target)
        if let better = plan.betterSource {
            source = rechunked(grid: better, location: location)
            plan = ReshapePlan(better, to: target)
        }
        return source.reshaped(name, plan: plan, location: location)
    }

    private func reshaped(_ name: String, plan: ReshapePlan, location: SourceLocation) -> NDArray {
        NDArray(
            session,
            TaskNode<Scalar>(Operation(name), grid: plan.grid, after: [node], location: location) { [node] lowering in
                let sources = try lowering.chunks(of: node)
                if plan.keepsChunks { return lowering.reshape(name, sources, to: plan.grid, Scalar.self, location: location) }
                let function = lowering.function(Operation(name)) { scope in
                    let plan = scope.argument(0, as: ReshapedChunk.self)
                    return TypedValue(plan.make { scope.argument($0 + 1, as: DenseArray<Scalar>.self) })
                }
                var made: [Graph.Argument] = []
                lowering.forEachChunk(plan.grid) { _, coordinates in
                    let (chunk, indices) = plan.chunk(coordinates)
                    made.append(
                        lowering.add(
                            function, [lowering.constant(chunk)] + indices.map { sources[$0] }, location: location,
                            cost: Cost(resultBytes: chunk.shape.reduce(MemoryLayout<Scalar>.stride, *))))
                }
                return made
            })
    }
}

extension ArrayLowering {
    /// Chunks of other shapes with the same elements, in C order.
    fileprivate func reshape<Element: Sendable>(
        _ name: String, _ chunks: [Graph.Argument], to grid: ChunkGrid, _: Element.Type, location: SourceLocation
    ) -> [Graph.Argument] {
        let function = function(Operation(name)) { scope in
            let chunk = scope.argument(1, as: DenseArray<Element>.self)
            return TypedValue((chunk.isContiguous ? chunk : chunk.packed()).reshaped(scope.argument(0, as: [Int].self)))
        }
        var shapes: [[Int]: Graph.Argument] = [:], made: [Graph.Argument] = []
        made.reserveCapacity(chunks.count)
        forEachChunk(grid) { index, coordinates in
            let shape = coordinates.indices.map { grid.chunks[$0][coordinates[$0]] }
            let argument = shapes[shape] ?? constant(shape)
            shapes[shape] = argument
            made.append(
                add(
                    function, [argument, chunks[index]], location: location,
                    cost: Cost(resultBytes: shape.reduce(MemoryLayout<Element>.stride, *))))
        }
        return made
    }
}

/// How one chunk of a reshaped array is made.
struct ReshapedChunk: Sendable {
    struct Part: Sendable {
        var argument: Int
        /// Inside the source's chunk.
        var source: Region
        /// Of the first element in the result, and how far apart elements are there along the source's axes.
        var offset: Int
        var strides: [Int]
    }
    var shape: [Int]
    var parts: [Part]

    func make<Element>(_ chunk: (Int) -> DenseArray<Element>) -> DenseArray<Element> {
        DenseArray(shape: shape) { buffer in
            guard let to = buffer.baseAddress else { return }
            for part in parts {
                let box = chunk(part.argument).box(part.source)
                StridedCopy(box.shape, source: box.strides, target: part.strides).run(box.base, to + part.offset)
            }
        }
    }
}
