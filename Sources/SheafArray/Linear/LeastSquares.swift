internal import SheafCore

/// What ``NDArray/lstsq(_:fileID:line:)`` returns.
public struct LeastSquares<Scalar: LinearScalar>: Sendable {
    /// (n) or (n, right sides)
    public let solution: NDArray<Scalar>
    /// For each right side, the sum of the squared distances; an array without axes for a right side of one axis.
    public let residuals: NDArray<Scalar.Magnitude>
    /// Of the matrix.
    public let singularValues: NDArray<Scalar.Magnitude>
}

extension NDArray where Scalar: LinearScalar {
    /// The solution of this matrix times x = `right` with the least squared distance, by a QR decomposition.
    ///
    /// The matrix has at least as many rows as columns, and full rank; ``pseudoInverse(tolerance:fileID:line:)`` takes any.
    ///
    /// - Throws: when it runs, ``TaskError`` (`.singularMatrix`) for columns that are exactly dependent.
    /// - Note: ``PlanError`` (`.shapeMismatch`) for shapes that do not fit, or fewer rows than columns, is kept in the plan.
    public func lstsq(_ right: NDArray, fileID: StaticString = #fileID, line: UInt = #line) -> LeastSquares<Scalar> {
        let location = SourceLocation(fileID: fileID, line: line)
        guard rank == 2, right.rank == 1 || right.rank == 2, shape[0] == right.shape[0], shape[0] >= shape[1] else {
            let problem = PlanError(
                .shapeMismatch,
                "“lstsq” of the shapes \(shape) and \(right.shape): it needs a matrix of at least as many rows as columns, and "
                    + "a right side of as many rows", node: "lstsq", location: location, hint: "pseudoInverse() takes matrices of any shape"
            )
            let failed = NDArray(session, failedNode("lstsq", problem, location)), values = failed.modulus()
            return LeastSquares(solution: failed, residuals: values, singularValues: values)
        }
        let (q, r) = qr(fileID: fileID, line: line)
        let projected = q.adjoint(location).matmul(right, fileID: fileID, line: line)
        let solution = r.solveTriangular(projected, lower: false, fileID: fileID, line: line)
        let distance = (matmul(solution, fileID: fileID, line: line) - right).modulus()
        return LeastSquares(
            solution: solution, residuals: (distance * distance).sum(axes: [0], fileID: fileID, line: line),
            singularValues: r.singularValues(fileID: fileID, line: line))
    }

    /// The Moore–Penrose inverse of a matrix of shape (m, n), of shape (n, m).
    ///
    /// - Parameter tolerance: singular values of at most this part of the largest one count as zero; by default as many units in the last
    ///   place as the longer side has elements. (NumPy's default is 1e-15.)
    /// - Throws: when it runs, ``EngineError`` (`.missingLibrary`) without LAPACK.
    public func pseudoInverse(
        tolerance: Scalar.Magnitude? = nil, fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray {
        let location = SourceLocation(fileID: fileID, line: line)
        let parts = svd(fileID: fileID, line: line)
        if parts.u.node.problem != nil { return NDArray(session, failedNode("pseudoInverse", parts.u.node.problem, location)) }
        let cutoff = tolerance ?? Scalar.Magnitude.ulpOfOne * Scalar.Magnitude(Swift.max(shape[0], shape[1], 1)), values = parts.s.node
        // 1/s, or 0 for what counts as zero; s lies in one chunk, the largest first.
        let inverted = TaskNode<Scalar>(Operation("invert"), grid: values.grid, after: [values], location: location) { lowering in
            [
                lowering.add(Operation("invert"), try lowering.chunks(of: values), location: location) { scope in
                    let all = scope.argument(0, as: DenseArray<Scalar.Magnitude>.self).elements
                    let least = (all.first ?? 0) * cutoff
                    return TypedValue(DenseArray(all.map { Scalar(realPart: $0 > least ? 1 / $0 : 0) }))
                }
            ]
        }
        let scaled = parts.vh.adjoint(location).combining(
            "*", NDArray(session, inverted), to: Scalar.self, location: location, Scalar.multiplyLoop)
        return scaled.matmul(parts.u.adjoint(location), fileID: fileID, line: line)
    }

    /// The product of this square matrix with itself, `power` times; of its inverse for negative ones, and the identity for 0.
    ///
    /// By repeated squaring: about 2·log₂(power) products.
    ///
    /// - Throws: when it runs, for negative powers, ``TaskError`` (`.singularMatrix`).
    /// - Note: ``PlanError`` (`.shapeMismatch`) unless the matrix is square is kept in the plan.
    public func matrixPower(_ power: Int, fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        let location = SourceLocation(fileID: fileID, line: line)
        if let problem = squareProblem("matrixPower", location) {
            return NDArray(session, failedNode("matrixPower", problem, location))
        }
        if power == 0 {
            return session.eye(Scalar.self, shape[0], chunks: .explicit(node.grid.chunks), fileID: fileID, line: line)
        }
        var square = power < 0 ? inverse(fileID: fileID, line: line) : self
        var rest = power.magnitude, result: NDArray?
        while rest > 0 {
            if rest & 1 == 1 { result = result?.matmul(square, fileID: fileID, line: line) ?? square }
            rest >>= 1
            if rest > 0 { square = square.matmul(square, fileID: fileID, line: line) }
        }
        return result ?? square
    }

    /// The absolute value of each element.
    func modulus() -> NDArray<Scalar.Magnitude> {
        mapping("modulus", to: Scalar.Magnitude.self) { a, out, count in for index in 0..<count { out[index] = a[index].modulus } }
    }
}
