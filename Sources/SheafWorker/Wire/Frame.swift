/// One message of the worker protocol.
///
/// On the wire, little-endian: the magic number `0x4853` (16 bits), the protocol's version (8), the kind (8), the number of the call that
/// it belongs to (32), the payload's length in bytes (64), the payload.
package struct Frame: Sendable, Equatable {
    package var kind: Kind
    /// The call that the frame belongs to; 0 for none.
    package var call: UInt32
    package var payload: [UInt8]

    package init(_ kind: Kind, call: UInt32 = 0, payload: [UInt8] = []) {
        self.kind = kind
        self.call = call
        self.payload = payload
    }

    package enum Kind: UInt8, Sendable, CaseIterable {
        /// From the worker, first of all: who it is. See ``Hello``.
        case hello = 1
        /// To the worker: run a function. See ``CallRequest``.
        case call
        /// From the worker: the result of a call. See ``EncodedValue``.
        case result
        /// From the worker: the error that ended a call. See ``Failure``.
        case failure
        /// From the worker, while a call runs: bytes of shared memory wanted for its result (64 bits).
        case allocate
        /// To the worker: where they are (64 bits).
        case allocated
        /// To the worker: the call's result is not wanted any more.
        case cancel
        /// To the worker: end.
        case shutdown
        /// From the worker: text for whoever watches the run.
        case log
        /// To the worker: how to make a plan whose nodes will be called. See ``PlanRecipe``. Not answered; what is wrong with it is the
        /// answer to the calls.
        case prepare
        /// To the worker, in bridge mode, before a call: what to do with values that it has. See ``Keeping``.
        case keep
        /// From the worker, in bridge mode, before a result: what the call has to say beside it. See ``NodeValue/Remarks``.
        case remarks
    }

    package static let magic: UInt16 = 0x4853
    package static let version: UInt8 = 1
    package static let headerBytes = 16
    /// The most bytes of a payload. Large values do not travel in frames.
    package static let maximumPayload = 256 << 20
    /// The most bytes of a payload in bridge mode, where they do.
    package static let maximumBridgePayload = 64 << 30

    /// What a header says, after its checks.
    struct Header {
        var kind: Kind
        var call: UInt32
        var count: Int

        /// - Throws: ``WireError``.
        init(_ bytes: UnsafeRawBufferPointer, maximumPayload: Int = Frame.maximumPayload) throws(WireError) {
            guard bytes.count >= headerBytes else { throw WireError("a header of \(bytes.count) bytes") }
            let magic = UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt16.self))
            guard magic == Frame.magic else { throw WireError("bytes that are no frame") }
            guard bytes[2] == Frame.version else { throw WireError("a frame of version \(bytes[2]) instead of \(Frame.version)") }
            guard let kind = Kind(rawValue: bytes[3]) else { throw WireError("a frame of the unknown kind \(bytes[3])") }
            self.kind = kind
            call = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
            let count = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            guard count <= UInt64(maximumPayload) else { throw WireError("a frame of \(count) bytes, more than \(maximumPayload)") }
            self.count = Int(count)
        }
    }

    /// The frame as it is sent.
    package var bytes: [UInt8] {
        var writer = FrameWriter(kind, call: call)
        writer.append(payload)
        return writer.finish()
    }

    /// Reads a whole frame.
    ///
    /// - Throws: ``WireError`` for anything else than exactly one frame.
    package init(bytes: [UInt8]) throws {
        let header = try bytes.withUnsafeBytes { raw in try Header(raw) }
        guard bytes.count - Self.headerBytes == header.count else {
            throw WireError("a frame of \(bytes.count - Self.headerBytes) bytes instead of \(header.count)")
        }
        self.init(header.kind, call: header.call, payload: Array(bytes[Self.headerBytes...]))
    }
}

/// Bytes from the other end that do not follow the protocol.
package struct WireError: Error, CustomStringConvertible {
    /// What was received.
    package let received: String

    package init(_ received: String) { self.received = received }

    package var description: String { "received \(received)" }
}

/// Writes a frame into one buffer, header first.
package struct FrameWriter {
    package private(set) var bytes: [UInt8]

    package init(_ kind: Frame.Kind, call: UInt32) {
        bytes = []
        bytes.reserveCapacity(256)
        append(Frame.magic)
        append(Frame.version)
        append(kind.rawValue)
        append(call)
        append(UInt64(0))
    }

    package mutating func append<T: FixedWidthInteger>(_ value: T) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    package mutating func append(_ list: [UInt8]) { bytes.append(contentsOf: list) }

    /// Length-prefixed.
    package mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { utf8 in
            append(UInt64(utf8.count))
            bytes.append(contentsOf: utf8)
        }
    }

    /// What `body` appends, with its length before it.
    package mutating func appendSized(_ body: (inout [UInt8]) throws -> Void) rethrows {
        let place = bytes.count
        append(UInt64(0))
        try body(&bytes)
        patch(UInt64(bytes.count - place - 8), at: place)
    }

    package var count: Int { bytes.count - Frame.headerBytes }

    /// Forgets all that was appended since there were `count` bytes.
    package mutating func truncate(to count: Int) { bytes.removeLast(self.count - count) }

    /// The frame, ready to be sent.
    package consuming func finish() -> [UInt8] {
        patch(UInt64(count), at: 8)
        return bytes
    }

    private mutating func patch(_ value: UInt64, at place: Int) {
        bytes.withUnsafeMutableBytes { $0.storeBytes(of: value.littleEndian, toByteOffset: place, as: UInt64.self) }
    }
}

/// Reads a payload front to back, with bounds checked.
package struct PayloadReader {
    private var rest: UnsafeRawBufferPointer

    package init(_ bytes: UnsafeRawBufferPointer) { rest = bytes }

    package var count: Int { rest.count }

    package mutating func take(_ count: UInt64) throws(WireError) -> UnsafeRawBufferPointer {
        guard count <= UInt64(rest.count) else { throw WireError("a payload that ends \(count - UInt64(rest.count)) bytes early") }
        let taken = UnsafeRawBufferPointer(rebasing: rest[..<Int(count)])
        rest = UnsafeRawBufferPointer(rebasing: rest[Int(count)...])
        return taken
    }

    package mutating func integer<T: FixedWidthInteger>(_: T.Type = T.self) throws(WireError) -> T {
        T(littleEndian: try take(UInt64(MemoryLayout<T>.size)).loadUnaligned(as: T.self))
    }

    package mutating func text() throws(WireError) -> String {
        let bytes = try take(try integer(UInt64.self))
        guard let text = String(validating: bytes, as: UTF8.self) else { throw WireError("a text that is not UTF-8") }
        return text
    }

    package func expectEnd() throws(WireError) {
        guard rest.isEmpty else { throw WireError("a payload with \(rest.count) bytes too many") }
    }
}
