import Foundation
import Sheaf

/// Runs a job on several engines, and its peers, one after the other, each in a process of its own.
struct Comparison<J: Job> {
    let job: J
    let contestants: [Contestant]
    let options: SessionOptions
    let repeats: Int
    /// Seconds for each contestant, its start included.
    let timeLimit: Double
    /// The command line that makes this executable a contestant on an engine.
    let engineArguments: @Sendable (_ url: String) -> [String]
    /// The error is the reason why peers cannot run.
    let peers: Result<PeerPrograms, AnswerError>
    /// Told who begins.
    let announce: @Sendable (String) -> Void

    /// - Throws: `CancellationError`.
    func entries() async throws -> [ComparisonEntry] {
        var entries: [ComparisonEntry] = []
        var reference: (contestant: Contestant, answer: Answer)?
        for (number, contestant) in contestants.enumerated() {
            announce("\(contestant.name) (\(number + 1) of \(contestants.count))")
            let outcome: ComparisonEntry.Outcome
            do {
                let (answer, peakMemory) = try await answer(contestant)
                let agreement = reference.map { Agreement(of: answer, with: $0.answer, chance: chance(contestant, $0.contestant)) }
                if reference == nil { reference = (contestant, answer) }
                // The rows have done their service.
                var kept = answer
                kept.rows = []
                outcome = .measured(kept, agreement: agreement ?? .reference, peakMemory: peakMemory)
            } catch let error as CancellationError {
                throw error
            } catch {
                outcome = .missing(reason: "\(error)")
            }
            entries.append(ComparisonEntry(contestant: contestant, outcome: outcome))
        }
        return entries
    }

    /// Engines draw the same random numbers; every peer draws its own.
    private func chance(_ contestant: Contestant, _ reference: Contestant) -> [String: Double] {
        guard case (.engine, .engine) = (contestant, reference) else { return (job as? any PeerJob)?.chance ?? [:] }
        return [:]
    }

    private func answer(_ contestant: Contestant) async throws -> (Answer, peakMemory: Int) {
        let process = try process(contestant)
        let result = try await process.result()
        if result.ending == .timedOut { throw AnswerError(description: "not done within \(Int(timeLimit)) s (see --time-limit)") }
        let answer: Answer
        do { answer = try Answer(output: result.output) } catch {
            throw AnswerError(description: Self.ending(result) ?? "\(error)")
        }
        if let reason = answer.error { throw AnswerError(description: reason) }
        if let ending = Self.ending(result) { throw AnswerError(description: ending) }
        guard answer.median != nil else { throw AnswerError(description: "it told no time") }
        return (answer, result.peakMemory)
    }

    private func process(_ contestant: Contestant) throws -> ContestProcess {
        switch contestant {
        case .engine(_, let url):
            guard let executable = Bundle.main.executablePath else {
                throw AnswerError(description: "this program's own file is not known")
            }
            return try ContestProcess(executable, engineArguments(url), timeLimit: timeLimit)
        case .peer(let system):
            guard let arguments = (job as? any PeerJob)?.peerArguments(seed: options.seed) else {
                throw AnswerError(description: "the job was not written for it, or not with these options")
            }
            let (executable, operands) = try peers.get().command(
                system, job: J.name, arguments: arguments, workers: options.workers, repeats: repeats)
            return try ContestProcess(
                executable, operands, environment: ["PYTHONUNBUFFERED": "1", "PYTHONDONTWRITEBYTECODE": "1"], timeLimit: timeLimit)
        }
    }

    /// How a process ended that should have ended well.
    private static func ending(_ result: ContestProcess.Result) -> String? {
        let how: String
        switch result.ending {
        case .exited(0): return nil
        case .exited(let status): how = "it ended with status \(status)"
        case .signal(let number): how = "it ended by signal \(number)"
        case .timedOut: how = "it took too long"
        }
        return result.errors.split(separator: "\n").last.map { "\(how): \($0)" } ?? how
    }
}

/// One row of a comparison.
struct ComparisonEntry: Sendable {
    enum Outcome: Sendable {
        case measured(Answer, agreement: Agreement, peakMemory: Int)
        case missing(reason: String)
    }

    let contestant: Contestant
    let outcome: Outcome

    var median: Double? { if case .measured(let answer, _, _) = outcome { answer.median } else { nil } }
}
