internal import SheafCore

/// A thin singular value decomposition: `u · diagonal(s) · vh`.
public struct SVD<Scalar: LinearScalar>: Sendable {
    /// (m, k), with orthonormal columns.
    public let u: NDArray<Scalar>
    /// (k), descending and not negative.
    public let s: NDArray<Scalar.Magnitude>
    /// (k, n), with orthonormal rows. Of each row the element that is largest in size is real and positive, which makes signs definite.
    public let vh: NDArray<Scalar>
}

extension NDArray where Scalar: LinearScalar {
    /// The thin singular value decomposition of a matrix of shape (m, n), with k = min(m, n).
    ///
    /// Of a matrix of at least as many rows as columns, the r of a QR decomposition (see ``qr(fileID:line:)``) is decomposed in one task;
    /// of a wider matrix that of its transpose. The shorter side has to fit one chunk;
    /// ``compressedSVD(rank:oversampling:powerIterations:seed:fileID:line:)`` takes any matrix.
    ///
    /// - Throws: when it runs, ``EngineError`` (`.missingLibrary`) without LAPACK.
    /// - Note: ``PlanError`` (`.shapeMismatch`) unless the array has two axes is kept in the plan.
    public func svd(fileID: StaticString = #fileID, line: UInt = #line) -> SVD<Scalar> {
        decomposed(wantsVectors: true, SourceLocation(fileID: fileID, line: line))
    }

    /// The singular values of a matrix alone, which spares the tall factor.
    public func singularValues(fileID: StaticString = #fileID, line: UInt = #line) -> NDArray<Scalar.Magnitude> {
        decomposed(wantsVectors: false, SourceLocation(fileID: fileID, line: line)).s
    }

    private func decomposed(wantsVectors: Bool, _ location: SourceLocation) -> SVD<Scalar> {
        if let problem = matrixProblem("svd", location) {
            let failed = NDArray(session, failedNode("svd", problem, location))
            let values = TaskNode<Scalar.Magnitude>(
                Operation("svd"), grid: ChunkGrid([[0]]), after: [], location: location, problem: failed.node.problem
            ) { _ in [] }
            return SVD(u: failed, s: NDArray<Scalar.Magnitude>(session, values), vh: failed)
        }
        let (rows, columns) = (shape[0], shape[1]), short = Swift.min(rows, columns)
        if rows >= columns {
            let tree = TallSkinny<Scalar>(node, wantsQ: wantsVectors, top: .svd, location)
            let s = NDArray<Scalar.Magnitude>(session, tree.part(0, [short], as: Scalar.Magnitude.self))
            let vh = NDArray(session, tree.part(1, [short, columns], as: Scalar.self))
            return SVD(u: wantsVectors ? NDArray(session, tree.q(short)) : vh, s: s, vh: vh)
        }
        // aᴴ = v·s·uᴴ
        let other = adjoint(location).decomposed(wantsVectors: wantsVectors, location)
        if !wantsVectors { return other }
        return SVD(u: other.vh.adjoint(location), s: other.s, vh: other.u.adjoint(location))
    }

    /// The largest singular values and their vectors, by projection onto a random subspace (after Halko, Martinsson and Tropp); for
    /// matrices that are large along both axes.
    ///
    /// - Parameters:
    ///   - rank: how many; the result has min(m, n) at most.
    ///   - oversampling: by how much the subspace is larger.
    ///   - powerIterations: more make the result more accurate where singular values decline slowly; each reads the matrix twice.
    ///   - seed: the same seed gives the same subspace, whatever the chunks.
    /// - Throws: when it runs, ``EngineError`` (`.missingLibrary`) without LAPACK.
    /// - Note: Problems of the plan are kept: ``PlanError`` (`.shapeMismatch`) unless the array has two axes, (`.invalidArgument`) for a
    ///   rank below 1 and other numbers below 0.
    public func compressedSVD(
        rank k: Int, oversampling: Int = 10, powerIterations: Int = 0, seed: UInt64 = 0, fileID: StaticString = #fileID, line: UInt = #line
    ) -> SVD<Scalar> {
        let location = SourceLocation(fileID: fileID, line: line)
        guard rank == 2, k > 0, oversampling >= 0, powerIterations >= 0 else {
            let problem =
                matrixProblem("compressedSVD", location)
                ?? PlanError(
                    .invalidArgument, "“compressedSVD” of rank \(k), oversampling \(oversampling), \(powerIterations) power iterations",
                    node: "compressedSVD", location: location)
            return NDArray(session, failedNode("compressedSVD", problem, location)).failedSVD(location)
        }
        let short = Swift.min(shape[0], shape[1]), width = Swift.min(k + oversampling, short), kept = Swift.min(k, short)
        // One block of columns: they are few.
        let test: NDArray = Self.normal(session, [shape[1], width], ChunkGrid([node.grid.chunks[1], [width]]), seed, location)
        var q = matmul(test, fileID: fileID, line: line).qr(fileID: fileID, line: line).q
        let transposed = adjoint(location)
        for _ in 0..<powerIterations {
            let back = transposed.matmul(q, fileID: fileID, line: line).qr(fileID: fileID, line: line).q
            q = matmul(back, fileID: fileID, line: line).qr(fileID: fileID, line: line).q
        }
        let small = q.adjoint(location).matmul(self, fileID: fileID, line: line).svd(fileID: fileID, line: line)
        let u = q.matmul(small.u, fileID: fileID, line: line)
        let s = TaskNode<Scalar.Magnitude>(Operation("take"), grid: ChunkGrid([[kept]]), after: [small.s.node], location: location) {
            lowering in
            [
                lowering.add(Operation("take"), try lowering.chunks(of: small.s.node), location: location) { scope in
                    TypedValue(scope.argument(0, as: DenseArray<Scalar.Magnitude>.self).box(Region(start: [0], shape: [kept])))
                }
            ]
        }
        let vh = small.vh.adjoint(location).node.columns(0..<kept, as: Scalar.self, location)
        return SVD(
            u: NDArray(session, u.node.columns(0..<kept, as: Scalar.self, location)), s: NDArray<Scalar.Magnitude>(session, s),
            vh: NDArray(session, vh).adjoint(location))
    }

