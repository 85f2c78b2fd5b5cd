import Foundation
import SheafCore
import Synchronization
import Testing

@testable import SheafProgram

/// Adds numbers, or fails as it is told.
private struct AddProgram: Program {
    static let configuration = CommandConfiguration(commandName: "add", abstract: "Adds numbers.", version: "7.1")
    static let functions: [any RegisteredFunction] = [add]
    static let add = Function("add") { (a: Int, b: Int) in a + b }
    static let results = Mutex<[String: Int]>([:])

    @Argument(help: "What to add.") var numbers: [Int]
    @Option(help: "Under which name to keep the result.") var key: String
    @Option(help: "How to fail.") var fail: String?
    /// Sheaf has an option of this name too.
    @Option(help: "The program's own seed.") var seed = 5

    func validate() throws {
        if key == "none" { throw ValidationError("the key is none") }
    }

    func run(in session: Session) async throws {
        switch fail {
        case "code": throw ExitCode(7)
        case "clean": throw CleanExit.message("nothing to do")
        case "engine": throw EngineError(.noSpace, "the disk is full", hint: "buy another")
        case "task":
            let value = session.delayed(Delayed(1)) { (_: Int) -> Int in throw EngineError(.inputOutput, "broken in the task") }
            _ = try await value.compute()
        case "usage": throw ValidationError("five is right out")
        default: break
        }
        var sum = session.delayed(Self.add, Delayed(0), Delayed(0))
        for number in numbers { sum = session.delayed(Self.add, sum, Delayed(number)) }
        let total = try await sum.compute() * (seed == 5 ? 1 : 100) + (session.options.workers == 3 ? 1000 : 0)
        Self.results.withLock { $0[key] = total }
    }
}

@Suite("A program runs from its command line to its exit status")
struct ProgramTests {
    private func launch(_ line: String, interrupts: Interrupts = .none) async -> ExitReport {
        await CommandRunner.launch(AddProgram.self, arguments: line.split(separator: " ").map(String.init), interrupts: interrupts)
    }

    @Test("its own arguments and Sheaf's may be mixed; an option that it declares itself is its own")
    func runs() async {
        #expect(await launch("1 --workers 3 2 --key mixed 3 --progress=never") == ExitReport(status: 0))
        #expect(AddProgram.results.withLock { $0["mixed"] } == 1006)
        #expect(await launch("1 2 --key seeded --seed 6") == ExitReport(status: 0))
        #expect(AddProgram.results.withLock { $0["seeded"] } == 300)
    }

    @Test(
        "a wrong command line ends with 2 and says what is wrong",
        arguments: [
            ("1 --key a --unknown", "--unknown"), ("1", "--key"), ("one --key a", "one"), ("1 --key a --workers none", "--workers"),
            ("1 --key a --memory big", "big"), ("1 --key a --engine dusk://x", "known engines: local"), ("1 --key none", "the key is none"),
            ("1 --key a --engine local://?size=2", "size"), ("1 --key a --fail usage", "five is right out"), ("", "--key"),
        ])
    func usage(_ line: String, _ part: String) async {
        let report = await launch(line)
        #expect(report.status == 2)
        #expect(report.message.contains(part))
        #expect(report.output.isEmpty)
    }

    @Test(
        "a failed run ends with 1 and says why",
        arguments: [
            ("1 --key a --fail engine", "the disk is full [noSpace]\n  hint: buy another"), ("1 --key a --fail task", "broken in the task"),
            ("1 --key a --trace /nowhere/to/be/found", "/nowhere/to/be/found"),
        ])
    func failure(_ line: String, _ part: String) async {
        let report = await launch(line)
        #expect(report.status == 1)
        #expect(report.message.hasPrefix("Error: "))
        #expect(report.message.contains(part))
        #expect(report.output.isEmpty)
    }

    @Test("a program may choose its status, or end cleanly with a message")
    func chosen() async {
        #expect(await launch("1 --key a --fail code") == ExitReport(status: 7))
        #expect(await launch("1 --key a --fail clean") == ExitReport(status: 0, output: "nothing to do"))
    }

    @Test("--help shows the program's options and Sheaf's, but not Sheaf's option that the program hides")
    func help() async throws {
        let report = await launch("--help")
        #expect(report.status == 0)
        #expect(report.message.isEmpty)
        #expect(report.output.contains("OVERVIEW: Adds numbers."))
        for option in ["--key", "--fail", "--engine <url>", "--workers <n>", "--memory <size>", "--progress <when>", "--trace <file>"] {
            #expect(report.output.contains("  \(option)"), "\(option)")
        }
        for option in ["--spill-folder <path>", "--deterministic"] { #expect(report.output.contains("  \(option)"), "\(option)") }
        #expect(report.output.components(separatedBy: "  --seed").count == 2)
        #expect(report.output.contains("The program's own seed."))
        #expect(!report.output.contains("Feeds samples"))
    }

    @Test("--version and completion scripts stay as they are")
    func otherScreens() async {
        #expect(await launch("--version") == ExitReport(status: 0, output: "7.1"))
        let script = await launch("--generate-completion-script bash")
        #expect(script.status == 0)
        #expect(!script.output.contains("SHEAF OPTIONS"))
    }

    @Test("without a required argument the screen on standard error shows both kinds of options")
    func nothingGiven() async {
        let report = await launch("")
        #expect(report.message.contains("Missing expected argument"))
        #expect(report.message.contains("--workers <n>"))
    }

    @Test("a program below a tool's root runs with the tool's command line")
    func subcommand() async {
        struct Tool: AsyncParsableCommand {
            static let configuration = CommandConfiguration(subcommands: [AddProgram.self])
        }
        let report = await CommandRunner.launch(Tool.self, arguments: ["add", "4", "5", "--key", "tool"])
        #expect(report == ExitReport(status: 0))
        #expect(AddProgram.results.withLock { $0["tool"] } == 9)
    }

    @Test("a command of a tool takes Sheaf's options as a group")
    func optionGroup() async {
        struct Sum: AsyncParsableCommand {
            static let workers = Mutex(0)
            @OptionGroup var arguments: SessionArguments
            func run() async throws {
                try await arguments.withSession { session in Self.workers.withLock { $0 = session.options.workers } }
            }
        }
        struct Tool: AsyncParsableCommand {
            static let configuration = CommandConfiguration(subcommands: [Sum.self])
        }
        #expect(await CommandRunner.launch(Tool.self, arguments: ["sum", "--workers", "6"]) == ExitReport(status: 0))
        #expect(Sum.workers.withLock(\.self) == 6)
        #expect(await CommandRunner.launch(Tool.self, arguments: ["sum", "--workers", "six"]).status == 2)
    }

    @Test("two functions of one name end the program with 1 before it runs")
    func duplicates() async {
        struct Twice: Program {
            static let functions: [any RegisteredFunction] = [Function("f") { (a: Int) in a }, Function("f") { (a: Int) in a }]
            func run(in session: Session) async throws { Issue.record("the program ran") }
        }
        let report = await CommandRunner.launch(Twice.self, arguments: [])
        #expect(report.status == 1)
        #expect(report.message.contains("the function “f” is registered twice"))
    }
}
