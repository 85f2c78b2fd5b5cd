internal import RealModule
internal import SheafCore

/// A decomposition with partial pivoting: the rows of the matrix in the order ``rowOrder`` are ``lower`` times ``upper``.
public struct LUDecomposition<Scalar: LinearScalar>: Sendable {
    /// For each row of the product, its position in the matrix.
    public let rowOrder: NDArray<Int>
    /// Lower triangular, with ones on the diagonal.
    public let lower: NDArray<Scalar>
    public let upper: NDArray<Scalar>
}

extension NDArray where Scalar: LinearScalar {
    /// The LU decomposition of a square matrix: `self[rowOrder] = lower · upper`.
    ///
    /// The matrix is decomposed by blocks of columns with partial pivoting over whole columns, as LAPACK does (Dask's `lu` looks for pivots
    /// within a chunk only). A singular matrix has one too, with a zero on the diagonal of `upper`.
    ///
    /// - Note: ``PlanError`` (`.shapeMismatch`) unless the matrix is square is kept in the plan. A task holds a block of columns.
    public func lu(fileID: StaticString = #fileID, line: UInt = #line) -> LUDecomposition<Scalar> {
        let location = SourceLocation(fileID: fileID, line: line), session = session
        if let problem = squareProblem("lu", location) {
            let failed = failedNode("lu", problem, location)
            return LUDecomposition(
                rowOrder: NDArray<Int>(
                    session,
                    TaskNode<Int>(Operation("lu"), grid: ChunkGrid([[0]]), after: [], location: location, problem: failed.problem) { _ in []
                    }),
                lower: NDArray(session, failed), upper: NDArray(session, failed))
        }
        let panels = LUPanels<Scalar>.node(of: node, location), sizes = panels.sizes, size = shape[0]
        let grid = ChunkGrid([sizes, sizes])
        let order = TaskNode<Int>(Operation("lu order"), grid: ChunkGrid(whole: [size]), after: [panels.node], location: location) {
            lowering in
            let made = try lowering.chunks(of: panels.node)
            return [
                lowering.add(Operation("lu order"), Array(made[sizes.count...]), location: location) { scope in
                    let all = (0..<scope.argumentCount).map { scope.argument($0, as: RowExchanges.self) }
                    return TypedValue(DenseArray(RowExchanges.order(all, rows: size)))
                }
            ]
        }
        let lower = TaskNode<Scalar>(Operation("lu lower"), grid: grid, after: [panels.node], location: location) { lowering in
            let made = try lowering.chunks(of: panels.node)
            let tile = lowering.function(Operation("lu lower")) { scope in
                let region = scope.argument(0, as: Region.self), panel = scope.argument(1, as: LUPanel<Scalar>.self)
                // Rows that later blocks of columns exchanged.
                let order = RowExchanges.order((2..<scope.argumentCount).map { scope.argument($0, as: RowExchanges.self) }, rows: size)
                return TypedValue(panel.lower(region, order))
            }
            return (0..<grid.count).map { index in
                let column = grid.coordinates(index)[1], region = grid.region(index)
                if region.start[0] < region.start[1] { return zeros(region.shape, as: Scalar.self, lowering) }
                return lowering.add(
                    tile, [lowering.constant(region), made[column]] + made[(sizes.count + column + 1)...], location: location,
                    cost: Cost(resultBytes: region.count * MemoryLayout<Scalar>.stride))
            }
        }
        let upper = TaskNode<Scalar>(Operation("lu upper"), grid: grid, after: [panels.node], location: location) { lowering in
            let made = try lowering.chunks(of: panels.node)
            let tile = lowering.function(Operation("lu upper")) { scope in
                TypedValue(scope.argument(1, as: LUPanel<Scalar>.self).upper(scope.argument(0, as: Region.self)))
            }
            return (0..<grid.count).map { index in
                let column = grid.coordinates(index)[1], region = grid.region(index)
                if region.start[0] > region.start[1] { return zeros(region.shape, as: Scalar.self, lowering) }
                return lowering.add(
                    tile, [lowering.constant(region), made[column]], location: location,
                    cost: Cost(resultBytes: region.count * MemoryLayout<Scalar>.stride))
            }
        }
        return LUDecomposition(rowOrder: NDArray<Int>(session, order), lower: NDArray(session, lower), upper: NDArray(session, upper))
    }

