#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// Errors of the system's calls on files.
package enum FileFailure {
    /// The error for what the system just refused; `errno` must not have been touched since.
    package static func error(_ verb: String, _ path: String) -> EngineError {
        let number = errno
        return EngineError(
            number == ENOENT ? .inputNotFound : number == ENOSPC ? .noSpace : .inputOutput,
            "cannot \(verb) \(path): \(String(cString: strerror(number)))",
            hint: number == ENOENT ? "check the path; relative paths start at \(currentFolder)" : nil)
    }

    package static var currentFolder: String {
        guard let path = getcwd(nil, 0) else { return "the working folder" }
        defer { free(path) }
        return String(cString: path)
    }
}
