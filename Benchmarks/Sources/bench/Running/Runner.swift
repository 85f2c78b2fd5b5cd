/// Runs every contestant of every job and keeps what each run gave.
struct Runner {
    struct Options {
        var runs: Int
        var slowRuns: Int
        /// Seconds for one run.
        var timeout: Double
    }

    let commands: Commands
    let options: Options
    /// Told what happens, for a person to read.
    let progress: (String) -> Void

    func run(jobs: [Job], peers: [Peer]) throws -> [Contest] {
        try jobs.compactMap { job in
            let taking = job.peers.filter(peers.contains)
            return taking.isEmpty ? nil : try run(job, peers: taking)
        }
    }

    private func run(_ job: Job, peers: [Peer]) throws -> Contest {
        let order = Schedule.interleave(peers.map { ($0, $0.isSlow ? min(options.slowRuns, options.runs) : options.runs) })
        var outcomes: [Peer: [Outcome]] = [:]
        for (number, peer) in order.enumerated() {
            // A peer that failed once fails again, and what it cannot do it cannot do later.
            if let previous = outcomes[peer]?.last, !previous.isMeasured { continue }
            guard let command = commands.command(for: job, by: peer) else { continue }
            let result = try ChildProcess(command: command, timeout: options.timeout).run()
            let outcome = verify(Outcome(result, job: job), job: job, peer: peer)
            outcomes[peer, default: []].append(outcome)
            progress("[\(number + 1)/\(order.count)] \(job.rawValue) · \(peer.rawValue): \(describe(outcome, job: job))")
        }
        return Contest(job: job, entries: peers.map { Contest.Entry(peer: $0, outcomes: outcomes[$0] ?? []) })
    }

    /// Fails a run that computed the wrong value.
    private func verify(_ outcome: Outcome, job: Job, peer: Peer) -> Outcome {
        guard case .measured(let sample) = outcome, let size = commands.workload.size(of: job, for: peer),
            let expected = Oracle.check(of: job, size: size), sample.check != expected
        else { return outcome }
        return .failed("computed \(sample.check) instead of \(expected)")
    }

    private func describe(_ outcome: Outcome, job: Job) -> String {
        switch outcome {
        case .measured(let sample): Format.duration(sample.cost(of: job)) + (job.isPerTask ? " a task" : "")
        case .unsupported(let reason): "not supported: \(reason)"
        case .failed(let reason): "failed: \(reason)"
        }
    }
}

extension Outcome {
    var isMeasured: Bool { if case .measured = self { true } else { false } }
}

/// What all contestants of one job gave.
struct Contest {
    struct Entry {
        var peer: Peer
        /// In the order of the runs.
        var outcomes: [Outcome]

        var samples: [Sample] {
            outcomes.compactMap { if case .measured(let sample) = $0 { sample } else { nil } }
        }
    }

    var job: Job
    var entries: [Entry]
}
