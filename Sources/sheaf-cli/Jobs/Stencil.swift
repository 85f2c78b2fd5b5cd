import ArgumentParser
import Sheaf

struct Stencil: Job {
    static let name = "stencil"
    static let abstract = "Let heat spread over a random square plate with cold edges: steps of a five-point stencil."
    static let columns = ["size", "steps", "sum", "seconds"]

    @Option(help: "Points along each side.")
    var size = 4000
    @Option(help: "Steps; each makes every point the mean of its four neighbours.")
    var steps = 10
    @Option(help: "Points along each side of a chunk.")
    var chunk = 1000
    @Flag(help: "Compute it again with plain loops, and compare.")
    var verify = false

    func validate() throws {
        guard size > 0 else { throw ValidationError("--size has to be positive") }
        guard steps >= 0 else { throw ValidationError("--steps cannot be negative") }
        guard chunk > 0 else { throw ValidationError("--chunk has to be positive") }
    }

    private func start(_ session: Session) -> NDArray<Double> {
        session.random.uniform(shape: [size, size], chunks: .uniform(chunk), seed: session.options.seed)
    }

    private func end(_ session: Session) -> NDArray<Double> {
        var plate = start(session)
        for _ in 0..<steps { plate = plate.mapOverlap(depth: 1, boundary: .constant(0), Self.step) }
        return plate
    }

    /// The chunk comes with one more point at each side.
    @Sendable private static func step(_ chunk: OverlappedChunk<Double>, _ output: UnsafeMutableBufferPointer<Double>) {
        let width = chunk.shape[1], inner = width - 2
        chunk.withUnsafeBufferPointer { points in
            for row in 0..<chunk.shape[0] - 2 {
                let up = row * width + 1, here = up + width, down = here + width, out = row * inner
                for column in 0..<inner {
                    let vertical = points[up + column] + points[down + column]
                    output[out + column] = (vertical + (points[here + column - 1] + points[here + column + 1])) * 0.25
                }
            }
        }
    }

    func rows(_ session: Session) async throws -> [Row] {
        let clock = ContinuousClock(), begin = clock.now
        let sum = try await end(session).sum().item()
        let seconds = (clock.now - begin) / .seconds(1)
        if verify { try await check(session) }
        return [[.integer(size), .integer(steps), .real(sum), .real(seconds)]]
    }

    private func check(_ session: Session) async throws {
        var plate = try await start(session).compute().elements
        var next = plate
        for _ in 0..<steps {
            for row in 0..<size {
                for column in 0..<size {
                    let here = row * size + column
                    let vertical = (row > 0 ? plate[here - size] : 0) + (row < size - 1 ? plate[here + size] : 0)
                    let horizontal = (column > 0 ? plate[here - 1] : 0) + (column < size - 1 ? plate[here + 1] : 0)
                    next[here] = (vertical + horizontal) * 0.25
                }
            }
            swap(&plate, &next)
        }
        let result = try await end(session).compute().elements
        // The same additions in the same order, so the same numbers.
        let different = zip(result, plate).count { $0 != $1 }
        try VerificationError.check(different == 0, "\(different) of \(result.count) points differ from those of plain loops")
    }

    func graph(_ session: Session) async throws -> (graph: Graph, outputs: [NodeID]) { try end(session).sum().graph() }
}
