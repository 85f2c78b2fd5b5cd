internal import SheafCore

extension NDArray {
    /// The elements that the indices select; see ``ArrayIndex``. Axes without an index are taken whole.
    ///
    /// The result is made of views of the chunks that it touches, and its chunks follow theirs; the others are not computed. A view of a
    /// small part of a chunk is copied, so that the chunk can be freed.
    ///
    /// Problems, thrown when the plan is run: ``PlanError`` (`.indexOutOfRange`) for an integer outside its axis, with the shape;
    /// `.invalidArgument` for more indices than axes, a second ellipsis, or a step of 0. Ranges are clamped to the axis.
    ///
    /// There is no setter: ``replacing(_:with:fileID:line:)`` makes an array with other elements at some places.
    public subscript<each Index: ArrayIndexExpression>(
        _ indices: repeat each Index, fileID fileID: StaticString = #fileID, line line: UInt = #line
    ) -> NDArray {
        var list: [ArrayIndex] = []
        repeat list.append((each indices).arrayIndex)
        return sliced(list, fileID: fileID, line: line)
    }

    /// The same as the subscript, for indices that are computed.
    public func sliced(_ indices: [ArrayIndex], fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        let location = SourceLocation(fileID: fileID, line: line)
        do {
            let selection = try Selection(indices, shape: shape, location: location)
            return selected(selection, location: location)
        } catch {
            return refusing(error)
        }
    }

    private func selected(_ selection: Selection, location: SourceLocation) -> NDArray {
        let source = node.grid
        // For each axis of the result, the pieces it takes of the chunks along its source axis.
        let pieces = selection.axes.map { axis in
            axis.source.map { source.pieces(of: axis.run, axis: $0) } ?? [AxisPiece(chunk: 0, source: .run(0, 1), target: 0, count: 1)]
        }
        let fixed = selection.fixed.map { axis, position in
            let chunk = source.chunk(at: position, axis: axis)
            return (axis: axis, chunk: chunk, position: position - source.offsets[axis][chunk])
        }
        let grid = ChunkGrid(pieces.map { $0.map(\.count) })
        return viewing("slice", grid: grid, location: location) { coordinates in
            var chunk = [Int](repeating: 0, count: source.rank), start = chunk
            for (axis, index, position) in fixed { (chunk[axis], start[axis]) = (index, position) }
            let axes = coordinates.indices.map { axis in
                let piece = pieces[axis][coordinates[axis]]
                let (first, step) = piece.source.run
                if let own = selection.axes[axis].source { (chunk[own], start[own]) = (piece.chunk ?? 0, first) }
                return ChunkSelection.Axis(source: selection.axes[axis].source, step: step, count: piece.count)
            }
            return (chunk, ChunkSelection(start: start, axes: axes))
        }
    }
}

/// Indices, resolved for a shape.
struct Selection {
    /// The axes of the result: along which axis of the array, and which positions; a source of `nil` is a new axis.
    var axes: [(source: Int?, run: AxisRun)] = []
    /// The axes that are dropped.
    var fixed: [(axis: Int, position: Int)] = []

    init(_ indices: [ArrayIndex], shape: [Int], location: SourceLocation) throws(PlanError) {
        func problem(_ code: ErrorCode, _ message: String, _ hint: String? = nil) -> PlanError {
            PlanError(code, message, node: "slice", location: location, hint: hint)
        }
        let own = indices.count { $0.kind != .newAxis && $0.kind != .ellipsis }
        guard own <= shape.count else {
            throw problem(.invalidArgument, "\(own) indices into an array of \(shape.count) axes; its shape is \(shape)")
        }
        let ellipses = indices.count { $0.kind == .ellipsis }
        guard ellipses <= 1 else { throw problem(.invalidArgument, "a second ellipsis among the indices of an array of shape \(shape)") }
        var axis = 0
        func takeAll(_ count: Int) {
            for _ in 0..<count {
                axes.append((axis, AxisRun(0, step: 1, count: shape[axis])))
                axis += 1
            }
        }
        for index in indices {
            switch index.kind {
            case .ellipsis: takeAll(shape.count - own)
            case .newAxis: axes.append((nil, AxisRun(0, step: 1, count: 1)))
            case .at(let given):
                let length = shape[axis], position = given < 0 ? given + length : given
                guard position >= 0 && position < length else {
                    throw problem(
                        .indexOutOfRange, "index \(given) is out of range for axis \(axis) with \(length) elements; the shape is \(shape)",
                        "positions count from 0, or from -1 for the last")
                }
                fixed.append((axis, position))
                axis += 1
            case .slice(let start, let end, let step):
                guard step != 0 else { throw problem(.invalidArgument, "a range with a step of zero along axis \(axis)") }
                axes.append((axis, Self.run(start, end, step, shape[axis])))
                axis += 1
            }
        }
        takeAll(shape.count - axis)
    }

    /// The positions of `start:end:step`, clamped to an axis as NumPy does.
    private static func run(_ start: Int?, _ end: Int?, _ step: Int, _ length: Int) -> AxisRun {
        // A longer step than the axis reaches no second position, however long it is.
        let step = min(max(step, -length - 1), length + 1)
        func clamped(_ position: Int, _ range: ClosedRange<Int>) -> Int {
            min(max(position < 0 ? position + length : position, range.lowerBound), range.upperBound)
        }
        let count: Int, first: Int
        if step > 0 {
            first = start.map { clamped($0, 0...length) } ?? 0
            let last = end.map { clamped($0, 0...length) } ?? length
            count = max(0, (last - first + step - 1) / step)
        } else {
            first = start.map { clamped($0, -1...max(length - 1, -1)) } ?? length - 1
            let last = end.map { clamped($0, -1...max(length - 1, -1)) } ?? -1
            count = max(0, (first - last - step - 1) / -step)
        }
        return AxisRun(count == 0 ? 0 : first, step: step, count: count)
    }
}
