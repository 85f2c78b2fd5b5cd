import ArgumentParser
import Sheaf

@main
struct SheafTool: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sheaf", abstract: "Parallel and distributed computing: run jobs, look at their plans, check this machine.",
        version: Version.current,
        subcommands: [RunCommands.self, GraphCommands.self, PlanCommands.self, DemoCommand.self, DoctorCommand.self])

    static func main() async { await CommandRunner.main(SheafTool.self) }
}

enum Version {
    static let current = "0.1.0"
}
