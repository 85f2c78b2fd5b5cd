import Foundation

/// The one line of JSON that every measured program prints to its standard output. Benchmarks/README.md describes it.
struct PeerLine: Codable, Equatable {
    var job: String?
    var peer: String?
    /// Name and version of what did the work.
    var version: String?
    /// Wall seconds of the work only.
    var seconds: Double?
    /// Equal for every peer that did the same work.
    var check: String?
    /// Items in the result.
    var items: Int?
    var tasks: Int?
    var secondsPerTask: Double?
    /// Seconds of each piece of the work, by its name.
    var parts: [String: Double]?

    /// True when the peer has no such operation, for the given reason.
    var unsupported: Bool?
    var reason: String?
    /// Why the program failed; it then also exits with a status other than 0.
    var error: String?
}

/// One measured run.
struct Sample: Codable, Equatable {
    var seconds: Double
    var secondsPerTask: Double?
    var parts: [String: Double]?
    var check: String
    var items: Int
    var version: String?
    /// Of the process, or of its largest child, in bytes.
    var peakResidentBytes: Int

    /// What compares: seconds per task where peers run different numbers of them.
    func cost(of job: Job) -> Double { job.isPerTask ? secondsPerTask ?? seconds : seconds }
}

enum Outcome: Equatable {
    case measured(Sample)
    case unsupported(String)
    case failed(String)

    /// Reads what a program left behind when it ended.
    init(_ result: ChildProcess.Result, job: Job) {
        switch result.ending {
        case .timedOut(let limit):
            self = .failed("took longer than \(Int(limit)) s")
            return
        case .signal(let number):
            self = .failed("ended by signal \(number)\(result.explanation)")
            return
        case .exited:
            break
        }

        let lines = result.output.split(whereSeparator: \.isNewline)
        let line = lines.count == 1 ? try? JSONDecoder().decode(PeerLine.self, from: Data(lines[0].utf8)) : nil
        if let error = line?.error {
            self = .failed(error)
            return
        }
        guard result.ending == .exited(0) else {
            self = .failed("exited with \(result.ending)\(result.explanation)")
            return
        }
        guard let line else {
            let found = lines.count == 1 ? "another line" : "\(lines.count) lines"
            self = .failed("printed \(found) instead of one line of JSON\(result.explanation)")
            return
        }
        if line.unsupported == true {
            self = .unsupported(line.reason ?? "not supported")
        } else {
            self.init(line, peak: result.peakResidentBytes, job: job)
        }
    }

    private init(_ line: PeerLine, peak: Int, job: Job) {
        guard line.job == job.rawValue else {
            self = .failed("measured \(line.job ?? "no job") instead of \(job.rawValue)")
            return
        }
        guard let seconds = line.seconds, seconds > 0, let check = line.check, let items = line.items else {
            self = .failed("left seconds, check or items out of its line")
            return
        }
        if job.isPerTask, line.secondsPerTask == nil {
            self = .failed("left secondsPerTask out of its line")
            return
        }
        self = .measured(
            Sample(
                seconds: seconds, secondsPerTask: line.secondsPerTask, parts: line.parts, check: check, items: items, version: line.version,
                peakResidentBytes: peak))
    }
}
