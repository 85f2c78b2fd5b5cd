internal import SheafCore

/// Where a chunk lies: what ``NDArray/mapChunks(to:chunks:fileID:line:_:)`` tells its closure.
public struct ChunkPosition: Sendable, Hashable {
    /// The chunk's position along each axis, counted in chunks.
    public var coordinates: [Int]
    /// The chunk's place in the array, counted in elements.
    public var region: Region
    /// The whole array's shape.
    public var arrayShape: [Int]

    public init(coordinates: [Int], region: Region, arrayShape: [Int]) {
        self.coordinates = coordinates
        self.region = region
        self.arrayShape = arrayShape
    }
}

extension NDArray {
    /// Applies a function to every chunk, on all workers.
    ///
    /// ```swift
    /// let ranked = x.mapChunks { chunk, _ in DenseArray(chunk.elements.sorted(), shape: chunk.shape) }
    /// let counts = x.mapChunks(to: Int.self, chunks: [[1, 1, 1]]) { chunk, position in DenseArray([chunk.count]) }
    /// ```
    /// The function gets the chunk, which may be a view (``DenseArray/withUnsafeBufferPointer(_:)`` has its elements in C order), and where it
    /// lies.
    ///
    /// - Parameters:
    ///   - chunks: of the result, where the function changes shapes: as many along each axis as there are chunks of this array (an array
    ///     of another number of axes has as many chunks in all, in C order). By default the chunks of this array.
    ///   - body: returns an array of the shape that the result's chunk has.
    ///
    /// Problems: ``PlanError`` (`.invalidArgument`) for another number of chunks. A result of another shape makes the run throw
    /// ``TaskError`` with a ``PlanError`` (`.shapeMismatch`) as its cause.
    public func mapChunks<R: ArrayScalar>(
        to type: R.Type = R.self, chunks: [[Int]]? = nil, fileID: StaticString = #fileID, line: UInt = #line,
        _ body: @escaping @Sendable (DenseArray<Scalar>, ChunkPosition) throws -> DenseArray<R>
    ) -> NDArray<R> {
        let location = SourceLocation(fileID: fileID, line: line), source = node.grid
        let operation = Operation("mapChunks", closure: location)
        guard chunks?.allSatisfy({ $0.allSatisfy { $0 >= 0 } }) != false,
            (chunks ?? self.chunks).reduce(1, { $0 * $1.count }) == source.count
        else {
            return refusing(
                PlanError(
                    .invalidArgument, "“mapChunks” with the chunks \(chunks ?? []): the array has \(source.counts) chunks along its axes",
                    node: "mapChunks", location: location, hint: "each chunk of the array makes one chunk of the result"))
        }
        let grid = chunks.map { ChunkGrid($0) } ?? source
        return NDArray<R>(
            session,
            TaskNode<R>(operation, grid: grid, after: [node], location: location) { [node] lowering in
                let sources = try lowering.chunks(of: node)
                let function = lowering.function(operation) { scope in
                    let made = try body(scope.argument(0, as: DenseArray<Scalar>.self), scope.argument(1, as: ChunkPosition.self))
                    return TypedValue(try made.checked(scope.argument(2, as: [Int].self), "mapChunks", location))
                }
                var made: [Graph.Argument] = []
                lowering.forEachChunk(source) { index, coordinates in
                    let position = ChunkPosition(
                        coordinates: coordinates, region: source.region(coordinates), arrayShape: source.shape)
                    let shape = grid.region(index).shape
                    made.append(
                        lowering.add(
                            function, [sources[index], lowering.constant(position), lowering.constant(shape)], location: location,
                            cost: Cost(resultBytes: shape.reduce(MemoryLayout<R>.stride, *))))
                }
                return made
            })
    }
}

extension DenseArray {
    /// - Throws: ``PlanError`` (`.shapeMismatch`) for an array of another shape than was declared.
    func checked(_ expected: [Int], _ name: String, _ location: SourceLocation) throws -> DenseArray {
        guard shape == expected else {
            throw PlanError(
                .shapeMismatch, "the function given to “\(name)” returned a chunk of shape \(shape) where \(expected) was declared",
                node: name,
                location: location)
        }
        return self
    }
}
