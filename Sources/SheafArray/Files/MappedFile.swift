internal import Foundation
internal import SheafCore

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// A file's bytes in memory: the system reads a page when it is first touched, and may drop it again.
///
/// Unmapped with the last reference. The file must not become shorter meanwhile.
final class MappedFile: @unchecked Sendable {
    let path: String
    let bytes: UnsafeRawBufferPointer

    /// - Throws: ``EngineError`` (`.inputNotFound`, `.inputOutput`).
    init(_ path: String) throws {
        self.path = path
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileFailure.error("open", path) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileFailure.error("look at", path) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw EngineError(.inputOutput, "\(path) is not a file", hint: "an array's file has to be a regular one")
        }
        let count = Int(status.st_size)
        if count == 0 {
            bytes = UnsafeRawBufferPointer(start: nil, count: 0)
            return
        }
        guard let start = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED else {
            throw FileFailure.error("map", path)
        }
        bytes = UnsafeRawBufferPointer(start: start, count: count)
    }

    deinit {
        if let start = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: start), bytes.count) }
    }
}

/// Whole small files.
enum FileBytes {
    /// - Returns: `nil` when there is no such file.
    /// - Throws: ``EngineError`` (`.inputOutput`).
    static func read(_ path: String, limit: Int = .max) throws -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw FileFailure.error("open", path)
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileFailure.error("look at", path) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw EngineError(.inputOutput, "\(path) is not a file") }
        guard status.st_size <= limit else { throw FileProblem.corrupt(path, "\(status.st_size) bytes are more than it can have") }
        let size = Int(status.st_size)
        return try [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size {
                let got = pread(descriptor, buffer.baseAddress.map { $0 + count }, size - count, off_t(count))
                if got < 0 {
                    if errno == EINTR { continue }
                    throw FileFailure.error("read", path)
                }
                if got == 0 { break }
                count += got
            }
        }
    }

    /// Makes a folder, and those it lies in, unless it is there.
    ///
    /// - Throws: ``EngineError`` (`.inputOutput`).
    static func makeFolder(_ path: String) throws {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw EngineError(.inputOutput, "cannot make the folder \(path)", cause: error)
        }
    }

    /// Writes a file that appears under its name when it is complete.
    static func write(_ bytes: UnsafeRawBufferPointer, to path: String) throws {
        let file = try OutputFile(path, byteCount: bytes.count)
        try file.write(bytes, at: 0)
        try file.commit()
    }
}
