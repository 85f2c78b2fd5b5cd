#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// A stream of the process that people may be looking at.
struct Terminal: Sendable {
    static let standardError = Terminal(descriptor: STDERR_FILENO)

    let descriptor: Int32

    /// Whether text written there can be redrawn.
    var isInteractive: Bool {
        isatty(descriptor) == 1 && getenv("TERM").map { String(cString: $0) } != "dumb"
    }

    /// Columns; 80 where nobody knows.
    var width: Int {
        var size = winsize()
        if ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
        return getenv("COLUMNS").flatMap { Int(String(cString: $0)) } ?? 80
    }

    /// Whether the locale asks for something else than UTF-8. A locale that says nothing gets UTF-8, as terminals today speak it.
    static var isUnicode: Bool {
        for variable in ["LC_ALL", "LC_CTYPE", "LANG"] {
            guard let value = getenv(variable).map({ String(cString: $0).lowercased() }), !value.isEmpty else { continue }
            return value.contains("utf-8") || value.contains("utf8") || value == "c" || value == "posix"
        }
        return true
    }

    /// Writes at once, without a buffer. What cannot be written is lost: there is nowhere to complain.
    func write(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            var done = 0
            while done < bytes.count {
                let written = Self.write(descriptor, bytes.baseAddress! + done, bytes.count - done)
                if written > 0 { done += written } else if errno != EINTR { return }
            }
        }
    }

    /// Clears the line that a progress display may have left.
    func eraseLine() {
        if isInteractive { write(Self.erasing) }
    }

    /// To the start of the line, and everything behind it gone.
    static let erasing = "\r\u{1B}[K"

    private static func write(_ descriptor: Int32, _ bytes: UnsafePointer<UInt8>, _ count: Int) -> Int {
        #if canImport(Glibc)
        Glibc.write(descriptor, bytes, count)
        #elseif canImport(Musl)
        Musl.write(descriptor, bytes, count)
        #else
        Darwin.write(descriptor, bytes, count)
        #endif
    }
}
