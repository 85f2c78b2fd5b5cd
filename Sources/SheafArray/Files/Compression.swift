internal import CSheaf
internal import SheafCore

/// Decompresses with zlib: the raw deflate of zip files, or zlib's and gzip's own formats.
enum Zlib {
    private typealias Stream = UnsafeMutablePointer<sheaf_zlib_stream>

    private struct Library: Sendable {
        let start: @convention(c) (Stream, Int32, UnsafePointer<CChar>, Int32) -> Int32
        let inflate: @convention(c) (Stream, Int32) -> Int32
        let end: @convention(c) (Stream) -> Int32

        static let shared = Result {
            let library = try NativeLibrary.zlib()
            return Library(
                start: try library.symbol(
                    "inflateInit2_", as: (@convention(c) (Stream, Int32, UnsafePointer<CChar>, Int32) -> Int32).self),
                inflate: try library.symbol("inflate", as: (@convention(c) (Stream, Int32) -> Int32).self),
                end: try library.symbol("inflateEnd", as: (@convention(c) (Stream) -> Int32).self))
        }
    }

    /// Bits of the window; how the bytes are wrapped.
    enum Format: Int32 {
        case raw = -15
        /// With the header of either.
        case zlibOrGzip = 47
    }

    /// Fills `output` from the beginning of what was compressed.
    ///
    /// - Parameter isWhole: whether the stream has to end there; only then is its checksum verified, where it has one.
    /// - Returns: how many bytes there were: fewer than `output` takes if the stream ends before, one more if it goes on.
    /// - Throws: ``PlanError`` (`.corruptInput`) naming the file; ``EngineError`` (`.missingLibrary`).
    static func decompress(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, _ format: Format, isWhole: Bool, path: String
    ) throws -> Int {
        let library = try Library.shared.get()
        var stream = sheaf_zlib_stream()
        let size = Int32(MemoryLayout<sheaf_zlib_stream>.size)
        guard library.start(&stream, format.rawValue, "1.2.0", size) == 0 else {
            throw EngineError(.missingLibrary, "zlib cannot start to decompress \(path)", hint: "install zlib 1.2 or newer")
        }
        defer { _ = library.end(&stream) }
        var read = 0, written = 0
        while written < output.count || isWhole {
            let given = min(input.count - read, 1 << 30), room = min(output.count - written, 1 << 30)
            stream.next_in = input.baseAddress.map { $0 + read }
            stream.avail_in = UInt32(given)
            var status: Int32 = 0, surplus: UInt8 = 0
            if room > 0 {
                stream.next_out = output.baseAddress.map { $0 + written }
                stream.avail_out = UInt32(room)
                status = library.inflate(&stream, 0)
                written += room - Int(stream.avail_out)
            } else {
                // What is left is the end of the stream, or too much.
                withUnsafeMutablePointer(to: &surplus) { surplus in
                    stream.next_out = UnsafeMutableRawPointer(surplus)
                    stream.avail_out = 1
                    status = library.inflate(&stream, 0)
                }
                if stream.avail_out == 0 { return output.count + 1 }
            }
            read += given - Int(stream.avail_in)
            // Z_STREAM_END
            if status == 1 { break }
            // Z_OK; Z_BUF_ERROR means that the input is used up.
            guard status == 0 else {
                let reason = status == -5 ? "it ends too early" : stream.message.map { String(cString: $0) } ?? "zlib's error \(status)"
                throw FileProblem.corrupt(path, "cannot decompress: \(reason)")
            }
        }
        return written
    }
}

/// Compresses and decompresses with zstd's simple interface.
enum Zstd {
    private struct Library: Sendable {
        let bound: @convention(c) (Int) -> Int
        let compress: @convention(c) (UnsafeMutableRawPointer?, Int, UnsafeRawPointer?, Int, Int32) -> Int
        let decompress: @convention(c) (UnsafeMutableRawPointer?, Int, UnsafeRawPointer?, Int) -> Int
        let isError: @convention(c) (Int) -> UInt32
        let errorName: @convention(c) (Int) -> UnsafePointer<CChar>

