public import SheafCore

/// Count, sum, mean, variance, smallest and largest of a set of numbers, computed in one pass.
///
/// Partial results are joined with the formulas of Chan, Golub and LeVeque (“Updating Formulae and a Pairwise Algorithm for Computing
/// Sample Variances”, 1979).
public struct Statistics: Sendable, Codable {
    public private(set) var count = 0
    public private(set) var mean = 0.0
    public private(set) var minimum = Double.infinity
    public private(set) var maximum = -Double.infinity
    private var total = CompensatedSum()
    /// The sum of squared deviations from the mean.
    private var deviation = 0.0

    public init() {}

    public var sum: Double { total.value }
    /// Over the whole population; `nan` for no elements.
    public var variance: Double { count > 0 ? deviation / Double(count) : .nan }
    public var standardDeviation: Double { variance.squareRoot() }
    /// Of a sample, with Bessel's correction; `nan` for fewer than two elements.
    public var sampleVariance: Double { count > 1 ? deviation / Double(count - 1) : .nan }

    public mutating func add(_ value: Double) {
        count += 1
        total.add(value)
        let delta = value - mean
        mean += delta / Double(count)
        deviation += delta * (value - mean)
        minimum = Swift.min(minimum, value)
        maximum = Swift.max(maximum, value)
    }

    public mutating func merge(_ other: Statistics) {
        guard other.count > 0 else { return }
        guard count > 0 else {
            self = other
            return
        }
        let delta = other.mean - mean
        let all = count + other.count
        deviation += other.deviation + delta * delta * Double(count) * Double(other.count) / Double(all)
        mean += delta * Double(other.count) / Double(all)
        count = all
        total.merge(other.total)
        minimum = Swift.min(minimum, other.minimum)
        maximum = Swift.max(maximum, other.maximum)
    }
}

/// How many numbers fall between neighbouring edges; the last interval includes its upper edge.
public struct Histogram: Sendable, Codable, Equatable {
    /// Ascending, one more than ``counts``.
    public let edges: [Double]
    public internal(set) var counts: [Int]
}

extension Bag where Element: BinaryInteger {
    /// The sum; 0 for an empty bag. Traps on overflow, as `+` does.
    @inlinable
    public func sum(fileID: StaticString = #fileID, line: UInt = #line) async throws -> Element {
        try await reduce(.sum, fileID: fileID, line: line) ?? 0
    }

    /// Count, mean, variance and extremes, as doubles.
    @inlinable
    public func stats(fileID: StaticString = #fileID, line: UInt = #line) async throws -> Statistics {
        try await mapping(Operation("double")) { Double($0) }.stats(fileID: fileID, line: line)
    }

    /// The mean; `nil` for an empty bag.
    @inlinable
    public func mean(fileID: StaticString = #fileID, line: UInt = #line) async throws -> Double? {
        try await mapping(Operation("double")) { Double($0) }.mean(fileID: fileID, line: line)
    }
}

extension Bag where Element == Double {
    /// The sum, with the rounding error of a few units in the last place whatever the count; 0 for an empty bag.
    @inlinable
    public func sum(fileID: StaticString = #fileID, line: UInt = #line) async throws -> Double {
        let location = SourceLocation(fileID: fileID, line: line)
        return try await folding(CompensatedSum(), Operation("sum"), location) {
            $0.add($1)
        } merge: {
            $0.merge($1)
        }.value
    }

    /// The mean; `nil` for an empty bag.
    @inlinable
    public func mean(fileID: StaticString = #fileID, line: UInt = #line) async throws -> Double? {
        try await reduce(.mean, fileID: fileID, line: line)
    }

    /// Count, mean, variance and extremes.
    @inlinable
    public func stats(fileID: StaticString = #fileID, line: UInt = #line) async throws -> Statistics {
        let location = SourceLocation(fileID: fileID, line: line)
        return try await folding(Statistics(), Operation("stats"), location) {
            $0.add($1)
        } merge: {
            $0.merge($1)
        }
    }

    /// How many elements fall into each of the intervals between `edges`; what lies outside, and `nan`, is not counted.
    public func histogram(edges: [Double], fileID: StaticString = #fileID, line: UInt = #line) async throws -> Histogram {
        guard edges.count >= 2, Swift.zip(edges, edges.dropFirst()).allSatisfy({ $0 < $1 }) else {
            throw PlanError(.invalidArgument, "the edges \(edges) of a histogram", hint: "give two or more, ascending")
        }
        let empty = Histogram(edges: edges, counts: Array(repeating: 0, count: edges.count - 1))
        return try await folding(empty, Operation("histogram"), SourceLocation(fileID: fileID, line: line)) { histogram, value in
            guard value >= edges[0], value <= edges[edges.count - 1] else { return }
            // Binary search for the last edge not above the value.
            var low = 0, high = edges.count - 1
            while high - low > 1 {
                let middle = (low + high) / 2
                if edges[middle] <= value { low = middle } else { high = middle }
            }
            histogram.counts[low] += 1
        } merge: { histogram, other in
            for index in other.counts.indices { histogram.counts[index] += other.counts[index] }
        }
    }

    /// A histogram of `bins` intervals of equal width between the smallest and the largest element, which takes a pass of its own.
    public func histogram(bins: Int, fileID: StaticString = #fileID, line: UInt = #line) async throws -> Histogram {
        guard bins > 0 else { throw PlanError(.invalidArgument, "a histogram of \(bins) bins", hint: "ask for one or more") }
        let stats = try await stats(fileID: fileID, line: line)
        guard stats.maximum > stats.minimum else {
            // All elements are equal, or none is a number.
            let middle = stats.minimum.isFinite ? stats.minimum : 0, half = Swift.max(0.5, middle.ulp * Double(bins))
            return try await histogram(
                edges: (0...bins).map { middle - half + 2 * half * (Double($0) / Double(bins)) }, fileID: fileID, line: line)
        }
        let width = stats.maximum - stats.minimum
        var edges = (0...bins).map { stats.minimum + width * Double($0) / Double(bins) }
        edges[bins] = stats.maximum
        return try await histogram(edges: edges, fileID: fileID, line: line)
    }
}

extension Bag where Element: Comparable {
    /// The smallest element; `nil` for an empty bag.
    @inlinable
    public func min(fileID: StaticString = #fileID, line: UInt = #line) async throws -> Element? {
        try await reduce(.min, fileID: fileID, line: line)
    }

    /// The largest element; `nil` for an empty bag.
    @inlinable
    public func max(fileID: StaticString = #fileID, line: UInt = #line) async throws -> Element? {
        try await reduce(.max, fileID: fileID, line: line)
    }
}
