internal import SheafCore

extension NDArray {
    /// This array with other elements at the places that the indices select: NumPy's `x[…] = value`, without changing `x`.
    ///
    /// Chunks outside the selection are this array's own.
    ///
    /// - Parameter value: broadcasts to the shape of the selection.
    ///
    /// Problems: those of the subscript, and ``PlanError`` (`.shapeMismatch`) for a value that does not broadcast.
    public func replacing(
        _ indices: [ArrayIndex], with value: NDArray, fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray {
        let location = SourceLocation(fileID: fileID, line: line), source = node.grid
        let selection: Selection
        do {
            selection = try Selection(indices, shape: shape, location: location)
        } catch {
            return refusing(error)
        }
        let pieces = selection.axes.map { axis in
            axis.source.map { source.pieces(of: axis.run, axis: $0) } ?? [AxisPiece(chunk: 0, source: .run(0, 1), target: 0, count: 1)]
        }
        let selected = ChunkGrid(pieces.map { $0.map(\.count) })
        let values = value.broadcast(to: selected.shape, fileID: fileID, line: line)
        if let problem = values.node.problem { return refusing(problem) }
        if selected.elementCount == 0 { return self }
        let cut = values.rechunked(grid: selected, location: location).node
        let fixed = selection.fixed.map { axis, position in
            let chunk = source.chunk(at: position, axis: axis)
            return (axis: axis, chunk: chunk, position: position - source.offsets[axis][chunk])
        }
        return NDArray(
            session,
            TaskNode<Scalar>(Operation("replace"), grid: source, after: [node, cut], location: location) { [node] lowering in
                var made = try lowering.chunks(of: node)
                let values = try lowering.chunks(of: cut)
                let function = lowering.function(Operation("replace")) { scope in
                    let place = scope.argument(0, as: ChunkSelection.self)
                    let result = scope.argument(1, as: DenseArray<Scalar>.self).packed()
                    result.viewing(place).assign(scope.argument(2, as: DenseArray<Scalar>.self))
                    return TypedValue(result)
                }
                lowering.forEachChunk(selected) { index, coordinates in
                    var chunk = [Int](repeating: 0, count: source.rank), start = chunk
                    for (axis, own, position) in fixed { (chunk[axis], start[axis]) = (own, position) }
                    let axes = coordinates.indices.map { axis in
                        let piece = pieces[axis][coordinates[axis]]
                        let (first, step) = piece.source.run
                        if let own = selection.axes[axis].source { (chunk[own], start[own]) = (piece.chunk ?? 0, first) }
                        return ChunkSelection.Axis(source: selection.axes[axis].source, step: step, count: piece.count)
                    }
                    let target = source.index(chunk)
                    let bytes = source.region(chunk).count * MemoryLayout<Scalar>.stride
                    made[target] = lowering.add(
                        function, [lowering.constant(ChunkSelection(start: start, axes: axes)), made[target], values[index]],
                        location: location, cost: Cost(resultBytes: bytes))
                }
                return made
            })
    }
}
