internal import Foundation
public import SheafCore

extension Session {
    /// The array whose chunks lie in `.npy` files of a folder, as ``NDArray/write(npyChunks:)`` writes them: `0.npy`, `1.npy` and so on, with
    /// more axes `0.0.npy`. Other files are left alone.
    ///
    /// All headers are read at once; a file is mapped into memory by the task that needs it.
    ///
    /// - Throws: ``PlanError`` (`.inputNotFound` for a folder without such files; `.corruptInput` when a file is missing or does not fit its
    ///   neighbours; `.unsupported`, `.invalidArgument` as ``array(npy:as:chunks:fileID:line:)``), ``EngineError``.
    public func array<Scalar: ArrayScalar>(
        npyChunks folder: String, as type: Scalar.Type = Scalar.self, fileID: StaticString = #fileID, line: UInt = #line
    ) throws -> NDArray<Scalar> {
        let location = SourceLocation(fileID: fileID, line: line)
        let stack = try ChunkFiles(folder)
        guard stack.scalarType == Scalar.scalarType else {
            throw FileProblem.wrongType(folder, holds: stack.scalarType, asked: Scalar.scalarType, location: location)
        }
        let grid = stack.grid
        return NDArray(
            self,
            TaskNode<Scalar>(Operation("read npy"), grid: grid, after: [], location: location) { lowering in
                let read = lowering.function(Operation("read npy")) { scope in
                    let path = scope.argument(0, as: String.self), file = try MappedFile(path)
                    let header = try NumPyHeader(file.bytes, path: path)
                    try header.checkLength(file.bytes.count, path: path)
                    guard header.shape == scope.argument(1, as: Region.self).shape, header.scalarType == Scalar.scalarType else {
                        throw FileProblem.corrupt(path, "it is another array than it was when the plan was made")
                    }
                    let stored = StoredArray(header, in: file.bytes, owner: file)
                    return TypedValue(stored.isDirect(Scalar.self) ? stored.view(as: Scalar.self) : stored.copy(as: Scalar.self))
                }
                return zip(grid.regions, lowering.regionArguments(grid)).enumerated().map { index, place in
                    lowering.add(
                        read, [lowering.constant(ChunkFiles.path(folder, grid.coordinates(index))), place.1], location: location,
                        cost: Cost(resultBytes: place.0.count * MemoryLayout<Scalar>.stride))
                }
            })
    }
}

/// The files of an array that has one for each chunk.
private struct ChunkFiles {
    let scalarType: ScalarType
    let grid: ChunkGrid

    static func path(_ folder: String, _ coordinates: [Int]) -> String {
        "\(folder)/\(coordinates.isEmpty ? "0" : coordinates.map(String.init).joined(separator: ".")).npy"
    }

    init(_ folder: String) throws {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder)
        } catch {
            throw EngineError(.inputNotFound, "cannot look into the folder \(folder)", cause: error)
        }
        let places = names.compactMap { name -> [Int]? in
            let parts = name.split(separator: ".", omittingEmptySubsequences: false)
            guard parts.last == "npy" else { return nil }
            let numbers = parts.dropLast().compactMap { Int($0) }
            // No sign and no leading zeros: the name that a chunk of that place has.
            return Self.path("", numbers) == "/\(name)" ? numbers : nil
        }
        guard let first = places.first else {
            throw PlanError(.inputNotFound, "\(folder) has no chunks", hint: "they are called 0.npy, or with two axes 0.0.npy, and so on")
        }
        let sample = try NumPyHeader(path: Self.path(folder, first))
        scalarType = sample.scalarType
        if sample.shape.isEmpty, places.count == 1 {
            grid = ChunkGrid(whole: [])
            return
        }
        let counts = sample.shape.indices.map { axis in (places.map { $0.count > axis ? $0[axis] : 0 }.max() ?? 0) &+ 1 }
        let total = counts.reduce(1) { $0.multipliedReportingOverflow(by: $1).overflow ? .max : $0 * $1 }
        guard places.allSatisfy({ $0.count == sample.shape.count }), total == places.count else {
            throw FileProblem.corrupt(folder, "its \(places.count) chunks are not all those of an array of \(sample.shape.count) axes")
        }
        var sizes = counts.map { [Int?](repeating: nil, count: $0) }
        for place in places {
            let header = try NumPyHeader(path: Self.path(folder, place))
            guard header.scalarType == scalarType, header.shape.count == place.count else {
                throw FileProblem.corrupt(Self.path(folder, place), "it does not fit the other chunks")
            }
            for axis in place.indices {
                if let known = sizes[axis][place[axis]], known != header.shape[axis] {
                    throw FileProblem.corrupt(
                        Self.path(folder, place), "it has \(header.shape[axis]) elements along axis \(axis), its neighbours \(known)")
                }
                sizes[axis][place[axis]] = header.shape[axis]
            }
        }
        let chunks = sizes.map { $0.map { $0 ?? 0 } }
        guard CheckedSize.product(chunks.map { $0.reduce(0) { $0.addingReportingOverflow($1).partialValue } }, scalarType.byteCount) != nil
        else { throw FileProblem.corrupt(folder, "an array of its chunks cannot be") }
        grid = ChunkGrid(chunks)
    }
}

extension NDArray {
    /// Runs the plan and writes each chunk to a `.npy` file of its own, called by its place among the chunks: `0.npy` and so on, with more
    /// axes `0.0.npy`. The folder is made if need be; each file appears under its name when it is complete.
    ///
    /// - Returns: the files' paths, in the C order of the chunks.
    /// - Throws: as ``write(npy:)``.
    @discardableResult
    public func write(npyChunks folder: String) async throws -> [String] {
        let lowering = try ArrayLowering(session, roots: [node])
        try FileBytes.makeFolder(folder)
        let grid = node.grid, type = scalarType, bytes = node.elementBytes
        let cost = { (region: Region) in Cost(resultBytes: 1, workingBytes: region.count * bytes) }
        let outputs = try lowering.consume(node, [Operation("write npy")], location: node.location, cost: cost) { _, reader in
            let region = reader.region, header = NumPyHeader.serialized(type, region.shape)
            // An axis without elements has one chunk.
            let coordinates = region.start.indices.map { region.shape[$0] == 0 ? 0 : grid.chunk(at: region.start[$0], axis: $0) }
            let file = try OutputFile(ChunkFiles.path(folder, coordinates), byteCount: header.count + region.count * bytes)
            try file.write(header, at: 0)
            let chunk = try DenseArray<Scalar>(shape: region.shape) { buffer in
                if let base = buffer.baseAddress { try reader.readAll(into: UnsafeMutableRawPointer(base)) }
            }
            try chunk.withUnsafeBufferPointer { try file.write(UnsafeRawBufferPointer($0), at: header.count) }
            try file.commit()
            return TypedValue(true)
        }
        let values = try await session.compute(try session.plan(lowering.graph, outputs: outputs.map(\.index)), name: "write npy")
        assert(values.count == outputs.count)
        return (0..<grid.count).map { ChunkFiles.path(folder, grid.coordinates($0)) }
    }
}
