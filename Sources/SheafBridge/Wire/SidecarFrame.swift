internal import SheafCore
package import SheafWorker
internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// One message to or from a sidecar, as it travels.
///
/// On the wire, little-endian: the header's length (32 bits), the count of buffers (32), the length of each buffer (64), the header, the
/// buffers. The header is a JSON object.
package struct SidecarFrame: Sendable, Equatable {
    package var header: [UInt8]
    package var buffers: [[UInt8]]

    package init(header: [UInt8], buffers: [[UInt8]] = []) {
        self.header = header
        self.buffers = buffers
    }

    /// What is accepted from the other end at most.
    package static let maximumHeader = 256 << 20, maximumBuffers = 1 << 12, maximumBytes = 64 << 30

    /// Everything before the buffers.
    var head: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(8 + 8 * buffers.count + header.count)
        func append(_ value: some FixedWidthInteger) { withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) } }
        append(UInt32(truncatingIfNeeded: header.count))
        append(UInt32(truncatingIfNeeded: buffers.count))
        for buffer in buffers { append(UInt64(buffer.count)) }
        bytes += header
        return bytes
    }
}

/// One end of a stream socket that carries messages to and from a sidecar. Owns the descriptor.
///
/// - Note: Any thread may send; one at a time may receive. Calls block.
package final class SidecarChannel: Sendable {
    package let descriptor: Int32
    private let sending = Locked(())

    package init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// Sends a message. Returns false when the other end is gone.
    @discardableResult
    package func send(_ frame: SidecarFrame) -> Bool {
        send(parts: [frame.head] + frame.buffers)
    }

    /// Sends bytes as they are, in one piece.
    @discardableResult
    package func send(parts: [[UInt8]]) -> Bool {
        sending.withLock { _ in parts.allSatisfy { part in part.withUnsafeBytes { Channel.sendAll($0, to: descriptor) } } }
    }

    /// Ends the conversation for both sides; what was received already can still be taken.
    package func end() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    /// The next message, or `nil` at the end.
    ///
    /// - Throws: ``WireError`` for what is no message, or ends in the middle of one. The stream cannot be used any more then.
    package func receive() throws(WireError) -> SidecarFrame? {
        let start = try bytes(8, mayEnd: true)
        if start.isEmpty { return nil }
        let headerCount = Int(integer(start, at: 0, as: UInt32.self)), bufferCount = Int(integer(start, at: 4, as: UInt32.self))
        guard headerCount <= SidecarFrame.maximumHeader, bufferCount <= SidecarFrame.maximumBuffers else {
            throw WireError("a message with a header of \(headerCount) bytes and \(bufferCount) buffers")
        }
        let list = try bytes(8 * bufferCount)
        var counts: [Int] = [], total: UInt64 = 0
        for index in 0..<bufferCount {
            let count = integer(list, at: 8 * index, as: UInt64.self)
            total = total.addingReportingOverflow(count).overflow ? .max : total + count
            guard total <= UInt64(SidecarFrame.maximumBytes) else {
                throw WireError("a message of more than \(SidecarFrame.maximumBytes) bytes")
            }
            counts.append(Int(count))
        }
        var frame = SidecarFrame(header: try bytes(headerCount))
        for count in counts { frame.buffers.append(try bytes(count)) }
        return frame
    }

    private func integer<T: FixedWidthInteger>(_ bytes: [UInt8], at offset: Int, as: T.Type) -> T {
        bytes.withUnsafeBytes { T(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: T.self)) }
    }

    /// Exactly so many bytes, or none where the stream may end.
    private func bytes(_ count: Int, mayEnd: Bool = false) throws(WireError) -> [UInt8] {
        // The system gives memory as it is written, so a length that is a lie costs no more than the bytes that come.
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { list, initialized in
            while initialized < count, let base = list.baseAddress {
                let received = recv(descriptor, base + initialized, count - initialized, 0)
                if received > 0 {
                    initialized += received
                } else if received == 0 || errno != EINTR {
                    return
                }
            }
        }
        guard bytes.count == count || (mayEnd && bytes.isEmpty) else {
            throw WireError("\(bytes.count) bytes of \(count), and then the end")
        }
        return bytes
    }
}
