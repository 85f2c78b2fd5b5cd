internal import ArgumentParser

/// A program's help screen with Sheaf's options added.
enum CombinedHelp {
    private struct OptionsOnly: ParsableCommand {
        @OptionGroup(title: title) var session: SessionArguments
    }

    private static let title = "Sheaf options, anywhere on the command line"

    /// - Parameters:
    ///   - help: the program's own screen.
    ///   - own: the names of the program's options, which hide Sheaf's of the same name.
    static func text(_ help: String, own: Set<String>, columns: Int? = nil) -> String {
        // The parser's screen for Sheaf's options alone: the section is what lies between its title and the next.
        let screen = OptionsOnly.helpMessage(columns: columns)
        let lines = screen.split(separator: "\n", omittingEmptySubsequences: false)
        let heading = title.uppercased() + ":"
        guard let start = lines.firstIndex(where: { $0 == heading }) else { return help }
        var section = ["\(title):".uppercased()]
        var isHidden = false
        for line in lines[(start + 1)...].prefix(while: { !$0.isEmpty }) {
            if line.hasPrefix("  --") {
                let name = line.dropFirst(4).prefix { !" =".contains($0) }
                isHidden = own.contains(String(name))
            }
            if !isHidden { section.append(String(line)) }
        }
        return section.count == 1 ? help : help.trimmedAtEnd + "\n\n" + section.joined(separator: "\n") + "\n"
    }

    /// Whether a text is a help screen, rather than a version or a completion script.
    static func isHelp(_ text: String) -> Bool {
        text.contains("USAGE: ") && text.contains("--help")
    }
}

extension String {
    fileprivate var trimmedAtEnd: Substring {
        self[..<(lastIndex { !$0.isWhitespace }.map { index(after: $0) } ?? startIndex)]
    }
}
