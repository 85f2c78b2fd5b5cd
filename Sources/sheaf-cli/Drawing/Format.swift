import Foundation

/// Numbers as a person reads them, in tables and in the chart.
///
/// Measured numbers keep their zeros (`1.00 s`), since those tell how exact they are; given ones (`exact`) do not (`1 s`).
enum Format {
    /// Three significant digits and the unit that suits: `79.3 ns`, `0.38 s` reads `380 ms`.
    static func duration(_ seconds: Double, exact: Bool = false) -> String {
        let (value, unit) =
            switch seconds {
            case ..<0.999_5e-6: (seconds * 1e9, "ns")
            case ..<0.999_5e-3: (seconds * 1e6, "µs")
            case ..<0.999_5: (seconds * 1e3, "ms")
            default: (seconds, "s")
            }
        return number(value, digits: 3, exact: exact) + " " + unit
    }

    static func ratio(_ ratio: Double, exact: Bool = false) -> String { number(ratio, digits: 2, exact: exact) + "×" }

    /// In millions of bytes.
    static func memory(_ bytes: Double) -> String { "\(Int((bytes / 1e6).rounded())) MB" }

    /// Rounds to some significant digits, without a fraction where whole digits are enough.
    private static func number(_ value: Double, digits: Int, exact: Bool) -> String {
        guard value > 0 else { return "0" }
        // Rounded before its digits are counted: 0.9999 is 1.00, not 1.000.
        let step = pow(10, floor(log10(value)) - Double(digits - 1))
        let rounded = (value / step).rounded() * step
        let fraction = max(0, digits - 1 - Int(floor(log10(rounded) + 1e-9)))
        let text = String(format: "%.\(fraction)f", rounded)
        guard exact, fraction > 0 else { return text }
        let trimmed = text.reversed().drop { $0 == "0" }.drop { $0 == "." }
        return String(trimmed.reversed())
    }
}
