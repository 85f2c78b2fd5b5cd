import ArgumentParser
import Sheaf
import SheafBridge
import SheafDask
import SheafRay

/// Systems that `sheaf up` can start, and `sheaf engines` looks for.
enum TrialEngine: String, ExpressibleByArgument, CaseIterable {
    case dask, ray

    var kind: BridgeKind { self == .dask ? DaskProvider.kind : RayProvider.kind }
}

/// `sheaf up`: a trial cluster in the foreground.
struct UpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up", abstract: "Start a small Dask or Ray cluster on this machine, and stop it with Ctrl-C.",
        discussion: "It listens on loopback only. The Python is that of SHEAF_PYTHON, else the one that dev/engines has made.")

    @Argument(help: "Which: dask or ray.")
    var engine: TrialEngine
    @Option(help: "Workers; as many as there are cores by default.")
    var workers: Int?
    @Option(help: "Where it listens; 8786 for Dask and 6379 for Ray by default.")
    var port: Int?
    @Option(help: "The Python that has it.")
    var python: String?

    func validate() throws {
        if let workers, workers < 1 { throw ValidationError("--workers \(workers): at least one is needed") }
        if let port, !(1...65_535).contains(port) { throw ValidationError("--port \(port): there is no such port") }
    }

    func run() async throws {
        let kind = engine.kind, count = workers ?? SessionOptions.coreCount
        StandardError.write("Starting \(kind.title)…\n")
        let cluster: TrialCluster
        do { cluster = try await TrialCluster(kind, workers: count, port: port ?? kind.port, python: python) } catch is CancellationError {
            return
        }
        do {
            try StandardOutput.write(text(cluster, count))
            try await cluster.run()
        } catch {
            await cluster.stop()
            throw error
        }
        await cluster.stop()
        StandardError.write("\(kind.title) has ended.\n")
    }

    private func text(_ cluster: TrialCluster, _ count: Int) -> String {
        let url = "\(engine.rawValue)://\(cluster.address)"
        var lines = ["\(engine.kind.title) is up, with \(count) \(count == 1 ? "worker" : "workers"): \(url)"]
        if let dashboard = cluster.dashboard { lines.append("  its dashboard: \(dashboard)") }
        lines += ["  for example: sheaf run pi --engine \(url)", "  Ctrl-C ends it."]
        return lines.map { $0 + "\n" }.joined()
    }
}
