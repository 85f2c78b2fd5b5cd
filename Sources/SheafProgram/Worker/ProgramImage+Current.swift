public import SheafCore

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

extension ProgramImage {
    /// The executable of this process. Reads the whole file; blocks on the disk.
    ///
    /// - Throws: ``EngineError`` (`.inputOutput`).
    public static func current() throws -> ProgramImage {
        let path = try executablePath()
        return ProgramImage(path: path, contentHash: try contentHash(ofFile: path), architecture: machine)
    }

    /// SHA-256 of a file, in hexadecimal.
    ///
    /// - Throws: ``EngineError`` (`.inputOutput`).
    static func contentHash(ofFile path: String) throws -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path) }
        defer { close(descriptor) }
        var hash = SHA256()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = read(descriptor, buffer.baseAddress, buffer.count)
            if count > 0 {
                hash.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            } else if count == 0 {
                return SHA256.hexadecimal(hash.finish())
            } else if errno != EINTR {
                throw failure(path)
            }
        }
    }

    /// As `uname -m` prints it.
    static var machine: String {
        var system = utsname()
        guard uname(&system) == 0 else { return "unknown" }
        return withUnsafeBytes(of: system.machine) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
    }

    private static func executablePath() throws -> String {
        #if os(Linux)
        let link = "/proc/self/exe"
        return try withUnsafeTemporaryAllocation(byteCount: Int(PATH_MAX), alignment: 1) { buffer in
            let count = readlink(link, buffer.assumingMemoryBound(to: CChar.self).baseAddress!, buffer.count)
            guard count > 0 else { throw failure(link) }
            return String(decoding: UnsafeRawBufferPointer(rebasing: buffer[..<count]), as: UTF8.self)
        }
        #else
        guard let path = realpath(CommandLine.arguments[0], nil) else { throw failure(CommandLine.arguments[0]) }
        defer { free(path) }
        return String(cString: path)
        #endif
    }

    private static func failure(_ path: String) -> EngineError {
        EngineError(
            .inputOutput, "cannot read the program's own file \(path): \(String(cString: strerror(errno)))",
            hint: "it was moved, deleted or rebuilt since the program started; start it again")
    }
}