    private func failedSVD(_ location: SourceLocation) -> SVD<Scalar> {
        let values = TaskNode<Scalar.Magnitude>(
            Operation("svd"), grid: ChunkGrid([[0]]), after: [], location: location, problem: node.problem
        ) { _ in [] }
        return SVD(u: self, s: NDArray<Scalar.Magnitude>(session, values), vh: self)
    }

    /// Numbers of the standard normal distribution, each from its place and the seed alone.
    private static func normal(
        _ session: Session, _ shape: [Int], _ grid: ChunkGrid, _ seed: UInt64, _ location: SourceLocation
    ) -> NDArray {
        NDArray(
            session,
            ElementNode<Scalar>(
                Operation("normal"), grid: grid, operands: [],
                kernel: .generator { region, start, out, count in
                    let out = out.assumingMemoryBound(to: Scalar.self), width = region.shape[1]
                    for position in 0..<count {
                        let row = region.start[0] + (start + position) / width, column = region.start[1] + (start + position) % width
                        out[position] = Scalar(realPart: Scalar.Magnitude(counterNormal(seed, UInt64(row * shape[1] + column))))
                    }
                }, isExpensive: true, location: location))
    }

    // MARK: Eigenvalues

    /// Eigenvalues, ascending, and eigenvectors (a column each) of a Hermitian matrix, of which only the lower triangle is read.
    ///
    /// One task, so the matrix has to fit into memory three times over; it is assembled from its chunks first.
    ///
    /// - Throws: when it runs, ``EngineError`` (`.missingLibrary`) without LAPACK, ``TaskError`` (`.noConvergence`).
    /// - Note: ``PlanError`` (`.shapeMismatch`) unless the matrix is square is kept in the plan.
    public func eigh(fileID: StaticString = #fileID, line: UInt = #line) -> (values: NDArray<Scalar.Magnitude>, vectors: NDArray) {
        let location = SourceLocation(fileID: fileID, line: line)
        if let problem = squareProblem("eigh", location) {
            let failed = NDArray(session, failedNode("eigh", problem, location)).failedSVD(location)
            return (failed.s, failed.u)
        }
        let size = shape[0], whole = node.recut(ChunkGrid(whole: shape))
        let both = TaskNode<Scalar>(Operation("eigh"), grid: ChunkGrid.values(2), after: [whole], location: location) { lowering in
            let workers = lowering.workers, bytes = size * size * MemoryLayout<Scalar>.stride
            let made = lowering.add(
                Operation("eigh"), try lowering.chunks(of: whole), location: location,
                cost: Cost(resultBytes: bytes, workingBytes: 2 * bytes)
            ) { scope in
                let work = scope.argument(0, as: DenseArray<Scalar>.self).packed()
                let values = DenseArray<Scalar.Magnitude>(shape: [size]) { _ in }
                if size > 0 {
                    try LAPACK.eigh(
                        Scalar.scalarType, work.matrix, UnsafeMutableRawPointer(values.base), wantsVectors: true, threads: workers)
                }
                conjugateInPlace(UnsafeMutableRawPointer(work.base), work.count, Scalar.scalarType)
                return TypedValue(SVDParts(u: work.transposed(), s: values, vh: DenseArray(shape: [0]) { _ in }))
            }
            return [
                lowering.add(Operation("eigenvalues"), [made], location: location) {
                    TypedValue($0.argument(0, as: SVDParts<Scalar>.self).s)
                },
                lowering.add(Operation("eigenvectors"), [made], location: location) {
                    TypedValue($0.argument(0, as: SVDParts<Scalar>.self).u)
                },
            ]
        }
        let values = TaskNode<Scalar.Magnitude>(Operation("eigenvalues"), grid: ChunkGrid([[size]]), after: [both], location: location) {
            lowering in
            [try lowering.chunks(of: both)[0]]
        }
        let vectors = TaskNode<Scalar>(Operation("eigenvectors"), grid: ChunkGrid(whole: shape), after: [both], location: location) {
            lowering in
            [try lowering.chunks(of: both)[1]]
        }
        return (NDArray<Scalar.Magnitude>(session, values), NDArray(session, vectors))
    }
}
