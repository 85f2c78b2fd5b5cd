/// A comparison as a table.
struct ComparisonReport {
    let job: String
    let workers: Int
    let entries: [ComparisonEntry]

    static let columns = ["where", "time", "÷ local", "tasks", "overhead a task", "moved", "peak memory", "result"]
    static let jsonColumns = [
        "where", "seconds", "ratio", "tasks", "overheadSeconds", "movedBytes", "peakBytes", "equal", "version", "note",
    ]

    /// What the embedded engine answered: times are relative to its, and the work of the tasks is what they took there.
    private var local: Answer? {
        for entry in entries {
            if case .engine("local", _) = entry.contestant, case .measured(let answer, _, _) = entry.outcome { return answer }
        }
        return nil
    }

    func ratio(_ entry: ComparisonEntry) -> Double? {
        guard let median = entry.median, let base = local?.median, base > 0 else { return nil }
        return median / base
    }

    /// The time of all workers that was not the tasks' own, for each task. Not for peers, whose tasks do other work.
    func overhead(_ entry: ComparisonEntry) -> Double? {
        guard case .engine = entry.contestant, case .measured(let answer, _, _) = entry.outcome, let median = answer.median,
            let tasks = answer.tasks, tasks > 0, let work = local?.taskSeconds
        else { return nil }
        return (median * Double(workers) - work) / Double(tasks)
    }

    /// As a person reads it: an aligned table, and below it why something is not as it should be.
    var text: String {
        let table = ResultPrinter(columns: Self.columns, json: false).table(rows)
        let notes = entries.compactMap { entry -> String? in
            switch entry.outcome {
            case .missing(let reason): "\(entry.contestant.name) did not run: \(Self.line(reason))\n"
            case .measured(_, .different(let how), _): "\(entry.contestant.name) has another result: \(Self.line(how))\n"
            case .measured: nil
            }
        }
        return table + (notes.isEmpty ? "" : "\n" + notes.joined())
    }

    private var rows: [Row] {
        entries.map { entry in
            let name = Cell.text(entry.contestant.name)
            switch entry.outcome {
            case .missing:
                return [name] + Array(repeating: .missing, count: Self.columns.count - 2) + [.text("not run")]
            case .measured(let answer, let agreement, let peakMemory):
                return [
                    name, text(answer.median.map { Format.duration($0) }), text(ratio(entry).map { Format.ratio($0) }),
                    answer.tasks.map { .integer($0) } ?? .missing, text(overhead(entry).map(Self.signed)),
                    text(answer.movedBytes.map { Self.size($0) }), .text(Format.memory(Double(peakMemory))),
                    .text(Self.words(agreement)),
                ]
            }
        }
    }

    /// With all digits, in seconds and bytes.
    var jsonRows: [Row] {
        entries.map { entry in
            let name = Cell.text(entry.contestant.name)
            switch entry.outcome {
            case .missing(let reason):
                return [name] + Array(repeating: .missing, count: Self.jsonColumns.count - 2) + [.text(reason)]
            case .measured(let answer, let agreement, let peakMemory):
                return [
                    name, real(answer.median), real(ratio(entry)), integer(answer.tasks), real(overhead(entry)),
                    integer(answer.movedBytes), .integer(peakMemory), .text(agreement.isWrong ? "no" : "yes"), text(answer.version),
                    text(agreement.difference),
                ]
            }
        }
    }

    private func text(_ value: String?) -> Cell { value.map { .text($0) } ?? .missing }
    private func real(_ value: Double?) -> Cell { value.map { .real($0) } ?? .missing }
    private func integer(_ value: Int?) -> Cell { value.map { .integer($0) } ?? .missing }

    private static func words(_ agreement: Agreement) -> String {
        switch agreement {
        case .reference: "the others' measure"
        case .equal: "equal"
        case .withinChance: "equal within chance"
        case .different: "WRONG"
        }
    }

    /// Less than nothing when tasks took longer in this process than where they ran.
    private static func signed(_ seconds: Double) -> String {
        seconds < 0 ? "−" + Format.duration(-seconds) : Format.duration(seconds)
    }

    private static func size(_ bytes: Int) -> String {
        switch bytes {
        case 0: "0"
        case ..<1_000_000: "\((bytes + 999) / 1000) kB"
        default: Format.memory(Double(bytes))
        }
    }

    /// A reason in one line, and not without end.
    private static func line(_ text: String) -> String {
        let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return words.count <= 200 ? words : words.prefix(199) + "…"
    }
}

extension Agreement {
    /// What differs from the reference.
    var difference: String? { if case .different(let how) = self { how } else { nil } }
    var isWrong: Bool { difference != nil }
}
