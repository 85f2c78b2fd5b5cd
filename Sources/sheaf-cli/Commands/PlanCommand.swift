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
        let report = try await report(arguments.engine, asWorkflow: true)
        try ResultPrinter(columns: ["tasks", "steps fused into each", "task"], json: json).print(Self.groups(of: report.graph))
        let plan = try Plan(report.graph, outputs: report.outputs, capabilities: Capabilities(engine: report.engine, closures: true))
        let memory = plan.memory(workers: arguments.options.workers)
        try ResultPrinter(columns: ["nodes", "outputs", "projectedPeakBytes", "memoryBytes", "undeclaredNodes"], json: json).print([
            [
                .integer(report.tasks), .integer(report.outputs.count), .integer(memory.peakBytes),
                .integer(arguments.options.memory), .integer(memory.undeclared),
            ]
        ])
        var engines: [Row] = []
        for provider in Engines.linked {
            let report = try await self.report(provider.scheme, asWorkflow: true)
            let bare = try await self.report(provider.scheme, asWorkflow: false)
            engines.append([
                .text(provider.scheme), Self.verdict(report), .integer(report.operations), .integer(report.tasks),
                .integer(report.tasksHere), Self.verdict(bare),
            ])
        }
        try ResultPrinter(
            columns: ["engine", "runs", "operations", "tasks", "of these in this process", "outside a workflow"], json: json
        ).print(engines)
    }

    /// What an engine would be given, none of which is started.
    private func report(_ url: String, asWorkflow: Bool) async throws -> PlanReport {
        let session = try Session(
            planningFor: url, asWorkflow: asWorkflow, options: arguments.options, providers: Engines.linked)
        do {
            let (graph, outputs) = try await job.graph(session)
            await session.close()
            return session.report(graph, outputs: outputs)
        } catch {
            await session.close()
            throw error
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
