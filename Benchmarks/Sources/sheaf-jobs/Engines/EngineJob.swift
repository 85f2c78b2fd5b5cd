import ArgumentParser
import Sheaf

/// An engine that jobs are measured on.
protocol MeasuredEngine: Sendable {
    /// What the jobs' names begin with.
    static var name: String { get }
    static func url(workers: Int) -> String
}

enum OnProcesses: MeasuredEngine {
    static let name = "processes"
    static func url(workers: Int) -> String { "processes://?workers=\(workers)" }
}

/// A cluster of its own, on this machine.
enum OnDask: MeasuredEngine {
    static let name = "dask"
    static func url(workers: Int) -> String { "dask://?workers=\(workers)" }
}

/// A cluster of its own, on this machine.
enum OnRay: MeasuredEngine {
    static let name = "ray"
    static func url(workers: Int) -> String { "ray://?workers=\(workers)" }
}

/// What all jobs on other engines take: `--size N --workers N [--engine URL]`.
struct EngineOptions: ParsableArguments {
    @Option var workers = 2
    @Option(help: "Instead of the one that the job is named after; “local” for threads.")
    var engine: String?
    @Option var size = 1

    func url(_ measured: any MeasuredEngine.Type) -> String { engine ?? measured.url(workers: workers) }
    var peer: String { engine == "local" ? "sheaf-threads" : "sheaf" }
}

/// A job that runs on another engine, or to compare on threads: once to warm up, then several times, of which the median counts.
protocol EngineJob: AsyncParsableCommand {
    associatedtype On: MeasuredEngine
    associatedtype Inputs = Void
    associatedtype Answer
    /// Of the job, without the engine's.
    static var job: String { get }
    static var repeats: Int { get }
    /// Calls or nodes that the time is divided by, where that is what compares.
    var tasks: Int? { get }
    /// Seconds of one call, where the work has measured each by itself.
    func secondsPerTask(_ answer: Answer) -> Double?
    var options: EngineOptions { get }
    /// Prepares what the work takes; not measured.
    func make(_ session: Session) async throws -> Inputs
    func work(_ session: Session, _ inputs: Inputs) async throws -> Answer
    func check(_ answer: Answer) throws -> (check: String, items: Int)
}

extension EngineJob {
    static var configuration: CommandConfiguration { CommandConfiguration(commandName: "\(On.name)-\(job)") }
    static var repeats: Int { 3 }
    var tasks: Int? { nil }
    func secondsPerTask(_ answer: Answer) -> Double? { nil }

    func run() async throws {
        let session = try await Session(
            options.url(On.self), options: SessionOptions(workers: options.workers), providers: Engines.linked)
        do {
            let line = try await line(session)
            await session.close()
            print(line)
        } catch let error as PlanError {
            await session.close()
            // The engine said so before anything ran.
            let reason = error.message.replacing("\\", with: "/").replacing("\"", with: "'").replacing("\n", with: " ")
            print(#"{"job": "\#(Self._commandName)", "peer": "\#(options.peer)", "unsupported": true, "reason": "\#(reason)"}"#)
        } catch {
            await session.close()
            throw error
        }
    }

    private func line(_ session: Session) async throws -> String {
        let inputs = try await make(session)
        var answer = try await work(session, inputs)
        var seconds: [Double] = []
        let clock = ContinuousClock()
        for _ in 0..<Self.repeats {
            let begin = clock.now
            answer = try await work(session, inputs)
            seconds.append((clock.now - begin) / .seconds(1))
        }
        let median = seconds.sorted()[seconds.count / 2], (check, items) = try check(answer)
        var line = #"{"job": "\#(Self._commandName)", "peer": "\#(options.peer)", "version": "Sheaf 0.1.0", "seconds": \#(median), "#
        line += #""check": "\#(check)", "items": \#(items)"#
        if let tasks {
            let each = secondsPerTask(answer) ?? median / Double(tasks)
            line += #", "tasks": \#(tasks), "secondsPerTask": \#(each)"#
        }
        return line + "}"
    }
}

extension EngineJob where Inputs == Void {
    func make(_ session: Session) {}
}
