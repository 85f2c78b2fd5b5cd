public import SheafCore

/// The arrays of a `.npz` file, as `numpy.savez` and `numpy.savez_compressed` write it.
public struct NumPyArchive: Sendable {
    public let path: String
    /// The arrays' names and what they are, in the order of the file.
    public let arrays: [(name: String, header: NumPyHeader)]

    private let file: MappedFile
    private let members: [String: ZipDirectory.Member]

    /// Opens a file and reads what it lists. Members that are no `.npy` files are left out.
    ///
    /// - Throws: ``PlanError`` (`.corruptInput`, `.unsupported`) with the reason; ``EngineError`` (`.inputNotFound`, `.inputOutput`,
    ///   `.missingLibrary` when members are compressed and there is no zlib).
    public init(path: String) throws {
        self.path = path
        file = try MappedFile(path)
        var members: [String: ZipDirectory.Member] = [:], arrays: [(name: String, header: NumPyHeader)] = []
        for member in try ZipDirectory(file).members where member.name.hasSuffix(".npy") {
            let name = String(member.name.dropLast(4))
            members[name] = member
            arrays.append((name, try Self.header(member, file)))
        }
        self.members = members
        self.arrays = arrays
    }

    /// The most bytes of a compressed member that are looked at for its header.
    private static let headerBytes = 1 << 17

    private static func place(_ member: ZipDirectory.Member, _ file: MappedFile) -> String { "\(file.path) (\(member.name))" }

    private static func header(_ member: ZipDirectory.Member, _ file: MappedFile) throws -> NumPyHeader {
        let bytes = UnsafeRawBufferPointer(rebasing: file.bytes[member.bytes]), path = place(member, file)
        let header: NumPyHeader
        if member.isDeflated {
            let start = try [UInt8](unsafeUninitializedCapacity: min(member.count, headerBytes)) { buffer, count in
                let whole = UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: buffer.count)
                count = try Zlib.decompress(bytes, into: whole, .raw, isWhole: false, path: path)
            }
            header = try start.withUnsafeBytes { bytes throws(PlanError) in try NumPyHeader(bytes, path: path) }
        } else {
            header = try NumPyHeader(bytes, path: path)
        }
        try header.checkLength(member.count, path: path)
        return header
    }

    /// A node for one of the arrays: views of the file, or one task that decompresses all of it, and chunks that are views of that.
    fileprivate func array<Scalar: ArrayScalar>(
        _ name: String, _ session: Session, _ chunks: ChunkSizes, _ location: SourceLocation
    ) throws -> NDArray<Scalar> {
        guard let member = members[name], let header = arrays.first(where: { $0.name == name })?.header else {
            throw PlanError(
                .inputNotFound, "\(path) has no array “\(name)”", location: location,
                hint: "it has \(arrays.map(\.name).joined(separator: ", "))")
        }
        let file = file, path = Self.place(member, file)
        let bytes = UnsafeRawBufferPointer(rebasing: file.bytes[member.bytes])
        if !member.isDeflated {
            return try session.array(StoredArray(header, in: bytes, owner: file), "read npz", path, chunks, location)
        }
        guard header.scalarType == Scalar.scalarType else {
            throw FileProblem.wrongType(path, holds: header.scalarType, asked: Scalar.scalarType, location: location)
        }
        let grid = try session.fileGrid(header.shape, chunks, elementBytes: header.scalarType.byteCount, location: location)
        let whole = TaskNode<Scalar>(
            Operation("decompress"), grid: ChunkGrid(whole: header.shape), after: [], location: location
        ) { lowering in
            [
                lowering.add(Operation("decompress"), [], location: location, cost: Cost(resultBytes: member.count)) { _ in
                    TypedValue(try Self.decompressed(member, header, file, as: Scalar.self))
                }
            ]
        }
        return NDArray(session, whole.rechunked(to: grid, location: location))
    }

    private static func decompressed<Element>(
        _ member: ZipDirectory.Member, _ header: NumPyHeader, _ file: MappedFile, as type: Element.Type
    ) throws -> DenseArray<Element> {
        let packed = UnsafeRawBufferPointer(rebasing: file.bytes[member.bytes]), path = place(member, file)
        let storage = ChunkStorage(byteCount: member.count)
        let bytes = UnsafeMutableRawBufferPointer(start: storage.base, count: member.count)
        guard try Zlib.decompress(packed, into: bytes, .raw, isWhole: true, path: path) == member.count else {
            throw FileProblem.corrupt(path, "it does not have the length that the file says")
        }
        var crc = CRC32()
        crc.add(UnsafeRawBufferPointer(bytes))
        guard crc.value == member.crc else { throw FileProblem.corrupt(path, "its checksum is wrong") }
        let stored = StoredArray(header, in: UnsafeRawBufferPointer(bytes), owner: storage)
        return stored.isDirect(Element.self) ? stored.view(as: Element.self) : stored.copy(as: Element.self)
    }
}

extension Session {
    /// An array of a `.npz` file. One that is stored as it is is mapped into memory, as ``array(npy:as:chunks:fileID:line:)`` says; a
    /// compressed one is decompressed as a whole, by one task, when it is first needed, and its checksum is verified.
    ///
    /// - Throws: as ``NumPyArchive/init(path:)``; ``PlanError`` (`.inputNotFound` naming the arrays that there are, `.invalidArgument` for
    ///   elements of another type).
    public func array<Scalar: ArrayScalar>(
        npz path: String, _ name: String, as type: Scalar.Type = Scalar.self, chunks: ChunkSizes = .automatic,
        fileID: StaticString = #fileID, line: UInt = #line
    ) throws -> NDArray<Scalar> {
        try array(NumPyArchive(path: path), name, as: type, chunks: chunks, fileID: fileID, line: line)
    }

    /// An array of a `.npz` file that is open already.
    public func array<Scalar: ArrayScalar>(
        _ archive: NumPyArchive, _ name: String, as type: Scalar.Type = Scalar.self, chunks: ChunkSizes = .automatic,
        fileID: StaticString = #fileID, line: UInt = #line
    ) throws -> NDArray<Scalar> {
        try archive.array(name, self, chunks, SourceLocation(fileID: fileID, line: line))
    }
}
