internal import SheafCore

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// The executable that is sent to an engine's workers.
enum ProgramFile {
    /// Where the file is: the one asked for, else that of this process, also when another has taken its place meanwhile.
    ///
    /// - Throws: ``EngineError`` (`.inputOutput`) when there is none.
    static func path(_ asked: String?) throws -> String {
        guard let asked else { return try current() }
        guard let path = realpath(asked, nil) else {
            throw EngineError(.inputOutput, "cannot find the program \(asked): \(String(cString: strerror(errno)))")
        }
        defer { free(path) }
        return String(cString: path)
    }

    private static func current() throws -> String {
        #if os(Linux)
        // Its own name for this process, since /proc/self is another process for whoever reads it.
        let link = "/proc/\(getpid())/exe"
        guard let path = realpath(link, nil) else { return link }
        #else
        guard let path = realpath(CommandLine.arguments[0], nil) else {
            throw EngineError(.inputOutput, "cannot find this program's own file: \(String(cString: strerror(errno)))")
        }
        #endif
        defer { free(path) }
        return String(cString: path)
    }
}
