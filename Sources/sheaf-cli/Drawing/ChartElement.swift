import Foundation

/// The look of all charts.
enum ChartStyle {
    static let width = 900
    static let margin = 24.0
    static let plotLeft = 190.0
    /// Leaves room for the label behind the longest bar.
    static let plotWidth = Double(width) - plotLeft - 110
    static let headerHeight = 76
    static let panelHeader = 36
    static let groupHeader = 28
    static let barHeight = 16
    static let barStep = 20
    static let axisHeight = 44
    static let footerHeight = 32

    static let font = "system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif"
    static let background = "#ffffff"
    static let ink = "#1f2933"
    static let muted = "#616e7c"
    static let grid = "#e4e7eb"
    static let sheaf = "#d9480f"
    static let sheafLight = "#f4a77e"
    static let peer = "#9aa5b1"
}

/// Pieces of an SVG file.
enum ChartElement {
    /// - Parameter halo: Whether to paint a rim in the background's colour, where grid lines run behind the text.
    static func text(
        _ text: String, x: Double, y: Int, size: Int = 12, weight: Int = 400, color: String = ChartStyle.ink, anchor: String = "start",
        halo: Bool = false
    ) -> String {
        let rim = halo ? " paint-order=\"stroke\" stroke=\"\(ChartStyle.background)\" stroke-width=\"4\"" : ""
        return "<text x=\"\(number(x))\" y=\"\(y)\" font-size=\"\(size)\" font-weight=\"\(weight)\" fill=\"\(color)\" "
            + "text-anchor=\"\(anchor)\"\(rim) xml:space=\"preserve\">\(escaped(text))</text>"
    }

    static func line(x: Double, from top: Int, to bottom: Int) -> String {
        "<line x1=\"\(number(x))\" x2=\"\(number(x))\" y1=\"\(top)\" y2=\"\(bottom)\" stroke=\"\(ChartStyle.grid)\"/>"
    }

    static func bar(x: Double, y: Int, width: Double, color: String) -> String {
        "<rect x=\"\(number(x))\" y=\"\(y)\" width=\"\(number(width))\" height=\"\(ChartStyle.barHeight)\" rx=\"2\" fill=\"\(color)\"/>"
    }

    private static func number(_ value: Double) -> String { String(format: "%.1f", value) }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }
}
