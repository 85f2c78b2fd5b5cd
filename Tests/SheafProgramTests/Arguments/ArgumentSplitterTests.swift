import Testing

@testable import SheafProgram

@Suite("Sheaf's options are found among a program's own")
struct ArgumentSplitterTests {
    private func split(_ arguments: [String], own: Set<String> = []) -> ArgumentSplitter.Result {
        ArgumentSplitter(own: own).split(arguments)
    }

    @Test("in both spellings, anywhere, in their order")
    func spellings() {
        let result = split(["--engine", "local", "data.csv", "--workers=3", "--limit", "5", "--deterministic", "--memory", "2GB"])
        #expect(result.session == ["--engine", "local", "--workers=3", "--deterministic", "--memory", "2GB"])
        #expect(result.program == ["data.csv", "--limit", "5"])
    }

    @Test("each of them", arguments: ["engine", "workers", "memory", "progress", "trace", "seed", "spill-folder"])
    func all(name: String) {
        #expect(split(["a", "--\(name)", "x", "b"]) == .init(session: ["--\(name)", "x"], program: ["a", "b"]))
        #expect(split(["a", "--\(name)=x=y", "b"]) == .init(session: ["--\(name)=x=y"], program: ["a", "b"]))
    }

    @Test("up to --, which the program gets with all that follows")
    func terminator() {
        let result = split(["--seed", "1", "--", "--workers", "2", "--"])
        #expect(result == .init(session: ["--seed", "1"], program: ["--", "--workers", "2", "--"]))
    }

    @Test("but not where the program declares the name itself")
    func ownNames() {
        let result = split(["--seed", "1", "--workers", "2"], own: ["seed"])
        #expect(result == .init(session: ["--workers", "2"], program: ["--seed", "1"]))
    }

    @Test("a missing value is left to the parser; the next option is not taken for it")
    func missingValue() {
        #expect(split(["--workers", "--limit", "5"]) == .init(session: ["--workers"], program: ["--limit", "5"]))
        #expect(split(["--trace"]) == .init(session: ["--trace"], program: []))
        #expect(split(["--seed", "-5"]) == .init(session: ["--seed", "-5"], program: []))
    }

    @Test("similar words are the program's")
    func similar() {
        let arguments = ["--work", "--workers-max", "1", "-workers", "workers", "-", "", "--engines=x"]
        #expect(split(arguments) == .init(session: [], program: arguments))
    }

    @Test("a command's own option names are read off its help, hidden ones and those of subcommands included")
    func optionNames() {
        struct Child: ParsableCommand {
            @Option var seed = 1
        }
        struct Parent: ParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Try --not-an-option.", subcommands: [Child.self])
            @Option(name: [.short, .long], help: "Words about --workers that declare nothing.") var file = ""
            @Flag(inversion: .prefixedNo) var color = true
            @Option(help: .hidden) var trace = ""
        }
        #expect(Parent.optionNames.isSuperset(of: ["file", "color", "no-color", "trace", "seed", "help"]))
        #expect(Parent.optionNames.isDisjoint(with: ["workers", "not-an-option", "engine"]))
    }
}
