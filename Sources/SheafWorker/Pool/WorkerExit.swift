#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// How a worker process ended.
package struct WorkerExit: Sendable, Equatable, CustomStringConvertible {
    /// As `waitpid` gives it.
    package let status: Int32

    package init(status: Int32) { self.status = status }

    /// The signal that ended it, if one did.
    package var signal: Int32? {
        let number = status & 0x7f
        return number == 0 ? nil : number
    }

    package var code: Int32 { (status >> 8) & 0xff }

    /// Whether somebody else ended it, rather than what it ran.
    package var isFromOutside: Bool {
        switch signal {
        case SIGKILL, SIGTERM, SIGHUP, SIGINT: true
        default: false
        }
    }

    package var description: String {
        guard let signal else { return "ended with status \(code)" }
        guard let (name, meaning) = Self.names[signal] else { return "was ended by signal \(signal)" }
        return "was ended by \(name) (\(meaning))"
    }

    private static let names: [Int32: (String, String)] = [
        SIGILL: ("SIGILL", "a trap: a failed precondition, an index out of range, an overflow, or no memory left"),
        SIGTRAP: ("SIGTRAP", "a trap: a failed precondition, an index out of range, an overflow, or no memory left"),
        SIGSEGV: ("SIGSEGV", "an access to memory that is not there, or a stack that is full"),
        SIGBUS: ("SIGBUS", "an access to memory that is not there"), SIGFPE: ("SIGFPE", "an arithmetic error"),
        SIGABRT: ("SIGABRT", "abort"), SIGKILL: ("SIGKILL", "killed from outside, or by the system for lack of memory"),
        SIGTERM: ("SIGTERM", "asked to end from outside"), SIGHUP: ("SIGHUP", "hung up"), SIGINT: ("SIGINT", "interrupted"),
        SIGXCPU: ("SIGXCPU", "more processor time than allowed"),
    ]
}
