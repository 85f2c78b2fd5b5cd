/// A job that was also written for the systems of ``PeerSystem``.
protocol PeerJob: Job {
    /// What the Python programs take: all that decides the result, defaults filled in. `nil` for options that they do not know.
    func peerArguments(seed: UInt64) -> [String]?

    /// By how much the columns that depend on random numbers may differ when both sides draw their own.
    var chance: [String: Double] { get }
}

extension PeerJob {
    var chance: [String: Double] { [:] }
}

/// Standard deviations by which two random results may be apart before one of them counts as wrong: chance does that once in millions.
private let deviations = 5.0

extension WordCount: PeerJob {
    func peerArguments(seed: UInt64) -> [String]? { files + (top.map { ["--top", String($0)] } ?? []) }
}

extension SumByKey: PeerJob {
    func peerArguments(seed: UInt64) -> [String]? { lenient ? nil : [file] }
}

extension Flights: PeerJob {
    func peerArguments(seed: UInt64) -> [String]? { [file, "--late", String(late)] }
}

extension Dot: PeerJob {
    func peerArguments(seed: UInt64) -> [String]? { store == nil ? ["--length", String(length), "--chunk", String(chunk)] : nil }
}

extension Pi: PeerJob {
    func peerArguments(seed: UInt64) -> [String]? { ["--samples", String(samples), "--seed", String(seed)] }

    /// Four times a share of n points, which is π/4 of them, deviates by 4 √(π/4 (1 − π/4) / n).
    var chance: [String: Double] {
        let share = Double.pi / 4
        let bound = deviations * (2 * 16 * share * (1 - share) / Double(samples)).squareRoot()
        return ["pi": bound, "error": bound]
    }
}

extension Matmul: PeerJob {
    func peerArguments(seed: UInt64) -> [String]? { ["--size", String(size), "--chunk", String(chunk), "--seed", String(seed)] }

    /// The sum of a product's elements is that of n products of a column's sum and a row's, each of which has mean n/2 and variance n/12:
    /// so it has variance n (2 (n/2)² n/12 + (n/12)²).
    var chance: [String: Double] {
        let n = Double(size)
        return ["sum": deviations * (2 * n * (n * n * n / 24 + n * n / 144)).squareRoot()]
    }
}
