internal import SheafCore
internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// A file of known size that several tasks write at once, and that appears under its name when it is complete.
///
/// Closed with the last reference, and removed then unless it was completed. Thread-safe.
final class OutputFile: Sendable {
    let path: String
    private let temporary: String
    private let descriptor: Int32
    private let isCommitted = Atomic<Bool>(false)
    private static let number = Atomic<Int>(0)

    /// - Parameter session: whose plan's tasks write the file, if they all share it. Where it only makes a plan again, there is no file.
    /// - Throws: ``EngineError`` (`.inputOutput`, `.noSpace`, `.inputNotFound` when there is no such folder).
    init(_ path: String, byteCount: Int, for session: Session? = nil) throws {
        self.path = path
        guard session?.isRepeating != true else {
            (temporary, descriptor) = ("", -1)
            return
        }
        temporary = "\(path).\(getpid())-\(Self.number.add(1, ordering: .relaxed).newValue).partial"
        descriptor = open(temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FileFailure.error("create", path) }
        guard ftruncate(descriptor, off_t(byteCount)) == 0 else {
            let error = FileFailure.error("create", path)
            throw error
        }
    }

    deinit {
        guard descriptor >= 0 else { return }
        close(descriptor)
        if !isCommitted.load(ordering: .acquiring) { unlink(temporary) }
    }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws {
        guard let base = bytes.baseAddress, descriptor >= 0 else { return }
        var done = 0
        while done < bytes.count {
            let count = pwrite(descriptor, base + done, bytes.count - done, off_t(offset + done))
            if count < 0 {
                if errno == EINTR { continue }
                throw FileFailure.error("write", path)
            }
            done += count
        }
    }

    func write(_ bytes: [UInt8], at offset: Int) throws { try bytes.withUnsafeBytes { try write($0, at: offset) } }

    /// Reads back what was written.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws {
        guard let base = buffer.baseAddress, descriptor >= 0 else { return }
        var done = 0
        while done < buffer.count {
            let count = pread(descriptor, base + done, buffer.count - done, off_t(offset + done))
            if count <= 0 {
                if count < 0, errno == EINTR { continue }
                throw FileFailure.error("read back", path)
            }
            done += count
        }
    }

    /// Gives the file its name. Nobody may write to it any more.
    func commit() throws {
        guard descriptor >= 0 else { return }
        guard rename(temporary, path) == 0 else { throw FileFailure.error("complete", path) }
        isCommitted.store(true, ordering: .releasing)
    }
}
