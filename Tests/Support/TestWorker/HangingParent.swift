internal import SheafCore
internal import SheafWorker

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// A process with busy workers, or a busy object, for somebody to kill.
enum HangingParent {
    /// With the arguments `hang FOLDER`: says which processes its workers are, keeps them busy, and never ends. With `hold FOLDER` likewise for
    /// an object.
    static func runIfAsked() async throws {
        guard CommandLine.arguments.count == 3 else { return }
        switch CommandLine.arguments[1] {
        case "hang": try await hang()
        case "hold": try await hold()
        default: return
        }
    }

    private static func hold() async throws {
        let session = Session(engine: try ProcessesEngine(options: SessionOptions(workers: 1)))
        let object = try await session.actor(TestActors.sums, "")
        print(try await object.call(TestActors.place))
        fflush(nil)
        _ = try await object.call(TestActors.hang, CommandLine.arguments[2] + "/f")
    }

    private static func hang() async throws {
        let engine = try ProcessesEngine(options: SessionOptions(workers: 2))
        let session = Session(engine: engine)
        try await engine.start()
        print(engine.workerProcesses.map(String.init).joined(separator: " "))
        fflush(nil)
        _ = try await session.compute((0..<2).map { _ in session.delayed(TestFunctions.spin, Delayed(CommandLine.arguments[2] + "/busy")) })
    }
}
