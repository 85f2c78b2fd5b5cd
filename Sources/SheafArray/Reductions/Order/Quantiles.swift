internal import SheafCore

/// How a quantile between two elements is computed; the names of NumPy's `method`.
public enum QuantileMethod: String, Sendable, CaseIterable {
    case linear, lower, higher, midpoint, nearest, hazen, weibull
    case medianUnbiased = "median_unbiased"
    case normalUnbiased = "normal_unbiased"
    case invertedCDF = "inverted_cdf"
    case averagedInvertedCDF = "averaged_inverted_cdf"
    case closestObservation = "closest_observation"
    case interpolatedInvertedCDF = "interpolated_inverted_cdf"

    /// The positions in sorted order of the elements on both sides, and the share of the second.
    func place(_ quantile: Double, of count: Int) -> (below: Int, above: Int, share: Double) {
        let n = Double(count), last = count - 1
        func between(_ position: Double, _ fix: (Double) -> Double = { $0 }) -> (Int, Int, Double) {
            if position >= Double(last) { return (last, last, 0) }
            if position < 0 { return (0, 0, 0) }
            let below = position.rounded(.down)
            return (Int(below), Int(below) + 1, fix(position - below))
        }
        func at(_ position: Double) -> (Int, Int, Double) {
            let index = Swift.min(Swift.max(Int(position), 0), last)
            return (index, index, 0)
        }
        // Hyndman and Fan's parameters.
        func fitted(_ alpha: Double, _ beta: Double) -> (Int, Int, Double) {
            between(n * quantile + (alpha + quantile * (1 - alpha - beta)) - 1)
        }
        let position = Double(last) * quantile
        switch self {
        case .linear: return between(position)
        case .lower: return at(position.rounded(.down))
        case .higher: return at(position.rounded(.up))
        case .nearest: return at(position.rounded(.toNearestOrEven))
        case .midpoint: return between(0.5 * (position.rounded(.down) + position.rounded(.up))) { $0 == 0 ? 0 : 0.5 }
        case .hazen: return fitted(0.5, 0.5)
        case .weibull: return fitted(0, 0)
        case .medianUnbiased: return fitted(1.0 / 3, 1.0 / 3)
        case .normalUnbiased: return fitted(3.0 / 8, 3.0 / 8)
        case .interpolatedInvertedCDF: return between(n * quantile - 1)
        case .averagedInvertedCDF: return between(n * quantile - 1) { $0 == 0 ? 0.5 : 1 }
        case .invertedCDF: return at((n * quantile - 1).rounded(.up))
        case .closestObservation:
            let index = n * quantile - 1.5, below = index.rounded(.down)
            return at(index == below && below.truncatingRemainder(dividingBy: 2) == 1 ? below : below + 1)
        }
    }
}

