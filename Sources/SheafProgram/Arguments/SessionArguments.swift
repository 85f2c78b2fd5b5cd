public import ArgumentParser
public import SheafCore
internal import SheafLocal

/// The options that every program and every command that runs something understands: where to run, with how much, and what to tell.
///
/// A ``Program`` has them already. A command of a tool with subcommands takes them as an option group:
///
/// ```swift
/// @OptionGroup(title: "Sheaf Options") var arguments: SessionArguments
///
/// func run() async throws {
///     try await arguments.withSession { session in … }
/// }
/// ```
public struct SessionArguments: ParsableArguments, Sendable {
    /// The engine's URL; its scheme is one of the engines linked into the program.
    @Option(help: ArgumentHelp("Where to run: an engine's URL.", valueName: "url"))
    public var engine = "local"

    /// At least 1; one for each core when `nil`.
    @Option(help: ArgumentHelp("Tasks at a time. (default: one for each core)", valueName: "n"))
    public var workers: Int?

    /// In bytes; half of the machine's when `nil`.
    @Option(
        help: ArgumentHelp(
            "Memory to use, such as 512MB or 2GiB; the rest goes to disk. (default: half of the machine's)", valueName: "size"),
        transform: SessionArguments.bytes)
    public var memory: Int?

    /// When progress is shown on standard error.
    @Option(help: ArgumentHelp("Show progress on standard error.", valueName: "when"))
    public var progress = ProgressMode.auto

    /// The file for a trace of all tasks in the Trace Event Format; none when `nil`.
    @Option(help: ArgumentHelp("Write a trace of all tasks, to be opened in Perfetto or chrome://tracing.", valueName: "file"))
    public var trace: String?

    /// The session's seed: the same seed gives the same samples.
    @Option(help: ArgumentHelp("Feeds samples and random numbers.", valueName: "n"))
    public var seed: UInt64 = 0

    /// The folder of spill files; the system's temporary folder when `nil`.
    @Option(help: ArgumentHelp("Where to put what does not fit in memory. (default: the system's temporary folder)", valueName: "path"))
    public var spillFolder: String?

    /// Whether tasks run one at a time on a simulated clock, in an order that the seed decides.
    @Flag(help: "Run tasks one at a time, in an order that the seed decides; for debugging.")
    public var deterministic = false

    /// For the parser; use `parse` to make one.
    public init() {}

    /// Refuses what cannot be, before anything is started. Called by the parser.
    ///
    /// - Throws: `ValidationError`.
    public func validate() throws {
        do { _ = try EngineURL(engine) } catch { throw Self.usage(error) }
        if let workers, workers < 1 { throw ValidationError("--workers \(workers): at least one is needed") }
    }

    /// The session's options, as the command line gives them.
    public var options: SessionOptions {
        SessionOptions(workers: workers, memory: memory, spillFolder: spillFolder, seed: seed, deterministic: deterministic)
    }

    /// What the command line of the running ``Program`` said; the defaults elsewhere.
    static var current: SessionArguments {
        get throws { try parsed ?? parse([]) }
    }

    @TaskLocal static var parsed: SessionArguments?

    @Sendable private static func bytes(_ text: String) throws -> Int {
        do { return try SessionOptions.bytes(text) } catch { throw usage(error) }
    }

    /// The same error as one of usage, in a line or two.
    static func usage(_ error: any Error) -> any Error {
        guard let error = error as? any SheafError else { return error }
        return ValidationError(error.hint.map { "\(error.message)\n  hint: \($0)" } ?? error.message)
    }
}

/// When to show progress.
public enum ProgressMode: String, CaseIterable, Sendable, ExpressibleByArgument {
    /// A line that is redrawn when standard error is a terminal, else a line every few seconds.
    case auto
    /// A line that is redrawn, terminal or not.
    case always
    /// Nothing but what was left out of the input.
    case never
}
