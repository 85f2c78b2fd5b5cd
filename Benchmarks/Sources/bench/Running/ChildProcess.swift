import Foundation
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A program run to its end in a process group of its own, so that a peer's workers (a JVM, a pool) end with it.
///
/// Foundation's `Process` can do neither that nor tell the peak memory.
struct ChildProcess {
    enum Ending: Equatable, CustomStringConvertible {
        case exited(Int32)
        case signal(Int32)
        /// After this many seconds.
        case timedOut(Double)

        var description: String {
            switch self {
            case .exited(let status): "status \(status)"
            case .signal(let number): "signal \(number)"
            case .timedOut(let limit): "no answer after \(limit) s"
            }
        }
    }

    struct Result {
        var ending: Ending
        var output: String
        var errors: String
        /// Of the process, or of its largest child, in bytes.
        var peakResidentBytes: Int

        /// The line of the program's standard error that tells most, to append to a message: the last one that names an
        /// error and is not part of a stack trace, else the last one.
        var explanation: String {
            let lines = errors.split(whereSeparator: \.isNewline)
            let telling = lines.last { line in
                line.first?.isWhitespace == false && ["Error", "error", "Exception"].contains(where: line.contains)
            }
            guard let line = telling ?? lines.last else { return "" }
            return ": " + line.prefix(200)
        }
    }

    let command: Command
    /// Seconds.
    let timeout: Double

    /// Runs the program. This blocks.
    ///
    /// Output goes through files: a grandchild that outlives the program then cannot keep us waiting for the end of a pipe.
    func run() throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "sheaf-bench-\(UUID().uuidString)")
        let output = folder.appending(path: "stdout"), errors = folder.appending(path: "stderr")
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw BenchError(
                code: .cannotWrite, message: "cannot make the temporary folder \(folder.path): \(error.localizedDescription)",
                hint: "check TMPDIR")
        }
        defer { try? FileManager.default.removeItem(at: folder) }

        let child = try spawn(output: output.path, errors: errors.path)
        Self.running.store(child, ordering: .sequentiallyConsistent)
        defer { Self.running.store(0, ordering: .sequentiallyConsistent) }

        let (ending, peak) = wait(for: child)
        // Whatever the program left running would slow down the next one.
        kill(-child, SIGKILL)
        return Result(
            ending: ending,
            output: (try? String(contentsOf: output, encoding: .utf8)) ?? "",
            errors: (try? String(contentsOf: errors, encoding: .utf8)) ?? "",
            peakResidentBytes: peak
        )
    }

    private func spawn(output: String, errors: String) throws -> pid_t {
        #if canImport(Darwin)
        var actions: posix_spawn_file_actions_t?
        var attributes: posix_spawnattr_t?
        #else
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_TRUNC, 0o600)

        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
        posix_spawnattr_setpgroup(&attributes, 0)

        var arguments = ([command.executable] + command.arguments).map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var child: pid_t = 0
        let status = posix_spawnp(&child, command.executable, &actions, &attributes, &arguments, environ)
        guard status == 0 else {
            throw BenchError(
                code: .cannotStart, message: "cannot start \(command.executable): \(String(cString: strerror(status)))",
                hint: "run dev/setup-bench, and build the whole package: swift build -c release --package-path Benchmarks")
        }
        return child
    }

    private func wait(for child: pid_t) -> (Ending, peakResidentBytes: Int) {
        let deadline = ContinuousClock.now + .seconds(timeout)
        var status: Int32 = 0
        var usage = rusage()
        var timedOut = false
        while true {
            let reaped = wait4(child, &status, timedOut ? 0 : WNOHANG, &usage)
            if reaped == child { break }
            if reaped < 0 && errno != EINTR { break }
            if !timedOut && ContinuousClock.now > deadline {
                timedOut = true
                kill(-child, SIGKILL)
            } else if !timedOut {
                // The programs time themselves, so this only decides how soon the next one starts.
                usleep(10_000)
            }
        }

        #if canImport(Darwin)
        let peak = Int(usage.ru_maxrss)
        #else
        let peak = Int(usage.ru_maxrss) * 1_024
        #endif
        if timedOut { return (.timedOut(timeout), peak) }
        let signal = status & 0x7f
        return (signal == 0 ? .exited((status >> 8) & 0xff) : .signal(signal), peak)
    }

    // MARK: Interruption

    private static let running = Atomic<pid_t>(0)

    /// Ends the running program with us on Ctrl-C: in a process group of its own it does not get the signal.
    static func endWithInterrupt() {
        let end: @convention(c) (Int32) -> Void = { number in
            let child = ChildProcess.running.load(ordering: .sequentiallyConsistent)
            if child > 0 { kill(-child, SIGKILL) }
            _exit(128 + number)
        }
        // Touched here so that the handler does not have to initialise it.
        _ = running.load(ordering: .sequentiallyConsistent)
        signal(SIGINT, end)
        signal(SIGTERM, end)
    }
}
