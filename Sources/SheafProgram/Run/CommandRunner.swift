public import ArgumentParser
public import SheafCore
internal import SheafWorker

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// Runs a command from its command line to its exit status, the same way for programs and tools.
///
/// A tool with subcommands calls it from its `main`:
///
/// ```swift
/// @main struct Tool: AsyncParsableCommand {
///     static func main() async { await CommandRunner.main(Tool.self) }
/// }
/// ```
public enum CommandRunner {
    /// Parses the command line, runs the command that it names, and ends the process with status 0, 1 (failed), 2 (usage) or 130 (Ctrl-C);
    /// a command may throw `ExitCode` to choose another.
    ///
    /// Ctrl-C (SIGINT) and SIGTERM cancel the task that runs the command; a second one ends the process at once. With the environment
    /// variable `SHEAF_WORKER` set, the process serves as a worker instead.
    ///
    /// - Parameters:
    ///   - command: the root command; for a ``Program`` Sheaf's options are taken from the command line first.
    ///   - functions: what a worker made of this executable can run; a ``Program`` lists its own.
    ///   - arguments: those of the process by default.
    public static func main<Command: AsyncParsableCommand & SendableMetatype>(
        _ command: Command.Type, functions: [any RegisteredFunction] = [], arguments: [String]? = nil
    ) async -> Never {
        await Worker.serveIfAsked(functions + ((command as? any Program.Type)?.functions ?? []) + [CommandReplay.workflow(command)])
        let environment = getenv(WorkerMode.variable).map { [WorkerMode.variable: String(cString: $0)] } ?? [:]
        var report = await launch(
            command, functions: functions, arguments: arguments ?? Array(CommandLine.arguments.dropFirst()), environment: environment,
            interrupts: .process)
        if !report.output.isEmpty { print(report.output) }
        // What was printed may still be in a buffer, and the disk full.
        if fflush(nil) != 0, report.status == ExitReport.success {
            report = ExitReport(status: ExitReport.failure, message: "Error: cannot write the results: \(String(cString: strerror(errno)))")
        }
        if !report.message.isEmpty { Terminal.standardError.write(report.message + "\n") }
        exit(report.status)
    }

    /// All of ``main(_:functions:arguments:)`` but the end of the process.
    static func launch<Command: AsyncParsableCommand & SendableMetatype>(
        _ command: Command.Type, functions: [any RegisteredFunction] = [], arguments: [String], environment: [String: String] = [:],
        interrupts: Interrupts = .none
    ) async -> ExitReport {
        let program = command as? any Program.Type
        if let request = environment[WorkerMode.variable] {
            return WorkerMode.report(request, program: command._commandName, functions: functions + (program?.functions ?? []))
        }
        let own = program == nil ? [] : command.optionNames
        let (report, signal) = await interrupts.cancelling {
            do {
                let invocation = CommandReplay.Invocation(folder: CommandReplay.currentFolder, arguments: arguments)
                try await CommandReplay.$invocation.withValue(invocation) { try await run(command, arguments) }
                return Outcome.finished
            } catch {
                return Outcome.failed(error)
            }
        }
        guard case .failed(let error) = report else { return ExitReport(status: ExitReport.success) }
        var result = ExitReport(error, of: command, signal: signal)
        if program != nil {
            // Without any argument the screen is part of the error.
            if CombinedHelp.isHelp(result.output) { result.output = CombinedHelp.text(result.output, own: own) }
            if CombinedHelp.isHelp(result.message) { result.message = CombinedHelp.text(result.message, own: own) }
        }
        return result
    }

    /// Parses a command line and runs the command that it names.
    static func run<Command: AsyncParsableCommand & SendableMetatype>(_ command: Command.Type, _ arguments: [String]) async throws {
        let split =
            command is any Program.Type
            ? ArgumentSplitter(own: command.optionNames).split(arguments) : ArgumentSplitter.Result(program: arguments)
        let session = try parseSession(split.session, for: command)
        try await SessionArguments.$parsed.withValue(session) {
            try await run(try command.parseAsRoot(split.program))
        }
    }

    private enum Outcome: Sendable {
        case finished
        case failed(any Error)
    }

    private static func parseSession(_ arguments: [String], for command: any ParsableCommand.Type) throws -> SessionArguments {
        do { return try SessionArguments.parse(arguments) } catch {
            // As an error of the command, which has the usage to show.
            throw ValidationError(SessionArguments.message(for: error))
        }
    }

    private static func run(_ parsed: any ParsableCommand) async throws {
        if var command = parsed as? any AsyncParsableCommand {
            try await command.run()
        } else {
            var command = parsed
            try command.run()
        }
    }
}
