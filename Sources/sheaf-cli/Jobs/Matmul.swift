import ArgumentParser
import Sheaf

struct Matmul: Job {
    static let name = "matmul"
    static let abstract = "Multiply two random square matrices."
    static let columns = ["size", "chunk", "sum", "seconds", "GFLOP/s"]

    @Option(help: "Rows and columns of each matrix.")
    var size = 4096
    @Option(help: "Rows and columns of a chunk.")
    var chunk = 1024
    @Flag(help: "Compute eight of the rows again with plain loops, and compare.")
    var verify = false

    func validate() throws {
        guard size > 0 else { throw ValidationError("--size has to be positive") }
        guard chunk > 0 else { throw ValidationError("--chunk has to be positive") }
    }

    private func matrix(_ session: Session, _ number: UInt64) -> NDArray<Double> {
        session.random.uniform(shape: [size, size], chunks: .uniform(chunk), seed: session.options.seed &+ number)
    }

    func rows(_ session: Session) async throws -> [Row] {
        let a = try await matrix(session, 0).persist(), b = try await matrix(session, 1).persist()
        let clock = ContinuousClock(), begin = clock.now
        let product = try await a.matmul(b).persist()
        let seconds = (clock.now - begin) / .seconds(1)
        let sum = try await product.sum().item()
        if verify { try await check(try await product.compute(), try await a.compute(), try await b.compute()) }
        let operations = 2 * Double(size) * Double(size) * Double(size)
        return [[.integer(size), .integer(chunk), .real(sum), .real(seconds), .real(operations / seconds * 1e-9)]]
    }

    private func check(_ product: DenseArray<Double>, _ a: DenseArray<Double>, _ b: DenseArray<Double>) async throws {
        let rows = Set((0..<8).map { $0 * (size - 1) / 7 }).sorted()
        var largest = 0.0
        b.withUnsafeBufferPointer { b in
            for row in rows {
                var expected = [Double](repeating: 0, count: size)
                for k in 0..<size {
                    let factor = a[row, k]
                    for column in 0..<size { expected[column] += factor * b[k * size + column] }
                }
                // No term is negative, so the error is relative to the sum.
                for column in 0..<size {
                    largest = max(largest, abs(product[row, column] - expected[column]) / max(expected[column], .leastNormalMagnitude))
                }
            }
        }
        let bound = Double(size) * .ulpOfOne
        try VerificationError.check(
            largest <= bound, "\(rows.count) rows differ from those of plain loops by \(largest) at most (allowed are \(bound))")
    }

    func graph(_ session: Session) async throws -> (graph: Graph, outputs: [NodeID]) {
        try matrix(session, 0).matmul(matrix(session, 1)).graph()
    }
}
