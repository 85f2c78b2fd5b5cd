import ArgumentParser
import Foundation
import Sheaf
import SheafADBC
import SheafDuckDB

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Check what this machine offers and what is missing. Exits with 1 if something is.")

    @Flag(help: "Print one JSON object a row.")
    var json = false
    @OptionGroup(title: "Sheaf options") var arguments: SessionArguments

    private struct Check {
        let name: String
        let isFine: Bool
        let detail: String
    }

    func run() async throws {
        let checks = machine() + [spillFolder()] + libraries() + (await engines())
        try ResultPrinter(columns: ["check", "ok", "detail"], json: json).print(
            checks.map { [.text($0.name), .text($0.isFine ? "yes" : "no"), .text($0.detail)] })
        if checks.contains(where: { !$0.isFine }) { throw ExitCode(1) }
    }

    private func machine() -> [Check] {
        let options = arguments.options
        return [
            Check(name: "sheaf", isFine: true, detail: Version.current),
            Check(name: "workers", isFine: true, detail: "\(options.workers) of \(SessionOptions.coreCount) cores"),
            Check(
                name: "memory", isFine: options.memory <= SessionOptions.physicalMemory,
                detail: "\(gibibytes(options.memory)) of \(gibibytes(SessionOptions.physicalMemory))"),
        ]
    }

    private func spillFolder() -> Check {
        let file = SpillFile(folder: arguments.spillFolder)
        let free = (try? FileManager.default.attributesOfFileSystem(forPath: file.folder)[.systemFreeSize] as? NSNumber)??.intValue
        do {
            let extent = try [UInt8](repeating: 1, count: 4096).withUnsafeBytes { try file.write($0) }
            file.free(extent)
            return Check(name: "spill folder", isFine: true, detail: "\(file.folder), \(free.map(gibibytes) ?? "unknown") free")
        } catch {
            return Check(name: "spill folder", isFine: false, detail: "\(error)")
        }
    }

    private func libraries() -> [Check] {
        (NativeLibraries.check() + LinearLibraries.check() + TableLibraries.check() + DatabaseDrivers.check()).map { library in
            Check(
                name: library.name, isFine: library.isFound || library.isOptional,
                detail: library.isFound ? library.purpose : library.missing)
        }
    }

    private func engines() async -> [Check] {
        var checks: [Check] = []
        for provider in Engines.linked {
            // Nothing is missing without these.
            if TrialEngine(rawValue: provider.scheme) != nil {
                checks.append(Check(name: "engine \(provider.scheme)", isFine: true, detail: await EngineStatus(provider).detail))
                continue
            }
            do {
                let session = try await Session(provider.scheme, options: arguments.options, providers: Engines.linked)
                let sum = try await session.bag(0..<1000).sum()
                await session.close()
                checks.append(Check(name: "engine \(provider.scheme)", isFine: sum == 499_500, detail: provider.summary))
            } catch {
                checks.append(Check(name: "engine \(provider.scheme)", isFine: false, detail: "\(error)"))
            }
        }
        return checks
    }

    private func gibibytes(_ bytes: Int) -> String { String(format: "%.1f GiB", Double(bytes) / 1_073_741_824) }
}
