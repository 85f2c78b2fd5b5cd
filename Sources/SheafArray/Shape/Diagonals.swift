internal import SheafCore

extension NDArray {
    /// The diagonal of two axes, as the last axis of the result; views of the chunks it passes through.
    ///
    /// - Parameters:
    ///   - offset: 0 for the main diagonal, positive above it, negative below.
    ///   - axes: the two axes, rows first; by default the first two, as in NumPy. The others come first in the result.
    ///
    /// Problems: ``PlanError`` (`.invalidArgument`) for fewer than two axes.
    public func diagonal(
        offset: Int = 0, axes: (Int, Int) = (0, 1), fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray {
        let location = SourceLocation(fileID: fileID, line: line), source = node.grid
        let plane = Axes([axes.0, axes.1], rank: rank, operation: "diagonal", location: location)
        if let problem = plane.problem { return refusing(problem) }
        let (row, column) = (plane.list[0], plane.list[1]), others = (0..<rank).filter { !plane.isSelected[$0] }
        let first = (row: Swift.max(-offset, 0), column: Swift.max(offset, 0))
        let length = Swift.max(Swift.min(shape[row] - first.row, shape[column] - first.column), 0)
        // The diagonal is cut where it crosses into another chunk.
        var pieces: [DiagonalPiece] = [], position = 0
        while position < length {
            let r = first.row + position, c = first.column + position
            let rowChunk = source.chunk(at: r, axis: row), columnChunk = source.chunk(at: c, axis: column)
            let count = Swift.min(
                length - position, source.offsets[row][rowChunk + 1] - r, source.offsets[column][columnChunk + 1] - c)
            pieces.append(
                DiagonalPiece(
                    rowChunk: rowChunk, columnChunk: columnChunk, row: r - source.offsets[row][rowChunk],
                    column: c - source.offsets[column][columnChunk], count: count))
            position += count
        }
        if pieces.isEmpty { pieces = [DiagonalPiece(rowChunk: 0, columnChunk: 0, row: 0, column: 0, count: 0)] }
        let made = pieces
        let grid = ChunkGrid(others.map { source.chunks[$0] } + [made.map(\.count)])
        return NDArray(
            session,
            TaskNode<Scalar>(Operation("diagonal"), grid: grid, after: [node], location: location) { [node] lowering in
                let sources = try lowering.chunks(of: node)
                let function = lowering.function(Operation("diagonal")) { scope in
                    let piece = scope.argument(0, as: DiagonalPiece.self), chunk = scope.argument(1, as: DenseArray<Scalar>.self)
                    let offset = piece.row * chunk.strides[row] + piece.column * chunk.strides[column]
                    let view = chunk.viewed(
                        shape: others.map { chunk.shape[$0] } + [piece.count],
                        strides: others.map { chunk.strides[$0] } + [chunk.strides[row] + chunk.strides[column]],
                        offset: piece.count == 0 ? 0 : offset)
                    return TypedValue(view.count * 4 < chunk.count ? view.packed() : view)
                }
                let constants = made.map { lowering.constant($0) }
                var result: [Graph.Argument] = []
                lowering.forEachChunk(grid) { _, coordinates in
                    let position = coordinates[coordinates.count - 1]
                    var chunk = [Int](repeating: 0, count: source.rank)
                    for (axis, own) in others.enumerated() { chunk[own] = coordinates[axis] }
                    (chunk[row], chunk[column]) = (made[position].rowChunk, made[position].columnChunk)
                    result.append(
                        lowering.add(
                            function, [constants[position], sources[source.index(chunk)]], location: location,
                            cost: Cost(resultBytes: grid.region(coordinates).count * MemoryLayout<Scalar>.stride)))
                }
                return result
            })
    }

    /// A square matrix with this array of one axis on a diagonal, and zeros elsewhere. Chunks off the diagonal take no memory.
    ///
    /// Problems: ``PlanError`` (`.invalidArgument`) for more or fewer axes.
    public func diagonalMatrix(offset: Int = 0, fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        let location = SourceLocation(fileID: fileID, line: line)
        guard rank == 1 else {
            return refusing(
                PlanError(
                    .invalidArgument, "“diagonal matrix” of an array of shape \(shape)", node: "diagonal matrix", location: location,
                    hint: "the diagonal is an array of one axis"))
        }
        let sizes = chunks[0].filter { $0 > 0 }, skipped = Swift.abs(offset) == 0 ? [] : [Swift.abs(offset)]
        let rows = offset < 0 ? skipped + sizes : sizes + skipped, columns = offset > 0 ? skipped + sizes : sizes + skipped
        let grid = ChunkGrid([rows.isEmpty ? [0] : rows, columns.isEmpty ? [0] : columns])
        let shift = offset == 0 ? (0, 0) : offset > 0 ? (0, 1) : (1, 0)
        let diagonalChunks = sizes.count
        return NDArray(
            session,
            TaskNode<Scalar>(Operation("diagonal matrix"), grid: grid, after: [node], location: location) { [node] lowering in
                let sources = try lowering.chunks(of: node)
                let function = lowering.function(Operation("diagonal matrix")) { scope in
                    let diagonal = scope.argument(0, as: DenseArray<Scalar>.self), count = diagonal.count
                    return TypedValue(
                        DenseArray<Scalar>(shape: [count, count]) { buffer in
                            fill(buffer, with: .zeroValue)
                            guard let base = buffer.baseAddress else { return }
                            StridedCopy([count], source: diagonal.strides, target: [count + 1]).run(diagonal.base, base)
                        })
                }
                var made: [Graph.Argument] = []
                lowering.forEachChunk(grid) { _, coordinates in
                    let index = coordinates[0] - shift.0, shape = grid.region(coordinates).shape
                    if index == coordinates[1] - shift.1, index >= 0, index < diagonalChunks {
                        made.append(
                            lowering.add(
                                function, [sources[index]], location: location,
                                cost: Cost(resultBytes: shape.reduce(MemoryLayout<Scalar>.stride, *))))
                    } else {
                        made.append(lowering.constant(DenseArray<Scalar>.uniform(.zeroValue, shape)))
                    }
                }
                return made
            })
    }

    /// The elements on and below a diagonal of the last two axes, and zeros above it: NumPy's `tril`. Element-wise, so it is fused.
    public func lowerTriangle(diagonal: Int = 0, fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        triangle("lower triangle", diagonal, keepsLower: true, location: SourceLocation(fileID: fileID, line: line))
    }

    /// The elements on and above a diagonal of the last two axes, and zeros below it: NumPy's `triu`.
    public func upperTriangle(diagonal: Int = 0, fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        triangle("upper triangle", diagonal, keepsLower: false, location: SourceLocation(fileID: fileID, line: line))
    }

    private func triangle(_ name: String, _ diagonal: Int, keepsLower: Bool, location: SourceLocation) -> NDArray {
        guard rank >= 2 else {
            return refusing(
                PlanError(
                    .invalidArgument, "“\(name)” of an array of shape \(shape)", node: name, location: location,
                    hint: "a triangle needs two axes"))
        }
        // Which elements stay, made from the place alone.
        let keeps = ElementNode<Bool>(
            Operation("triangle"), grid: node.grid, operands: [],
            kernel: .generator { region, start, out, count in
                let out = out.assumingMemoryBound(to: Bool.self), axes = region.shape.count
                let height = region.shape[axes - 2], width = region.shape[axes - 1]
                var position = 0
                while position < count {
                    let row = (start + position) / width, column = (start + position) % width
                    let length = Swift.min(width - column, count - position)
                    // The first column of the chunk that is above the diagonal in this row.
                    let end = region.start[axes - 2] + row % height + diagonal + (keepsLower ? 1 : 0) - region.start[axes - 1]
                    let below = Swift.min(Swift.max(end - column, 0), length)
                    (out + position).update(repeating: keepsLower, count: below)
                    (out + position + below).update(repeating: !keepsLower, count: length - below)
                    position += length
                }
            }, location: location)
        let zero = constantNode(Scalar.zeroValue, grid: node.grid, name: "constant", location: location)
        return NDArray(
            session,
            ElementNode<Scalar>(
                Operation(name), grid: node.grid, operands: [keeps, node, zero],
                kernel: .ternary { which, a, b, out, count in
                    Scalar.selectLoop(
                        which.assumingMemoryBound(to: Bool.self), a.assumingMemoryBound(to: Scalar.self),
                        b.assumingMemoryBound(to: Scalar.self), out.assumingMemoryBound(to: Scalar.self), count)
                }, location: location))
    }
}

/// Where the diagonal passes through one chunk.
private struct DiagonalPiece: Sendable {
    var rowChunk: Int
    var columnChunk: Int
    /// Inside the chunk.
    var row: Int
    var column: Int
    var count: Int
}

extension NDArray where Scalar: ArrayNumber {
    /// Differences of neighbours along an axis, `order` times over; an axis shorter than that gives none.
    ///
    /// Problems: ``PlanError`` (`.invalidArgument`) for a negative order, or no such axis.
    public func differences(order: Int = 1, axis: Int = -1, fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        let location = SourceLocation(fileID: fileID, line: line)
        guard let own = normalized(axis, rank: rank) else { return refusing(axisProblem(axis, rank: rank, "difference", location)) }
        guard order >= 0 else {
            return refusing(
                PlanError(.invalidArgument, "“difference” of order \(order)", node: "difference", location: location))
        }
        var result = self
        for _ in 0..<order {
            let length = Swift.max(result.shape[own] - 1, 0)
            var chunks = result.chunks
            // The lower neighbours keep the chunks; the upper ones are cut as they are.
            chunks[own][chunks[own].count - 1] = Swift.max(chunks[own][chunks[own].count - 1] - 1, 0)
            if chunks[own].count > 1, chunks[own].last == 0 { chunks[own].removeLast() }
            var lower = result.shape.map { AxisMap(whole: $0) }, upper = lower
            lower[own] = AxisMap(whole: length)
            upper[own] = AxisMap()
            upper[own].append(1, length)
            result =
                result.gathering("upper", upper, chunks: chunks, location: location)
                - result.gathering("lower", lower, chunks: chunks, location: location)
        }
        return result
    }
}
