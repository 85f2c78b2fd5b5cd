public import SheafCore

/// An array and its name in a `.npz` file.
public struct NamedArray: Sendable {
    public let name: String
    let node: ArrayNode
    let session: Session
    let scalarType: ScalarType

    public init<Scalar>(_ name: String, _ array: NDArray<Scalar>) {
        self.name = name
        node = array.node
        session = array.session
        scalarType = Scalar.scalarType
    }
}

extension Session {
    /// Runs the plans of some arrays, together, and writes them to a `.npz` file that `numpy.load` reads, uncompressed as `numpy.savez`
    /// writes it.
    ///
    /// Chunks are written as they are computed; no array is in memory as a whole. The file appears under its name when it is complete.
    ///
    /// ```swift
    /// try await session.write(npz: "model.npz", [NamedArray("weights", w), NamedArray("bias", b)])
    /// ```
    /// - Throws: ``PlanError`` (`.invalidArgument` when two have one name); as ``NDArray/compute()``; ``EngineError`` (`.noSpace`,
    ///   `.inputOutput`).
    public func write(npz path: String, _ arrays: [NamedArray]) async throws {
        guard Set(arrays.map(\.name)).count == arrays.count else {
            throw PlanError(.invalidArgument, "two arrays for \(path) have one name", hint: "\(arrays.map(\.name))")
        }
        if let long = arrays.first(where: { $0.name.utf8.count > 60_000 || $0.name.isEmpty }) {
            throw PlanError(.invalidArgument, "“\(long.name.prefix(40))” is no name for an array in \(path)")
        }
        let lowering = try ArrayLowering(self, roots: arrays.map(\.node))
        var layout = ZipLayout()
        for array in arrays {
            let header = NumPyHeader.serialized(array.scalarType, array.node.grid.shape)
            layout.add("\(array.name).npy", byteCount: header.count + array.node.grid.shape.reduce(array.scalarType.byteCount, *))
        }
        let file = try OutputFile(path, byteCount: layout.fileBytes, for: self)
        var outputs: [Graph.Argument] = []
        for (array, member) in zip(arrays, layout.members) {
            let header = NumPyHeader.serialized(array.scalarType, array.node.grid.shape)
            try file.write(header, at: member.start)
            outputs += try lowering.write(array.node, to: file, at: member.start + header.count, name: "write npz")
        }
        let values = try await compute(try plan(lowering.graph, outputs: outputs.map(\.index)), name: "write npz")
        assert(values.count == outputs.count)
        if !isRepeating { try layout.finish(file) }
        try file.commit()
    }
}

/// Where the members of a zip file lie that is being written, none of them compressed.
private struct ZipLayout {
    struct Member { let name: String; let header: Int; let start: Int; let count: Int }

    private(set) var members: [Member] = []
    private var end = 0

    mutating func add(_ name: String, byteCount: Int) {
        let start = end + 30 + name.utf8.count + (Self.isLarge(byteCount) ? 20 : 0)
        members.append(Member(name: name, header: end, start: start, count: byteCount))
        end = start + byteCount
    }

    /// Whether a number needs the 64-bit extension.
    private static func isLarge(_ number: Int) -> Bool { number >= 0xFFFF_FFFF }

    /// In the central directory, beside sizes: where the member begins.
    private static func extraBytes(_ member: Member) -> Int {
        let numbers = (isLarge(member.count) ? 2 : 0) + (isLarge(member.header) ? 1 : 0)
        return numbers == 0 ? 0 : 4 + 8 * numbers
    }

    private var directoryBytes: Int { members.reduce(0) { $0 + 46 + $1.name.utf8.count + Self.extraBytes($1) } }
    private var isLarge: Bool { Self.isLarge(end) || members.count >= 0xFFFF }
    var fileBytes: Int { end + directoryBytes + (isLarge ? 76 : 0) + 22 }

