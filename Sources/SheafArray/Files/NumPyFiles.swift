public import SheafCore

extension Session {
    /// The array in a `.npy` file, of versions 1 to 3, in either memory order and byte order.
    ///
    /// The file is mapped into memory, and chunks are views of it: nothing is read before it is needed, and what is read is the system's
    /// cache, not the session's memory. (Elements in the other byte order, of type `Bool`, or not aligned in the file are copied chunk by
    /// chunk.) The header is read at once.
    ///
    /// - Parameters:
    ///   - type: the type that the file's elements have; ``NumPyHeader/init(path:)`` tells it.
    ///   - chunks: by default about 8 MiB each. Chunks that are contiguous in the file are read fastest.
    /// - Throws: ``PlanError`` (`.corruptInput` with the reason; `.unsupported` for elements that no array holds; `.invalidArgument` for
    ///   elements of another type), ``EngineError`` (`.inputNotFound`, `.inputOutput`).
    /// - Note: The file must not become shorter while the array is in use: the process would end with `SIGBUS`.
    public func array<Scalar: ArrayScalar>(
        npy path: String, as type: Scalar.Type = Scalar.self, chunks: ChunkSizes = .automatic, fileID: StaticString = #fileID,
        line: UInt = #line
    ) throws -> NDArray<Scalar> {
        let location = SourceLocation(fileID: fileID, line: line)
        let file = try MappedFile(path)
        let header = try NumPyHeader(file.bytes, path: path)
        try header.checkLength(file.bytes.count, path: path)
        return try array(StoredArray(header, in: file.bytes, owner: file), "read npy", path, chunks, location)
    }

    /// The array in a file of nothing but elements, such as `numpy.tofile` writes; mapped into memory as ``array(npy:as:chunks:fileID:line:)``
    /// says.
    ///
    /// - Parameters:
    ///   - shape: by default one axis, to the end of the file.
    ///   - offset: where the elements begin, in bytes.
    ///   - isFortranOrder: whether the first axis varies fastest.
    ///   - isByteSwapped: whether the byte order is not this machine's.
    /// - Throws: ``PlanError`` (`.corruptInput` when the file is too short or, without a shape, ends inside an element; `.invalidArgument`),
    ///   ``EngineError`` (`.inputNotFound`, `.inputOutput`).
    public func array<Scalar: ArrayScalar>(
        raw path: String, as type: Scalar.Type = Scalar.self, shape: [Int]? = nil, offset: Int = 0, isFortranOrder: Bool = false,
        isByteSwapped: Bool = false, chunks: ChunkSizes = .automatic, fileID: StaticString = #fileID, line: UInt = #line
    ) throws -> NDArray<Scalar> {
        let location = SourceLocation(fileID: fileID, line: line)
        let file = try MappedFile(path)
        let size = Scalar.scalarType.byteCount
        guard offset >= 0, shape.map({ CheckedSize.product($0, size) != nil }) ?? true else {
            throw PlanError(.invalidArgument, "\(path) cannot hold the shape \(shape ?? []) from byte \(offset)", location: location)
        }
        let rest = max(file.bytes.count - offset, 0)
        if shape == nil, rest % size != 0 { throw FileProblem.corrupt(path, "\(rest) bytes are no whole number of elements of \(size)") }
        let header = NumPyHeader(
            scalarType: Scalar.scalarType, shape: shape ?? [rest / size], isFortranOrder: isFortranOrder, isByteSwapped: isByteSwapped,
            dataOffset: offset)
        try header.checkLength(file.bytes.count, path: path)
        return try array(StoredArray(header, in: file.bytes, owner: file), "read raw", path, chunks, location)
    }

    func array<Scalar: ArrayScalar>(
        _ stored: StoredArray, _ name: String, _ path: String, _ chunks: ChunkSizes, _ location: SourceLocation
    ) throws(PlanError) -> NDArray<Scalar> {
        let header = stored.header
        guard header.scalarType == Scalar.scalarType else {
            throw FileProblem.wrongType(path, holds: header.scalarType, asked: Scalar.scalarType, location: location)
        }
        let grid = try fileGrid(header.shape, chunks, elementBytes: header.scalarType.byteCount, location: location)
        return NDArray(self, stored.node(name, as: Scalar.self, grid: grid, location: location))
    }
}

extension NDArray {
    /// Runs the plan and writes the array to a `.npy` file, byte by byte as `numpy.save` would.
    ///
    /// Chunks are written as they are computed, each by its task, so the array is never in memory as a whole and may be larger than the
    /// session's memory. The file appears under its name when it is complete, and replaces one that is there.
    ///
    /// - Throws: as ``compute()``; ``EngineError`` (`.noSpace`, `.inputOutput`, `.inputNotFound` when there is no such folder).
    public func write(npy path: String) async throws {
        let header = NumPyHeader.serialized(scalarType, shape)
        try await write(path, header: header, name: "write npy")
    }

    /// Runs the plan and writes the elements in C order, and nothing else, as `numpy.tofile` would. See ``write(npy:)``.
    public func write(raw path: String) async throws { try await write(path, header: [], name: "write raw") }

    private func write(_ path: String, header: [UInt8], name: String) async throws {
        let lowering = try ArrayLowering(session, roots: [node])
        let file = try OutputFile(path, byteCount: header.count + shape.reduce(scalarType.byteCount, *), for: session)
        try file.write(header, at: 0)
        let outputs = try lowering.write(node, to: file, at: header.count, name: name)
        let values = try await session.compute(try session.plan(lowering.graph, outputs: outputs.map(\.index)), name: name)
        assert(values.count == outputs.count)
        try file.commit()
    }
}

extension ArrayLowering {
    /// Bytes that a task gathers before it writes them.
    private static let writeBytes = 1 << 20

    /// Adds a task for each chunk of a node that computes it and writes it into its places in a file, some rows at a time.
    ///
    /// - Parameter offset: where the array's elements begin in the file, which has them in C order.
    func write(_ node: ArrayNode, to file: OutputFile, at offset: Int, name: String) throws -> [Graph.Argument] {
        let shape = node.grid.shape, bytes = node.elementBytes
        let cost = { (region: Region) in Cost(resultBytes: 1, workingBytes: min(region.count * bytes, Self.writeBytes)) }
        return try consume(node, [Operation(name)], location: node.location, cost: cost, staysHere: true) { _, reader in
            let runs = RegionRuns(reader.region, in: shape)
            let capacity = max(min(Self.writeBytes / bytes / reader.capacity, reader.count / reader.capacity + 1), 1) * reader.capacity
            let buffer = UnsafeMutableRawPointer.allocate(byteCount: max(capacity * bytes, 1), alignment: 64)
            defer { buffer.deallocate() }
            var start = 0
            while start < reader.count {
                try reader.checkCancellation()
                var filled = 0
                while filled < capacity, start + filled < reader.count {
                    let length = min(reader.capacity, capacity - filled, reader.count - start - filled)
                    _ = try reader.read(start + filled, length, into: buffer + filled * bytes)
                    filled += length
                }
                try runs.forEach(start, filled) { position, done, length in
                    try file.write(
                        UnsafeRawBufferPointer(start: buffer + done * bytes, count: length * bytes), at: offset + position * bytes)
                }
                start += filled
            }
            return TypedValue(true)
        }
    }
}
