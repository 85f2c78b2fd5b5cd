internal import CSheaf
internal import SheafCore

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// Bytes in order, from a plain file or through a decompressor.
protocol ByteSource: AnyObject {
    /// Fills the start of the buffer; returns 0 at the end.
    ///
    /// - Throws: ``EngineError`` (`.inputOutput`), ``TaskError`` (`.corruptInput`).
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int
}

/// How a file's bytes are packed, decided by its name.
enum Compression: String, Codable, Sendable {
    case none, gzip, zstd

    init(path: String) {
        self = path.hasSuffix(".gz") ? .gzip : path.hasSuffix(".zst") || path.hasSuffix(".zstd") ? .zstd : .none
    }

    func open(_ path: String, at offset: Int) throws -> any ByteSource {
        switch self {
        case .none: try PlainSource(path, at: offset)
        case .gzip: try GzipSource(path)
        case .zstd: try ZstdSource(path)
        }
    }
}

final class PlainSource: ByteSource {
    private let path: String
    private let descriptor: Int32
    private var position: Int

    init(_ path: String, at offset: Int) throws {
        self.path = path
        position = offset
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileFailure.error("open", path) }
    }

    deinit { close(descriptor) }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        while true {
            let count = pread(descriptor, buffer.baseAddress, buffer.count, off_t(position))
            if count >= 0 {
                position += count
                return count
            }
            guard errno == EINTR else { throw FileFailure.error("read", path) }
        }
    }
}

/// zlib's file interface (zlib.h), which follows concatenated members and checks each one's sum.
final class GzipSource: ByteSource {
    private struct Library: Sendable {
        let open: @convention(c) (UnsafePointer<CChar>, UnsafePointer<CChar>) -> OpaquePointer?
        let read: @convention(c) (OpaquePointer, UnsafeMutableRawPointer, UInt32) -> Int32
        let error: @convention(c) (OpaquePointer, UnsafeMutablePointer<Int32>) -> UnsafePointer<CChar>
        let close: @convention(c) (OpaquePointer) -> Int32
        let isDirect: @convention(c) (OpaquePointer) -> Int32

        static let shared = Result {
            let library = try NativeLibrary.zlib()
            return Library(
                open: try library.symbol(
                    "gzopen", as: (@convention(c) (UnsafePointer<CChar>, UnsafePointer<CChar>) -> OpaquePointer?).self),
                read: try library.symbol("gzread", as: (@convention(c) (OpaquePointer, UnsafeMutableRawPointer, UInt32) -> Int32).self),
                error: try library.symbol(
                    "gzerror", as: (@convention(c) (OpaquePointer, UnsafeMutablePointer<Int32>) -> UnsafePointer<CChar>).self),
                close: try library.symbol("gzclose", as: (@convention(c) (OpaquePointer) -> Int32).self),
                isDirect: try library.symbol("gzdirect", as: (@convention(c) (OpaquePointer) -> Int32).self))
        }
    }

    private let library: Library
    private let path: String
    private let file: OpaquePointer

    init(_ path: String) throws {
        library = try Library.shared.get()
        self.path = path
        guard let file = library.open(path, "rb") else { throw FileFailure.error("open", path) }
        self.file = file
        // zlib hands files without its header through as they are; a text file called .gz is more likely a damaged one.
        // The file is closed by `deinit`, which runs also when this throws.
        if library.isDirect(file) == 1, (try? PlainSource(path, at: 0).isEmpty()) == false {
            throw TaskError(
                .corruptInput, "\(path) is not a gzip file", hint: "rename it if it is not compressed, or fetch it again")
        }
    }

    static func isAvailable() throws { _ = try Library.shared.get() }

    deinit { _ = library.close(file) }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = library.read(file, buffer.baseAddress!, UInt32(min(buffer.count, 1 << 30)))
        var code: Int32 = 0
        let text = library.error(file, &code)
        // Z_ERRNO: the system could not read the file.
        if code == -1 { throw EngineError(.inputOutput, "cannot read \(path): \(String(cString: text))") }
        // Z_BUF_ERROR (-5) after the last byte means that the file ends in the middle of a member.
        if count < 0 || (code != 0 && code != 1) {
            let reason = code == -5 ? "it ends too early" : String(cString: text)
            throw TaskError(.corruptInput, "cannot decompress \(path): \(reason)", hint: "check it with gzip -t, or fetch it again")
        }
        return Int(count)
    }
}

extension PlainSource {
    fileprivate func isEmpty() throws -> Bool {
        var byte: UInt8 = 0
        return try withUnsafeMutableBytes(of: &byte) { try read(into: $0) } == 0
    }
}

/// zstd's streaming interface (zstd.h), over concatenated frames.
final class ZstdSource: ByteSource {
    private struct Library: Sendable {
        let create: @convention(c) () -> OpaquePointer?
        let free: @convention(c) (OpaquePointer) -> Int
        let decompress:
            @convention(c) (OpaquePointer, UnsafeMutablePointer<sheaf_zstd_output>, UnsafeMutablePointer<sheaf_zstd_input>) -> Int
        let isError: @convention(c) (Int) -> UInt32
        let errorName: @convention(c) (Int) -> UnsafePointer<CChar>

        static let shared = Result {
            let library = try NativeLibrary.zstd()
            return Library(
                create: try library.symbol("ZSTD_createDStream", as: (@convention(c) () -> OpaquePointer?).self),
                free: try library.symbol("ZSTD_freeDStream", as: (@convention(c) (OpaquePointer) -> Int).self),
                decompress: try library.symbol(
                    "ZSTD_decompressStream",
                    as: (@convention(c) (OpaquePointer, UnsafeMutablePointer<sheaf_zstd_output>, UnsafeMutablePointer<sheaf_zstd_input>) ->
                        Int)
                        .self),
                isError: try library.symbol("ZSTD_isError", as: (@convention(c) (Int) -> UInt32).self),
                errorName: try library.symbol("ZSTD_getErrorName", as: (@convention(c) (Int) -> UnsafePointer<CChar>).self))
        }
    }

    private let library: Library
    private let path: String
    private let file: PlainSource
    private let stream: OpaquePointer
    private let packed: UnsafeMutableRawBufferPointer
    private var input = sheaf_zstd_input(src: nil, size: 0, pos: 0)
    /// What the decompressor still expects; 0 between frames.
    private var expected = 0

    init(_ path: String) throws {
        library = try Library.shared.get()
        self.path = path
        file = try PlainSource(path, at: 0)
        guard let stream = library.create() else { throw EngineError(.inputOutput, "zstd cannot make a decompressor for \(path)") }
        self.stream = stream
        packed = .allocate(byteCount: 1 << 17, alignment: 16)
    }

    static func isAvailable() throws { _ = try Library.shared.get() }

    deinit {
        _ = library.free(stream)
        packed.deallocate()
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        var output = sheaf_zstd_output(dst: buffer.baseAddress, size: buffer.count, pos: 0)
        while output.pos == 0 {
            if input.pos == input.size {
                let count = try file.read(into: packed)
                if count == 0 {
                    guard expected == 0 else { throw corrupt("it ends too early") }
                    return 0
                }
                input = sheaf_zstd_input(src: packed.baseAddress, size: count, pos: 0)
            }
            expected = library.decompress(stream, &output, &input)
            if library.isError(expected) != 0 { throw corrupt(String(cString: library.errorName(expected))) }
        }
        return output.pos
    }

    private func corrupt(_ reason: String) -> TaskError {
        TaskError(.corruptInput, "cannot decompress \(path): \(reason)", hint: "check it with zstd -t, or fetch it again")
    }
}
