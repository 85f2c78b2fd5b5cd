import ArgumentParser
import Foundation
import Sheaf

struct GraphCommands: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "graph", abstract: "Draw the task graph of a job, without running it.",
        subcommands: [
            GraphCommand<SumByKey>.self, GraphCommand<WordCount>.self, GraphCommand<Pi>.self, GraphCommand<Dot>.self,
            GraphCommand<Matmul>.self, GraphCommand<Stencil>.self, GraphCommand<SingularValues>.self,
            GraphCommand<Flights>.self,
        ])
}

struct GraphCommand<J: Job>: AsyncParsableCommand {
    static var configuration: CommandConfiguration { CommandConfiguration(commandName: J.name, abstract: J.abstract) }

    @OptionGroup var job: J
    @Option(name: .shortAndLong, help: "The file to write: .svg (a picture), .dot (Graphviz) or .json (the plan itself).")
    var output: String
    @OptionGroup(title: "Sheaf options") var arguments: SessionArguments

    private var format: String { String(output.split(separator: ".").last ?? "").lowercased() }

    func validate() throws {
        guard ["svg", "dot", "json"].contains(format) else {
            throw ValidationError("\(output) is not a .svg, .dot or .json file")
        }
    }

    func run() async throws {
        let text: String = try await arguments.withSession(functions: J.functions, engines: Engines.linked) { session in
            let (graph, outputs) = try await job.graph(session)
            switch format {
            case "svg": return graph.svg(outputs: outputs, title: "sheaf run \(J.name)")
            case "dot": return graph.dot(outputs: outputs)
            default: return String(decoding: try SerializedGraph(graph, outputs: outputs).json(), as: UTF8.self)
            }
        }
        do {
            try text.write(toFile: output, atomically: true, encoding: .utf8)
        } catch {
            throw EngineError(.inputOutput, "cannot write \(output)", cause: error)
        }
        StandardError.write("wrote \(output)\n")
    }
}
