internal import SheafCore

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// A file being written, with a buffer. Not thread-safe.
final class OutputFile {
    private let path: String
    private let descriptor: Int32
    private var buffer: [UInt8] = []
    private static let bufferSize = 1 << 16

    /// Makes the file, or empties it.
    ///
    /// - Throws: ``EngineError`` (`.inputOutput`).
    init(path: String) throws {
        self.path = path
        descriptor = path.withCString { Self.create($0) }
        guard descriptor >= 0 else { throw Self.failure("create", path) }
        buffer.reserveCapacity(Self.bufferSize + 4096)
    }

    deinit { _ = Self.close(descriptor) }

    /// - Throws: ``EngineError`` (`.inputOutput`, `.noSpace`).
    func write(_ text: String) throws {
        buffer.append(contentsOf: text.utf8)
        if buffer.count >= Self.bufferSize { try flush() }
    }

    /// - Throws: ``EngineError`` (`.inputOutput`, `.noSpace`).
    func flush() throws {
        defer { buffer.removeAll(keepingCapacity: true) }
        var done = 0
        while done < buffer.count {
            let written = buffer.withUnsafeBytes { Self.write(descriptor, $0.baseAddress! + done, $0.count - done) }
            if written > 0 { done += written } else if errno != EINTR { throw Self.failure("write", path) }
        }
    }

    private static func failure(_ verb: String, _ path: String) -> EngineError {
        let number = errno
        let isFull = number == ENOSPC || number == EDQUOT
        return EngineError(
            isFull ? .noSpace : .inputOutput, "cannot \(verb) \(path): \(String(cString: strerror(number)))",
            hint: isFull ? "free some space, or choose another file" : "choose a file in a folder that can be written")
    }

    // The system's functions, whose names are taken here.

    private static func create(_ path: UnsafePointer<CChar>) -> Int32 {
        open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    }

    private static func write(_ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
        #if canImport(Glibc)
        Glibc.write(descriptor, bytes, count)
        #elseif canImport(Musl)
        Musl.write(descriptor, bytes, count)
        #else
        Darwin.write(descriptor, bytes, count)
        #endif
    }

    private static func close(_ descriptor: Int32) -> Int32 {
        #if canImport(Glibc)
        Glibc.close(descriptor)
        #elseif canImport(Musl)
        Musl.close(descriptor)
        #else
        Darwin.close(descriptor)
        #endif
    }
}
