internal import SheafCore

/// Stands in for a value that was written to disk as a whole.
final class SpilledValue: AnyValue, @unchecked Sendable {
    private let extent: SpillExtent
    private let valueCodec: any AnyValueCodec
    private let file: SpillFile

    init(_ value: AnyValue, codec: any AnyValueCodec, file: SpillFile) throws {
        extent = try codec.encode(value).withUnsafeBytes { try file.write($0) }
        valueCodec = codec
        self.file = file
        super.init(byteCount: 0)
    }

    deinit { file.free(extent) }

    func load() throws -> AnyValue {
        try withUnsafeTemporaryAllocation(byteCount: max(extent.count, 1), alignment: 16) { buffer in
            let bytes = UnsafeMutableRawBufferPointer(rebasing: buffer[..<extent.count])
            try file.read(extent, into: bytes)
            return try valueCodec.decode(UnsafeRawBufferPointer(bytes))
        }
    }

    override var untyped: any Sendable { "spilled, \(extent.count) bytes" }
    override var type: Any.Type { SpilledValue.self }
}
