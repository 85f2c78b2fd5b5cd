import ArgumentParser
import Foundation
import Sheaf
import SheafCore

/// A contestant's own side: runs a job on one engine, several times, and says how it went.
struct EngineMeasurement<J: Job> {
    let job: J
    /// With the engine's URL.
    let arguments: SessionArguments
    let repeats: Int

    /// The answer, with an ``Answer/error`` for whatever went wrong.
    ///
    /// - Throws: `CancellationError`.
    func answer() async throws -> Answer {
        do {
            var answer = try await measured()
            if try EngineURL(arguments.engine).scheme == "local" { answer.taskSeconds = try await taskSeconds() }
            return answer
        } catch let error as CancellationError {
            throw error
        } catch {
            var answer = Answer()
            answer.error = Self.text(error)
            return answer
        }
    }

    private func measured() async throws -> Answer {
        try await arguments.withSession(functions: J.functions, engines: Engines.linked, isWorkflow: false) { session in
            let meter = RunMeter(), clock = ContinuousClock()
            session.observe { meter.handle($0) }
            _ = try await JobWorkflow.result(of: job, in: session)
            var answer = Answer()
            for _ in 0..<repeats {
                meter.reset()
                let moved = session.transferredBytes, begin = clock.now
                let result = try await JobWorkflow.result(of: job, in: session)
                answer.seconds.append((clock.now - begin) / .seconds(1))
                answer.tasks = meter.tasks
                answer.movedBytes = session.transferredBytes.flatMap { now in moved.map { now - $0 } }
                (answer.columns, answer.rows) = result
            }
            answer.version = "Sheaf \(Version.current)"
            return answer
        }
    }

    /// In a session of its own, since telling of every task takes time.
    private func taskSeconds() async throws -> Double {
        try await arguments.withSession(functions: J.functions, engines: Engines.linked, isWorkflow: false) { session in
            let meter = RunMeter()
            session.observe(.tasks) { meter.handle($0) }
            _ = try await JobWorkflow.result(of: job, in: session)
            meter.reset()
            _ = try await JobWorkflow.result(of: job, in: session)
            return meter.taskSeconds
        }
    }

    private static func text(_ error: any Error) -> String {
        guard let error = error as? any SheafError else { return J.message(for: error) }
        let cause = error.cause.map { ": \(($0 as? any SheafError)?.message ?? "\($0)")" } ?? ""
        return error.message + cause + (error.hint.map { " (\($0))" } ?? "")
    }
}

extension Session {
    /// What has gone between processes so far; nothing in this process's own engine, `nil` where the engine does not tell.
    fileprivate var transferredBytes: Int? {
        if let engine = engine as? any TransferCounting { return engine.transferredBytes }
        return engine.capabilities.engine == "local" ? 0 : nil
    }
}
