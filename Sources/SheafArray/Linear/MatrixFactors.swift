internal import SheafCore

/// Decompositions of one matrix in memory, by LAPACK or else in Swift.
enum MatrixFactors {
    /// The lower Cholesky factor in place, with zeros above the diagonal.
    ///
    /// - Parameter first: the row of the whole matrix with which this one begins.
    static func cholesky<S: LinearScalar>(_ a: DenseArray<S>, first: Int, threads: Int) throws {
        let n = a.shape[0], view = a.matrix
        let failed =
            LAPACK.isAvailable
            ? try LAPACK.cholesky(S.scalarType, view, threads: threads) : SwiftFactors.cholesky(a.base, n, view.rowStride)
        if failed > 0 {
            throw TaskError(
                .notPositiveDefinite, "the matrix is not positive definite: pivot \(first + failed - 1) is not above zero",
                hint: "a Cholesky decomposition needs a Hermitian positive definite matrix; LU takes any")
        }
        for row in 0..<n { (a.base + row * view.rowStride + row + 1).update(repeating: S.zeroValue, count: n - row - 1) }
    }

    /// Replaces b by the solution of t·x = b, or of x·t = b.
    ///
    /// - Parameter first: as for ``cholesky(_:first:threads:)``.
    /// - Throws: ``TaskError`` (`.singularMatrix`) for a zero on the diagonal.
    static func solveTriangular<S: LinearScalar>(
        _: S.Type, _ t: MatrixView, isLower: Bool, hasUnitDiagonal: Bool = false, isOnTheLeft: Bool = true, _ b: MatrixView, first: Int,
        threads: Int
    ) throws {
        if !hasUnitDiagonal {
            let diagonal = t.base.assumingMemoryBound(to: S.self), step = t.rowStride + t.columnStride
            for index in 0..<t.rows where diagonal[index * step] == S.zeroValue { throw singular(first + index) }
        }
        if b.rows == 0 || b.columns == 0 { return }
        if LAPACK.isAvailable {
            try LAPACK.solveTriangular(
                S.scalarType, t, isLower: isLower, hasUnitDiagonal: hasUnitDiagonal, isOnTheLeft: isOnTheLeft, b, threads: threads)
        } else {
            SwiftFactors.solveTriangular(
                S.self, t, isLower: isLower, hasUnitDiagonal: hasUnitDiagonal, isOnTheLeft: isOnTheLeft, b)
        }
    }

    static func singular(_ pivot: Int) -> TaskError {
        TaskError(
            .singularMatrix, "the matrix is singular: pivot \(pivot) is zero",
            hint: "lstsq and pinv solve systems without a unique solution")
    }

    /// The thin singular value decomposition; of each row of vh the element that is largest in size is real and positive.
    ///
    /// - Throws: ``EngineError`` (`.missingLibrary`) without LAPACK.
    static func svd<S: LinearScalar>(
        _ a: DenseArray<S>, threads: Int
    ) throws -> (u: DenseArray<S>, s: DenseArray<S.Magnitude>, vh: DenseArray<S>) {
        let rows = a.shape[0], columns = a.shape[1], k = min(rows, columns)
        let u = DenseArray<S>(shape: [rows, k]) { _ in }, s = DenseArray<S.Magnitude>(shape: [k]) { _ in }
        let vh = DenseArray<S>(shape: [k, columns]) { _ in }
        if k == 0 { return (u, s, vh) }
        let work = a.packed()
        try withExtendedLifetime(work) {
            try LAPACK.svd(S.scalarType, work.matrix, u: u.base, s: s.base, vh: vh.base, threads: threads)
        }
        for row in 0..<k {
            let line = vh.base + row * columns
            var best = 0
            // Rounding must not decide between elements of one size: a later one has to be clearly larger.
            for column in 0..<columns where line[column].modulus > line[best].modulus * (1 + 1e-4) { best = column }
            guard line[best].modulus > 0, line[best].modulus.isFinite else { continue }
            let phase = line[best] * S(realPart: 1 / line[best].modulus), back = phase.conjugated
            for column in 0..<columns { line[column] = line[column] * back }
            for position in 0..<rows { u.base[position * k + row] = u.base[position * k + row] * phase }
        }
        return (u, s, vh)
    }
}

extension NDArray {
    /// The problem of an array that is not a square matrix, or whose rows are not as many as those of a right side.
    func squareProblem(_ name: String, right: [Int]? = nil, _ location: SourceLocation) -> PlanError? {
        if rank != 2 || shape[0] != shape[1] {
            return PlanError(
                .shapeMismatch, "“\(name)” needs a square matrix, not an array of the shape \(shape)", node: name, location: location)
        }
        if let right, right.isEmpty || right.count > 2 || right[0] != shape[0] {
            return PlanError(
                .shapeMismatch,
                "“\(name)” of the shapes \(shape) and \(right): a right side has one or two axes, and as many rows as the matrix",
                node: name, location: location)
        }
        return nil
    }

    /// The problem of an array that is not a matrix.
    func matrixProblem(_ name: String, _ location: SourceLocation) -> PlanError? {
        rank == 2
            ? nil
            : PlanError(.shapeMismatch, "“\(name)” needs an array of two axes, not of the shape \(shape)", node: name, location: location)
    }
}
