import Foundation

/// Maps times to widths so that equal ratios are equally long.
struct LogScale {
    /// Both are powers of ten.
    let low: Double
    let high: Double
    let width: Double

    /// A scale from the power of ten below the least value to the one above the greatest.
    ///
    /// A bar's length means nothing on such a scale, only where it ends: so the least bar still gets at least a fifth of a decade.
    init(values: [Double], width: Double) {
        let least = values.min() ?? 1, greatest = values.max() ?? 10
        low = pow(10, floor(log10(least) - 0.2))
        high = max(pow(10, ceil(log10(greatest) + 0.01)), low * 10)
        self.width = width
    }

    func position(_ value: Double) -> Double {
        width * min(max(log10(value / low) / log10(high / low), 0), 1)
    }

    var decades: [Double] {
        (0...Int(log10(high / low).rounded())).map { low * pow(10, Double($0)) }
    }
}
