internal import SheafCore

// Operations that see the same elements along other axes. All are views: no element is copied.

extension NDArray {
    /// With axes in another order: axis `i` of the result is axis `axes[i]` of this array.
    ///
    /// Problems: ``PlanError`` (`.invalidArgument`) unless every axis is named once.
    public func transposed(_ axes: [Int], fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        permuted("transpose", axes, location: SourceLocation(fileID: fileID, line: line))
    }

    /// With axes reversed, as NumPy's `x.T`.
    public func transposed(fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        permuted("transpose", Array((0..<rank).reversed()), location: SourceLocation(fileID: fileID, line: line))
    }

    /// With one axis at another place, the others in order: NumPy's `moveaxis`.
    public func movingAxis(_ source: Int, to destination: Int, fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        movingAxes([source], to: [destination], fileID: fileID, line: line)
    }

    /// With some axes at other places, the others in order.
    public func movingAxes(
        _ sources: [Int], to destinations: [Int], fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray {
        let location = SourceLocation(fileID: fileID, line: line)
        let from = Axes(sources, rank: rank, operation: "move axes", location: location)
        let to = Axes(destinations, rank: rank, operation: "move axes", location: location)
        if let problem = from.problem ?? to.problem { return refusing(problem) }
        guard from.list.count == to.list.count else {
            return refusing(
                PlanError(
                    .invalidArgument, "“move axes” from \(sources) to \(destinations): the lists differ in length", node: "move axes",
                    location: location))
        }
        var order = (0..<rank).filter { !from.isSelected[$0] }
        for (destination, source) in zip(to.list, from.list).sorted(by: { $0.0 < $1.0 }) { order.insert(source, at: destination) }
        return permuted("move axes", order, location: location)
    }

    /// With two axes exchanged.
    public func swappingAxes(_ a: Int, _ b: Int, fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        let location = SourceLocation(fileID: fileID, line: line)
        var order = Array(0..<rank)
        guard let first = normalized(a, rank: rank), let second = normalized(b, rank: rank) else {
            return refusing(axisProblem(normalized(a, rank: rank) == nil ? a : b, rank: rank, "swap axes", location))
        }
        order.swapAt(first, second)
        return permuted("swap axes", order, location: location)
    }

    private func permuted(_ name: String, _ axes: [Int], location: SourceLocation) -> NDArray {
        let list = Axes(axes, rank: rank, operation: name, location: location)
        if let problem = list.problem { return refusing(problem) }
        let order = list.list
        guard order.count == rank else {
            return refusing(
                PlanError(
                    .invalidArgument, "“\(name)” with \(axes) names \(order.count) of \(rank) axes; the shape is \(shape)", node: name,
                    location: location))
        }
        if order == Array(0..<rank) { return self }
        let source = node.grid
        return viewing(name, grid: ChunkGrid(order.map { source.chunks[$0] }), location: location) { coordinates in
            var chunk = coordinates
            for (axis, own) in order.enumerated() { chunk[own] = coordinates[axis] }
            let axes = order.map { ChunkSelection.Axis(source: $0, step: 1, count: source.chunks[$0][chunk[$0]]) }
            return (chunk, ChunkSelection(start: chunk.map { _ in 0 }, axes: axes))
        }
    }

    /// With new axes of length 1, at these places of the result's shape.
    public func expandingDimensions(at places: [Int], fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        let location = SourceLocation(fileID: fileID, line: line)
        let new = Axes(places, rank: rank + places.count, operation: "expand dimensions", location: location)
        if let problem = new.problem { return refusing(problem) }
        var own = 0
        return reaxed(
            "expand dimensions",
            new.isSelected.map { isNew in
                if isNew { return nil }
                defer { own += 1 }
                return own
            }, location: location)
    }

    /// With a new axis of length 1, at this place of the result's shape.
    public func expandingDimensions(at place: Int, fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        expandingDimensions(at: [place], fileID: fileID, line: line)
    }

    /// Without axes of length 1: those given, or all there are.
    ///
    /// Problems: ``PlanError`` (`.invalidArgument`) for an axis that is longer.
    public func squeezed(axes: [Int]? = nil, fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        let location = SourceLocation(fileID: fileID, line: line)
        let dropped = Axes(axes ?? (0..<rank).filter { shape[$0] == 1 }, rank: rank, operation: "squeeze", location: location)
        if let problem = dropped.problem { return refusing(problem) }
        if let axis = dropped.list.first(where: { shape[$0] != 1 }) {
            return refusing(
                PlanError(
                    .invalidArgument, "“squeeze” of axis \(axis) with \(shape[axis]) elements; the shape is \(shape)", node: "squeeze",
                    location: location, hint: "only axes of length 1 can be dropped; an index such as x[0] drops others"))
        }
        return reaxed("squeeze", (0..<rank).filter { !dropped.isSelected[$0] }, location: location)
    }

    /// The axes given, in their order, new ones where there is none. Those left out have length 1.
    private func reaxed(_ name: String, _ axes: [Int?], location: SourceLocation) -> NDArray {
        if axes == Array(0..<rank) { return self }
        let source = node.grid
        let grid = ChunkGrid(axes.map { axis in axis.map { source.chunks[$0] } ?? [1] })
        return viewing(name, grid: grid, location: location) { coordinates in
            var chunk = [Int](repeating: 0, count: source.rank)
            let start = chunk
            for (axis, own) in axes.enumerated() { if let own { chunk[own] = coordinates[axis] } }
            let axes = axes.map { own in
                ChunkSelection.Axis(source: own, step: 1, count: own.map { source.chunks[$0][chunk[$0]] } ?? 1)
            }
            return (chunk, ChunkSelection(start: start, axes: axes))
        }
    }

    /// Repeated along new leading axes and along axes of length 1, as NumPy broadcasts. No element is copied.
    ///
    /// Problems: ``PlanError`` (`.shapeMismatch`) with both shapes.
    public func broadcast(to shape: [Int], fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        let location = SourceLocation(fileID: fileID, line: line), source = node.grid
        if shape == self.shape { return self }
        let added = shape.count - rank
        guard added >= 0, shape.allSatisfy({ $0 >= 0 }),
            shape.indices.allSatisfy({ $0 < added || source.shape[$0 - added] == shape[$0] || source.shape[$0 - added] == 1 })
        else {
            return refusing(
                PlanError(
                    .shapeMismatch, "“broadcast” of the shape \(self.shape) to \(shape)", node: "broadcast", location: location,
                    hint: "aligned at the last axis, lengths have to be equal, or 1 in the array"), shape: shape)
        }
        let repeats = shape.indices.map { $0 < added || (source.shape[$0 - added] == 1 && shape[$0] != 1) }
        // Repeated elements take no memory, but what is computed from them does.
        var budget = Swift.max(ChunkSizes.automaticBytes / MemoryLayout<Scalar>.stride / Swift.max(source.largestChunk, 1), 1)
        var chunks: [[Int]] = Array(repeating: [], count: shape.count)
        for axis in shape.indices.reversed() {
            if repeats[axis] {
                let size = Swift.min(Swift.max(shape[axis], 1), budget)
                chunks[axis] = ChunkSizes.cut(shape[axis], size)
                budget = Swift.max(budget / size, 1)
            } else {
                chunks[axis] = source.chunks[axis - added]
            }
        }
        let grid = ChunkGrid(chunks)
        return viewing("broadcast", grid: grid, location: location) { coordinates in
            var chunk: [Int] = []
            let axes = coordinates.indices.map { axis in
                if axis >= added { chunk.append(repeats[axis] ? 0 : coordinates[axis]) }
                return ChunkSelection.Axis(
                    source: repeats[axis] ? nil : axis - added, step: 1, count: grid.chunks[axis][coordinates[axis]])
            }
            return (chunk, ChunkSelection(start: chunk.map { _ in 0 }, axes: axes))
        }
    }

    /// Backwards along the axes given, or along all.
    public func flipped(axes: [Int]? = nil, fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        let location = SourceLocation(fileID: fileID, line: line), source = node.grid
        let axes = Axes(axes, rank: rank, operation: "flip", location: location)
        if let problem = axes.problem { return refusing(problem) }
        let isFlipped = axes.isSelected
        let grid = ChunkGrid(zip(source.chunks, isFlipped).map { $1 ? $0.reversed() : $0 })
        return viewing("flip", grid: grid, location: location) { coordinates in
            let chunk = coordinates.indices.map { isFlipped[$0] ? source.counts[$0] - 1 - coordinates[$0] : coordinates[$0] }
            let sizes = chunk.indices.map { source.chunks[$0][chunk[$0]] }
            let start = sizes.indices.map { isFlipped[$0] ? Swift.max(sizes[$0] - 1, 0) : 0 }
            let axes = sizes.indices.map { ChunkSelection.Axis(source: $0, step: isFlipped[$0] ? -1 : 1, count: sizes[$0]) }
            return (chunk, ChunkSelection(start: start, axes: axes))
        }
    }

    /// Rotated by quarter turns in the plane of two axes, from the first towards the second.
    public func rotated90(
        times: Int = 1, axes: (Int, Int) = (0, 1), fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray {
        let location = SourceLocation(fileID: fileID, line: line)
        let plane = Axes([axes.0, axes.1], rank: rank, operation: "rotate", location: location)
        if let problem = plane.problem { return refusing(problem) }
        let (first, second) = (plane.list[0], plane.list[1])
        switch ((times % 4) + 4) % 4 {
        case 0: return self
        case 1:
            return flipped(axes: [second], fileID: fileID, line: line).swappingAxes(first, second, fileID: fileID, line: line)
        case 2: return flipped(axes: [first, second], fileID: fileID, line: line)
        default:
            return swappingAxes(first, second, fileID: fileID, line: line).flipped(axes: [second], fileID: fileID, line: line)
        }
    }
}