    /// Writes what depends on the members' contents: their checksums, and the directory.
    func finish(_ file: OutputFile) throws {
        var directory: [UInt8] = []
        for member in members {
            let crc = try checksum(member, file)
            var fields: [UInt8] = []
            // Flag 11: names are UTF-8. The date is the first of January 1980, so that the same arrays give the same file.
            Self.append(0x0800, 2, &fields)
            Self.append(0, 2, &fields)
            Self.append(0x0021_0000, 4, &fields)
            Self.append(Int(crc), 4, &fields)
            let shown = Self.isLarge(member.count) ? 0xFFFF_FFFF : member.count
            Self.append(shown, 4, &fields)
            Self.append(shown, 4, &fields)
            Self.append(member.name.utf8.count, 2, &fields)

            var local: [UInt8] = []
            Self.append(0x0403_4B50, 4, &local)
            Self.append(Self.isLarge(member.count) ? 45 : 20, 2, &local)
            local += fields
            Self.append(Self.isLarge(member.count) ? 20 : 0, 2, &local)
            local += Array(member.name.utf8)
            if Self.isLarge(member.count) { Self.appendExtra([member.count, member.count], &local) }
            try file.write(local, at: member.header)

            Self.append(0x0201_4B50, 4, &directory)
            Self.append(0x0300 | 45, 2, &directory)
            Self.append(Self.extraBytes(member) > 0 ? 45 : 20, 2, &directory)
            directory += fields
            Self.append(Self.extraBytes(member), 2, &directory)
            Self.append(0, 2, &directory)
            Self.append(0, 4, &directory)
            // A regular file that its owner may write and all may read, in Unix's upper half of the attributes.
            Self.append(0o100644 << 16, 4, &directory)
            Self.append(Self.isLarge(member.header) ? 0xFFFF_FFFF : member.header, 4, &directory)
            directory += Array(member.name.utf8)
            let large =
                (Self.isLarge(member.count) ? [member.count, member.count] : []) + (Self.isLarge(member.header) ? [member.header] : [])
            if !large.isEmpty { Self.appendExtra(large, &directory) }
        }
        let size = directory.count
        if isLarge {
            Self.append(0x0606_4B50, 4, &directory)
            Self.append(44, 8, &directory)
            Self.append(0x0300 | 45, 2, &directory)
            Self.append(45, 2, &directory)
            Self.append(0, 8, &directory)
            for number in [members.count, members.count, size, end] { Self.append(number, 8, &directory) }
            Self.append(0x0706_4B50, 4, &directory)
            Self.append(0, 4, &directory)
            Self.append(end + size, 8, &directory)
            Self.append(1, 4, &directory)
        }
        Self.append(0x0605_4B50, 4, &directory)
        Self.append(0, 4, &directory)
        for _ in 0..<2 { Self.append(isLarge ? 0xFFFF : members.count, 2, &directory) }
        Self.append(isLarge ? 0xFFFF_FFFF : size, 4, &directory)
        Self.append(isLarge ? 0xFFFF_FFFF : end, 4, &directory)
        Self.append(0, 2, &directory)
        try file.write(directory, at: end)
    }

    private func checksum(_ member: Member, _ file: OutputFile) throws -> UInt32 {
        var crc = CRC32(), done = 0
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
        defer { buffer.deallocate() }
        while done < member.count {
            let part = UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(buffer.count, member.count - done)])
            try file.read(into: part, at: member.start + done)
            crc.add(UnsafeRawBufferPointer(part))
            done += part.count
        }
        return crc.value
    }

    private static func append(_ number: Int, _ count: Int, _ bytes: inout [UInt8]) {
        for byte in 0..<count { bytes.append(UInt8(truncatingIfNeeded: number >> (8 * byte))) }
    }

    private static func appendExtra(_ numbers: [Int], _ bytes: inout [UInt8]) {
        append(1, 2, &bytes)
        append(8 * numbers.count, 2, &bytes)
        for number in numbers { append(number, 8, &bytes) }
    }
}
