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

    /// How a message's buffers are compressed.
    enum Compression: Int8 {
        case lz4 = 0
        case zstd = 1
    }

    static func padded(_ count: Int, to alignment: Int = alignment) -> Int { (count + alignment - 1) / alignment * alignment }
}

/// What a reader of Arrow IPC accepts from those it does not trust, and how it decompresses.
public struct ArrowReadOptions: Sendable {
    /// The greatest body of one message, in bytes, compressed as well as decompressed.
    public var bodyBytes = 256 << 20
    /// The greatest metadata of one message, in bytes.
    public var metadataBytes = 16 << 20
    /// How deep types are nested.
    public var depth = 64
    /// The number of fields of a schema, nested ones included.
    public var fields = 100_000
    /// The number of rows of a batch, and of items of its nested columns.
    public var rows = Int(Int32.max)
    /// Whether texts that are not UTF-8 are an error; otherwise they are repaired where they become a `String`.
    public var validatesUTF8 = false
    /// The columns that are read, by their position in the schema; all when nil. Others are neither decompressed nor checked, and are
    /// missing from the reader's schema and batches.
    public var columns: Set<Int>?
    /// Decompresses all of `source` so that it fills `target` exactly, or throws. LZ4 needs none; without it, ZSTD is not read.
    public var decompress: (@Sendable (_ source: UnsafeRawBufferPointer, _ target: UnsafeMutableRawBufferPointer) throws -> Void)?

    public init() {}
}

/// A field as IPC knows it: with the numbers of the dictionaries.
struct IPCField: Sendable {
    var field: ArrowField
    var dictionaryID: Int64?
    /// The fields of the children of the type or, if there is a dictionary, of its values' type.
    var children: [IPCField]
    /// Whether it is among the columns that are asked for.
    var isRead = true
    /// The type of the column's values: the dictionary's if there is one.
    var valueType: ArrowType {
        if case .dictionary(_, let value, _) = field.type { value } else { field.type }
    }
}
