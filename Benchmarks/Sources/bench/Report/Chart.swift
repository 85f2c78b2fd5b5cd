import Foundation

/// The results as horizontal bars on a logarithmic scale, grouped by job: one panel for the time per tiny task, one for
/// the jobs on data. A single SVG file without scripts, fonts or anything else from outside.
struct Chart {
    let results: Results

    var svg: String {
        let panels = [
            Panel(title: "Tiny tasks: time per task, graph building included", jobs: jobs { $0.isPerTask }, results: results),
            Panel(title: "Jobs on data: wall time", jobs: jobs { !$0.isPerTask && $0.group == .bags }, results: results),
            Panel(title: "Arrays: wall time", jobs: jobs { !$0.isPerTask && $0.group == .arrays }, results: results),
            Panel(title: "Tables: wall time", jobs: jobs { !$0.isPerTask && $0.group == .tables }, results: results),
        ].filter { !$0.isEmpty }

        var body: [String] = []
        var y = Style.headerHeight
        for panel in panels {
            body += panel.elements(top: y)
            y += panel.height
        }
        let height = y + Style.footerHeight
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Style.width) \(height)" width="\(Style.width)" \
            height="\(height)" role="img" aria-label="Times of Sheaf and its peers" font-family="\(Style.font)">
            <rect width="100%" height="100%" fill="\(Style.background)"/>
            \(Element.text("Sheaf and its peers", x: Style.margin, y: 34, size: 20, weight: 600))
            \(Element.text("Shorter is better; logarithmic scale. × is the peer's time divided by Sheaf's.", x: Style.margin, y: 56, color: Style.muted))
            \(body.joined(separator: "\n"))
            \(Element.text(results.machine.summary, x: Style.margin, y: height - 14, size: 11, color: Style.muted))
            </svg>

            """
    }

    private func jobs(where included: (Job) -> Bool) -> [Job] { results.jobs.filter(included) }
}

// MARK: - Panel

/// Groups of bars that share one scale.
private struct Panel {
    let title: String
    /// Only bars: what has no time is in the table.
    let groups: [(job: Job, rows: [Row])]
    let scale: LogScale

    init(title: String, jobs: [Job], results: Results) {
        self.title = title
        groups = jobs.map { job in (job, results.rows(of: job).filter { $0.median != nil }) }.filter { !$0.rows.isEmpty }
        scale = LogScale(values: groups.flatMap { $0.rows.compactMap(\.median) }, width: Style.plotWidth)
    }

    var isEmpty: Bool { groups.isEmpty }

    var height: Int {
        Style.panelHeader + groups.reduce(0) { $0 + Style.groupHeader + $1.rows.count * Style.barStep } + Style.axisHeight
    }

    func elements(top: Int) -> [String] {
        let plotTop = top + Style.panelHeader
        let plotBottom = top + height - Style.axisHeight
        var elements = [Element.text(title, x: Style.margin, y: top + 20, size: 15, weight: 600)]
        for decade in scale.decades {
            let x = Style.plotLeft + scale.position(decade)
            elements.append(Element.line(x: x, from: plotTop, to: plotBottom))
            let label = Format.duration(decade, exact: true)
            elements.append(Element.text(label, x: x, y: plotBottom + 16, size: 11, color: Style.muted, anchor: "middle"))
        }
        var y = plotTop
        for (job, rows) in groups {
            elements.append(Element.text(job.title, x: Style.margin, y: y + 18, size: 13, weight: 600, halo: true))
            y += Style.groupHeader
            for row in rows {
                elements += bar(row, y: y)
                y += Style.barStep
            }
        }
        return elements
    }

    private func bar(_ row: Row, y: Int) -> [String] {
        guard let median = row.median else { return [] }
        let width = scale.position(median)
        let ratio = row.peer == .sheaf ? "" : row.ratio.map { "  " + Format.ratio($0) } ?? ""
        let color = row.peer == .sheaf ? Style.sheaf : row.peer.isSheaf ? Style.sheafLight : Style.peer
        let weight = row.peer == .sheaf ? 600 : 400
        let baseline = y + Style.barHeight - 4
        return [
            Element.text(row.peer.title, x: Style.plotLeft - 10, y: baseline, weight: weight, anchor: "end"),
            Element.bar(x: Style.plotLeft, y: y, width: width, color: color),
            Element.text(
                Format.duration(median) + ratio, x: Style.plotLeft + width + 7, y: baseline, weight: weight, halo: true),
        ]
    }
}

// MARK: - Drawing

private enum Style {
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

private enum Element {
    /// - Parameter halo: Whether to paint a rim in the background's colour, where grid lines run behind the text.
    static func text(
        _ text: String, x: Double, y: Int, size: Int = 12, weight: Int = 400, color: String = Style.ink, anchor: String = "start",
        halo: Bool = false
    ) -> String {
        let rim = halo ? " paint-order=\"stroke\" stroke=\"\(Style.background)\" stroke-width=\"4\"" : ""
        return "<text x=\"\(number(x))\" y=\"\(y)\" font-size=\"\(size)\" font-weight=\"\(weight)\" fill=\"\(color)\" "
            + "text-anchor=\"\(anchor)\"\(rim) xml:space=\"preserve\">\(escaped(text))</text>"
    }

    static func line(x: Double, from top: Int, to bottom: Int) -> String {
        "<line x1=\"\(number(x))\" x2=\"\(number(x))\" y1=\"\(top)\" y2=\"\(bottom)\" stroke=\"\(Style.grid)\"/>"
    }

    static func bar(x: Double, y: Int, width: Double, color: String) -> String {
        "<rect x=\"\(number(x))\" y=\"\(y)\" width=\"\(number(width))\" height=\"\(Style.barHeight)\" rx=\"2\" fill=\"\(color)\"/>"
    }

    private static func number(_ value: Double) -> String { String(format: "%.1f", value) }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }
}
