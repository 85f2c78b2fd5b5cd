/// Numbers of the Arrow IPC format; the fields' numbers in its tables are those of the specification's Message.fbs, Schema.fbs and File.fbs.
enum IPCFormat {
    static let magic: [UInt8] = Array("ARROW1".utf8)
    static let continuation: UInt32 = 0xffff_ffff
    /// Metadata version 5; 4, which differs only in unions, is read, too.
    static let version: Int16 = 4
    /// Bodies and their buffers start at multiples of this many bytes in what is written here.
    static let alignment = 64

    enum Header: UInt8 {
        case schema = 1
        case dictionaryBatch = 2
        case recordBatch = 3
    }

    static func padded(_ count: Int, to alignment: Int = alignment) -> Int { (count + alignment - 1) / alignment * alignment }
}

/// What a reader of Arrow IPC accepts from those it does not trust.
public struct ArrowReadLimits: Sendable {
    /// The greatest body of one message, compressed or not, in bytes.
    public var bodyBytes = 256 << 20
    /// The greatest metadata of one message, in bytes.
    public var metadataBytes = 16 << 20
    /// How deep types are nested.
    public var depth = 64
    /// The number of fields of a schema, nested ones included.
    public var fields = 100_000
    /// The number of rows of a batch.
    public var rows = 1 << 40

    public init() {}
}

/// A field as IPC knows it: with the numbers of the dictionaries.
struct IPCField {
    var field: ArrowField
    var dictionaryID: Int64?
    /// The fields of the children of the type or, if there is a dictionary, of its values' type.
    var children: [IPCField]
    /// The type of the column's values: the dictionary's if there is one.
    var valueType: ArrowType {
        if case .dictionary(_, let value, _) = field.type { value } else { field.type }
    }
}

/// The compression of a message's buffers.
public enum ArrowCompression: Int8, Sendable {
    /// LZ4 frames.
    case lz4 = 0
    /// Zstandard frames.
    case zstd = 1
}
