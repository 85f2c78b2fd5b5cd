internal import SheafCore

/// Decompresses ZSTD frames with the system's library, loaded when first used.
enum ZstdDecompressor {
    private struct Library: Sendable {
        let decompress: @convention(c) (UnsafeMutableRawPointer?, Int, UnsafeRawPointer?, Int) -> Int
        let isError: @convention(c) (Int) -> UInt32
        let errorName: @convention(c) (Int) -> UnsafePointer<CChar>
    }

    private static let library = Result {
        let library = try NativeLibrary.zstd()
        return Library(
            decompress: try library.symbol(
                "ZSTD_decompress", as: (@convention(c) (UnsafeMutableRawPointer?, Int, UnsafeRawPointer?, Int) -> Int).self),
            isError: try library.symbol("ZSTD_isError", as: (@convention(c) (Int) -> UInt32).self),
            errorName: try library.symbol("ZSTD_getErrorName", as: (@convention(c) (Int) -> UnsafePointer<CChar>).self))
    }

    /// Fills `target` exactly with what `source` holds.
    ///
    /// - Throws: ``EngineError`` (`.missingLibrary`), ``TaskError`` (`.corruptInput`).
    @Sendable static func decompress(_ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer) throws {
        let library = try library.get()
        let count = library.decompress(target.baseAddress, target.count, source.baseAddress, source.count)
        if library.isError(count) != 0 { throw TaskError(.corruptInput, "ZSTD: \(String(cString: library.errorName(count)))") }
        guard count == target.count else {
            throw TaskError(.corruptInput, "a ZSTD frame of \(count) bytes where \(target.count) are announced")
        }
    }
}
