internal import ArgumentParser
internal import SheafCore
internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// A program as a ``Workflow``: its command line is the input, and the session that its command works in is the workflow's.
enum CommandReplay {
    static let name = "sheaf.command"

    /// Where a command was started, and with what.
    struct Invocation: Codable, Sendable {
        var folder: String
        var arguments: [String]
    }

    /// What this process runs, to be told to workers.
    @TaskLocal static var invocation: Invocation?
    /// In a worker: the session that stands for the one that the command would make.
    @TaskLocal static var session: Session?

    /// Only the first session of a process can be made again: another one's plans may follow from what happened in those before.
    private static let hasSession = Locked(false)

    /// The session for a command to work in.
    static func recording(_ session: Session) throws -> Session {
        guard !session.engine.capabilities.closures, let invocation else { return session }
        let isFirst = hasSession.withLock { known in
            defer { known = true }
            return !known
        }
        guard isFirst else { return session }
        return try session.recording(name, invocation)
    }

    /// The workflow by which a worker runs a command again.
    static func workflow<Command: AsyncParsableCommand & SendableMetatype>(_ command: Command.Type) -> Workflow<Invocation, Void> {
        Workflow(name) { session, invocation in
            try enter(invocation.folder)
            silenceOutput()
            try await $session.withValue(session) {
                try await CommandRunner.run(command, invocation.arguments)
            }
        }
    }

    private static func enter(_ folder: String) throws {
        // On another machine it may be missing; what is named relative to it is then an error of its own.
        _ = chdir(folder)
    }

    /// What a command prints was printed by the process that runs it.
    private static func silenceOutput() {
        let nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC)
        guard nowhere >= 0 else { return }
        fflush(nil)
        dup2(nowhere, STDOUT_FILENO)
        close(nowhere)
    }

    static var currentFolder: String {
        guard let path = getcwd(nil, 0) else { return "/" }
        defer { free(path) }
        return String(cString: path)
    }
}