        static let shared = Result {
            let library = try NativeLibrary.zstd()
            return Library(
                bound: try library.symbol("ZSTD_compressBound", as: (@convention(c) (Int) -> Int).self),
                compress: try library.symbol(
                    "ZSTD_compress",
                    as: (@convention(c) (UnsafeMutableRawPointer?, Int, UnsafeRawPointer?, Int, Int32) -> Int).self),
                decompress: try library.symbol(
                    "ZSTD_decompress", as: (@convention(c) (UnsafeMutableRawPointer?, Int, UnsafeRawPointer?, Int) -> Int).self),
                isError: try library.symbol("ZSTD_isError", as: (@convention(c) (Int) -> UInt32).self),
                errorName: try library.symbol("ZSTD_getErrorName", as: (@convention(c) (Int) -> UnsafePointer<CChar>).self))
        }
    }

    /// - Throws: ``EngineError`` (`.missingLibrary`) when zstd cannot be loaded.
    static func check() throws { _ = try Library.shared.get() }

    /// - Returns: the number of bytes decompressed.
    /// - Throws: ``PlanError`` (`.corruptInput`), also when they are more than `output` takes; ``EngineError`` (`.missingLibrary`).
    static func decompress(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, path: String) throws -> Int {
        let library = try Library.shared.get()
        let count = library.decompress(output.baseAddress, output.count, input.baseAddress, input.count)
        if library.isError(count) != 0 {
            throw FileProblem.corrupt(path, "cannot decompress: \(String(cString: library.errorName(count)))")
        }
        return count
    }

    static func compress(_ input: UnsafeRawBufferPointer, level: Int) throws -> [UInt8] {
        let library = try Library.shared.get()
        let bound = library.bound(input.count)
        return try [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
            let made = library.compress(buffer.baseAddress, bound, input.baseAddress, input.count, Int32(clamping: level))
            if library.isError(made) != 0 {
                throw EngineError(.inputOutput, "zstd cannot compress a chunk: \(String(cString: library.errorName(made)))")
            }
            count = made
        }
    }
}

/// The checksum of zip files: the cyclic redundancy check of the polynomial 0xEDB88320, eight bytes at a time.
struct CRC32 {
    private var state: UInt32 = 0xFFFF_FFFF
    var value: UInt32 { ~state }

    private static let tables: [[UInt32]] = {
        var tables = [(0..<256).map { byte -> UInt32 in (0..<8).reduce(UInt32(byte)) { sum, _ in sum >> 1 ^ (sum & 1) &* 0xEDB8_8320 } }]
        for table in 1..<8 {
            let last = tables[table - 1]
            tables.append(last.map { $0 >> 8 ^ tables[0][Int($0 & 255)] })
        }
        return tables
    }()
    private static let table: [UInt32] = tables.flatMap { $0 }

    mutating func add(_ bytes: UnsafeRawBufferPointer) {
        var sum = state
        Self.table.withUnsafeBufferPointer { table in
            var position = 0
            while position + 8 <= bytes.count {
                let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)) ^ UInt64(sum)
                sum = table[7 * 256 + Int(word & 255)] ^ table[6 * 256 + Int(word >> 8 & 255)]
                sum ^= table[5 * 256 + Int(word >> 16 & 255)] ^ table[4 * 256 + Int(word >> 24 & 255)]
                sum ^= table[3 * 256 + Int(word >> 32 & 255)] ^ table[2 * 256 + Int(word >> 40 & 255)]
                sum ^= table[256 + Int(word >> 48 & 255)] ^ table[Int(word >> 56)]
                position += 8
            }
            while position < bytes.count {
                sum = sum >> 8 ^ table[Int((sum ^ UInt32(bytes[position])) & 255)]
                position += 1
            }
        }
        state = sum
    }
}
