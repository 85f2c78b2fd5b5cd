internal import SheafCore

/// How numbers are sorted into bins.
public enum HistogramBins: Sendable, Hashable {
    /// So many bins of the same width.
    case uniform(Int, ClosedRange<Double>)
    /// From each edge up to, but not including, the next; the last bin includes the last edge.
    case edges([Double])

    /// One more than there are bins.
    public var edges: [Double] {
        switch self {
        case .edges(let edges): return edges
        case .uniform(let count, let range):
            let step = (range.upperBound - range.lowerBound) / Double(Swift.max(count, 1))
            return (0..<Swift.max(count, 0)).map { range.lowerBound + Double($0) * step } + [range.upperBound]
        }
    }

    /// Bins.
    public var count: Int { edges.count - 1 }

    func problem(_ location: SourceLocation) -> PlanError? {
        let edges = edges
        if edges.count > 1, zip(edges, edges.dropFirst()).allSatisfy({ $0 < $1 }), edges.allSatisfy(\.isFinite) { return nil }
        return PlanError(
            .invalidArgument, "“histogram” with the bins \(self)", node: "histogram", location: location,
            hint: "there must be at least one bin, and finite edges that increase")
    }

    /// Calls `add` with the bin and the position of each element; NaN and what is outside belongs to none.
    @inline(__always)
    func fill(
        _ elements: UnsafePointer<Double>, _ count: Int, _ edges: UnsafeBufferPointer<Double>, _ add: (Int, Int) -> Void
    ) {
        let last = edges.count - 1
        let first = edges[0], end = edges[last]
        var scale: Double?
        if case .uniform = self { scale = Double(last) / (end - first) }
        for position in 0..<count {
            let element = elements[position]
            guard element >= first, element <= end else { continue }
            var bin: Int
            if let scale {
                // Near an edge the product may be one off.
                bin = Swift.min(Int((element - first) * scale), last - 1)
                if element < edges[bin] { bin -= 1 }
                if bin + 1 < last, element >= edges[bin + 1] { bin += 1 }
            } else {
                var low = 0, high = last
                while high - low > 1 {
                    let middle = (low + high) / 2
                    if edges[middle] <= element { low = middle } else { high = middle }
                }
                bin = low
            }
            add(bin, position)
        }
    }
}

extension NDArray where Scalar: ArrayReal {
    /// How many elements lie in each bin; in one pass, fused with the element-wise operations before. Elements are compared as `Double`.
    ///
    /// NaN, and elements outside the bins, are not counted. For bins that fit the elements see ``histogramBins(_:)``.
    ///
    /// - Note: Bins whose edges do not increase are a ``PlanError`` (`.invalidArgument`) when run.
    public func histogram(_ bins: HistogramBins, fileID: StaticString = #fileID, line: UInt = #line) -> NDArray<Int> {
        let location = SourceLocation(fileID: fileID, line: line), problem = bins.problem(location), edges = bins.edges
        return cast(to: Double.self, fileID: fileID, line: line)
            .totalling("histogram", bins.count, zero: 0, location, problem, add: { $0 + $1 }) { elements, count, totals in
                edges.withUnsafeBufferPointer { edges in
                    bins.fill(elements, count, edges) { bin, _ in totals[bin] += 1 }
                }
            }
    }

