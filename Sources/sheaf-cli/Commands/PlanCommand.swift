import ArgumentParser
import Sheaf

struct PlanCommands: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Show what a job would do, without running it.",
        subcommands: [
            PlanCommand<SumByKey>.self, PlanCommand<WordCount>.self, PlanCommand<Pi>.self, PlanCommand<Dot>.self, PlanCommand<Matmul>.self,
            PlanCommand<Stencil>.self, PlanCommand<SingularValues>.self, PlanCommand<Flights>.self,
        ])
}

struct PlanCommand<J: Job>: AsyncParsableCommand {
    static var configuration: CommandConfiguration { CommandConfiguration(commandName: J.name, abstract: J.abstract) }

    @OptionGroup var job: J
    @Flag(help: "Print JSON.")
    var json = false
    @OptionGroup(title: "Sheaf options") var arguments: SessionArguments

    func run() async throws {
        let scheme = try EngineURL(arguments.engine).scheme
        guard let chosen = Engines.linked.first(where: { $0.scheme == scheme }) else {
            throw ValidationError("no engine is called “\(scheme)”; there are \(Engines.linked.map(\.scheme).joined(separator: ", "))")
        }
        // The plan may look at the beginning of a file, which this process does; no other engine is started.
        var here = arguments
        here.engine = "local"
        try await here.withSession(functions: J.functions) { session in
            let (graph, outputs) = try await job.graph(session)
            let report = chosen.report(graph, outputs: outputs)
            try ResultPrinter(columns: ["tasks", "steps fused into each", "task"], json: json).print(Self.groups(of: report.graph))
            let memory = report.memory(workers: session.options.workers)
            try ResultPrinter(columns: ["nodes", "outputs", "projectedPeakBytes", "memoryBytes", "undeclaredNodes"], json: json).print([
                [
                    .integer(report.tasks), .integer(report.outputs.count), .integer(memory.peakBytes),
                    .integer(session.options.memory), .integer(memory.undeclared),
                ]
            ])
            let engines = Engines.linked.map { provider -> Row in
                let report = provider.report(graph, outputs: outputs)
                return [
                    .text(report.engine), Self.verdict(report), .integer(report.operations), .integer(report.tasks),
                    .integer(report.tasksHere), Self.verdict(provider.report(graph, outputs: outputs, asWorkflow: false)),
                ]
            }
            try ResultPrinter(
                columns: ["engine", "runs", "operations", "tasks", "of these in this process", "outside a workflow"], json: json
            ).print(engines)
        }
    }

    private static func groups(of graph: Graph) -> [Row] {
        var groups: [(label: String, steps: Int, count: Int)] = [], positions: [String: Int] = [:]
        for node in 0..<graph.count {
            let label = graph.label(node)
            if let position = positions[label] {
                groups[position].count += 1
            } else {
                positions[label] = groups.count
                groups.append((label, graph.function(node).steps.count, 1))
            }
        }
        return groups.map { [.integer($0.count), .integer($0.steps), .text($0.label)] }
    }

    private static func verdict(_ report: PlanReport) -> Cell {
        guard let gap = report.gaps.first else { return .text("yes") }
        return .text("no: \(gap.error.message)" + (report.gaps.count > 1 ? " (\(report.gaps.count) tasks like this)" : ""))
    }
}
