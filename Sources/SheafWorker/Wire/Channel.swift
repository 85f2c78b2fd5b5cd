internal import CSheaf
internal import SheafCore
internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// One end of a stream socket that carries frames. Owns the descriptor.
///
/// - Note: Any thread may send; one at a time may receive. Calls block.
package final class Channel: @unchecked Sendable {
    package let descriptor: Int32
    private let sending = Locked(())
    /// What was received and not taken: bytes `start..<end`.
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
    private var start = 0, end = 0
    private let maximumPayload: Int

    package init(_ descriptor: Int32, maximumPayload: Int = Frame.maximumPayload) {
        self.descriptor = descriptor
        self.maximumPayload = maximumPayload
    }

    deinit {
        close(descriptor)
        buffer.deallocate()
    }

    /// Two connected ends, which programs started meanwhile do not inherit.
    ///
    /// - Throws: ``EngineError`` (`.inputOutput`).
    package static func pair() throws -> (own: Channel, other: Channel) {
        var ends: [Int32] = [-1, -1]
        #if os(Linux)
        let status = socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends)
        #else
        let status = socketpair(AF_UNIX, SOCK_STREAM, 0, &ends)
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        #endif
        guard status == 0 else { throw EngineError(.inputOutput, "cannot make a socket: \(String(cString: strerror(errno)))") }
        return (Channel(ends[0]), Channel(ends[1]))
    }

    /// Makes ``receive()`` return every so often when nothing comes.
    package func setPatience(milliseconds: Int) {
        var time = timeval(tv_sec: 0, tv_usec: .init(milliseconds * 1000))
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
    }

    /// Sends whole frames. Returns false when the other end is gone.
    @discardableResult
    package func send(_ bytes: [UInt8]) -> Bool {
        sending.withLock { _ in bytes.withUnsafeBytes { Self.sendAll($0, to: descriptor) } }
    }

    /// Sends bytes through a socket. Returns false when the other end is gone.
    package static func sendAll(_ raw: UnsafeRawBufferPointer, to descriptor: Int32) -> Bool {
        var sent = 0
        while sent < raw.count {
            #if os(Linux)
            let flags = Int32(MSG_NOSIGNAL)
            #else
            let flags: Int32 = 0
            #endif
            let count = systemSend(descriptor, raw.baseAddress! + sent, raw.count - sent, flags)
            if count >= 0 {
                sent += count
            } else if errno != EINTR && errno != EAGAIN {
                return false
            }
        }
        return true
    }

    package enum Received {
        case frame(Frame)
        /// Nothing came for as long as was asked for.
        case nothing
        /// The other end is gone.
        case end
    }

    /// How long to wait awake for what should come at once: waking a sleeping thread takes tens of microseconds.
    package static let shortWait: UInt64 = 50_000

    /// The next frame.
    ///
    /// - Parameter awake: for how many nanoseconds to look again and again, before sleeping until something comes.
    /// - Throws: ``WireError`` for what is no frame, or ends in the middle of one. The stream cannot be used any more then.
    package func receive(awake: UInt64 = 0) throws(WireError) -> Received {
        while end - start < Frame.headerBytes {
            switch fill(awake: awake) {
            case .some(let more) where more > 0: continue
            case .some:
                if start == end { return .end }
                throw WireError("\(end - start) bytes of a header, and then the end")
            case nil:
                // The rest of a header that has begun is on its way.
                if start == end { return .nothing }
            }
        }
        let header = try Frame.Header(
            UnsafeRawBufferPointer(rebasing: buffer[start..<start + Frame.headerBytes]), maximumPayload: maximumPayload)
        start += Frame.headerBytes
        var frame = Frame(header.kind, call: header.call)
        var isCut = false
        // The system gives memory as it is written, so a length that is a lie costs no more than the bytes that come.
        frame.payload = [UInt8](unsafeUninitializedCapacity: header.count) { list, initialized in
            while initialized < header.count {
                let wanted = header.count - initialized
                if start < end {
                    let count = min(wanted, end - start)
                    UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(list)[initialized...]).copyMemory(
                        from: UnsafeRawBufferPointer(rebasing: buffer[start..<start + count]))
                    start += count
                    initialized += count
                } else if wanted >= buffer.count {
                    let count = recv(descriptor, list.baseAddress! + initialized, wanted, 0)
                    if count > 0 {
                        initialized += count
                    } else if count == 0 || (errno != EINTR && errno != EAGAIN) {
                        isCut = true
                        return
                    }
                } else if let more = fill(), more == 0 {
                    isCut = true
                    return
                }
            }
        }
        if isCut { throw WireError("\(frame.payload.count) bytes of a frame of \(header.count), and then the end") }
        return .frame(frame)
    }

    /// Whether a frame, or the start of one, has arrived and waits to be taken.
    package var hasMore: Bool { start < end }

    /// Receives into the buffer. Returns how many bytes came, 0 at the end, `nil` when nothing came in time.
    private func fill(awake: UInt64 = 0) -> Int? {
        if start > 0 {
            let kept = end - start
            if kept > 0 { memmove(buffer.baseAddress!, buffer.baseAddress! + start, kept) }
            start = 0
            end = kept
        }
        let begin = awake > 0 ? sheaf_monotonic_nanoseconds() : 0
        while true {
            let isAwake = awake > 0 && sheaf_monotonic_nanoseconds() - begin < awake
            let count = recv(descriptor, buffer.baseAddress! + end, buffer.count - end, isAwake ? Int32(MSG_DONTWAIT) : 0)
            if count >= 0 {
                end += count
                return count
            }
            if errno == EAGAIN {
                guard isAwake else { return nil }
                // Whoever wants the core has it meanwhile.
                sched_yield()
            } else if errno != EINTR {
                // A connection that was reset has ended, too.
                return 0
            }
        }
    }
}

private func systemSend(_ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int, _ flags: Int32) -> Int {
    send(descriptor, bytes, count, flags)
}
