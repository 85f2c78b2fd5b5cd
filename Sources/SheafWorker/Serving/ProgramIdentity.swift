internal import SheafCore

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// Which build of a program a process runs, so that an engine and its workers never differ.
package enum ProgramIdentity {
    /// Of an executable on this machine: which file it is, and when it was written. A hash of its contents would say the same on any
    /// machine, but takes longer than starting a worker does.
    ///
    /// - Throws: ``EngineError`` (`.inputOutput`).
    package static func ofFile(_ path: String) throws -> String {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw EngineError(.inputOutput, "cannot find the program \(path): \(String(cString: strerror(errno)))")
        }
        #if os(Linux)
        let time = status.st_mtim
        #else
        let time = status.st_mtimespec
        #endif
        return "file:\(status.st_dev):\(status.st_ino):\(status.st_size):\(time.tv_sec).\(time.tv_nsec)"
    }

    /// The executable of this process, even when another file has taken its place.
    package static var currentPath: String {
        #if os(Linux)
        "/proc/self/exe"
        #else
        CommandLine.arguments[0]
        #endif
    }

    /// As `uname -m` prints it.
    package static var architecture: String {
        var system = utsname()
        guard uname(&system) == 0 else { return "unknown" }
        return withUnsafeBytes(of: system.machine) { bytes in String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
