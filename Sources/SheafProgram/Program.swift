public import ArgumentParser
public import SheafCore
internal import SheafLocal

/// A program that computes with Sheaf: its own arguments, the functions that other processes may have to find in it, and what it does in
/// a session.
///
/// ```swift
/// @main struct SumByKey: Program {
///     @Argument var path: String
///
///     func run(in session: Session) async throws {
///         let sums = session.lines(of: path).compactMap(Self.parse).reduceByKey(.sum)
///         for (id, sum) in try await sums.collect() { print(id, sum) }
///     }
/// }
/// ```
/// Sheaf's own options (`--engine`, `--workers`, `--memory` … see ``SessionArguments``) are understood anywhere on the command line up to
/// `--`, beside those that the program declares; where both have an option of one name, the program's wins. Results belong on standard
/// output; progress, warnings and errors go to standard error. The exit status is 0, 1 (the run failed), 2 (the command line is wrong)
/// or 130 (Ctrl-C).
///
/// Started with the environment variable `SHEAF_WORKER` the same executable serves as a worker and does not look at its arguments.
public protocol Program: AsyncParsableCommand, SendableMetatype {
    /// The named functions of the program's plans. Two with one name are a ``PlanError`` before anything runs.
    static var functions: [any RegisteredFunction] { get }

    /// The engines that `--engine` can name.
    static var engines: [any EngineProvider] { get }

    /// What the program does. The session is closed afterwards, however it ends.
    func run(in session: Session) async throws
}

extension Program {
    /// No named functions: all that the program's plans run is closures.
    public static var functions: [any RegisteredFunction] { [] }

    /// The embedded engine, and worker processes.
    public static var engines: [any EngineProvider] { Engines.linked }

    /// Runs the program with the process's command line and ends the process.
    public static func main() async {
        await CommandRunner.main(Self.self)
    }

    /// Runs the program with other arguments than those of the process, and ends the process.
    public static func main(_ arguments: [String]?) async {
        await CommandRunner.main(Self.self, arguments: arguments)
    }

    /// Makes a session as the command line asks and runs the program in it.
    ///
    /// - Throws: what ``SessionArguments/withSession(functions:engines:isolation:_:)`` throws.
    public func run() async throws {
        try await SessionArguments.current.withSession(functions: Self.functions, engines: Self.engines) { session in
            try await run(in: session)
        }
    }
}
