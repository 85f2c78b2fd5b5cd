internal import SheafCore

/// The members of a zip file (PKWARE's APPNOTE.TXT, with its 64-bit extension), as its central directory lists them. The file is taken
/// on trust in nothing: every position is checked against its bounds.
struct ZipDirectory {
    struct Member: Sendable {
        let name: String
        let isDeflated: Bool
        let crc: UInt32
        /// Where the bytes lie in the file.
        let bytes: Range<Int>
        /// Of what they are when decompressed.
        let count: Int
    }

    let members: [Member]

    /// - Throws: ``PlanError`` (`.corruptInput`, `.unsupported`) naming the file.
    init(_ file: MappedFile) throws(PlanError) {
        let reader = Reader(bytes: file.bytes, path: file.path)
        let (start, size, entries) = try Self.directory(reader)
        guard start >= 0, size >= 0, start <= file.bytes.count, size <= file.bytes.count - start, entries <= size / 46 else {
            throw FileProblem.corrupt(file.path, "the list of its members lies outside the file")
        }
        var members: [Member] = [], names: Set<String> = [], position = start
        for _ in 0..<entries {
            let (member, next) = try Self.member(reader, position, end: start + size)
            guard names.insert(member.name).inserted else {
                throw FileProblem.corrupt(file.path, "two members are called “\(member.name)”")
            }
            members.append(member)
            position = next
        }
        self.members = members
    }

    private struct Reader {
        let bytes: UnsafeRawBufferPointer
        let path: String

        /// A little-endian number of `count` bytes.
        func number(_ position: Int, _ count: Int) throws(PlanError) -> Int {
            guard position >= 0, position <= bytes.count - count else { throw FileProblem.corrupt(path, "it ends too early") }
            var value: UInt64 = 0
            for byte in (0..<count).reversed() { value = value << 8 | UInt64(bytes[position + byte]) }
            guard let number = Int(exactly: value) else { throw FileProblem.corrupt(path, "the number \(value) is no size") }
            return number
        }
    }

    /// Where the central directory lies, and its entries.
    private static func directory(_ reader: Reader) throws(PlanError) -> (start: Int, size: Int, entries: Int) {
        // Its last record is at the very end, unless a comment of up to 65,535 bytes follows.
        var end = reader.bytes.count - 22
        let least = max(end - 65_535, 0)
        while end >= least, try reader.number(end, 4) != 0x0605_4B50 { end -= 1 }
        guard end >= least else { throw FileProblem.corrupt(reader.path, "it does not end as a zip file does") }
        let entries = try reader.number(end + 10, 2), size = try reader.number(end + 12, 4), start = try reader.number(end + 16, 4)
        guard entries == 0xFFFF || size == 0xFFFF_FFFF || start == 0xFFFF_FFFF, end >= 20, try reader.number(end - 20, 4) == 0x0706_4B50
        else { return (start, size, entries) }
        let large = try reader.number(end - 12, 8)
        guard large <= reader.bytes.count - 56, try reader.number(large, 4) == 0x0606_4B50 else {
            throw FileProblem.corrupt(reader.path, "the end of the list of its members is not where it should be")
        }
        return (try reader.number(large + 48, 8), try reader.number(large + 40, 8), try reader.number(large + 32, 8))
    }

    private static func member(_ reader: Reader, _ position: Int, end: Int) throws(PlanError) -> (Member, next: Int) {
        let path = reader.path
        guard position <= end - 46, try reader.number(position, 4) == 0x0201_4B50 else {
            throw FileProblem.corrupt(path, "the list of its members is damaged")
        }
        let flags = try reader.number(position + 8, 2), method = try reader.number(position + 10, 2)
        let crc = UInt32(truncatingIfNeeded: try reader.number(position + 16, 4))
        var packed = try reader.number(position + 20, 4), count = try reader.number(position + 24, 4)
        let nameLength = try reader.number(position + 28, 2), extraLength = try reader.number(position + 30, 2)
        var local = try reader.number(position + 42, 4)
        let extra = position + 46 + nameLength, next = extra + extraLength + (try reader.number(position + 32, 2))
        guard next <= end else { throw FileProblem.corrupt(path, "the list of its members is damaged") }
        let name = String(decoding: reader.bytes[position + 46..<extra], as: UTF8.self)
        // The fields that do not fit 32 bits follow, in this order, in the extra field 1.
        var field = extra
        while field + 4 <= extra + extraLength {
            let id = try reader.number(field, 2), length = try reader.number(field + 2, 2)
            guard field + 4 + length <= extra + extraLength else { break }
            if id == 1 {
                var at = field + 4
                func take(_ value: inout Int) throws(PlanError) {
                    guard value == 0xFFFF_FFFF else { return }
                    guard at + 8 <= field + 4 + length else { throw FileProblem.corrupt(path, "the sizes of “\(name)” are missing") }
                    value = try reader.number(at, 8)
                    at += 8
                }
                try take(&count)
                try take(&packed)
                try take(&local)
            }
            field += 4 + length
        }
        guard flags & 1 == 0 else { throw FileProblem.unsupported(path, "“\(name)” is encrypted") }
        guard method == 0 || method == 8 else {
            throw FileProblem.unsupported(
                path, "“\(name)” is compressed by method \(method)", hint: "numpy.savez and numpy.savez_compressed write what can be read")
        }
        // The name and the extra field may have other lengths where the member itself lies.
        guard try reader.number(local, 4) == 0x0403_4B50 else { throw FileProblem.corrupt(path, "“\(name)” is not where it should be") }
        let start = local + 30 + (try reader.number(local + 26, 2)) + (try reader.number(local + 28, 2))
        guard start <= reader.bytes.count, packed <= reader.bytes.count - start else {
            throw FileProblem.corrupt(path, "“\(name)” goes on after the end of the file")
        }
        // Deflate makes nothing smaller than by a factor of 1032.
        guard method == 0 ? packed == count : count / 1100 <= packed else {
            throw FileProblem.corrupt(path, "“\(name)” cannot be \(count) bytes, packed in \(packed)")
        }
        return (Member(name: name, isDeflated: method == 8, crc: crc, bytes: start..<start + packed, count: count), next)
    }
}
