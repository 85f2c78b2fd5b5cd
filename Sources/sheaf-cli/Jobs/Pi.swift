import ArgumentParser
import Sheaf

struct Pi: BagJob {
    static let name = "pi"
    static let abstract = "Estimate π by drawing random points in a square."
    static let columns = ["samples", "pi", "error"]

    @Option(help: "Points to draw.")
    var samples = 100_000_000

    func validate() throws {
        guard samples > 0 else { throw ValidationError("--samples has to be positive") }
    }

    func plan(_ session: Session) async throws -> Bag<Row> {
        // The pieces do not depend on the number of workers, so neither does the estimate.
        let size = 1 << 20
        let pieces = stride(from: 0, to: samples, by: size).map { start in
            Piece(samples: samples, count: min(size, samples - start), seed: session.options.seed, stream: start / size)
        }
        return session.bag(pieces).map(Self.draw).reduceByKey(.sum, partitions: 1).map(Self.row)
    }

    /// A part of the points.
    struct Piece: Codable, Sendable {
        let samples: Int
        let count: Int
        let seed: UInt64
        let stream: Int
    }

    static let draw = Function("pi.draw") { (piece: Piece) -> (Int, Int) in
        (piece.samples, hits(among: piece.count, SplitMix64(seed: piece.seed, stream: piece.stream)))
    }
    static let row = Function("pi.row") { (samples: Int, hits: Int) -> Row in
        let estimate = 4 * Double(hits) / Double(samples)
        return [.integer(samples), .real(estimate), .real(abs(estimate - .pi))]
    }
    static let functions: [any RegisteredFunction] = [draw, row]

    /// How many of `count` random points of the unit square lie within the quarter circle.
    static func hits(among count: Int, _ generator: SplitMix64) -> Int {
        var generator = generator
        var hits = 0
        for _ in 0..<count {
            let bits = generator.next()
            let x = Double(bits >> 32) * 0x1p-32, y = Double(bits & 0xFFFF_FFFF) * 0x1p-32
            if x * x + y * y < 1 { hits += 1 }
        }
        return hits
    }
}
