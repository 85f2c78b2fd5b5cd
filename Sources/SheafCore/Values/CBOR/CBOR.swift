/// Values of `Codable` types as CBOR (RFC 8949): compact, self-describing, and read by Python, R and others as their own maps, lists,
/// numbers and texts.
///
/// - Integers take the shortest form, `Double` 64 bits and `Float` 32, every bit of them kept. Integers beyond 64 bits are bignums.
/// - Structs are maps with text keys; a coding key that has an integer for a name is that integer, and so are the keys of `[Int: V]`.
///   Other dictionaries are arrays of a key, a value, a key …, as Swift has them.
/// - Bytes one after the other, in `[UInt8]`, `Data` and their like, are byte strings.
/// - `nil` is null; as with every other coder an optional in an optional is one or the other.
///
/// The same value gives the same bytes, as far as its own order does: sets and dictionaries have none.
package enum CBOR {
    /// How many values may lie within one another: each takes some of the thread's stack.
    static let deepest = 512

    /// A value's bytes.
    package static func encode(_ value: some Encodable) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try append(value, to: &bytes)
        return bytes
    }

    /// Appends a value's bytes; nothing when it throws.
    static func append<T: Encodable>(_ value: T, to bytes: inout [UInt8]) throws {
        let writer = CBORWriter()
        swap(&writer.bytes, &bytes)
        let start = writer.bytes.count
        defer { swap(&writer.bytes, &bytes) }
        do {
            try writer.value(value, key: nil, index: -1)
        } catch {
            writer.bytes.removeLast(writer.bytes.count - start)
            throw error
        }
    }

    /// The value that all of the bytes are.
    ///
    /// - Throws: `DecodingError`, which says where in the value.
    package static func decode<T: Decodable>(_ type: T.Type, from bytes: [UInt8]) throws -> T {
        try bytes.withUnsafeBytes { raw in
            let (value, end) = try read(type, from: raw)
            guard end == raw.count else {
                throw DecodingError.dataCorrupted(
                    .init(codingPath: [], debugDescription: "\(raw.count - end) bytes follow the value, which ends after \(end)"))
            }
            return value
        }
    }

    /// The value at the front of the bytes, and where it ends.
    static func read<T: Decodable>(_ type: T.Type, from bytes: UnsafeRawBufferPointer) throws -> (value: T, end: Int) {
        let reader = CBORReader(bytes)
        // A decoder that somebody kept finds nothing, where the bytes have been.
        defer { reader.bytes = UnsafeRawBufferPointer(start: nil, count: 0) }
        let value = try reader.element(type, at: 0, in: -1, key: nil, index: -1)
        do {
            return (value, try reader.endOfElement(at: 0))
        } catch {
            throw reader.error(error, type, in: -1)
        }
    }
}

/// What the upper three bits of an item's first byte say.
enum CBORMajor {
    static let unsigned: UInt8 = 0x00
    static let negative: UInt8 = 0x20
    static let bytes: UInt8 = 0x40
    static let text: UInt8 = 0x60
    static let array: UInt8 = 0x80
    static let map: UInt8 = 0xA0
    static let tag: UInt8 = 0xC0
    static let simple: UInt8 = 0xE0
}

/// A step of a coding path that is not one of the program's keys.
struct CBORKey: CodingKey {
    let stringValue: String
    let intValue: Int?

    init(stringValue: String) { (self.stringValue, intValue) = (stringValue, nil) }
    init(intValue: Int) { (stringValue, self.intValue) = ("\(intValue)", intValue) }
    /// A place in an array.
    init(index: Int) { (stringValue, intValue) = ("Index \(index)", index) }

    static let `super` = CBORKey(stringValue: "super")
}

/// A dictionary, whose keys are different; the standard library's key type for it does not say which names were integers.
protocol CBORDictionary {
    static var hasIntegerKeys: Bool { get }
}

extension Dictionary: CBORDictionary {
    static var hasIntegerKeys: Bool { Key.self == Int.self }
}
