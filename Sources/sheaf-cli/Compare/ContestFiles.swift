import Foundation

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// Where a contestant writes: files without a name, which are gone with the last process that has them open. A process that outlives the
/// contestant cannot keep us waiting for the end of a file, as it could for that of a pipe.
final class ContestFiles: Sendable {
    private let outputFile: Int32
    private let errorFile: Int32

    /// - Throws: ``AnswerError``.
    init() throws {
        outputFile = try Self.unnamedFile()
        do { errorFile = try Self.unnamedFile() } catch {
            close(outputFile)
            throw error
        }
    }

    deinit {
        close(outputFile)
        close(errorFile)
    }

    private static func unnamedFile() throws -> Int32 {
        var path = Array((NSTemporaryDirectory() + "/sheaf-compare-XXXXXX").utf8CString)
        let descriptor = mkstemp(&path)
        guard descriptor >= 0 else {
            throw AnswerError(description: "cannot make a temporary file: \(String(cString: strerror(errno)))")
        }
        unlink(path)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        return descriptor
    }

    /// Empty when nothing was written.
    var output: Data { Self.content(of: outputFile) }

    /// The last 4 KB of what was written to standard error.
    var errors: String { String(decoding: Self.content(of: errorFile).suffix(4096), as: UTF8.self) }

    private static func content(of file: Int32) -> Data {
        var data = Data(), buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            // At a place of its own: the writer's must stay where it is.
            let count = pread(file, &buffer, buffer.count, off_t(data.count))
            if count > 0 { data.append(contentsOf: buffer[..<count]) } else if count == 0 || errno != EINTR { return data }
        }
    }

    /// Starts a program in a session of its own, with the signals as a shell would leave them.
    ///
    /// - Returns: the process, and the end of a pipe from which it reads; the pipe ends with this process.
    /// - Throws: ``AnswerError``.
    func start(_ executable: String, _ arguments: [String], environment: [String: String]) throws -> (process: pid_t, lifeline: Int32) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw AnswerError(description: "cannot make a pipe: \(String(cString: strerror(errno)))") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(ends[0]) }

        #if canImport(Darwin)
        var actions: posix_spawn_file_actions_t?
        var attributes: posix_spawnattr_t?
        #else
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[0], 0)
        posix_spawn_file_actions_adddup2(&actions, outputFile, 1)
        posix_spawn_file_actions_adddup2(&actions, errorFile, 2)

        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        // Ray cannot cancel anything in a process that ignores SIGINT.
        for signal in [SIGINT, SIGTERM, SIGPIPE] { sigaddset(&signals, signal) }
        posix_spawnattr_setsigdefault(&attributes, &signals)
        let flags = Int32(POSIX_SPAWN_SETSIGDEF) | Int32(POSIX_SPAWN_SETSIGMASK) | Self.ownSession
        posix_spawnattr_setflags(&attributes, Int16(truncatingIfNeeded: flags))

        let variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        var list = ([executable] + arguments).map { strdup($0) } + [nil]
        var variableList = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in list + variableList { free(text) } }
        var process: pid_t = 0
        let status = posix_spawnp(&process, executable, &actions, &attributes, &list, &variableList)
        guard status == 0 else {
            close(ends[1])
            throw AnswerError(description: "cannot start \(executable): \(String(cString: strerror(status)))")
        }
        return (process, ends[1])
    }

    #if canImport(Darwin)
    private static let ownSession: Int32 = POSIX_SPAWN_SETSID
    #else
    private static let ownSession: Int32 = 0x80  // POSIX_SPAWN_SETSID, of glibc and musl
    #endif
}
