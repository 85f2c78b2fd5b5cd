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

/// A chunk, or some rows of one, with the nearest elements around it, in memory of its own in C order.
public struct OverlappedChunk<Scalar: ArrayScalar>: Sendable {
    /// The elements, those around included.
    public let array: DenseArray<Scalar>
    /// Along each axis, how many of the elements around come first.
    public let before: [Int]
    /// Likewise, last.
    public let after: [Int]
    /// The own place of the chunk, or of the rows, without the elements around.
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
    /// The function gets each chunk with its surroundings in C order, a band of rows at a time where the chunk is larger than the processor's
    /// cache; it writes the own elements of the chunk or band, uninitialised before, without those around, in C order.
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
            return refusing(
                PlanError(
                    .invalidArgument, "“mapOverlap” with the depths \(depth) for an array of shape \(shape)", node: "mapOverlap",
                    location: location, hint: "give a depth of zero or more for each axis"))
        }
        let operation = Operation("mapOverlap", closure: location)
        let (maps, chunks, fill) = overlapMaps(depth, boundary)
        let bands = OverlapBands(depth: depth, hasEnds: boundary.padding != nil, fill: fill, body: body)
        return NDArray<R>(
            session,
            TaskNode<R>(operation, grid: source, after: [node], location: location) { [node] lowering in
                let sources = try lowering.chunks(of: node)
                let function = lowering.function(operation) { scope in TypedValue(try bands.run(scope)) }
                var made: [Graph.Argument] = []
                lowering.forEachGather(source, maps, into: ChunkGrid(chunks)) { index, plan, needed in
                    let coordinates = source.coordinates(index)
                    let position = ChunkPosition(
                        coordinates: coordinates, region: source.region(coordinates), arrayShape: source.shape)
                    made.append(
                        lowering.add(
                            function, [lowering.constant(plan), lowering.constant(position)] + needed.map { sources[$0] },
                            location: location,
                            cost: Cost(
                                resultBytes: position.region.count * MemoryLayout<R>.stride,
                                workingBytes: Swift.min(bands.bytes, plan.shape.reduce(MemoryLayout<Scalar>.stride, *)))))
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

    /// The same for a function that returns an array, with the shape of what it was given or without the elements around, which are cut off
    /// then: Dask's `map_overlap`.
    ///
    /// Another shape makes the run throw ``TaskError`` with a ``PlanError`` (`.shapeMismatch`) as its cause.
    public func mapOverlap<R: ArrayScalar>(
        depth: [Int], boundary: OverlapBoundary<Scalar> = .none, to type: R.Type = R.self, fileID: StaticString = #fileID,
        line: UInt = #line, _ body: @escaping @Sendable (OverlappedChunk<Scalar>) throws -> DenseArray<R>
    ) -> NDArray<R> {
        let location = SourceLocation(fileID: fileID, line: line)
        return mapOverlap(depth: depth, boundary: boundary, to: type, fileID: fileID, line: line) { chunk, output in
            var made = try body(chunk)
            let own = chunk.position.region.shape
            if made.shape == chunk.shape { made = made.box(Region(start: chunk.before, shape: own)) }
            let checked = try made.checked(own, "mapOverlap", location)
            guard let out = output.baseAddress else { return }
            StridedCopy(own, source: checked.strides, target: contiguousStrides(own)).run(checked.base, out)
        }
    }

    /// The same with one depth for all axes.
    public func mapOverlap<R: ArrayScalar>(
        depth: Int, boundary: OverlapBoundary<Scalar> = .none, to type: R.Type = R.self, fileID: StaticString = #fileID,
        line: UInt = #line, _ body: @escaping @Sendable (OverlappedChunk<Scalar>) throws -> DenseArray<R>
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
            return refusing(
                PlanError(
                    .invalidArgument, "“overlap” with the depths \(depth) for an array of shape \(shape)", node: "overlap",
                    location: location, hint: "give a depth of zero or more for each axis"))
        }
        return overlapping(depth, boundary, location)
    }

    private func overlapping(_ depth: [Int], _ boundary: OverlapBoundary<Scalar>, _ location: SourceLocation) -> NDArray {
        let (maps, chunks, fill) = overlapMaps(depth, boundary)
        return gathering("overlap", maps, chunks: chunks, fill: fill, location: location)
    }

    /// Where the elements of overlapping chunks come from, and how many each chunk has.
    private func overlapMaps(
        _ depth: [Int], _ boundary: OverlapBoundary<Scalar>
    ) -> (maps: [AxisMap], chunks: [[Int]], fill: Scalar?) {
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
        return (maps, chunks, fill)
    }
}

/// Runs the function of ``NDArray/mapOverlap(depth:boundary:to:fileID:line:_:)-…`` on one chunk.
private struct OverlapBands<Scalar: ArrayScalar, R: ArrayScalar>: Sendable {
    let depth: [Int]
    /// Whether there is something beyond the array's ends.
    let hasEnds: Bool
    let fill: Scalar?
    let body: @Sendable (OverlappedChunk<Scalar>, UnsafeMutableBufferPointer<R>) throws -> Void
    /// What a band takes about: it has to stay in the second-level cache between being assembled and being read.
    let bytes = 256 << 10

    /// The arguments are the ``GatherPlan`` of the chunk with its surroundings, its ``ChunkPosition``, and the chunks it needs.
    func run(_ scope: TaskScope) throws -> DenseArray<R> {
        let plan = scope.argument(0, as: GatherPlan.self), position = scope.argument(1, as: ChunkPosition.self)
        let region = position.region
        let before = region.start.indices.map { hasEnds ? depth[$0] : min(depth[$0], region.start[$0]) }
        let after = region.start.indices.map { plan.shape[$0] - region.shape[$0] - before[$0] }
        return try DenseArray<R>(shape: region.shape) { output in
            if region.count == 0 { return }
            guard let rows = region.shape.first else {
                return try body(OverlappedChunk(array: assemble(plan, scope), before: [], after: [], position: position), output)
            }
            let rowBytes = plan.shape.dropFirst().reduce(MemoryLayout<Scalar>.stride, *)
            // Not much fewer rows than are assembled twice.
            let step = max(bytes / max(rowBytes, 1), 8 * depth[0], 1)
            for start in stride(from: 0, to: rows, by: step) {
                try scope.checkCancellation()
                let end = min(start + step, rows)
                let first = max(before[0] + start - depth[0], 0), last = min(before[0] + end + depth[0], plan.shape[0])
                let array = assemble(first == 0 && last == plan.shape[0] ? plan : plan.rows(first..<last), scope)
                var band = position, bandBefore = before, bandAfter = after
                band.region.start[0] += start
                band.region.shape[0] = end - start
                bandBefore[0] = before[0] + start - first
                bandAfter[0] = last - before[0] - end
                let width = region.count / rows
                try body(
                    OverlappedChunk(array: array, before: bandBefore, after: bandAfter, position: band),
                    UnsafeMutableBufferPointer(rebasing: output[(start * width)..<(end * width)]))
            }
        }
    }

    private func assemble(_ plan: GatherPlan, _ scope: TaskScope) -> DenseArray<Scalar> {
        DenseArray(shape: plan.shape) { buffer in
            if plan.hasFill, let fill { SheafArray.fill(buffer, with: fill) }
            plan.copy(to: buffer) { scope.argument($0 + 2, as: DenseArray<Scalar>.self) }
        }
    }
}
