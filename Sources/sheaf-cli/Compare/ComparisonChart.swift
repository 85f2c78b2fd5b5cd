/// A comparison as horizontal bars on a logarithmic scale: one SVG file, on a background of its own, so that it can be read on any page.
struct ComparisonChart {
    let report: ComparisonReport
    /// What was run, as its command line has it.
    let title: String

    var svg: String {
        let entries = report.entries.filter { $0.median != nil }
        let scale = LogScale(values: entries.compactMap(\.median), width: ChartStyle.plotWidth)
        let top = ChartStyle.headerHeight, bottom = top + entries.count * ChartStyle.barStep
        let height = bottom + ChartStyle.axisHeight + (missing.isEmpty ? 0 : ChartStyle.barStep)
        var body: [String] = []
        for decade in scale.decades {
            let x = ChartStyle.plotLeft + scale.position(decade)
            body.append(ChartElement.line(x: x, from: top, to: bottom))
            let label = Format.duration(decade, exact: true)
            body.append(ChartElement.text(label, x: x, y: bottom + 16, size: 11, color: ChartStyle.muted, anchor: "middle"))
        }
        for (number, entry) in entries.enumerated() { body += bar(entry, scale, y: top + number * ChartStyle.barStep) }
        if !missing.isEmpty {
            body.append(ChartElement.text(missing, x: ChartStyle.margin, y: height - 14, size: 11, color: ChartStyle.muted))
        }
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(ChartStyle.width) \(height)" width="\(ChartStyle.width)" \
            height="\(height)" role="img" aria-label="Times of one job on several engines" font-family="\(ChartStyle.font)">
            <rect width="100%" height="100%" rx="6" fill="\(ChartStyle.background)"/>
            \(ChartElement.text(title, x: ChartStyle.margin, y: 34, size: 20, weight: 600))
            \(ChartElement.text(subtitle, x: ChartStyle.margin, y: 56, color: ChartStyle.muted))
            \(body.joined(separator: "\n"))
            </svg>

            """
    }

    private var subtitle: String {
        let workers = report.workers == 1 ? "1 worker" : "\(report.workers) workers"
        return "Median wall time with \(workers); shorter is better; logarithmic scale. × is relative to local."
    }

    private var missing: String {
        let names = report.entries.filter { $0.median == nil }.map(\.contestant.name)
        return names.isEmpty ? "" : "Not run: " + names.joined(separator: "; ")
    }

    private func bar(_ entry: ComparisonEntry, _ scale: LogScale, y: Int) -> [String] {
        guard let median = entry.median, case .measured(_, let agreement, _) = entry.outcome else { return [] }
        let width = scale.position(median), baseline = y + ChartStyle.barHeight - 4
        let ratio = report.ratio(entry).map { "  " + Format.ratio($0) } ?? ""
        let isEngine = if case .engine = entry.contestant { true } else { false }
        let weight = isEngine ? 600 : 400
        return [
            ChartElement.text(entry.contestant.name, x: ChartStyle.plotLeft - 10, y: baseline, weight: weight, anchor: "end"),
            ChartElement.bar(x: ChartStyle.plotLeft, y: y, width: width, color: isEngine ? ChartStyle.sheaf : ChartStyle.peer),
            ChartElement.text(
                Format.duration(median) + ratio + (agreement.isWrong ? "  wrong result" : ""), x: ChartStyle.plotLeft + width + 7,
                y: baseline, weight: weight, halo: true),
        ]
    }
}
