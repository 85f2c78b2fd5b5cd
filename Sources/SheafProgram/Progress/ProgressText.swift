internal import SheafCore

/// A run's progress in words. Pure: the same totals and time give the same text.
struct ProgressText {
    /// What runs.
    var name: String
    var progress: Progress
    /// Seconds since the run began.
    var elapsed: Double
    /// Seconds from the run's begin to the last change of the totals, which rates and the remaining time follow from.
    var measured: Double

    /// - Parameter measured: the same as `elapsed` by default.
    init(name: String, progress: Progress, elapsed: Double, measured: Double? = nil) {
        self.name = name
        self.progress = progress
        self.elapsed = elapsed
        self.measured = measured ?? elapsed
    }

    // MARK: One line of a terminal

    /// A line of at most `width` columns; on a narrow terminal the less important parts are left out.
    ///
    /// ```
    /// collect  57% ━━━━━━━━━━━╸──────── 1,140/2,000 tasks · 98 MB read · 31 MB/s · 3.2 s · 2.4 s left
    /// ```
    /// - Parameter unicode: otherwise the line is ASCII.
    func line(width: Int, unicode: Bool = true) -> String {
        let percent = Self.right("\(self.percent)%", 4)
        let separator = unicode ? " · " : ", "
        // In the order of the line, ranked by importance. The bar comes before what has rank 5 and more, and takes the rest.
        let parts: [(rank: Int, text: String)] = [
            (0, tasks(separator: "/")), (5, read), (6, rate), (2, Self.duration(elapsed)),
            (1, remaining.map { "\(Self.duration($0)) left" } ?? ""), (3, failed), (4, spilled),
        ].filter { !$0.1.isEmpty }
        var shown: Set<Int> = []
        var used = percent.count
        for part in parts.sorted(by: { $0.rank < $1.rank }) {
            let needed = part.text.count + (shown.isEmpty ? 1 : separator.count)
            guard used + needed + (part.rank >= 5 ? Self.smallestBar + 1 : 0) <= width else { continue }
            used += needed
            shown.insert(part.rank)
        }
        let name = Self.shortened(self.name, to: 20, unicode)
        var text = percent
        if !name.isEmpty, used + name.count + 1 + Self.smallestBar + 1 <= width {
            text = name + " " + text
            used += name.count + 1
        }
        let room = min(width - used - 1, Self.largestBar)
        if room >= Self.smallestBar { text += " " + Self.bar(progress.done, of: progress.total, width: room, unicode: unicode) }
        if !shown.isEmpty { text += " " + parts.filter { shown.contains($0.rank) }.map(\.text).joined(separator: separator) }
        return String(text.prefix(max(width, 0)))
    }

    private static let smallestBar = 8
    private static let largestBar = 40

    /// Full as far as things are done, in half steps where the character set has them.
    static func bar(_ done: Int, of total: Int, width: Int, unicode: Bool) -> String {
        // Whole numbers, so that 57 of 100 is not a hair less.
        let halves = total > 0 ? Int(Double(min(max(done, 0), total)) * Double(width * 2) / Double(total)) : 0
        if !unicode { return String(repeating: "#", count: halves / 2) + String(repeating: "-", count: width - halves / 2) }
        let half = halves.isMultiple(of: 2) ? "" : "╸"
        return String(repeating: "━", count: halves / 2) + half + String(repeating: "─", count: width - (halves + 1) / 2)
    }

    // MARK: Lines of a log

    /// For where nothing can be redrawn: `collect: 57%, 1,140 of 2,000 tasks, 98 MB read, 31 MB/s, 3.2 s, 2.4 s left`.
    var report: String {
        let left = remaining.map { "\(Self.duration($0)) left" } ?? ""
        return prefix + Self.list(["\(percent)%", tasks(separator: " of "), read, rate, spilled, failed, Self.duration(elapsed), left])
    }

    /// After the end: `collect: 2,000 tasks, 98 MB read, 31 MB/s, 5.6 s`.
    var summary: String {
        let tasks =
            progress.done == progress.total
            ? (progress.total == 1 ? "1 task" : "\(NumberText.grouped(progress.total)) tasks") : tasks(separator: " of ")
        return prefix + Self.list([tasks, read, rate, spilled, failed, Self.duration(elapsed)])
    }

    private var prefix: String { name.isEmpty ? "" : "\(name): " }

    private static func list(_ parts: [String]) -> String {
        parts.filter { !$0.isEmpty }.joined(separator: ", ")
    }

    // MARK: Parts

    private var percent: Int {
        progress.total > 0 ? Int(Double(min(progress.done, progress.total)) * 100 / Double(progress.total)) : 0
    }

    private func tasks(separator: String) -> String {
        "\(NumberText.grouped(progress.done))\(separator)\(NumberText.grouped(progress.total)) tasks"
    }

    private var read: String { progress.readBytes > 0 ? "\(Self.bytes(progress.readBytes)) read" : "" }
    private var spilled: String { progress.spilledBytes > 0 ? "\(Self.bytes(progress.spilledBytes)) spilled" : "" }
    private var failed: String { progress.failed > 0 ? "\(NumberText.grouped(progress.failed)) failed" : "" }

    /// Bytes a second where there is input, else tasks a second.
    private var rate: String {
        guard measured > 0 else { return "" }
        if progress.readBytes > 0 { return "\(Self.bytes(Int(Double(progress.readBytes) / measured)))/s" }
        let rate = Int((Double(progress.done) / measured).rounded())
        return rate > 0 ? "\(NumberText.grouped(rate)) \(rate == 1 ? "task" : "tasks")/s" : ""
    }

    /// Seconds, if tasks go on to end at the mean rate so far; `nil` while it is too early to tell, and when that time has passed.
    var remaining: Double? {
        guard elapsed >= 1, progress.done > 0, progress.done < progress.total else { return nil }
        let left = measured * Double(progress.total - progress.done) / Double(progress.done) - (elapsed - measured)
        return left > 0 ? left : nil
    }

    // MARK: Numbers

    /// `9.4 s`, `42 s`, `3 min 05 s`, `2 h 07 min`.
    static func duration(_ seconds: Double) -> String {
        if seconds < 9.95 { return "\(tenths(seconds)) s" }
        let whole = Int(seconds.rounded())
        if whole < 60 { return "\(whole) s" }
        if whole < 3600 { return "\(whole / 60) min \(padded(whole % 60)) s" }
        return "\(whole / 3600) h \(padded(whole % 3600 / 60)) min"
    }

    /// With powers of 1024, as `--memory` counts: `812 B`, `9.4 KB`, `98 MB`.
    static func bytes(_ count: Int) -> String {
        var value = Double(count)
        var units = ["B", "KB", "MB", "GB", "TB", "PB"][...]
        while value >= 1023.5, units.count > 1 {
            value /= 1024
            units.removeFirst()
        }
        let isWhole = units.first == "B" || value >= 9.95
        return "\(isWhole ? String(Int(value.rounded())) : tenths(value)) \(units.first!)"
    }

    private static func tenths(_ number: Double) -> String {
        let tenths = Int((number * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }

    private static func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    private static func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }

    private static func shortened(_ text: String, to limit: Int, _ unicode: Bool) -> String {
        text.count <= limit ? text : String(text.prefix(limit - 1)) + (unicode ? "…" : "~")
    }
}
