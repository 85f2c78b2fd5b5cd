import ArgumentParser
import Foundation
import Sheaf

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

struct CompareCommands: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare", abstract: "Run a job on several engines, and see what each takes.",
        discussion: """
            Each engine, and each peer, does the job in a process of its own: started, once to warm up, then --repeat times. One that is \
            not there is a row that says why.
            """,
        subcommands: [
            CompareCommand<SumByKey>.self, CompareCommand<WordCount>.self, CompareCommand<Pi>.self, CompareCommand<Dot>.self,
            CompareCommand<Matmul>.self, CompareCommand<Stencil>.self, CompareCommand<SingularValues>.self, CompareCommand<Flights>.self,
            CompareCommand<Airlines>.self, CompareCommand<LogReport>.self,
        ])
}

struct CompareCommand<J: Job>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: J.name, abstract: J.abstract,
            discussion: """
                The columns of the table:
                - time: the median of --repeat runs, from the plan to the rows, without the engine's start.
                - ÷ local: that time divided by local's.
                - tasks: of one run, as the engine counts them.
                - overhead a task: (time × workers − task time) ÷ tasks, where the task time is what all tasks took on local, added up. \
                It is scheduling, sending and waiting. Only for engines, and only when local is one of them.
                - moved: bytes of arguments and results that went between processes in one run.
                - peak memory: of the process and all that it started; what each has for itself, and the largest shared part once.
                - result: whether the rows are the first one's, numbers within 1e-9 of them. Peers draw random numbers of their own: \
                such results are equal within chance up to five standard deviations.

                “–” stands where nobody tells. The exit status is 1 when a result is wrong, or when nothing ran.
                """)
    }

    @OptionGroup var job: J
    @Option(help: ArgumentHelp("Engines, separated by commas: names or URLs.", valueName: "list"))
    var engines = "local,processes,dask,ray"
    @Flag(help: "Compare with the same job written for multiprocessing, NumPy, Dask, Ray and PySpark, too.")
    var peers = false
    @Option(name: .customLong("repeat"), help: ArgumentHelp("Measured runs of each.", valueName: "n"))
    var repeats = 3
    @Option(help: ArgumentHelp("Write the times as a chart, in SVG.", valueName: "file"))
    var chart: String?
    @Option(help: ArgumentHelp("The most that an engine or a peer may take for all its runs.", valueName: "seconds"))
    var timeLimit = 600.0
    @Option(help: ArgumentHelp("Runs the peers. (default: SHEAF_PYTHON, the cache's environments, python3)", valueName: "program"))
    var python: String?
    @Option(help: ArgumentHelp("The peers' programs. (default: Benchmarks/peers/python/compare of the checkout)", valueName: "folder"))
    var peersFolder: String?
    @Flag(help: "Print one JSON object a row.")
    var json = false
    @Option(help: .hidden)
    var contestant: String?
    @OptionGroup(title: "Sheaf options") var arguments: SessionArguments

    func validate() throws {
        guard repeats > 0 else { throw ValidationError("--repeat \(repeats): at least one run is needed") }
        guard timeLimit > 0, timeLimit < 1e9 else { throw ValidationError("--time-limit has to be a positive number of seconds") }
        guard arguments.engine == "local", arguments.trace == nil else {
            throw ValidationError("engines are named with --engines, and there is no trace of several")
        }
        _ = try Contestant.engines(engines, workers: arguments.options.workers)
    }

    func run() async throws {
        if let contestant { return try await measure(on: contestant) }
        let options = arguments.options
        let contestants = try Contestant.engines(engines, workers: options.workers) + (peers ? PeerSystem.allCases.map { .peer($0) } : [])
        let comparison = Comparison(
            job: job, contestants: contestants, options: options, repeats: repeats, timeLimit: timeLimit,
            engineArguments: Self.asContestant, peers: programs, announce: announcement)
        let report = ComparisonReport(job: J.name, workers: options.workers, entries: try await comparison.entries())
        if json {
            try ResultPrinter(columns: ComparisonReport.jsonColumns, json: true).print(report.jsonRows)
        } else {
            try StandardOutput.write(report.text)
        }
        if let chart { try write(ComparisonChart(report: report, title: title), to: chart) }
        if report.entries.allSatisfy({ $0.median == nil }) { throw ExitCode(1) }
        if report.hasWrongResults { throw ExitCode(1) }
    }

    /// What this process does as a contestant.
    private func measure(on url: String) async throws {
        Lifeline.follow()
        var arguments = arguments
        arguments.engine = url
        arguments.progress = .never
        let answer = try await EngineMeasurement(job: job, arguments: arguments, repeats: repeats).answer()
        try StandardOutput.write(try answer.line())
    }

    /// The command line of this process, with an engine behind the job's name.
    private static func asContestant(_ url: String) -> [String] {
        let own = CommandLine.arguments.dropFirst()
        return own.prefix(2) + ["--contestant", url] + own.dropFirst(2)
    }

    private var programs: Result<PeerPrograms, AnswerError> {
        Result { () throws(AnswerError) in
            try PeerPrograms(folder: peersFolder, python: python, environment: ProcessInfo.processInfo.environment)
        }
    }

    private var announcement: @Sendable (String) -> Void {
        let isShown = arguments.progress == .always || (arguments.progress == .auto && isatty(STDERR_FILENO) == 1)
        return { if isShown { StandardError.write("compare: \($0)\n") } }
    }

    private var title: String {
        "sheaf compare "
            + CommandLine.arguments.dropFirst(2).prefix { !$0.hasPrefix("--") }
            .map { $0.split(separator: "/").last.map(String.init) ?? $0 }.joined(separator: " ")
    }

    private func write(_ chart: ComparisonChart, to path: String) throws {
        do {
            try Data(chart.svg.utf8).write(to: URL(fileURLWithPath: path))
        } catch {
            throw EngineError(.inputOutput, "cannot write the chart \(path)", cause: error, hint: "name another file with --chart")
        }
    }
}

extension ComparisonReport {
    var hasWrongResults: Bool {
        entries.contains { entry in
            if case .measured(_, let agreement, _) = entry.outcome { agreement.isWrong } else { false }
        }
    }
}
