import Sheaf

/// A least-squares fit of a line through many noisy points, by a QR decomposition that never holds all of them in one place.
@main struct LinearAlgebra: Program {
    @Option var points = 100_000

    func run(in session: Session) async throws {
        let x = session.random.uniform(shape: [points], chunks: 10_000, seed: 1)
        let noise = session.random.normal(shape: [points], chunks: 10_000, seed: 2)
        let y = x * 3 + 1 + noise * 0.1
        let design = session.stack([x, session.ones(shape: [points], chunks: 10_000)], axis: 1)
        let (q, r) = design.qr()
        let coefficients = r.solve(q.transposed().matmul(y))
        print("slope and intercept:", try await coefficients.compute())
    }
}
