internal import Foundation

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// A file that tasks count in, a byte for each time, in whatever process they run.
public enum Tally {
    /// Counts once, and returns how often that has been done now.
    ///
    /// - Throws: when the file cannot be written.
    @discardableResult
    public static func count(_ path: String) throws -> Int {
        let file = open(path, O_WRONLY | O_APPEND | O_CREAT, 0o600)
        guard file >= 0 else { throw SignalError("cannot open \(path)") }
        defer { close(file) }
        guard write(file, "x", 1) == 1 else { throw SignalError("cannot write \(path)") }
        return Int(lseek(file, 0, SEEK_END))
    }

    /// How often it has been counted.
    public static func read(_ path: String) -> Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : 0
    }
}

/// Signals that travel through a named pipe, so that a task and a test can wait for each other without polling, in whatever process
/// the task runs.
///
/// The side that makes a pipe keeps it; the other side knows its path. Signals wait in the pipe until somebody takes them.
public final class SignalPipe: Sendable {
    public let path: String
    private let file: Int32

    public init(_ path: String) throws {
        guard mkfifo(path, 0o600) == 0 else { throw SignalError("cannot make a pipe at \(path)") }
        file = open(path, O_RDWR)
        guard file >= 0 else { throw SignalError("cannot open \(path)") }
        self.path = path
    }

    deinit {
        // Whoever still waits in a thread is let go of.
        Self.put(file, 64)
        close(file)
    }

    /// Sends signals.
    public func send(_ count: Int = 1) { Self.put(file, count) }

    /// Waits for signals. Ends early, with fewer, when the task is cancelled.
    public func wait(for count: Int = 1) async throws { try await Self.wait(path, for: count) }

    /// Sends a signal to the pipe at `path`.
    public static func send(_ path: String) throws {
        let file = open(path, O_WRONLY)
        guard file >= 0 else { throw SignalError("cannot open \(path)") }
        defer { close(file) }
        put(file, 1)
    }

    /// Takes `count` signals from the pipe at `path`, waiting for them.
    ///
    /// - Throws: `CancellationError`.
    public static func wait(_ path: String, for count: Int = 1) async throws {
        let file = open(path, O_RDONLY | O_NONBLOCK)
        guard file >= 0 else { throw SignalError("cannot open \(path)") }
        _ = fcntl(file, F_SETFL, 0)
        let (taken, continuation) = AsyncStream.makeStream(of: Void.self)
        // A blocking read needs a thread of its own; it ends when the pipe's owner lets go of it, if not before.
        Thread.detachNewThread {
            var left = count, byte: UInt8 = 0
            while left > 0, read(file, &byte, 1) == 1 { left -= 1 }
            close(file)
            continuation.finish()
        }
        for await _ in taken {}
        try Task.checkCancellation()
    }

    private static func put(_ file: Int32, _ count: Int) {
        let bytes = [UInt8](repeating: 1, count: count)
        var sent = 0
        while sent < count {
            let moved = bytes[sent...].withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
            guard moved > 0 || errno == EINTR else { return }
            sent += max(moved, 0)
        }
    }
}

/// Tells when a task has ended, also when its process was killed: the task holds the writing end of a named pipe meanwhile.
///
/// The side that waits makes the pipe; the other side knows its path.
public final class PresencePipe: Sendable {
    private let file: Int32

    public init(_ path: String) throws {
        guard mkfifo(path, 0o600) == 0 else { throw SignalError("cannot make a pipe at \(path)") }
        file = open(path, O_RDONLY | O_NONBLOCK)
        guard file >= 0 else { throw SignalError("cannot open \(path)") }
        _ = fcntl(file, F_SETFL, 0)
    }

    deinit { close(file) }

    /// Waits until nobody holds the pipe any more. Somebody has to have done so before.
    ///
    /// - Throws: `CancellationError`.
    public func waitUntilGone() async throws {
        let (ended, continuation) = AsyncStream.makeStream(of: Void.self), file = dup(file)
        Thread.detachNewThread {
            var byte: UInt8 = 0
            while read(file, &byte, 1) < 0, errno == EINTR {}
            close(file)
            continuation.finish()
        }
        for await _ in ended {}
        try Task.checkCancellation()
    }

    /// Holds the pipe at `path`, if there is one, while `body` runs.
    public static func hold<R>(_ path: String, _ body: () async throws -> R) async rethrows -> R {
        let file = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC)
        defer { if file >= 0 { close(file) } }
        return try await body()
    }
}

/// A pipe or a tally that does not work.
public struct SignalError: Error, CustomStringConvertible {
    public let description: String
    init(_ description: String) { self.description = "\(description): \(String(cString: strerror(errno)))" }
}
