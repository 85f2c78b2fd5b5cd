/// A line of the table: what one peer took for one job, and how that compares with Sheaf.
struct Row: Codable, Equatable {
    var job: Job
    var peer: Peer
    var version: String?
    /// Seconds of each run, or seconds per task where ``Job/isPerTask``.
    var samples: [Double] = []
    var median: Double?
    /// The peer's median divided by Sheaf's: above 1, Sheaf is faster.
    var ratio: Double?
    /// Medians of the seconds of each piece of the work.
    var parts: [String: Double]?
    /// In bytes; only where the job has a memory budget.
    var peakResidentBytes: Int?
    var target: String?
    var met: Bool?
    /// Why there is no time.
    var note: String?
    /// Whether something went wrong, rather than the peer having no such operation.
    var failed = false
}

/// Turns what the runs gave into the rows of the table.
struct Summary {
    let workload: Workload

    func rows(of contests: [Contest]) -> [Row] {
        let wrong = disagreeing(contests)
        return contests.flatMap { contest in
            var rows = contest.entries.map { entry in
                wrong.contains(Claim(job: contest.job, peer: entry.peer))
                    ? Row(job: contest.job, peer: entry.peer, note: "its check differs from the others'", failed: true)
                    : row(job: contest.job, entry: entry)
            }
            let sheaf = rows.first { $0.peer == .sheaf }?.median
            for index in rows.indices { compare(&rows[index], with: sheaf) }
            return rows
        }
    }

    private func row(job: Job, entry: Contest.Entry) -> Row {
        var row = Row(job: job, peer: entry.peer)
        for outcome in entry.outcomes {
            switch outcome {
            case .measured(let sample):
                row.samples.append(sample.cost(of: job))
                row.version = sample.version
            case .unsupported(let reason):
                row.note = reason
            case .failed(let reason):
                row.note = reason
                row.failed = true
            }
        }
        // Times of a peer that also failed are not worth a ratio.
        if !row.failed { row.median = Self.median(row.samples) }
        row.parts = medians(entry.samples.compactMap(\.parts))
        if workload.memoryBudget(of: job) != nil {
            row.peakResidentBytes = entry.samples.map(\.peakResidentBytes).max()
        }
        return row
    }

    private func medians(_ samples: [[String: Double]]) -> [String: Double]? {
        guard let names = samples.first?.keys, names.count > 1 else { return nil }
        return Dictionary(
            uniqueKeysWithValues: names.compactMap { name in
                Self.median(samples.compactMap { $0[name] }).map { (name, $0) }
            })
    }

    /// Fills in what depends on Sheaf's own median.
    private func compare(_ row: inout Row, with sheaf: Double?) {
        if let median = row.median, let sheaf { row.ratio = median / sheaf }
        switch Target.of(row.job, row.peer) {
        case nil: break
        case .ratioAtLeast(let least):
            row.target = "≥ \(Format.ratio(least, exact: true))"
            row.met = row.ratio.map { $0 >= least }
        case .secondsPerTaskAtMost(let most):
            row.target = "≤ \(Format.duration(most, exact: true)) a task"
            row.met = row.median.map { $0 <= most }
        case .peakMemoryAtMost(let factor, let slack):
            let most = factor * Double(workload.memoryBudget(of: row.job) ?? 0) + Double(slack)
            row.target = "peak ≤ \(Format.memory(most))"
            row.met = row.median == nil ? nil : row.peakResidentBytes.map { Double($0) <= most }
        }
    }

    // MARK: Agreement

    private struct Claim: Hashable {
        var job: Job
        var peer: Peer
    }

    /// Peers whose check is not that of the majority. Without a majority nobody is believed.
    ///
    /// Jobs with an ``Oracle`` were checked run by run.
    private func disagreeing(_ contests: [Contest]) -> Set<Claim> {
        var claims: [Job: [(claim: Claim, checks: Set<String>)]] = [:]
        for contest in contests where Oracle.check(of: contest.job, size: 1) == nil {
            for entry in contest.entries where !entry.samples.isEmpty && entry.peer != .limit {
                let claim = Claim(job: contest.job, peer: entry.peer)
                claims[contest.job.checkedLike, default: []].append((claim, Set(entry.samples.map(\.check))))
            }
        }
        var wrong: Set<Claim> = []
        for group in claims.values {
            let votes = Dictionary(group.flatMap(\.checks).map { ($0, 1) }, uniquingKeysWith: +)
            let accepted = votes.first { $0.value * 2 > group.count }?.key
            for (claim, checks) in group where accepted.map({ checks != [$0] }) ?? true { wrong.insert(claim) }
        }
        return wrong
    }

    static func median(_ values: [Double]) -> Double? {
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    }
}
