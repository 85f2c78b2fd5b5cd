import Foundation

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// Ends this process, in the manner of a SIGTERM, when the one that started it is gone.
enum Lifeline {
    /// Reads from standard input, of which that process holds the other end, until it ends.
    static func follow() {
        Thread.detachNewThread {
            var byte: UInt8 = 0
            while read(STDIN_FILENO, &byte, 1) > 0 || errno == EINTR {}
            _ = kill(getpid(), SIGTERM)
        }
    }
}
