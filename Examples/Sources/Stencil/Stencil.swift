import Sheaf

/// Heat that spreads over a plate: ten steps of a five-point stencil. Chunks see the rows and columns next to them.
@main struct Stencil: Program {
    @Option var size = 1000
    @Option var steps = 10

    func run(in session: Session) async throws {
        var plate = session.zeros(shape: [size, size], chunks: [250, -1])
        // One hot row in the middle.
        plate = plate + (session.arange(0, size, chunks: 250)[.all, .newAxis] .== size / 2).cast(to: Double.self)
        for _ in 0..<steps {
            plate = plate.mapOverlap(depth: 1, boundary: .constant(0), to: Double.self) { chunk, output in
                let width = chunk.shape[1], inner = width - 2
                chunk.withUnsafeBufferPointer { a in
                    for row in 1..<chunk.shape[0] - 1 {
                        for column in 1..<width - 1 {
                            let i = row * width + column
                            output[(row - 1) * inner + column - 1] = 0.2 * (a[i] + a[i - width] + a[i + width] + a[i - 1] + a[i + 1])
                        }
                    }
                }
            }
        }
        print("heat:", try await plate.sum().item(), "hottest:", try await plate.max().item())
    }
}
