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
        try await arguments.withSession(functions: J.functions, engines: Engines.linked) { session in
            let (graph, outputs) = try await job.graph(session)
            let plan = try session.plan(graph, outputs: outputs)
            let memory = plan.memory(workers: session.options.workers)
            let portable = graph.portabilityGaps(.outOfProcess)

            var groups: [(label: String, steps: Int, count: Int)] = []
            var positions: [String: Int] = [:]
            for node in 0..<plan.graph.count {
                let label = plan.graph.label(node)
                if let position = positions[label] {
                    groups[position].count += 1
                } else {
                    positions[label] = groups.count
                    groups.append((label, plan.graph.function(node).steps.count, 1))
                }
            }
            try ResultPrinter(columns: ["tasks", "steps fused into each", "task"], json: json).print(
                groups.map { [.integer($0.count), .integer($0.steps), .text($0.label)] })
            try ResultPrinter(columns: ["nodes", "outputs", "projectedPeakBytes", "memoryBytes", "undeclaredNodes"], json: json).print([
                [
                    .integer(plan.graph.count), .integer(plan.outputs.count), .integer(memory.peakBytes), .integer(session.options.memory),
                    .integer(memory.undeclared),
                ]
            ])
            let reason = portable.first.map { "\($0.error.message) (\(portable.count) tasks like this)" }
            try ResultPrinter(columns: ["engine", "runs", "why not"], json: json).print([
                [.text("local"), .text("yes"), .missing],
                [.text("engines out of process"), .text(reason == nil ? "yes" : "no"), reason.map { .text($0) } ?? .missing],
            ])
        }
    }
}

extension Capabilities {
    /// What any engine out of process lacks: the closures of this one.
    static let outOfProcess = Capabilities(engine: "out of process", closures: false)
}