    /// The sum of the weights of the elements in each bin.
    ///
    /// - Parameters:
    ///   - weights: broadcast against the elements; 1 if there are none.
    ///   - density: whether to divide by the sum of all and by the bins' widths, so that the integral over the bins is 1.
    public func histogram(
        _ bins: HistogramBins, weights: NDArray<Double>?, density: Bool = false, fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray<Double> {
        let location = SourceLocation(fileID: fileID, line: line), edges = bins.edges
        let totals: NDArray<Double>
        if let weights {
            totals = cast(to: Double.self, fileID: fileID, line: line).weighted(by: weights, "histogram", location)
                .totalling("histogram", bins.count, zero: 0, bins.problem(location)) { elements, count, totals in
                    edges.withUnsafeBufferPointer { edges in
                        for position in 0..<count {
                            var value = elements[position].value
                            bins.fill(&value, 1, edges) { bin, _ in totals[bin] += elements[position].weight }
                        }
                    }
                }
        } else {
            totals = histogram(bins, fileID: fileID, line: line).cast(to: Double.self, fileID: fileID, line: line)
        }
        guard density else { return totals }
        let widths = session.array(zip(edges, edges.dropFirst()).map { $1 - $0 }, fileID: fileID, line: line)
        return totals / (widths * (totals.sum(fileID: fileID, line: line) as NDArray<Double>))
    }

    /// Bins of the same width from the least element to the greatest; runs the plan once to find them.
    ///
    /// As for NumPy the bins of elements that are all the same reach half a unit to both sides, and those of no elements from 0 to 1.
    ///
    /// - Throws: as ``compute()``; ``PlanError`` (`.invalidArgument`) when an element is not finite, or there is to be no bin.
    public func histogramBins(_ count: Int, fileID: StaticString = #fileID, line: UInt = #line) async throws -> HistogramBins {
        let location = SourceLocation(fileID: fileID, line: line)
        guard count > 0 else {
            throw PlanError(.invalidArgument, "“histogram” with \(count) bins", node: "histogram", location: location)
        }
        try validated()
        if self.count == 0 { return .uniform(count, 0...1) }
        let both = try await bounds(fileID, line).compute().elements
        guard both[0].isFinite, both[1].isFinite else {
            throw PlanError(
                .invalidArgument, "no bins reach from \(both[0]) to \(both[1])", node: "histogram", location: location,
                hint: "give the range, or leave out what is not finite")
        }
        return both[0] == both[1] ? .uniform(count, both[0] - 0.5...both[1] + 0.5) : .uniform(count, both[0]...both[1])
    }

    /// The least and the greatest element, in one pass.
    private func bounds(_ fileID: StaticString, _ line: UInt) -> NDArray<Double> {
        let location = SourceLocation(fileID: fileID, line: line)
        return totalling(
            "bounds", 2, zero: -Double.infinity, location, nil, add: { $0 > $1 || $0.isNaN ? $0 : $1 }
        ) { elements, count, totals in
            let least = -Scalar.least(elements, count).doubleValue, greatest = Scalar.greatest(elements, count).doubleValue
            totals[0] = totals[0] > least || totals[0].isNaN ? totals[0] : least
            totals[1] = totals[1] > greatest || totals[1].isNaN ? totals[1] : greatest
        }.combine(with: session.array([-1.0, 1.0], fileID: fileID, line: line)) { $0 * $1 }
    }
}

extension NDArray where Scalar: ArrayInteger {
    /// How often each of the numbers from 0 up to, but not including, `length` occurs.
    ///
    /// - Note: An element below zero or from `length` on fails the run as a ``TaskError``.
    public func bincount(length: Int, fileID: StaticString = #fileID, line: UInt = #line) -> NDArray<Int> {
        let location = SourceLocation(fileID: fileID, line: line)
        return cast(to: Int.self, fileID: fileID, line: line)
            .totalling("bincount", length, zero: 0, location, Self.problem(length, location), add: { $0 &+ $1 }) {
                elements, count, totals in
                for position in 0..<count { totals[try checked(elements[position], length)] += 1 }
            }
    }

    /// The sums of the weights of each of the numbers from 0 up to, but not including, `length`.
    public func bincount(
        length: Int, weights: NDArray<Double>, fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray<Double> {
        let location = SourceLocation(fileID: fileID, line: line)
        return cast(to: Int.self, fileID: fileID, line: line).weighted(by: weights, "bincount", location)
            .totalling("bincount", length, zero: 0, Self.problem(length, location)) { elements, count, totals in
                for position in 0..<count { totals[try checked(elements[position].value, length)] += elements[position].weight }
            }
    }

    /// How often each number from 0 to the greatest element occurs; runs the plan once to find that.
    ///
    /// - Throws: as ``compute()``.
    public func bincount(
        minimumLength: Int = 0, fileID: StaticString = #fileID, line: UInt = #line
    ) async throws -> NDArray<Int> {
        try validated()
        let greatest = count == 0 ? -1 : try await max(fileID: fileID, line: line).cast(to: Int.self).item()
        return bincount(length: Swift.max(greatest + 1, minimumLength), fileID: fileID, line: line)
    }

    private static func problem(_ length: Int, _ location: SourceLocation) -> PlanError? {
        length >= 0 ? nil : PlanError(.invalidArgument, "“bincount” of \(length) bins", node: "bincount", location: location)
    }
}

private func checked(_ element: Int, _ length: Int) throws -> Int {
    if element >= 0, element < length { return element }
    throw TaskError(.invalidArgument, "“bincount” of \(length) bins has none for \(element)", node: "bincount")
}
