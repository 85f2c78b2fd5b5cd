extension EngineConformance {
    /// The engines whose conformance is known: what their own tests run, and what the support matrix in the documentation shows.
    public static let engines: [EngineSupport] = [
        EngineSupport("local", "this process", gaps: [], ofWorkflows: nil),
        EngineSupport("processes", "worker processes", gaps: [noClosures], ofWorkflows: [noSession]),
        EngineSupport(
            "dask", "a Dask cluster", gaps: [noClosures, noChains, noWaiting, noOperations], ofWorkflows: [noChains, noWaiting, noSession]),
        EngineSupport(
            "ray", "a Ray cluster", gaps: [noClosures, noChains, noWaiting, noOperations], ofWorkflows: [noChains, noWaiting, noSession]),
    ]

    /// What an engine does not do, by its name.
    public static func support(of engine: String) -> EngineSupport? { engines.first { $0.engine == engine } }

    /// What an engine is known not to do.
    public struct EngineSupport: Sendable {
        public let engine: String
        public let title: String
        fileprivate let gaps: [Gap]
        fileprivate let workflowGaps: [Gap]?

        fileprivate init(_ engine: String, _ title: String, gaps: [Gap], ofWorkflows: [Gap]?) {
            self.engine = engine
            self.title = title
            self.gaps = gaps
            workflowGaps = ofWorkflows
        }

        /// Cases that are expected to fail although the engine's capabilities do not say so.
        public var expectedGaps: [ExpectedGap] { gaps.filter { !$0.isDeclared }.flatMap(\.expected) }
        /// The same for cases that are run as workflows.
        public var expectedWorkflowGaps: [ExpectedGap] { (workflowGaps ?? []).flatMap(\.expected) }
    }

    /// Cases that cannot pass for one reason.
    fileprivate struct Gap: Sendable {
        let reason: String
        let names: [String]
        /// Whether the engine's capabilities say so.
        var isDeclared = false

        var expected: [ExpectedGap] { names.map { ExpectedGap($0, reason) } }
    }

    private static let noClosures = Gap(
        reason: "closures run in this process only, outside workflows",
        names: cases.filter { $0.requires.contains(.closures) }.map(\.name), isDeclared: true)
    private static let noSession = Gap(
        reason: "a task in another process has no session to compute a plan of its own",
        names: ["dynamic/plan-in-task", "dynamic/nested", "dynamic/failure", "cancellation/inner-plan"])
    private static let noChains = Gap(
        reason: "a chain of functions is one node, with the name and the line of its last",
        names: ["faults/first-cause", "events/run", "events/failure", "events/names"])
    private static let noWaiting = Gap(
        reason: "an async function that waits takes a worker's place", names: ["waiting/no-thread"])
    private static let noOperations = Gap(
        reason: "operations of bags and arrays run there in workflows only",
        names: cases.map(\.name).filter { name in
            (name.hasPrefix("bags/") || name.hasPrefix("arrays/")) && name != "arrays/problems"
                || ["delayed/gather-order", "parameters/list-or-array", "parameters/empty"].contains(name)
        })

    // MARK: The matrix

    /// The support matrix in Markdown: subjects × engines, and what is missing, why.
    public static var supportMatrix: String {
        var columns: [(title: String, gaps: [Gap])] = []
        for support in engines {
            columns.append((support.engine, support.gaps))
            if let gaps = support.workflowGaps { columns.append(("\(support.engine), workflows", gaps)) }
        }
        var subjects: [String] = []
        for subject in cases.map(\.subject) where !subjects.contains(subject) { subjects.append(subject) }
        var reasons: [String] = []
        var lines = [
            "| cases | " + columns.map(\.title).joined(separator: " | ") + " |", "|---|" + columns.map { _ in "---|" }.joined(),
        ]
        for subject in subjects {
            let names = cases.filter { $0.subject == subject }.map(\.name)
            let cells = columns.map { column -> String in
                let missing = column.gaps.filter { gap in gap.names.contains { names.contains($0) } }
                let count = names.filter { name in missing.contains { $0.names.contains(name) } }.count
                let notes = missing.map { gap -> String in
                    if !reasons.contains(gap.reason) { reasons.append(gap.reason) }
                    return "\((reasons.firstIndex(of: gap.reason) ?? 0) + 1)"
                }
                return count == 0 ? "all \(names.count)" : "\(names.count - count) of \(names.count) (\(notes.joined(separator: ", ")))"
            }
            lines.append("| \(subject) | " + cells.joined(separator: " | ") + " |")
        }
        lines.append("")
        for (index, reason) in reasons.enumerated() {
            let names = columns.flatMap(\.gaps).first { $0.reason == reason }?.names ?? []
            lines.append(
                "\(index + 1). \(reason.prefix(1).uppercased() + reason.dropFirst()): \(names.map { "`\($0)`" }.joined(separator: ", ")).")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

extension EngineConformance.Case {
    /// The part of the name before the stroke.
    var subject: String { String(name.prefix { $0 != "/" }) }
}
