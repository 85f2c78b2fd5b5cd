import ArgumentParser
import Foundation

@main
struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measures Sheaf against its peers and writes the ratios.",
        discussion: """
            Runs every job with every peer, each in a process of its own, checks that all computed the same, and prints a table. \
            A full run also writes docs/benchmarks; a partial or quick one only with --output, since it must not replace the \
            published table. Peers are installed by dev/setup-bench; data files are made when first needed.
            """
    )

    @Option(help: ArgumentHelp("Only this job; may be repeated.", valueName: "name"))
    var job: [Job] = []

    @Option(help: "Only the jobs of this group; may be repeated. A full run of one group writes docs/benchmarks/GROUP.")
    var group: [Job.Group] = []

    @Option(help: ArgumentHelp("Only this peer; may be repeated. Ratios need the peer sheaf.", valueName: "name"))
    var peer: [Peer] = []

    @Option(help: "How often each peer runs each job.")
    var runs = 5

    @Option(help: "The same for the slow peers: PySpark and dask.")
    var slowRuns = 1

    @Option(help: "Threads or worker processes of each peer.")
    var workers = 2

    @Option(help: "Seconds after which a run is ended.")
    var timeout = 600.0

    @Flag(help: "One run each on small inputs: shows that everything works, proves nothing.")
    var quick = false

    @Flag(help: "Print the commands that would run, and run nothing.")
    var dryRun = false

    @Option(help: ArgumentHelp("Where to write results.json, README.md and chart.svg.", valueName: "folder"))
    var output: String?

    func validate() throws {
        guard runs >= 1, slowRuns >= 1 else { throw ValidationError("--runs and --slow-runs must be at least 1") }
        guard workers >= 1 else { throw ValidationError("--workers must be at least 1") }
        guard timeout > 0 else { throw ValidationError("--timeout must be above 0") }
    }

    func run() throws {
        let environment = ProcessInfo.processInfo.environment
        let layout = try Layout(
            from: URL(filePath: FileManager.default.currentDirectoryPath),
            environment: environment,
            executable: Bundle.main.executableURL ?? URL(filePath: CommandLine.arguments[0])
        )
        let workload = quick ? Workload.quick : .full
        let jobs = Job.allCases.filter { (job.isEmpty || job.contains($0)) && (group.isEmpty || group.contains($0.group)) }
        let peers = peer.isEmpty ? Peer.allCases : Peer.allCases.filter(peer.contains)
        let commands = Commands(layout: layout, workload: workload, workers: workers, tableRepeats: quick ? 1 : 5)
        guard jobs.contains(where: { !Set($0.peers).isDisjoint(with: peers) }) else {
            throw ValidationError("none of these peers does any of these jobs")
        }
        if dryRun { return list(jobs: jobs, peers: peers, commands: commands) }

        ChildProcess.endWithInterrupt()
        note("preparing peers and data")
        try Preparation(layout: layout, workload: workload).prepare(jobs: jobs, peers: peers)

        let options = Runner.Options(runs: quick ? 1 : runs, slowRuns: quick ? 1 : slowRuns, timeout: timeout)
        let contests = try Runner(commands: commands, options: options, progress: note).run(jobs: jobs, peers: peers)
        let results = Results(
            date: Date(), machine: .current, workers: workers, quick: quick, rows: Summary(workload: workload).rows(of: contests))

        print(Table(results: results).tables)
        if quick { note("this was a quick run on small inputs: its ratios prove nothing") }
        if let folder = outputFolder(layout) {
            try results.write(to: folder)
            note("wrote \(folder.path)")
        }
        if results.hasFailures { throw ExitCode.failure }
    }

    private func outputFolder(_ layout: Layout) -> URL? {
        if let output { return URL(filePath: output) }
        let isComplete = job.isEmpty && peer.isEmpty && !quick
        guard isComplete, group.count <= 1 else { return nil }
        return group.first.map { layout.published.appending(path: $0.rawValue) } ?? layout.published
    }

    private func list(jobs: [Job], peers: [Peer], commands: Commands) {
        for job in jobs {
            for peer in peers {
                if let command = commands.command(for: job, by: peer) { print(command) }
            }
        }
    }

    private func note(_ message: String) {
        FileHandle.standardError.write(Data("bench: \(message)\n".utf8))
    }
}
