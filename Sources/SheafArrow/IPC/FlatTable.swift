/// A table of a FlatBuffers buffer that nobody has checked: every read is checked against the buffer's end.
///
/// Only what Arrow's metadata needs: tables, strings, vectors of tables and of structs. Fields are named by their number in the schema.
struct FlatTable {
    let bytes: UnsafeRawBufferPointer
    private let position: Int
    private let vtable: Int
    private let vtableSize: Int

    /// The root table of a buffer.
    init(rootOf bytes: UnsafeRawBufferPointer) throws(ArrowError) {
        try self.init(bytes, at: Int(try Self.load(bytes, 0, as: UInt32.self)))
    }

    private init(_ bytes: UnsafeRawBufferPointer, at position: Int) throws(ArrowError) {
        self.bytes = bytes
        self.position = position
        vtable = position - Int(try Self.load(bytes, position, as: Int32.self))
        vtableSize = Int(try Self.load(bytes, vtable, as: UInt16.self))
        guard vtableSize >= 4, vtable + vtableSize <= bytes.count else { throw Self.outside }
    }

    private static var outside: ArrowError { ArrowError(.invalidData, "the metadata points outside itself") }

    private static func load<Value: FixedWidthInteger & BitwiseCopyable>(
        _ bytes: UnsafeRawBufferPointer, _ position: Int, as: Value.Type
    ) throws(ArrowError) -> Value {
        guard position >= 0, position <= bytes.count - MemoryLayout<Value>.size else { throw outside }
        return Value(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: Value.self))
    }

    /// Where a field's value is; nil where the default stands.
    private func place(_ field: Int) throws(ArrowError) -> Int? {
        let entry = 4 + field * 2
        guard entry + 2 <= vtableSize else { return nil }
        let offset = Int(try Self.load(bytes, vtable + entry, as: UInt16.self))
        return offset == 0 ? nil : position + offset
    }

    func integer<Value: FixedWidthInteger & BitwiseCopyable>(_ field: Int, default standard: Value) throws(ArrowError) -> Value {
        guard let place = try place(field) else { return standard }
        return try Self.load(bytes, place, as: Value.self)
    }

    func bool(_ field: Int) throws(ArrowError) -> Bool { try integer(field, default: UInt8(0)) != 0 }

    private func target(_ place: Int) throws(ArrowError) -> Int { place + Int(try Self.load(bytes, place, as: UInt32.self)) }

    func table(_ field: Int) throws(ArrowError) -> FlatTable? {
        guard let place = try place(field) else { return nil }
        return try FlatTable(bytes, at: try target(place))
    }

    func string(_ field: Int, _ budget: inout Int) throws(ArrowError) -> String? {
        guard let place = try place(field) else { return nil }
        let start = try target(place)
        let count = Int(try Self.load(bytes, start, as: UInt32.self))
        guard count <= bytes.count - start - 4 else { throw Self.outside }
        // Tables may share strings; without a budget a small buffer could ask for endless copies.
        budget -= count + 16
        guard budget >= 0 else { throw ArrowError(.limitExceeded, "the metadata's names and texts are longer than the metadata") }
        return String(decoding: bytes[(start + 4)..<(start + 4 + count)], as: UTF8.self)
    }

    /// Where the elements of a vector begin and how many there are.
    func vector(_ field: Int, elementSize: Int) throws(ArrowError) -> (start: Int, count: Int) {
        guard let place = try place(field) else { return (0, 0) }
        let start = try target(place)
        let count = Int(try Self.load(bytes, start, as: UInt32.self))
        guard count <= (bytes.count - start - 4) / elementSize else { throw Self.outside }
        return (start + 4, count)
    }

    func tables(_ field: Int, _ budget: inout Int) throws(ArrowError) -> [FlatTable] {
        let (start, count) = try vector(field, elementSize: 4)
        var tables: [FlatTable] = []
        budget -= count * 16
        guard budget >= 0 else { throw ArrowError(.limitExceeded, "the metadata lists more tables than it has room for") }
        for index in 0..<count { tables.append(try FlatTable(bytes, at: try target(start + index * 4))) }
        return tables
    }

    /// An `Int64` in a vector's element, counted from ``vector(_:elementSize:)``'s start.
    func int64(at position: Int) throws(ArrowError) -> Int64 { try Self.load(bytes, position, as: Int64.self) }

    func int32(at position: Int) throws(ArrowError) -> Int32 { try Self.load(bytes, position, as: Int32.self) }
}
