import ArgumentParser
import Sheaf
import SheafBridge

/// `sheaf engines`: what can be named with `--engine`.
struct EnginesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "engines", abstract: "List the engines that are linked, and what there is for them on this machine.")

    @Flag(help: "Print one JSON object a row.")
    var json = false

    func run() async throws {
        var rows: [Row] = []
        for provider in Engines.linked {
            let status = await EngineStatus(provider)
            rows.append([
                .text(provider.scheme), .text(provider.summary), .text(status.isUsable ? "yes" : "no"), .text(status.detail),
            ])
        }
        try ResultPrinter(columns: ["engine", "what it is", "usable", "here"], json: json).print(rows)
    }
}

/// What there is on this machine for an engine.
struct EngineStatus {
    let isUsable: Bool
    let detail: String

    /// Looks, and starts nothing but a Python.
    init(_ provider: any EngineProvider) async {
        guard let engine = TrialEngine(rawValue: provider.scheme) else {
            isUsable = true
            detail = "\(SessionOptions.coreCount) cores"
            return
        }
        let probe = await EngineProbe(engine.kind)
        isUsable = probe.isUsable
        if let problem = probe.problem {
            let error = problem as? any SheafError
            detail = (error?.message ?? "\(problem)") + (error?.hint.map { "; \($0)" } ?? "")
            return
        }
        guard case .success(let found) = probe.python else {
            detail = ""
            return
        }
        let versions = found.versions.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        let running =
            probe.isListening
            ? "; port \(engine.kind.port) of this machine answers: \(provider.scheme)://127.0.0.1:\(engine.kind.port)"
            : "; start a cluster with: sheaf up \(provider.scheme)"
        detail = "Python \(found.python) with \(versions) (\(found.interpreter.path))\(running)"
    }
}
