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
    @Option(help: ArgumentHelp("Where to run: an engine's URL.", valueName: "url"))
    public var engine = "local"

    @Option(help: ArgumentHelp("Tasks at a time. (default: one for each core)", valueName: "n"))
    public var workers: Int?

    /// In bytes.
    @Option(
        help: ArgumentHelp("Memory to use, such as 512MB or 2GiB; the rest goes to disk. (default: half of the machine's)", valueName: "size"),
        transform: SessionArguments.bytes)
    public var memory: Int?

    @Option(help: ArgumentHelp("Show progress on standard error.", valueName: "when"))
    public var progress = ProgressMode.auto

    @Option(help: ArgumentHelp("Write a trace of all tasks, to be opened in Perfetto or chrome://tracing.", valueName: "file"))
    public var trace: String?

    @Option(help: ArgumentHelp("Feeds samples and random numbers.", valueName: "n"))
    public var seed: UInt64 = 0

    @Option(help: ArgumentHelp("Where to put what does not fit in memory. (default: the system's temporary folder)", valueName: "path"))
    public var spillFolder: String?

    @Flag(help: "Run tasks one at a time, in an order that the seed decides; for debugging.")
    public var deterministic = false

    public init() {}

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
    case never
}
