import ArgumentParser
import Sheaf

@main
struct SheafTool: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sheaf", abstract: "Parallel and distributed computing: run jobs, look at their plans, check this machine.",
        version: Version.current,
        subcommands: [
            RunCommands.self, GraphCommands.self, PlanCommands.self, SQLCommand.self, FileCommand<Head>.self, FileCommand<Schema>.self,
            FileCommand<Describe>.self, LoadCommand.self,
            CompareCommands.self, UpCommand.self, EnginesCommand.self, DemoCommand.self, DoctorCommand.self,
        ])

    static func main() async {
        let jobs: [any Job.Type] = [SumByKey.self, WordCount.self, Pi.self, Dot.self, Flights.self]
        await CommandRunner.main(SheafTool.self, functions: jobs.flatMap { $0.functions } + [JobWorkflow.workflow])
    }
}

enum Version {
    static let current = "0.1.0"
}
