import ArgumentParser
import Sheaf

struct SingularValues: Job {
    static let name = "svd"
    static let abstract = "The singular value decomposition of a random tall matrix."
    static let columns = ["number", "singular value"]

    @Option(name: .customLong("rows"), help: "Rows of the matrix.")
    var height = 200_000
    @Option(name: .customLong("columns"), help: "Columns of the matrix, at most as many as rows.")
    var width = 50
    @Option(help: "Rows of a chunk.")
    var chunk = 20_000
    @Option(help: "How many of the largest singular values to print.")
    var top = 5
    @Option(help: "Approximate so many of the largest by a projection onto a random subspace, instead of computing all exactly.")
    var rank: Int?
    @Flag(help: "Check the values and vectors against the matrix's Gram matrix, computed with plain loops.")
    var verify = false

    func validate() throws {
        guard width > 0, height >= width else { throw ValidationError("--columns has to be positive, and --rows at least as many") }
        guard chunk > 0 else { throw ValidationError("--chunk has to be positive") }
        guard top > 0 else { throw ValidationError("--top has to be positive") }
        guard rank.map({ $0 > 0 }) ?? true else { throw ValidationError("--rank has to be positive") }
    }

    /// Normal numbers, whose columns have standard deviations 1, ½, ⅓ and so on, so that the singular values decline.
    private func matrix(_ session: Session) -> NDArray<Double> {
        let normal = session.random.normal(shape: [height, width], chunks: [chunk, -1], seed: session.options.seed)
        return normal / session.arange(1, Double(width) + 1, chunks: -1)
    }

    private func decomposition(_ session: Session) -> SVD<Double> {
        let matrix = matrix(session)
        return rank.map { matrix.compressedSVD(rank: $0, powerIterations: 2, seed: session.options.seed &+ 1) } ?? matrix.svd()
    }

    func rows(_ session: Session) async throws -> [Row] {
        let parts = decomposition(session)
        let values = try await parts.s.compute().elements
        if verify { try await check(session, values, try await parts.vh.compute()) }
        return values.prefix(top).enumerated().map { [.integer($0.offset + 1), .real($0.element)] }
    }

    /// The rows of vh are eigenvectors of aᵀa, and the squares of the singular values its eigenvalues.
    private func check(_ session: Session, _ values: [Double], _ vh: DenseArray<Double>) async throws {
        let n = width
        var gram = [Double](repeating: 0, count: n * n)
        try await matrix(session).compute().withUnsafeBufferPointer { a in
            for row in 0..<height {
                for i in 0..<n {
                    let factor = a[row * n + i]
                    for j in 0..<n { gram[i * n + j] += factor * a[row * n + j] }
                }
            }
        }
        var largest = 0.0
        for (number, value) in values.enumerated() {
            for i in 0..<n {
                let image = (0..<n).reduce(0.0) { $0 + gram[i * n + $1] * vh[number, $1] }
                largest = max(largest, abs(image - value * value * vh[number, i]))
            }
        }
        let error = largest / max(values[0] * values[0], .leastNormalMagnitude)
        // The projection is exact to about the singular value that comes first after those it keeps.
        let bound = rank == nil ? 1e-12 : 0.05
        try VerificationError.check(
            error <= bound, "values and vectors differ from those of the Gram matrix by \(error), relative (allowed is \(bound))")
    }

    func graph(_ session: Session) async throws -> (graph: Graph, outputs: [NodeID]) { try decomposition(session).s.graph() }
}
