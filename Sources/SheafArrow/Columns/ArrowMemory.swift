#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Bytes that do not move and that columns point into; freed when the last column is gone.
public final class ArrowMemory: @unchecked Sendable {
    // Written only before the memory is shared.
    let bytes: UnsafeRawBufferPointer
    private let release: @Sendable (UnsafeRawBufferPointer) -> Void

    /// The number of bytes.
    public var count: Int { bytes.count }

    /// Takes over memory of somebody else: `release` is called once, when nothing points into it any more, on any thread.
    ///
    /// The bytes must not change until then.
    public init(adopting bytes: UnsafeRawBufferPointer, release: @escaping @Sendable (UnsafeRawBufferPointer) -> Void) {
        self.bytes = bytes
        self.release = release
    }

    /// A copy of the bytes, aligned to 64 bytes.
    public convenience init(copying source: UnsafeRawBufferPointer) {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: max(source.count, 1), alignment: 64)
        copy.copyMemory(from: source)
        self.init(adopting: UnsafeRawBufferPointer(rebasing: copy[..<source.count]), release: { $0.deallocate() })
    }

    /// A copy of the bytes, aligned to 64 bytes.
    public convenience init(_ array: [UInt8]) {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: max(array.count, 1), alignment: 64)
        array.withUnsafeBytes { copy.copyMemory(from: $0) }
        self.init(adopting: UnsafeRawBufferPointer(rebasing: copy[..<array.count]), release: { $0.deallocate() })
    }

    /// A file's bytes, mapped into memory: read from disk when touched.
    ///
    /// Whoever shortens the file meanwhile makes the process fail with SIGBUS; copy files that others may change.
    /// - Throws: ``ArrowError`` (`.fileFailed`) with the operating system's error number.
    public convenience init(mappingFile path: String) throws(ArrowError) {
        func refuse(_ call: String) -> ArrowError {
            ArrowError(.fileFailed, "cannot \(call) \(path): \(String(cString: strerror(errno)))")
        }
        let file = open(path, O_RDONLY)
        guard file >= 0 else { throw refuse("open") }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw refuse("find the size of") }
        let count = Int(status.st_size)
        guard count > 0 else {
            self.init([])
            return
        }
        guard let start = mmap(nil, count, PROT_READ, MAP_PRIVATE, file, 0), start != MAP_FAILED else { throw refuse("map") }
        self.init(adopting: UnsafeRawBufferPointer(start: start, count: count)) { bytes in
            munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count)
        }
    }

    deinit { release(bytes) }
}
