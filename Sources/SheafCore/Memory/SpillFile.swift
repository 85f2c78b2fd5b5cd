internal import CSheaf
internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// A piece of a spill file.
public struct SpillExtent: Sendable, Hashable {
    public let offset: Int
    /// In bytes.
    public let count: Int
}

/// One session's file for what does not fit in memory.
///
/// The file is created at the first write and unlinked at once, so that nothing is left behind however the process ends. Freed
/// extents are punched out where the file system can do that. Thread-safe; calls block on the disk.
public final class SpillFile: Sendable {
    private struct State { var descriptor: Int32 = -1; var end = 0; var live = 0; var written = 0 }

    public let folder: String
    /// The most bytes it may hold at a time.
    public let limit: Int
    private let path: String?
    private let state = Locked(State())

    /// - Parameters:
    ///   - folder: where the file is made; the system's temporary folder by default.
    ///   - limit: a quota in bytes, so that a run cannot fill the disk.
    public init(folder: String? = nil, limit: Int = .max) {
        self.folder = folder ?? getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        self.limit = limit
        self.path = nil
    }

    /// Writes to a file that exists, such as a device; for tests of full disks.
    package init(path: String) {
        folder = path
        limit = .max
        self.path = path
    }

    deinit {
        let descriptor = state.withLock(\.descriptor)
        if descriptor >= 0 { close(descriptor) }
    }

    /// Bytes on disk now.
    public var liveBytes: Int { state.withLock(\.live) }
    /// Bytes written since the session began.
    public var writtenBytes: Int { state.withLock(\.written) }

    /// Appends bytes.
    ///
    /// - Throws: ``EngineError`` (`.noSpace` when the disk or the quota is full, `.inputOutput` otherwise).
    public func write(_ bytes: UnsafeRawBufferPointer) throws -> SpillExtent {
        let (descriptor, offset) = try state.withLock { state in
            if state.live + bytes.count > limit {
                throw EngineError(
                    .noSpace, "spilling \(bytes.count) bytes to \(folder) would pass the limit of \(limit) bytes (\(state.live) in use)",
                    hint: "raise the spill limit, give the session more memory, or use more partitions")
            }
            if state.descriptor < 0 { state.descriptor = try open() }
            let offset = state.end
            // Aligned to pages, so that a freed extent can be punched out whole.
            state.end += (bytes.count + 4095) & ~4095
            state.live += bytes.count
            state.written += bytes.count
            return (state.descriptor, offset)
        }
        do {
            try transfer(bytes.count, "write") { done in
                pwrite(descriptor, bytes.baseAddress! + done, bytes.count - done, off_t(offset + done))
            }
        } catch {
            free(SpillExtent(offset: offset, count: bytes.count))
            throw error
        }
        return SpillExtent(offset: offset, count: bytes.count)
    }

    /// Reads an extent, or a part of it, into memory of the same size.
    ///
    /// - Throws: ``EngineError`` (`.inputOutput`).
    public func read(_ extent: SpillExtent, into buffer: UnsafeMutableRawBufferPointer) throws {
        let descriptor = state.withLock(\.descriptor)
        try transfer(extent.count, "read") { done in
            pread(descriptor, buffer.baseAddress! + done, extent.count - done, off_t(extent.offset + done))
        }
    }

    /// An extent's bytes as memory that the system fills from the file when it is touched, and may empty again.
    ///
    /// - Throws: ``EngineError`` (`.inputOutput`).
    public func map(_ extent: SpillExtent) throws -> SpillMapping {
        let descriptor = state.withLock(\.descriptor)
        guard let start = mmap(nil, max(extent.count, 1), PROT_READ, MAP_PRIVATE, descriptor, off_t(extent.offset)), start != MAP_FAILED
        else { throw failure("map") }
        return SpillMapping(UnsafeRawBufferPointer(start: start, count: extent.count))
    }

    /// Gives an extent's disk space back.
    public func free(_ extent: SpillExtent) {
        state.withLock { state in
            state.live -= extent.count
            // Where holes are not supported the space returns with the file.
            if state.descriptor >= 0 {
                _ = sheaf_punch_hole(state.descriptor, Int64(extent.offset), Int64((extent.count + 4095) & ~4095))
            }
        }
    }

    private func open() throws -> Int32 {
        if let path {
            let descriptor = path.withCString { Self.openFile($0, O_RDWR, 0) }
            guard descriptor >= 0 else { throw failure("open") }
            return descriptor
        }
        var template = Array("\(folder)/sheaf-spill-XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw failure("create a spill file in") }
        unlink(template)
        return descriptor
    }

    private static func openFile(_ path: UnsafePointer<CChar>, _ flags: Int32, _ mode: mode_t) -> Int32 {
        #if canImport(Glibc)
        Glibc.open(path, flags, mode)
        #elseif canImport(Musl)
        Musl.open(path, flags, mode)
        #else
        Darwin.open(path, flags, mode)
        #endif
    }

    private func transfer(_ count: Int, _ verb: String, _ step: (Int) -> Int) throws {
        var done = 0
        while done < count {
            let moved = step(done)
            if moved > 0 { done += moved; continue }
            if moved < 0 && errno == EINTR { continue }
            if moved == 0 { errno = EIO }
            throw failure(verb)
        }
    }

    private func failure(_ verb: String) -> EngineError {
        let number = errno
        let reason = String(cString: strerror(number))
        let full = number == ENOSPC || number == EDQUOT || number == EFBIG
        return EngineError(
            full ? .noSpace : .inputOutput, "cannot \(verb) \(folder) to spill: \(reason)",
            hint: full
                ? "free disk space there, choose another folder with --spill-folder, or raise --memory"
                : "choose a folder that can be written with --spill-folder")
    }
}

/// An extent of a spill file in memory, until the last reference is gone. The extent must not be freed before.
public final class SpillMapping: @unchecked Sendable {
    public let bytes: UnsafeRawBufferPointer

    fileprivate init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    deinit { munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress!), max(bytes.count, 1)) }
}
