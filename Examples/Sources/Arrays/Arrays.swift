import Sheaf

/// Chunked arrays: the mean of a function of a hundred million random numbers, in one pass, with nothing stored; and one block of a
/// product of matrices, for which only that block is computed. `Arrays --size 10000`.
@main struct Arrays: Program {
    @Option var size = 2000

    func run(in session: Session) async throws {
        let x = session.random.normal(shape: [size, size], chunks: [size / 10, size / 10], seed: 7)
        let y = x * x + 10
        print(try await y.mean().compute())
        print(try await x.matmul(x.transposed()).chunk(0, 0).compute().shape)

        // Shapes broadcast as NumPy's do; reductions take axes.
        let standardised = (x - x.mean(axes: [0])) / x.standardDeviation(axes: [0])
        print(try await standardised.max(axes: [1])[..<3].compute())
    }
}