extension NDArray where Scalar: ArrayFloat {
    /// Quantiles along `axes` (by default all), exact; NaN where an element is NaN.
    ///
    /// The array is cut so that a chunk holds the axes as a whole, and each line is partly sorted: along all axes one task holds the whole
    /// array, twice.
    ///
    /// - Parameters:
    ///   - quantiles: from 0 to 1. They are the result's first axis.
    ///   - axes: negative ones count from the last.
    ///   - method: how to interpolate between elements.
    ///   - keepingDimensions: whether the axes stay, with length 1.
    /// - Note: A quantile outside 0...1, or quantiles of no elements, are a ``PlanError`` (`.invalidArgument`) when run.
    public func quantile(
        _ quantiles: [Double], axes: [Int]? = nil, method: QuantileMethod = .linear, keepingDimensions: Bool = false,
        fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray {
        self.quantiles(quantiles, leading: true, axes, method, keepingDimensions, skippingNaN: false, "quantile", fileID, line)
    }

    /// One quantile along `axes` (by default all); without an axis for quantiles.
    public func quantile(
        _ quantile: Double, axes: [Int]? = nil, method: QuantileMethod = .linear, keepingDimensions: Bool = false,
        fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray {
        quantiles([quantile], leading: false, axes, method, keepingDimensions, skippingNaN: false, "quantile", fileID, line)
    }

    /// Quantiles of the elements that are not NaN; NaN where all are.
    public func nanQuantile(
        _ quantiles: [Double], axes: [Int]? = nil, method: QuantileMethod = .linear, keepingDimensions: Bool = false,
        fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray {
        self.quantiles(quantiles, leading: true, axes, method, keepingDimensions, skippingNaN: true, "nanQuantile", fileID, line)
    }

    /// Percentiles, from 0 to 100; see ``quantile(_:axes:method:keepingDimensions:fileID:line:)-…``.
    public func percentile(
        _ percentiles: [Double], axes: [Int]? = nil, method: QuantileMethod = .linear, keepingDimensions: Bool = false,
        fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray {
        quantiles(
            percentiles.map { $0 / 100 }, leading: true, axes, method, keepingDimensions, skippingNaN: false, "percentile", fileID, line)
    }

    /// One percentile, from 0 to 100; without an axis for percentiles.
    public func percentile(
        _ percentile: Double, axes: [Int]? = nil, method: QuantileMethod = .linear, keepingDimensions: Bool = false,
        fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray {
        quantiles([percentile / 100], leading: false, axes, method, keepingDimensions, skippingNaN: false, "percentile", fileID, line)
    }

    /// Medians along `axes` (by default all): the middle elements, or the means of the two in the middle. NaN where an element is NaN.
    public func median(
        axes: [Int]? = nil, keepingDimensions: Bool = false, fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray {
        quantiles([0.5], leading: false, axes, .linear, keepingDimensions, skippingNaN: false, "median", fileID, line)
    }

    /// Medians of the elements that are not NaN; NaN where all are.
    public func nanMedian(
        axes: [Int]? = nil, keepingDimensions: Bool = false, fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray {
        quantiles([0.5], leading: false, axes, .linear, keepingDimensions, skippingNaN: true, "nanMedian", fileID, line)
    }

    private func quantiles(
        _ quantiles: [Double], leading: Bool, _ axes: [Int]?, _ method: QuantileMethod, _ keepingDimensions: Bool, skippingNaN: Bool,
        _ name: String, _ fileID: StaticString, _ line: UInt
    ) -> NDArray {
        let location = SourceLocation(fileID: fileID, line: line)
        let axes = Axes(axes, rank: rank, operation: name, location: location)
        var problem = axes.problem
        if problem == nil, let wrong = quantiles.first(where: { !($0 >= 0 && $0 <= 1) }) {
            problem = PlanError(
                .invalidArgument, "“\(name)” of \(wrong)", node: name, location: location,
                hint: "quantiles lie between 0 and 1, percentiles between 0 and 100")
        }
        if problem == nil, zip(shape, axes.isSelected).contains(where: { $0 == 0 && $1 }) {
            problem = PlanError(.invalidArgument, "“\(name)” of no elements: the shape is \(shape)", node: name, location: location)
        }
        let isReduced = axes.isSelected, reduced = isReduced.indices.filter { isReduced[$0] }
        let kept = isReduced.indices.filter { !isReduced[$0] }
        let whole = node.recut(ChunkGrid(node.grid.chunks.indices.map { isReduced[$0] ? [shape[$0]] : node.grid.chunks[$0] }))
        let rest = node.grid.chunks.indices.filter { keepingDimensions || !isReduced[$0] }
            .map { isReduced[$0] ? [1] : node.grid.chunks[$0] }
        let grid = ChunkGrid((leading ? [[quantiles.count]] : []) + rest)
        return NDArray(
            session,
            TaskNode<Scalar>(Operation(name), grid: grid, after: [whole], location: location, problem: problem) { lowering in
                try lowering.consume(
                    whole, [Operation(name)], location: location,
                    cost: { region in
                        let bytes = region.count * MemoryLayout<Scalar>.stride, length = reduced.reduce(1) { $0 * region.shape[$1] }
                        return Cost(resultBytes: bytes / Swift.max(length, 1) * quantiles.count, workingBytes: 2 * bytes)
                    }
                ) { _, reader in
                    let region = reader.region
                    let chunk = try DenseArray<Scalar>(shape: region.shape) { buffer in
                        if let base = buffer.baseAddress { try reader.readAll(into: UnsafeMutableRawPointer(base)) }
                    }
                    let rows = chunk.transposed(kept + reduced), length = reduced.reduce(1) { $0 * region.shape[$1] }
                    let rest = (0..<region.shape.count).filter { keepingDimensions || !isReduced[$0] }
                        .map { isReduced[$0] ? 1 : region.shape[$0] }
                    return TypedValue(
                        quantilesOfRows(rows, length, quantiles, method, skippingNaN).reshaped((leading ? [quantiles.count] : []) + rest))
                }
            })
    }
}

extension NDArray where Scalar: ArrayInteger {
    /// Quantiles along `axes` (by default all), of the elements as `Double`.
    public func quantile(
        _ quantiles: [Double], axes: [Int]? = nil, method: QuantileMethod = .linear, keepingDimensions: Bool = false,
        fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray<Double> {
        cast(to: Double.self, fileID: fileID, line: line)
            .quantile(quantiles, axes: axes, method: method, keepingDimensions: keepingDimensions, fileID: fileID, line: line)
    }

    /// Medians along `axes` (by default all), of the elements as `Double`.
    public func median(
        axes: [Int]? = nil, keepingDimensions: Bool = false, fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray<Double> {
        cast(to: Double.self, fileID: fileID, line: line)
            .median(axes: axes, keepingDimensions: keepingDimensions, fileID: fileID, line: line)
    }
}

/// The quantiles of each row of `length` elements; they are the result's first axis.
private func quantilesOfRows<Scalar: ArrayFloat>(
    _ rows: DenseArray<Scalar>, _ length: Int, _ quantiles: [Double], _ method: QuantileMethod, _ skippingNaN: Bool
) -> DenseArray<Scalar> {
    let count = length == 0 ? 0 : rows.count / length
    let scratch = UnsafeMutablePointer<Scalar>.allocate(capacity: Swift.max(length, 1))
    defer { scratch.deallocate() }
    return DenseArray<Scalar>(shape: [quantiles.count, count]) { out in
        rows.withUnsafeBufferPointer { elements in
            guard let base = elements.baseAddress else { return }
            for row in 0..<count {
                scratch.initialize(from: base + row * length, count: length)
                let valid = Scalar.sumOfValid(scratch, length).valid
                guard valid > 0, skippingNaN || valid == length else {
                    for index in quantiles.indices { out.initializeElement(at: index * count + row, to: .nan) }
                    continue
                }
                let places = quantiles.map { method.place($0, of: valid) }
                // NaNs count as last, so that the positions of the others are as if there were none.
                var done = 0
                for position in Set(places.flatMap { [$0.below, $0.above] }).sorted() {
                    Scalar.selectLoop(scratch + done, length - done, position: position - done)
                    done = position
                }
                for (index, place) in places.enumerated() {
                    let a = scratch[place.below], b = scratch[place.above], share = Scalar(doubleValue: place.share)
                    let difference = b - a
                    let value = place.below == place.above ? a : place.share >= 0.5 ? b - difference * (1 - share) : a + difference * share
                    out.initializeElement(at: index * count + row, to: value)
                }
            }
        }
    }
}
