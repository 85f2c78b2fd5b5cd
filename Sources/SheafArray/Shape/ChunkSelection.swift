internal import SheafCore

/// A view of one chunk: where it begins, and which of the chunk's axes each of its own axes runs along.
struct ChunkSelection: Sendable, Hashable {
    struct Axis: Sendable, Hashable {
        /// The chunk's axis; `nil` for a new one, along which elements repeat.
        var source: Int?
        /// How far apart elements are along the chunk's axis.
        var step: Int
        var count: Int
    }
    var start: [Int]
    var axes: [Axis]

    /// Whether it is the whole of a chunk.
    func isWhole(_ shape: [Int]) -> Bool {
        guard axes.count == shape.count, start.allSatisfy({ $0 == 0 }) else { return false }
        return axes.indices.allSatisfy { axis in
            axes[axis].source == axis && axes[axis].count == shape[axis] && (axes[axis].step == 1 || shape[axis] <= 1)
        }
    }

    var shape: [Int] { axes.map(\.count) }
}

extension DenseArray {
    func viewing(_ selection: ChunkSelection) -> DenseArray {
        let offset = zip(selection.start, strides).reduce(0) { $0 + $1.0 * $1.1 }
        return viewed(
            shape: selection.shape, strides: selection.axes.map { axis in axis.source.map { strides[$0] * axis.step } ?? 0 },
            offset: selection.axes.contains { $0.count == 0 } ? 0 : offset)
    }

    /// A view; a copy where it would keep many times its own elements in memory.
    func selecting(_ selection: ChunkSelection) -> DenseArray {
        let result = viewing(selection)
        return result.count * 4 < count ? result.packed() : result
    }

    /// The elements in memory of their own, in C order.
    @usableFromInline
    func packed() -> DenseArray {
        DenseArray(shape: shape) { buffer in
            guard let target = buffer.baseAddress else { return }
            StridedCopy(shape, source: strides, target: contiguousStrides(shape)).run(base, target)
        }
    }
}

extension NDArray {
    /// An array each of whose chunks is a view of one chunk of this one.
    ///
    /// - Parameter select: for a chunk of the result, by its position along each axis, the chunk of this array by its, and the view.
    func viewing(
        _ name: String, grid: ChunkGrid, location: SourceLocation,
        _ select: @escaping @Sendable ([Int]) -> (chunk: [Int], selection: ChunkSelection)
    ) -> NDArray {
        NDArray(
            session,
            TaskNode<Scalar>(Operation(name), grid: grid, after: [node], location: location) { [node] lowering in
                let sources = try lowering.chunks(of: node)
                let function = lowering.selectFunction(name, Scalar.self)
                // Most chunks are seen alike.
                var known: [ChunkSelection: Graph.Argument] = [:]
                var made: [Graph.Argument] = []
                made.reserveCapacity(grid.count)
                lowering.forEachChunk(grid) { _, coordinates in
                    let (chunk, selection) = select(coordinates)
                    let source = sources[node.grid.index(chunk)]
                    if selection.isWhole(node.grid.region(chunk).shape) {
                        made.append(source)
                        return
                    }
                    let constant = known[selection] ?? lowering.constant(selection)
                    known[selection] = constant
                    let bytes = selection.axes.reduce(MemoryLayout<Scalar>.stride) { $0 * $1.count }
                    made.append(
                        lowering.add(function, [constant, source], location: location, cost: Cost(resultBytes: bytes, isView: true)))
                }
                return made
            })
    }
}

extension ArrayLowering {
    /// A function that makes a view: arguments are the ``ChunkSelection`` and the chunk.
    func selectFunction<Element: Sendable>(_ name: String, _: Element.Type) -> Int {
        function(Operation(name)) { scope in
            TypedValue(scope.argument(1, as: DenseArray<Element>.self).selecting(scope.argument(0, as: ChunkSelection.self)))
        }
    }
}
