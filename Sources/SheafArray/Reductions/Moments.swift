/// The number, the mean and the sum of squared differences from the mean of some elements, all that variances need.
///
/// Two such are joined by the formulas of Chan, Golub and LeVeque; the sums are compensated, so that joining many tiles does not add up
/// rounding errors.
struct Moments: Sendable {
    private(set) var count = 0
    private var center = CompensatedSum<Double>.zero
    private var squares = CompensatedSum<Double>.zero

    var mean: Double { center.total }
    var sumOfSquares: Double { squares.total }

    init() {}

    init(count: Int, mean: Double, sumOfSquares: Double) {
        self.count = count
        center.sum = mean
        squares.sum = sumOfSquares
    }

    mutating func join(_ count: Int, _ mean: Double, _ sumOfSquares: Double) {
        if count == 0 { return }
        if self.count == 0 {
            self = Moments(count: count, mean: mean, sumOfSquares: sumOfSquares)
            return
        }
        let total = Double(self.count + count), share = Double(count) / total
        let distance = mean - center.sum - center.lost
        center.add(distance * share)
        squares.add(sumOfSquares)
        squares.add(distance * distance * share * Double(self.count))
        self.count += count
    }

    mutating func join(_ other: Moments) { join(other.count, other.mean, other.sumOfSquares) }

    /// The variance; NaN or infinite where the correction leaves nothing to divide by.
    func variance(correction: Double) -> Double { sumOfSquares / Swift.max(Double(count) - correction, 0) }
}
