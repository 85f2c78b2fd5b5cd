internal import SheafCore
internal import SheafWorker

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// A process with busy workers, for somebody to kill.
enum HangingParent {
    /// With the argument `hang FOLDER`: says which processes its workers are, keeps them busy, and never ends.
    static func runIfAsked() async throws {
        guard CommandLine.arguments.count == 3, CommandLine.arguments[1] == "hang" else { return }
        let engine = try ProcessesEngine(options: SessionOptions(workers: 2))
        let session = Session(engine: engine)
        try await engine.start()
        print(engine.workerProcesses.map(String.init).joined(separator: " "))
        fflush(nil)
        _ = try await session.compute((0..<2).map { _ in session.delayed(TestFunctions.spin, Delayed(CommandLine.arguments[2] + "/busy")) })
    }
}
