public import SheafCore

/// Which of two orders the axes of ``SheafCore/Session/meshgrid(_:indexing:fileID:line:)`` come in.
public enum GridIndexing: Sendable {
    /// As in matrices: the first array runs along the first axis.
    case matrix
    /// As in plots: the first array, x, runs along the second axis, and the second array along the first. NumPy's default.
    case cartesian
}

extension Session {
    /// For coordinates along each axis, an array of every point's coordinate along each axis. No element is copied.
    ///
    /// Problems: ``PlanError`` (`.invalidArgument`) for an array of other than one axis.
    public func meshgrid<Scalar: ArrayScalar>(
        _ coordinates: [NDArray<Scalar>], indexing: GridIndexing = .cartesian, fileID: StaticString = #fileID, line: UInt = #line
    ) -> [NDArray<Scalar>] {
        let location = SourceLocation(fileID: fileID, line: line)
        if let wrong = coordinates.first(where: { $0.rank != 1 }) {
            let problem = PlanError(
                .invalidArgument, "“meshgrid” of an array of shape \(wrong.shape)", node: "meshgrid", location: location,
                hint: "coordinates along an axis are an array of one axis")
            return coordinates.map { $0.refusing(problem) }
        }
        let count = coordinates.count
        var places = Array(0..<count)
        if indexing == .cartesian && count > 1 { places.swapAt(0, 1) }
        var shape = [Int](repeating: 1, count: count)
        for (array, place) in zip(coordinates, places) { shape[place] = array.count }
        return zip(coordinates, places).map { array, place in
            array.expandingDimensions(at: (0..<count).filter { $0 != place }, fileID: fileID, line: line)
                .broadcast(to: shape, fileID: fileID, line: line)
        }
    }

    /// The indices of every place of a shape: `result[axis]` is the index along that axis.
    public func indices(
        _ shape: [Int], chunks: ChunkSizes = .automatic, fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray<Int> {
        let axes = shape.indices.map { axis -> NDArray<Int> in
            make(shape, chunks, fileID, line) { grid, location in
                ElementNode<Int>(
                    Operation("indices"), grid: grid, operands: [],
                    kernel: .generator { region, start, out, count in
                        let out = out.assumingMemoryBound(to: Int.self)
                        let inner = region.shape[(axis + 1)...].reduce(1, *), length = region.shape[axis]
                        // Runs of one index.
                        var position = 0
                        while position < count {
                            let run = min(inner - (start + position) % inner, count - position)
                            (out + position).update(
                                repeating: region.start[axis] + (start + position) / inner % length, count: run)
                            position += run
                        }
                    }, location: location)
            }
        }
        return stack(axes, fileID: fileID, line: line)
    }

    /// Arrays repeated to one shape, as an element-wise operation would see them. No element is copied.
    ///
    /// Problems: ``PlanError`` (`.shapeMismatch`).
    public func broadcast<Scalar: ArrayScalar>(
        _ arrays: [NDArray<Scalar>], fileID: StaticString = #fileID, line: UInt = #line
    ) -> [NDArray<Scalar>] {
        let rank = arrays.map(\.rank).max() ?? 0
        // The longest length along each axis; an array that does not broadcast to it says so.
        var shape = [Int](repeating: 1, count: rank)
        for array in arrays {
            for (axis, length) in array.shape.enumerated() where length != 1 { shape[axis + rank - array.rank] = length }
        }
        return arrays.map { $0.broadcast(to: shape, fileID: fileID, line: line) }
    }
}
