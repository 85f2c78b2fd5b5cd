internal import SheafCore

extension NDArray where Scalar: LinearScalar {
    /// The Cholesky factor of a Hermitian positive definite matrix: lower with a = l·lᴴ or, if `upper`, upper with a = uᴴ·u.
    ///
    /// Tile by tile: a chunk of the factor is one task, which subtracts the products of the chunks before it from the matrix's chunk in
    /// place. Only the lower triangle is read. Both axes are cut as the rows are.
    ///
    /// - Throws: when it runs, ``TaskError`` (`.notPositiveDefinite`) naming the pivot.
    /// - Note: ``PlanError`` (`.shapeMismatch`) unless the matrix is square is kept in the plan.
    public func cholesky(upper: Bool = false, fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        let location = SourceLocation(fileID: fileID, line: line)
        if let problem = squareProblem("cholesky", location) { return NDArray(session, failedNode("cholesky", problem, location)) }
        let rows = node.grid.chunks[0], grid = ChunkGrid([rows, rows]), source = node.recut(grid)
        let lower = NDArray(
            session,
            TaskNode<Scalar>(Operation("cholesky"), grid: grid, after: [source], location: location) { lowering in
                let tiles = try lowering.chunks(of: source), count = rows.count
                let threads = count == 1 ? lowering.workers : 1
                let factor = lowering.function(Operation("cholesky")) { scope in
                    let row = scope.argument(0, as: TilePlace.self), tile = scope.argument(1, as: DenseArray<Scalar>.self).packed()
                    let before = row.column
                    for k in 0..<before {
                        try scope.checkCancellation()
                        let left = scope.argument(2 + k, as: DenseArray<Scalar>.self)
                        let right = scope.argument(2 + before + k, as: DenseArray<Scalar>.self)
                        try MatrixProduct.multiply(Scalar.scalarType, left.matrix, right.matrix.adjoint, into: tile.matrix, .subtract)
                    }
                    if row.row == row.column {
                        try MatrixFactors.cholesky(tile, first: row.first, threads: threads)
                    } else {
                        let diagonal = scope.argument(2 + 2 * before, as: DenseArray<Scalar>.self)
                        try MatrixFactors.solveTriangular(
                            Scalar.self, diagonal.matrix.adjoint, isLower: false, isOnTheLeft: false, tile.matrix, first: row.first,
                            threads: 1)
                    }
                    return TypedValue(tile)
                }
                var made = [Graph.Argument?](repeating: nil, count: count * count)
                for column in 0..<count {
                    for row in column..<count {
                        let region = grid.region([row, column])
                        var arguments = [
                            lowering.constant(TilePlace(row: row, column: column, first: region.start[1])),
                            tiles[grid.index([row, column])],
                        ]
                        for line in [row, column] { for k in 0..<column { arguments.append(made[line * count + k]!) } }
                        if row > column { arguments.append(made[column * count + column]!) }
                        made[row * count + column] = lowering.add(
                            factor, arguments, location: location, cost: Cost(resultBytes: region.count * MemoryLayout<Scalar>.stride))
                    }
                }
                return made.indices.map { index in
                    made[index]
                        ?? lowering.constant(
                            DenseArray(repeating: Scalar.zeroValue, shape: [1, 1]).broadcast(to: grid.region(index).shape))
                }
            })
        return upper ? lower.adjoint(location) : lower
    }

    /// The conjugate transpose of a matrix. Chunks of real numbers are views.
    func adjoint(_ location: SourceLocation) -> NDArray {
        NDArray(session, node.permuted([1, 0], as: Scalar.self, location: location)).conjugated()
    }

    /// The solution x of this triangular matrix times x = `right`, which has one axis or two.
    ///
    /// - Parameter lower: whether the lower triangle is the matrix, rather than the upper; the other one is not read.
    /// - Throws: when it runs, ``TaskError`` (`.singularMatrix`) naming the pivot, for a zero on the diagonal.
    /// - Note: ``PlanError`` (`.shapeMismatch`) for shapes that do not fit is kept in the plan.
    public func solveTriangular(
        _ right: NDArray, lower: Bool, fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray {
        let location = SourceLocation(fileID: fileID, line: line)
        if let problem = squareProblem("solveTriangular", right: right.shape, location) {
            return NDArray(session, failedNode("solveTriangular", problem, location))
        }
        let rows = node.grid.chunks[0], grid = ChunkGrid([rows, rows]), source = node.recut(grid)
        let rightGrid = ChunkGrid([rows] + right.node.grid.chunks.dropFirst()), target = right.node.recut(rightGrid)
        return NDArray(
            session,
            TaskNode<Scalar>(Operation("solveTriangular"), grid: rightGrid, after: [source, target], location: location) { lowering in
                let tiles = try lowering.chunks(of: source), sides = try lowering.chunks(of: target)
                let count = rows.count, columns = rightGrid.count / Swift.max(count, 1)
                let solve = lowering.function(Operation("solveTriangular")) { scope in
                    let place = scope.argument(0, as: TilePlace.self), x = scope.argument(1, as: DenseArray<Scalar>.self).packed()
                    for k in stride(from: 3, to: scope.argumentCount, by: 2) {
                        try scope.checkCancellation()
                        let factor = scope.argument(k, as: DenseArray<Scalar>.self),
                            known = scope.argument(k + 1, as: DenseArray<Scalar>.self)
                        try MatrixProduct.multiply(Scalar.scalarType, factor.matrix, known.matrix, into: x.matrix, .subtract)
                    }
                    let diagonal = scope.argument(2, as: DenseArray<Scalar>.self)
                    let packed =
                        diagonal.matrix.rowMajorStride != nil || diagonal.matrix.columnMajorStride != nil ? diagonal : diagonal.contiguous()
                    try MatrixFactors.solveTriangular(Scalar.self, packed.matrix, isLower: lower, x.matrix, first: place.first, threads: 1)
                    return withExtendedLifetime(packed) { TypedValue(x) }
                }
                var made = [Graph.Argument?](repeating: nil, count: rightGrid.count)
                for step in 0..<count {
                    let row = lower ? step : count - 1 - step
                    for column in 0..<columns {
                        let region = grid.region([row, row])
                        var arguments = [
                            lowering.constant(TilePlace(row: row, column: column, first: region.start[0])), sides[row * columns + column],
                            tiles[row * count + row],
                        ]
                        for k in lower ? 0..<row : (row + 1)..<count {
                            arguments.append(tiles[row * count + k])
                            arguments.append(made[k * columns + column]!)
                        }
                        made[row * columns + column] = lowering.add(
                            solve, arguments, location: location,
                            cost: Cost(resultBytes: rightGrid.region(row * columns + column).count * MemoryLayout<Scalar>.stride))
                    }
                }
                return made.compactMap { $0 }
            })
    }
}

/// Which tile a task makes.
struct TilePlace: Sendable {
    let row: Int
    let column: Int
    /// The first row, or column, of the whole matrix on the diagonal tile that the task uses.
    let first: Int
}
