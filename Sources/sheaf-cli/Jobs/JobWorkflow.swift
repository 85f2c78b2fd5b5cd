import ArgumentParser
import Sheaf
import SheafCore

/// A command that runs a job.
protocol JobCommand {
    associatedtype J: Job
    var job: J { get }
}

extension RunCommand: JobCommand {}
extension CompareCommand: JobCommand {}

/// A job of this tool as a workflow, whose input is the command line that names it. A command that runs a job once is a workflow by itself;
/// one that runs it several times is not to have each worker go through all its runs.
enum JobWorkflow {
    static let workflow = Workflow<[String], Void>("sheaf.job") { session, arguments in
        guard let command = try SheafTool.parseAsRoot(arguments) as? any JobCommand else {
            throw ValidationError("“\(arguments.joined(separator: " "))” names no job")
        }
        _ = try await command.job.result(session)
    }

    /// The job's result, by the workflow.
    static func result<J: Job>(of job: J, in session: Session) async throws -> (columns: [String], rows: [Row]) {
        try await session.run(workflow, Array(CommandLine.arguments.dropFirst()), as: { session, _ in try await job.result(session) })
    }
}
