import Foundation

/// The results as horizontal bars on a logarithmic scale, grouped by job: one panel for the time per tiny task, one for
/// the jobs on data. A single SVG file without scripts, fonts or anything else from outside.
struct Chart {
    let results: Results

    var svg: String {
        let panels = [
            Panel(
                title: "Tiny tasks: time per task, graph building included", jobs: jobs { $0.isPerTask && $0.group != .engines },
                results: results),
            Panel(title: "Jobs on data: wall time", jobs: jobs { !$0.isPerTask && $0.group == .bags }, results: results),
            Panel(title: "Arrays: wall time", jobs: jobs { !$0.isPerTask && $0.group == .arrays }, results: results),
            Panel(title: "Tables: wall time", jobs: jobs { !$0.isPerTask && $0.group == .tables }, results: results),
            Panel(title: "Other engines: time per call or node", jobs: jobs { $0.isPerTask && $0.group == .engines }, results: results),
            Panel(title: "Other engines: wall time", jobs: jobs { !$0.isPerTask && $0.group == .engines }, results: results),
        ].filter { !$0.isEmpty }

        var body: [String] = []
        var y = ChartStyle.headerHeight
        for panel in panels {
            body += panel.elements(top: y)
            y += panel.height
        }
        let height = y + ChartStyle.footerHeight
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(ChartStyle.width) \(height)" width="\(ChartStyle.width)" \
            height="\(height)" role="img" aria-label="Times of Sheaf and its peers" font-family="\(ChartStyle.font)">
            <rect width="100%" height="100%" fill="\(ChartStyle.background)"/>
            \(ChartElement.text("Sheaf and its peers", x: ChartStyle.margin, y: 34, size: 20, weight: 600))
            \(ChartElement.text("Shorter is better; logarithmic scale. × is the peer's time divided by Sheaf's.", x: ChartStyle.margin, y: 56, color: ChartStyle.muted))
            \(body.joined(separator: "\n"))
            \(ChartElement.text(results.machine.summary, x: ChartStyle.margin, y: height - 14, size: 11, color: ChartStyle.muted))
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
        scale = LogScale(values: groups.flatMap { $0.rows.compactMap(\.median) }, width: ChartStyle.plotWidth)
    }

    var isEmpty: Bool { groups.isEmpty }

    var height: Int {
        ChartStyle.panelHeader + groups.reduce(0) { $0 + ChartStyle.groupHeader + $1.rows.count * ChartStyle.barStep }
            + ChartStyle.axisHeight
    }

    func elements(top: Int) -> [String] {
        let plotTop = top + ChartStyle.panelHeader
        let plotBottom = top + height - ChartStyle.axisHeight
        var elements = [ChartElement.text(title, x: ChartStyle.margin, y: top + 20, size: 15, weight: 600)]
        for decade in scale.decades {
            let x = ChartStyle.plotLeft + scale.position(decade)
            elements.append(ChartElement.line(x: x, from: plotTop, to: plotBottom))
            let label = Format.duration(decade, exact: true)
            elements.append(ChartElement.text(label, x: x, y: plotBottom + 16, size: 11, color: ChartStyle.muted, anchor: "middle"))
        }
        var y = plotTop
        for (job, rows) in groups {
            elements.append(ChartElement.text(job.title, x: ChartStyle.margin, y: y + 18, size: 13, weight: 600, halo: true))
            y += ChartStyle.groupHeader
            for row in rows {
                elements += bar(row, y: y)
                y += ChartStyle.barStep
            }
        }
        return elements
    }

    private func bar(_ row: Row, y: Int) -> [String] {
        guard let median = row.median else { return [] }
        let width = scale.position(median)
        let ratio = row.peer == .sheaf ? "" : row.ratio.map { "  " + Format.ratio($0) } ?? ""
        let color = row.peer == .sheaf ? ChartStyle.sheaf : row.peer.isSheaf ? ChartStyle.sheafLight : ChartStyle.peer
        let weight = row.peer == .sheaf ? 600 : 400
        let baseline = y + ChartStyle.barHeight - 4
        return [
            ChartElement.text(row.peer.title, x: ChartStyle.plotLeft - 10, y: baseline, weight: weight, anchor: "end"),
            ChartElement.bar(x: ChartStyle.plotLeft, y: y, width: width, color: color),
            ChartElement.text(
                Format.duration(median) + ratio, x: ChartStyle.plotLeft + width + 7, y: baseline, weight: weight, halo: true),
        ]
    }
}
