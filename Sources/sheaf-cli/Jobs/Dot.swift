import ArgumentParser
import Sheaf

struct Dot: Job {
    static let name = "dot"
    static let abstract = "The dot product of two vectors, x[i] = i mod 1000 and y[i] = i mod 7."
    static let columns = ["length", "dot"]

    @Option(help: "Elements of each vector.")
    var length = 10_000_000
    @Option(help: "Elements of a chunk.")
    var chunk = 1_000_000
    @Option(help: "A folder to which the products are written, each chunk as a .npy file.")
    var store: String?
    @Flag(help: "Compute it again with a plain loop, and compare.")
    var verify = false

    func validate() throws {
        guard length > 0 else { throw ValidationError("--length has to be positive") }
        guard chunk > 0 else { throw ValidationError("--chunk has to be positive") }
    }

    /// The element-wise products. They are lazy: each chunk is made, multiplied and added up in one pass, by one task, whose partial sum
    /// stays where it is until it is combined with its neighbours'.
    private func products(_ session: Session) -> NDArray<Int> {
        let index = session.arange(0, length, chunks: .uniform(chunk))
        return (index - index / 1000 * 1000) * (index - index / 7 * 7)
    }

    func rows(_ session: Session) async throws -> [Row] {
        let products = products(session)
        if let store { try await products.write(npyChunks: store) }
        let dot = try await products.sum().item()
        if verify {
            let expected = (0..<length).reduce(0) { $0 + ($1 % 1000) * ($1 % 7) }
            try VerificationError.check(dot == expected, "the dot product is \(dot), by a plain loop \(expected)")
        }
        return [[.integer(length), .integer(dot)]]
    }

    func graph(_ session: Session) async throws -> (graph: Graph, outputs: [NodeID]) { try products(session).sum().graph() }
}
