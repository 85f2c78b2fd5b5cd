internal import SheafCore

/// What chunks at the end of an axis see beyond it.
public enum OverlapBoundary<Scalar: ArrayScalar>: Sendable {
    /// Nothing: chunks at the ends get fewer elements.
    case none
    /// The elements at the other end.
    case periodic
    /// The elements mirrored, the last one repeated: `b a | a b c d | d c`. (Dask calls it so; NumPy's `pad` calls it symmetric.)
    case reflect
    /// The last element.
    case nearest
    case constant(Scalar)

    /// `nil` for no elements.
    fileprivate var padding: PaddingMode<Scalar>? {
        switch self {
        case .none: nil
        case .periodic: .wrap
        case .reflect: .symmetric
        case .nearest: .edge
        case .constant(let value): .constant(value)
        }
    }
}

/// A chunk with its neighbours' nearest elements around it, in memory of its own in C order.
public struct OverlappedChunk<Scalar: ArrayScalar>: Sendable {
    /// The elements, those of the neighbours included.
    public let array: DenseArray<Scalar>
    /// Along each axis, how many of the neighbours' elements come first.
    public let before: [Int]
    /// Likewise, last.
    public let after: [Int]
    /// The chunk's own place, neighbours left out.
    public let position: ChunkPosition

    /// Of ``array``.
    public var shape: [Int] { array.shape }

    /// Calls `body` with the elements of ``array`` in C order.
    @inlinable
    public func withUnsafeBufferPointer<R>(_ body: (UnsafeBufferPointer<Scalar>) throws -> R) rethrows -> R {
        try array.withUnsafeBufferPointer(body)
    }
}

extension NDArray {
    /// Applies a function to every chunk together with elements around it: a halo exchange, for stencils and filters.
    ///
    /// ```swift
    /// let smooth = x.mapOverlap(depth: 1, boundary: .reflect) { chunk, output in
    ///     let width = chunk.shape[1], inner = width - 2
    ///     chunk.withUnsafeBufferPointer { a in
    ///         for row in 1..<(chunk.shape[0] - 1) {
    ///             for column in 1..<(width - 1) {
    ///                 let i = row * width + column
    ///                 output[(row - 1) * inner + column - 1] = (a[i - width] + a[i - 1] + a[i + 1] + a[i + width]) / 4
    ///             }
    ///         }
    ///     }
    /// }
    /// ```
    /// Each chunk with its surroundings is assembled once, in C order; the function writes the chunk's own elements, uninitialised before,
    /// without those around, in C order.
    ///
    /// - Parameters:
    ///   - depth: how many elements are added at both ends of each axis.
    ///   - boundary: what lies beyond the array's ends.
    ///
    /// Problems: ``PlanError`` (`.invalidArgument`) for other than one depth per axis, and negative depths.
    public func mapOverlap<R: ArrayScalar>(
        depth: [Int], boundary: OverlapBoundary<Scalar> = .none, to type: R.Type = R.self, fileID: StaticString = #fileID,
        line: UInt = #line, _ body: @escaping @Sendable (OverlappedChunk<Scalar>, UnsafeMutableBufferPointer<R>) throws -> Void
    ) -> NDArray<R> {
        let location = SourceLocation(fileID: fileID, line: line), source = node.grid
        guard depth.count == rank, depth.allSatisfy({ $0 >= 0 }) else {
            return failing(
                PlanError(
                    .invalidArgument, "“mapOverlap” with the depths \(depth) for an array of shape \(shape)", node: "mapOverlap",
                    location: location, hint: "give a depth of zero or more for each axis"))
        }
        let halo = overlapping(depth, boundary, location).node
        let operation = Operation("mapOverlap", closure: location)
        let hasEnds = boundary.padding != nil
        return NDArray<R>(
            session,
            TaskNode<R>(operation, grid: source, after: [halo], location: location) { lowering in
                let sources = try lowering.chunks(of: halo)
                let function = lowering.function(operation) { scope in
                    let array = scope.argument(0, as: DenseArray<Scalar>.self).contiguous()
                    let position = scope.argument(1, as: ChunkPosition.self), region = position.region
                    let before = region.start.indices.map { hasEnds ? depth[$0] : min(depth[$0], region.start[$0]) }
                    let after = region.start.indices.map { array.shape[$0] - region.shape[$0] - before[$0] }
                    let chunk = OverlappedChunk(array: array, before: before, after: after, position: position)
                    return TypedValue(try DenseArray<R>(shape: region.shape) { try body(chunk, $0) })
                }
                var made: [Graph.Argument] = []
                lowering.forEachChunk(source) { index, coordinates in
                    let position = ChunkPosition(
                        coordinates: coordinates, region: source.region(coordinates), arrayShape: source.shape)
                    let bytes = position.region.count * MemoryLayout<R>.stride
                    made.append(
                        lowering.add(
                            function, [sources[index], lowering.constant(position)], location: location, cost: Cost(resultBytes: bytes)))
                }
                return made
            })
    }

    /// The same with one depth for all axes.
    public func mapOverlap<R: ArrayScalar>(
        depth: Int, boundary: OverlapBoundary<Scalar> = .none, to type: R.Type = R.self, fileID: StaticString = #fileID,
        line: UInt = #line, _ body: @escaping @Sendable (OverlappedChunk<Scalar>, UnsafeMutableBufferPointer<R>) throws -> Void
    ) -> NDArray<R> {
        mapOverlap(depth: Array(repeating: depth, count: rank), boundary: boundary, to: type, fileID: fileID, line: line, body)
    }

    /// Every chunk with the elements around it, so that neighbours share some: Dask's `overlap`. The result is longer than this array.
    ///
    /// Problems: as ``mapOverlap(depth:boundary:to:fileID:line:_:)-…``.
    public func overlapping(
        depth: [Int], boundary: OverlapBoundary<Scalar> = .none, fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray {
        let location = SourceLocation(fileID: fileID, line: line)
        guard depth.count == rank, depth.allSatisfy({ $0 >= 0 }) else {
            return failing(
                PlanError(
                    .invalidArgument, "“overlap” with the depths \(depth) for an array of shape \(shape)", node: "overlap",
                    location: location, hint: "give a depth of zero or more for each axis"))
        }
        return overlapping(depth, boundary, location)
    }

    private func overlapping(_ depth: [Int], _ boundary: OverlapBoundary<Scalar>, _ location: SourceLocation) -> NDArray {
        let source = node.grid, padding = boundary.padding
        var maps: [AxisMap] = [], chunks: [[Int]] = [], fill: Scalar?
        if case .constant(let value) = boundary { fill = value }
        for axis in 0..<rank {
            let length = shape[axis]
            var map = AxisMap(), sizes: [Int] = []
            for chunk in 0..<source.counts[axis] {
                var range = (source.offsets[axis][chunk] - depth[axis])..<(source.offsets[axis][chunk + 1] + depth[axis])
                if padding == nil || length == 0 { range = range.clamped(to: 0..<length) }
                // Inside the array as it is; beyond its ends as the boundary says.
                let inside = range.clamped(to: 0..<length)
                let (before, after) = (range.lowerBound..<inside.lowerBound, inside.upperBound..<range.upperBound)
                padding?.append(before, length, to: &map)
                map.append(inside.lowerBound, inside.count)
                padding?.append(after, length, to: &map)
                sizes.append(range.count)
            }
            maps.append(map)
            chunks.append(sizes)
        }
        return gathering("overlap", maps, chunks: chunks, fill: fill, location: location)
    }
}