    /// The solution x of this square matrix times x = `right`, which has one axis or two.
    ///
    /// - Parameter assumePositive: whether the matrix is Hermitian positive definite; solved by a Cholesky decomposition, at half the cost
    ///   of an LU decomposition.
    /// - Throws: when it runs, ``TaskError`` (`.singularMatrix`, or `.notPositiveDefinite`) naming the pivot.
    /// - Note: ``PlanError`` (`.shapeMismatch`) for shapes that do not fit is kept in the plan.
    public func solve(
        _ right: NDArray, assumePositive: Bool = false, fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray {
        let location = SourceLocation(fileID: fileID, line: line)
        if let problem = squareProblem("solve", right: right.shape, location) {
            return NDArray(session, failedNode("solve", problem, location))
        }
        if assumePositive {
            let lower = cholesky(fileID: fileID, line: line)
            let half = lower.solveTriangular(right, lower: true, fileID: fileID, line: line)
            return lower.adjoint(location).solveTriangular(half, lower: false, fileID: fileID, line: line)
        }
        let panels = LUPanels<Scalar>.node(of: node, location), count = panels.sizes.count
        let whole = ChunkGrid([[shape[0]]] + right.node.grid.chunks.dropFirst()), source = right.node.recut(whole)
        let solution = TaskNode<Scalar>(Operation("solve"), grid: whole, after: [panels.node, source], location: location) { lowering in
            let made = try lowering.chunks(of: panels.node), sides = try lowering.chunks(of: source)
            let forward = lowering.function(Operation("solve forward")) { scope in
                let panel = scope.argument(1, as: LUPanel<Scalar>.self)
                try panel.requireNoZeroPivot()
                return TypedValue(try panel.eliminate(scope.argument(0, as: DenseArray<Scalar>.self)))
            }
            let backward = lowering.function(Operation("solve backward")) { scope in
                TypedValue(try scope.argument(1, as: LUPanel<Scalar>.self).substituteBack(scope.argument(0, as: DenseArray<Scalar>.self)))
            }
            return sides.indices.map { index in
                let cost = Cost(resultBytes: whole.region(index).count * MemoryLayout<Scalar>.stride)
                var side = sides[index]
                for k in 0..<count { side = lowering.add(forward, [side, made[k]], location: location, cost: cost) }
                for k in (0..<count).reversed() { side = lowering.add(backward, [side, made[k]], location: location, cost: cost) }
                return side
            }
        }
        return NDArray(session, solution.recut(ChunkGrid([node.grid.chunks[0]] + right.node.grid.chunks.dropFirst())))
    }

    /// The inverse of a square matrix.
    ///
    /// To solve a system, ``solve(_:assumePositive:fileID:line:)`` is faster and more accurate.
    ///
    /// - Throws: when it runs, ``TaskError`` (`.singularMatrix`) naming the pivot.
    public func inverse(fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        let location = SourceLocation(fileID: fileID, line: line)
        if let problem = squareProblem("inverse", location) { return NDArray(session, failedNode("inverse", problem, location)) }
        let identity: NDArray = session.eye(
            Scalar.self, shape[0], chunks: .explicit([node.grid.chunks[0], node.grid.chunks[1]]), fileID: fileID, line: line)
        return solve(identity, fileID: fileID, line: line)
    }

    /// The determinant of a square matrix, an array without axes; 0 for a singular one.
    public func determinant(fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        let location = SourceLocation(fileID: fileID, line: line)
        return fromDiagonal("determinant", location, to: Scalar.self) { diagonal, isOdd in
            diagonal.reduce(isOdd ? Scalar.zeroValue - Scalar.oneValue : Scalar.oneValue) { $0 * $1 }
        }
    }

    /// The determinant's sign (for complex numbers its phase; 0 for a singular matrix), and the logarithm of its size (minus infinity for a
    /// singular matrix), which do not overflow; NumPy's `slogdet`.
    public func logDeterminant(
        fileID: StaticString = #fileID, line: UInt = #line
    ) -> (sign: NDArray, logarithm: NDArray<Scalar.Magnitude>) {
        let location = SourceLocation(fileID: fileID, line: line)
        let sign = fromDiagonal("logDeterminant", location, to: Scalar.self) { diagonal, isOdd in
            diagonal.reduce(isOdd ? Scalar.zeroValue - Scalar.oneValue : Scalar.oneValue) { sofar, pivot in
                pivot == .zeroValue ? .zeroValue : sofar * pivot * Scalar(realPart: 1 / pivot.modulus)
            }
        }
        let logarithm = fromDiagonal("logDeterminant", location, to: Scalar.Magnitude.self) { diagonal, _ in
            diagonal.reduce(Scalar.Magnitude.zero) { $0 + Scalar.Magnitude.log($1.modulus) }
        }
        return (sign, logarithm)
    }

    /// A number made from the diagonal of the upper factor, and whether the rows were exchanged an odd number of times.
    private func fromDiagonal<R: ArrayScalar>(
        _ name: String, _ location: SourceLocation, to: R.Type, _ body: @escaping @Sendable ([Scalar], Bool) -> R
    ) -> NDArray<R> {
        if let problem = squareProblem(name, location) {
            return NDArray<R>(
                session,
                TaskNode<R>(
                    Operation(name), grid: ChunkGrid(whole: []), after: [node], location: location, problem: node.problem ?? problem
                ) { _ in
                    []
                })
        }
        let panels = LUPanels<Scalar>.node(of: node, location), count = panels.sizes.count
        return NDArray<R>(
            session,
            TaskNode<R>(Operation(name), grid: ChunkGrid(whole: []), after: [panels.node], location: location) { lowering in
                let made = try lowering.chunks(of: panels.node)
                let diagonal = lowering.function(Operation("diagonal")) { scope in
                    TypedValue(scope.argument(0, as: LUPanel<Scalar>.self).diagonal)
                }
                let parts = made[..<count].map { lowering.add(diagonal, [$0], location: location) }
                return [
                    lowering.add(Operation(name), parts + made[count...], location: location) { scope in
                        let pivots = (0..<count).flatMap { scope.argument($0, as: DenseArray<Scalar>.self).elements }
                        let exchanges = (count..<scope.argumentCount).reduce(0) { sum, argument in
                            sum + scope.argument(argument, as: RowExchanges.self).number
                        }
                        return TypedValue(DenseArray(repeating: body(pivots, exchanges % 2 == 1), shape: []))
                    }
                ]
            })
    }
}

/// A tile of zeros that takes no memory.
private func zeros<Scalar: LinearScalar>(_ shape: [Int], as: Scalar.Type, _ lowering: ArrayLowering) -> Graph.Argument {
    lowering.constant(DenseArray(repeating: Scalar.zeroValue, shape: [1, 1]).broadcast(to: shape))
}
