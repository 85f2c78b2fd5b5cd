import Dispatch
import Foundation
import Synchronization

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// A program run to its end, in a session of its own, so that whatever it starts can be measured and ends with it.
///
/// It reads from a pipe that this process holds, so it can notice that this process is gone.
final class ContestProcess: Sendable {
    enum Ending: Equatable, Sendable {
        case exited(Int32)
        case signal(Int32)
        case timedOut
    }

    struct Result: Sendable {
        var ending: Ending
        var output: Data
        /// The end of what it wrote to standard error.
        var errors: String
        /// The most that it and its children held at a time, in bytes; of itself alone where there is no `/proc`.
        var peakMemory: Int
    }

    /// How long one has to end by itself when it is told to, in seconds: a cluster has to be stopped.
    private static let grace = 10.0
    /// Between two looks at its memory, in milliseconds.
    private static let period = 100

    /// Of what `wait4` tells.
    #if canImport(Darwin)
    private static let memoryUnit = 1
    #else
    private static let memoryUnit = 1024
    #endif

    private let files: ContestFiles
    private let process: pid_t
    private let lifeline: Int32
    private let timeLimit: Double
    private let hasEnded = DispatchSemaphore(value: 0)
    private struct State { var isOver = false; var isCancelled = false }
    private let state = Mutex(State())

    /// Starts it.
    ///
    /// - Parameter timeLimit: in seconds.
    /// - Throws: ``AnswerError`` when it cannot be started.
    init(_ executable: String, _ arguments: [String], environment: [String: String] = [:], timeLimit: Double) throws {
        files = try ContestFiles()
        self.timeLimit = timeLimit
        (process, lifeline) = try files.start(executable, arguments, environment: environment)
    }

    deinit { close(lifeline) }

    /// Waits for its end. Cancelling the caller ends it.
    ///
    /// - Throws: `CancellationError`.
    func result() async throws -> Result {
        let (ending, peak) = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<(Ending, Int), Never>) in
                Thread.detachNewThread { [self] in waitForEnd() }
                Thread.detachNewThread { [self] in continuation.resume(returning: watch()) }
            }
        } onCancel: {
            state.withLock { state in
                state.isCancelled = true
                if !state.isOver { _ = kill(process, SIGTERM) }
            }
        }
        try Task.checkCancellation()
        return Result(ending: ending, output: files.output, errors: files.errors, peakMemory: peak)
    }

    /// Blocks until the process has ended, and leaves it to be reaped.
    private func waitForEnd() {
        var information = siginfo_t()
        while waitid(P_PID, id_t(process), &information, WEXITED | WNOWAIT) < 0 && errno == EINTR {}
        hasEnded.signal()
    }

    /// Looks at the process's memory, and at the clock, until it has ended.
    private func watch() -> (Ending, Int) {
        let tree = ProcessTree(root: process), clock = ContinuousClock()
        var limit = clock.now + .seconds(timeLimit)
        var peak = 0, isLate = false, isTold = false
        while hasEnded.wait(timeout: .now() + .milliseconds(Self.period)) == .timedOut {
            if let memory = tree.memory { peak = max(peak, memory) }
            if !isTold, state.withLock(\.isCancelled) {
                isTold = true
                limit = clock.now + .seconds(Self.grace)
            }
            guard clock.now > limit else { continue }
            if isTold {
                tree.kill()
            } else {
                isLate = true
                isTold = true
                limit = clock.now + .seconds(Self.grace)
                _ = kill(process, SIGTERM)
            }
        }
        // What it left behind; its number is its own until it is reaped.
        tree.kill()
        var status: Int32 = 0, usage = rusage()
        state.withLock { state in
            state.isOver = true
            while wait4(process, &status, 0, &usage) < 0 && errno == EINTR {}
        }
        // One that ended between two looks is known by what the system kept.
        peak = max(peak, Int(usage.ru_maxrss) * Self.memoryUnit)
        if isLate { return (.timedOut, peak) }
        let signal = status & 0x7f
        return (signal == 0 ? .exited((status >> 8) & 0xff) : .signal(signal), peak)
    }
}
