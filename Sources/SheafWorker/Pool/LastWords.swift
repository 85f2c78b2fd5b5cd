#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// What a process has written to standard error last, for the error that its end becomes.
package struct LastWords: Sendable {
    private var bytes: [UInt8] = []
    private static let most = 4096

    package init() {}

    package var text: String { String(decoding: bytes, as: UTF8.self) }

    package mutating func append(_ more: [UInt8]) {
        bytes += more
        if bytes.count > Self.most { bytes.removeFirst(bytes.count - Self.most) }
    }

    /// Reads what a pipe has; empty when that was interrupted, `nil` at the end.
    package static func next(from pipe: Int32) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: most)
        let count = read(pipe, &bytes, bytes.count)
        guard count > 0 else { return count < 0 && errno == EINTR ? [] : nil }
        bytes.removeLast(bytes.count - count)
        return bytes
    }
}

/// This process's standard error, for what others wrote.
package enum StandardErrorOutput {
    /// Writes all bytes, or as many as it takes.
    package static func write(_ bytes: [UInt8]) {
        var sent = 0
        while sent < bytes.count {
            let written = bytes[sent...].withUnsafeBytes { systemWrite(STDERR_FILENO, $0.baseAddress, $0.count) }
            guard written > 0 || errno == EINTR else { break }
            sent += max(written, 0)
        }
    }
}

private func systemWrite(_ file: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int { write(file, bytes, count) }
