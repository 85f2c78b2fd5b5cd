internal import Foundation
public import SheafCore

extension Session {
    /// The array in a Zarr folder of version 2: chunks in files of their own, uncompressed or compressed by zstd, zlib or gzip, in either
    /// memory order and byte order.
    ///
    /// Each chunk is read by a task when it is needed; a chunk whose file is missing is full of the array's fill value.
    ///
    /// - Parameters:
    ///   - type: the type that the elements have.
    ///   - chunks: by default those of the folder; others are assembled from these.
    /// - Throws: ``PlanError`` (`.corruptInput`, `.unsupported` for other compressors such as blosc, filters and versions;
    ///   `.invalidArgument` for elements of another type), ``EngineError`` (`.inputNotFound`, `.inputOutput`). When the array is computed,
    ///   damaged chunks fail with a ``TaskError`` whose cause names the file.
    public func array<Scalar: ArrayScalar>(
        zarr folder: String, as type: Scalar.Type = Scalar.self, chunks: ChunkSizes = .automatic, fileID: StaticString = #fileID,
        line: UInt = #line
    ) throws -> NDArray<Scalar> {
        let location = SourceLocation(fileID: fileID, line: line)
        let metadata = try ZarrMetadata(folder: folder)
        guard metadata.scalarType == Scalar.scalarType else {
            throw FileProblem.wrongType(folder, holds: metadata.scalarType, asked: Scalar.scalarType, location: location)
        }
        let own = ChunkGrid(zip(metadata.shape, metadata.chunkShape).map(ChunkSizes.cut))
        let node = TaskNode<Scalar>(Operation("read zarr"), grid: own, after: [], location: location) { lowering in
            let read = lowering.function(Operation("read zarr")) { scope in
                TypedValue(
                    try ZarrChunk(metadata, folder, scope.argument(0, as: [Int].self)).read(
                        scope.argument(1, as: Region.self).shape, as: Scalar.self))
            }
            var made: [Graph.Argument] = []
            let places = lowering.regionArguments(own)
            lowering.forEachChunk(own) { index, coordinates in
                // Whatever lies in a chunk beyond the end of an axis is in memory too.
                made.append(
                    lowering.add(
                        read, [lowering.constant(coordinates), places[index]], location: location,
                        cost: Cost(resultBytes: metadata.chunkBytes, workingBytes: metadata.packing == .none ? 0 : metadata.chunkBytes)))
            }
            return made
        }
        if chunks == .automatic { return NDArray(self, node) }
        let grid = try chunks.grid(shape: metadata.shape, elementBytes: Scalar.scalarType.byteCount, location: location)
        return NDArray(self, node.rechunked(to: grid, location: location))
    }
}

extension NDArray {
    /// Runs the plan and writes the array to a Zarr folder of version 2, in C order, one file for each chunk.
    ///
    /// Chunks are written as they are computed, each by its task, so the array may be larger than memory. In a Zarr array all chunks but the
    /// last along an axis have one size: where this array's do not, it is cut anew, by the largest. The folder appears under its name when
    /// it is complete.
    ///
    /// - Parameter overwrite: whether a folder of that name is replaced; it must then be a Zarr array.
    /// - Throws: ``PlanError`` (`.invalidArgument` when there is something of that name); as ``compute()``; ``EngineError`` (`.noSpace`,
    ///   `.inputOutput`, `.missingLibrary`).
    public func write(zarr folder: String, compressor: ZarrCompressor = .zstd, overwrite: Bool = false) async throws {
        let files = FileManager.default
        if !session.isRepeating, files.fileExists(atPath: folder) {
            guard overwrite, files.fileExists(atPath: "\(folder)/\(ZarrMetadata.fileName)") else {
                throw PlanError(
                    .invalidArgument, "\(folder) exists already", location: node.location,
                    hint: overwrite ? "only Zarr arrays are replaced" : "write to another folder, or say overwrite: true")
            }
        }
        if case .zstd = compressor { try Zstd.check() }
        let chunkShape = node.grid.chunks.map { Swift.max($0.max() ?? 1, 1) }
        let source = node.recut(ChunkGrid(zip(shape, chunkShape).map(ChunkSizes.cut)))
        let metadata = ZarrMetadata(shape: shape, chunkShape: chunkShape, scalarType: scalarType, compressor: compressor)
        let lowering = try ArrayLowering(session, roots: [source])
        let target = PartialFolder(folder)
        defer { target.remove() }
        if !session.isRepeating {
            try target.make()
            try metadata.document(compressor).withUnsafeBytes { try FileBytes.write($0, to: "\(target.path)/\(ZarrMetadata.fileName)") }
        }
        let grid = source.grid, temporary = target.path
        let cost = { (_: Region) in Cost(resultBytes: 1, workingBytes: 2 * metadata.chunkBytes) }
        let outputs =
            metadata.shape.contains(0)
            ? []
            : try lowering.consume(source, [Operation("write zarr")], location: node.location, cost: cost, staysHere: true) { _, reader in
                let coordinates = reader.region.start.indices.map { grid.chunk(at: reader.region.start[$0], axis: $0) }
                try ZarrChunk(metadata, temporary, coordinates).write(reader, compressor, as: Scalar.self)
                return TypedValue(true)
            }
        if !outputs.isEmpty {
            let values = try await session.compute(try session.plan(lowering.graph, outputs: outputs.map(\.index)), name: "write zarr")
            assert(values.count == outputs.count)
        }
        if !session.isRepeating { try target.complete(overwrite: overwrite) }
    }
}

