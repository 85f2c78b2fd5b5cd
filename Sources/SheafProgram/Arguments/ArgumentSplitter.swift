internal import ArgumentParser

/// Separates Sheaf's options from a program's own, wherever they stand on the command line.
struct ArgumentSplitter {
    private static let valued: Set<String> = ["engine", "workers", "memory", "progress", "trace", "seed", "spill-folder"]
    private static let flags: Set<String> = ["deterministic"]

    /// Sheaf's options that the program leaves to it, without dashes.
    private let names: Set<String>

    /// - Parameter own: the names, without dashes, of the options that the program declares itself.
    init(own: Set<String> = []) {
        names = Self.valued.union(Self.flags).subtracting(own)
    }

    struct Result: Equatable {
        var session: [String] = []
        var program: [String] = []
    }

    /// Both parts in their order; `--` and what follows it is the program's. A missing value is left to the parser to complain about.
    func split(_ arguments: [String]) -> Result {
        var result = Result()
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            if argument == "--" {
                result.program.append(argument)
                result.program += rest
                break
            }
            guard argument.hasPrefix("--") else {
                result.program.append(argument)
                continue
            }
            let parts = argument.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = parts.first.map(String.init), names.contains(name) else {
                result.program.append(argument)
                continue
            }
            result.session.append(argument)
            if parts.count == 1, Self.valued.contains(name), let value = rest.first, !value.hasPrefix("--") {
                result.session.append(value)
                rest.removeFirst()
            }
        }
        return result
    }
}

extension ParsableCommand {
    /// The names, without dashes, of the options that this command or one below it declares, hidden ones included.
    static var optionNames: Set<String> {
        var names: Set<String> = []
        collect(self, into: &names)
        return names
    }

    /// The parser keeps its table of options to itself; its help screen lists them all, each on a line that begins with its names.
    private static func collect(_ command: any ParsableCommand.Type, into names: inout Set<String>) {
        let help = helpMessage(for: command, includeHidden: true, columns: 500)
        for line in help.split(separator: "\n") where line.hasPrefix("  -") {
            for word in line.split(whereSeparator: { " ,/".contains($0) }).prefix(while: { $0.hasPrefix("-") }) where word.hasPrefix("--") {
                names.insert(String(word.dropFirst(2)))
            }
        }
        for subcommand in command.configuration.subcommands { collect(subcommand, into: &names) }
    }
}
