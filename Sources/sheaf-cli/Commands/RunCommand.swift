import ArgumentParser
import Sheaf

struct RunCommands: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run a job and print its results.",
        subcommands: [
            RunCommand<SumByKey>.self, RunCommand<WordCount>.self, RunCommand<Pi>.self, RunCommand<Dot>.self, RunCommand<Matmul>.self,
            RunCommand<Stencil>.self, RunCommand<SingularValues>.self, RunCommand<Flights>.self, RunCommand<Airlines>.self,
            RunCommand<LogReport>.self,
        ])
}

struct RunCommand<J: Job>: AsyncParsableCommand {
    static var configuration: CommandConfiguration { CommandConfiguration(commandName: J.name, abstract: J.abstract) }

    @OptionGroup var job: J
    @Flag(help: "Print one JSON object a row.")
    var json = false
    @OptionGroup(title: "Sheaf options") var arguments: SessionArguments

    func run() async throws {
        let (columns, rows) = try await arguments.withSession(functions: J.functions, engines: Engines.linked) { session in
            try await job.result(session)
        }
        try ResultPrinter(columns: columns, json: json).print(rows)
    }
}