/// One chunk of a Zarr folder.
private struct ZarrChunk {
    let metadata: ZarrMetadata
    let path: String

    init(_ metadata: ZarrMetadata, _ folder: String, _ coordinates: [Int]) {
        self.metadata = metadata
        path = "\(folder)/\(metadata.name(coordinates))"
    }

    /// - Parameter shape: of the part that lies in the array.
    func read<Scalar: ArrayScalar>(_ shape: [Int], as type: Scalar.Type) throws -> DenseArray<Scalar> {
        // A compressed chunk may be larger than the chunk, but not by much.
        let limit = metadata.packing == .none ? metadata.chunkBytes : metadata.chunkBytes + metadata.chunkBytes / 8 + 65_536
        guard let bytes = try FileBytes.read(path, limit: limit) else {
            let element = metadata.fill.withUnsafeBytes { $0.loadUnaligned(as: Scalar.self) }
            return DenseArray(repeating: element, shape: shape)
        }
        let isFortran = metadata.isFortranOrder
        let whole = try DenseArray<Scalar>(shape: isFortran ? metadata.chunkShape.reversed() : metadata.chunkShape) { buffer in
            let elements = UnsafeMutableRawBufferPointer(buffer)
            guard let base = elements.baseAddress else { return }
            let count = try bytes.withUnsafeBytes { bytes in
                switch metadata.packing {
                case .none:
                    elements.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes.prefix(elements.count)))
                    return bytes.count
                case .zlib: return try Zlib.decompress(bytes, into: elements, .zlibOrGzip, isWhole: true, path: path)
                case .zstd: return try Zstd.decompress(bytes, into: elements, path: path)
                }
            }
            guard count == elements.count else {
                throw FileProblem.corrupt(path, "it does not hold the \(elements.count) bytes of a chunk")
            }
            StoredArray.normalize(base, count: buffer.count, metadata.scalarType, isByteSwapped: metadata.isByteSwapped)
        }
        let chunk = isFortran ? whole.transposed() : whole
        return chunk.shape == shape ? chunk : chunk.box(Region(start: shape.map { _ in 0 }, shape: shape))
    }

    func write<Scalar: ArrayScalar>(_ reader: TileReader, _ compressor: ZarrCompressor, as type: Scalar.Type) throws {
        let chunk = try DenseArray<Scalar>(shape: metadata.chunkShape) { buffer in
            if reader.region.shape != metadata.chunkShape { buffer.initialize(repeating: Scalar.zeroValue) }
            guard let base = buffer.baseAddress else { return }
            let box = ChunkView(
                base: UnsafeRawPointer(base), shape: reader.region.shape, strides: contiguousStrides(metadata.chunkShape),
                elementBytes: MemoryLayout<Scalar>.stride)
            try reader.readAll(into: box)
        }
        try chunk.withUnsafeBufferPointer { elements in
            let bytes = UnsafeRawBufferPointer(elements)
            guard case .zstd(let level) = compressor else { return try FileBytes.write(bytes, to: path) }
            try Zstd.compress(bytes, level: level).withUnsafeBytes { try FileBytes.write($0, to: path) }
        }
    }
}

/// A folder that appears under its name when it is complete.
private final class PartialFolder {
    private let target: String
    let path: String

    init(_ target: String) {
        self.target = target
        path = "\(target).\(ProcessInfo.processInfo.processIdentifier)-\(UInt32.random(in: .min ... .max)).partial"
    }

    func make() throws { try FileBytes.makeFolder(path) }

    func complete(overwrite: Bool) throws {
        do {
            if overwrite, FileManager.default.fileExists(atPath: target) { try FileManager.default.removeItem(atPath: target) }
            try FileManager.default.moveItem(atPath: path, toPath: target)
        } catch {
            throw EngineError(.inputOutput, "cannot complete the folder \(target)", cause: error)
        }
    }

    /// Removes what is left of it, if anything is.
    func remove() {
        // Nothing is left after it was completed; if the system refuses, the folder's name says what it is.
        try? FileManager.default.removeItem(atPath: path)
    }
}
