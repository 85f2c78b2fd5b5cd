import ArgumentParser
import Foundation
import Sheaf

/// How many of `--size` random points of the unit square lie in the quarter circle; a node draws a million.
struct MonteCarlo<On: MeasuredEngine>: EngineJob {
    static var job: String { "monte-carlo" }
    @OptionGroup var options: EngineOptions

    func work(_ session: Session, _: Void) async throws -> Double {
        let pieces = pieces(of: options.size, 1_000_000)
        return 4 * Double(try await session.compute(session.map(MonteCarloFunctions.draw, over: pieces)).reduce(0, +))
            / Double(options.size)
    }

    /// As exactly as all peers agree, each with random numbers of its own.
    func check(_ pi: Double) -> (check: String, items: Int) { (String(format: "%.2f", pi), options.size) }
}

enum MonteCarloFunctions {
    static let draw = Function("bench.monte-carlo.draw") { (piece: Piece) -> Int in
        var generator = SplitMix64(seed: 1, stream: piece.start)
        var hits = 0
        for _ in 0..<piece.count {
            let bits = generator.next()
            let x = Double(bits >> 32) * 0x1p-32, y = Double(bits & 0xFFFF_FFFF) * 0x1p-32
            if x * x + y * y < 1 { hits += 1 }
        }
        return hits
    }
}

/// The sum of the distances, in kilometres, of `--size` pairs of places on the globe; a node takes 100,000.
struct Haversine<On: MeasuredEngine>: EngineJob {
    static var job: String { "haversine" }
    @OptionGroup var options: EngineOptions

    func work(_ session: Session, _: Void) async throws -> Double {
        let pieces = pieces(of: options.size, 100_000)
        return try await session.compute(session.map(HaversineFunctions.distances, over: pieces)).reduce(0, +)
    }

    func check(_ sum: Double) -> (check: String, items: Int) { (String(format: "%.6e", sum), options.size) }
}

enum HaversineFunctions {
    static let distances = Function("bench.haversine.distances") { (piece: Piece) -> Double in
        var sum = 0.0
        for number in piece.start..<piece.start + piece.count {
            sum += distance(
                Double(number * 37 % 180 - 90), Double(number * 91 % 360 - 180), Double(number * 53 % 180 - 90),
                Double(number * 29 % 360 - 180))
        }
        return sum
    }

    /// Of two places, given by latitude and longitude in degrees.
    private static func distance(_ latitude: Double, _ longitude: Double, _ otherLatitude: Double, _ otherLongitude: Double) -> Double {
        let degree = Double.pi / 180
        let rise = sin((otherLatitude - latitude) * degree / 2), turn = sin((otherLongitude - longitude) * degree / 2)
        let a = rise * rise + cos(latitude * degree) * cos(otherLatitude * degree) * turn * turn
        return 2 * 6371 * asin(a.squareRoot())
    }
}

/// A range of numbers, which a node goes through.
struct Piece: Codable, Sendable {
    let start: Int
    let count: Int
}

private func pieces(of total: Int, _ size: Int) -> [Piece] {
    stride(from: 0, to: total, by: size).map { Piece(start: $0, count: min(size, total - $0)) }
}
