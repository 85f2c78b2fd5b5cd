internal import SheafCore

/// Partial results that are combined at a time.
private let fanIn = 16

extension NDArray {
    /// Reduces along some axes: chunk by chunk, fused with the element-wise operations before, then up a tree.
    ///
    /// - Parameters:
    ///   - axes: negative ones count from the last; `nil` for all.
    ///   - keepingDimensions: whether reduced axes stay, with length 1.
    ///   - allowsEmpty: whether there is a result for no elements.
    func reducing<Partial, Output>(
        _ kernel: ReductionKernel<Scalar, Partial, Output>, axes: [Int]?, keepingDimensions: Bool, allowsEmpty: Bool = true,
        fileID: StaticString, line: UInt
    ) -> NDArray<Output> {
        let location = SourceLocation(fileID: fileID, line: line), node = node
        let axes = Axes(axes, rank: rank, operation: kernel.name, location: location)
        let isReduced = axes.isSelected
        var problem = axes.problem
        if !allowsEmpty, problem == nil, zip(shape, isReduced).contains(where: { $0 == 0 && $1 }) {
            problem = PlanError(
                .invalidArgument, "“\(kernel.name)” of no elements: the shape is \(shape)", node: kernel.name, location: location,
                hint: "an axis of length 0 has none")
        }
        let full = ChunkGrid(zip(node.grid.chunks, isReduced).map { $1 ? [1] : $0 })
        let grid = keepingDimensions ? full : ChunkGrid(zip(node.grid.chunks, isReduced).filter { !$1 }.map(\.0))
        let reducedCount = zip(shape, isReduced).reduce(1) { $0 * ($1.1 ? $1.0 : 1) }
        let reduction = ChunkReduction(loops: kernel.loops, isReduced: isReduced, arrayShape: shape)
        return NDArray<Output>(
            session,
            TaskNode<Output>(Operation(kernel.name), grid: grid, after: [node], location: location, problem: problem) { lowering in
                let bytes = MemoryLayout<Partial>.stride
                let partials = try lowering.consume(
                    node, [Operation(kernel.name)], location: location,
                    cost: { region in Cost(resultBytes: zip(region.shape, isReduced).reduce(bytes) { $0 * ($1.1 ? 1 : $1.0) }) }
                ) { _, reader in TypedValue(try reduction.reduce(reader, as: Partial.self)) }
                // The chunks that make up each result, in the array's order.
                var groups = [[Graph.Argument]](repeating: [], count: full.count)
                lowering.forEachChunk(node.grid) { index, coordinates in
                    groups[full.index(zip(coordinates, isReduced).map { $1 ? 0 : $0 })].append(partials[index])
                }
                var combiners: [Int: Int] = [:]
                return groups.enumerated().map { index, group in
                    let resultShape = grid.region(index).shape
                    var level = group
                    while level.count > fanIn {
                        level = stride(from: 0, to: level.count, by: fanIn).map { start in
                            let part = Array(level[start..<Swift.min(start + fanIn, level.count)])
                            if part.count == 1 { return part[0] }
                            let function =
                                combiners[part.count]
                                ?? lowering.function(Operation("combine")) { scope in
                                    TypedValue(try joinedPartials(scope, part.count, kernel))
                                }
                            combiners[part.count] = function
                            return lowering.add(function, part, location: location)
                        }
                    }
                    let count = level.count
                    let finish = lowering.function(Operation("finish")) { scope in
                        let combined = try joinedPartials(scope, count, kernel)
                        return TypedValue(
                            try DenseArray<Output>(shape: resultShape) { buffer in
                                try combined.withUnsafeBufferPointer { partials in
                                    guard let out = buffer.baseAddress, let base = partials.baseAddress else { return }
                                    try kernel.loops.finish(base, out, partials.count, reducedCount)
                                }
                            })
                    }
                    return lowering.add(finish, level, location: location)
                }
            })
    }
}

extension ArrayLowering {
    /// Joins values by adding tasks in a tree, in their order; one value is joined too.
    func reducing<Part: Sendable>(
        _ parts: [Graph.Argument], _ operation: Operation, location: SourceLocation, _ join: @escaping @Sendable ([Part]) throws -> Part
    ) throws -> Graph.Argument {
        var level = parts, functions: [Int: Int] = [:]
        repeat {
            level = stride(from: 0, to: level.count, by: fanIn).map { start in
                let part = Array(level[start..<min(start + fanIn, level.count)]), count = part.count
                if count == 1 && level.count > 1 { return part[0] }
                let function =
                    functions[count]
                    ?? self.function(operation) { scope in
                        TypedValue(try join((0..<count).map { scope.argument($0, as: Part.self) }))
                    }
                functions[count] = function
                return add(function, part, location: location)
            }
        } while level.count > 1
        return level[0]
    }
}

private func joinedPartials<Input, Partial, Output>(
    _ scope: TaskScope, _ count: Int, _ kernel: ReductionKernel<Input, Partial, Output>
) throws -> DenseArray<Partial> {
    let first = scope.argument(0, as: DenseArray<Partial>.self)
    if count == 1 { return first }
    return try DenseArray<Partial>(shape: first.shape) { buffer in
        guard let base = buffer.baseAddress else { return }
        first.withUnsafeBufferPointer { _ = buffer.initialize(from: $0) }
        for argument in 1..<count {
            try scope.argument(argument, as: DenseArray<Partial>.self).withUnsafeBufferPointer { other in
                if let others = other.baseAddress { try kernel.loops.combine(base, others, other.count) }
            }
        }
    }
}

/// Which axes an operation was asked for.
struct Axes {
    let isSelected: [Bool]
    let problem: PlanError?

    /// The axes, in the order they were given.
    let list: [Int]

    init(_ axes: [Int]?, rank: Int, operation: String, location: SourceLocation) {
        guard let axes else {
            isSelected = Array(repeating: true, count: rank)
            list = Array(0..<rank)
            problem = nil
            return
        }
        var selected = [Bool](repeating: false, count: rank), list: [Int] = []
        var problem: PlanError?
        for axis in axes {
            let index = axis < 0 ? axis + rank : axis
            if index < 0 || index >= rank {
                problem = PlanError(
                    .invalidArgument, "“\(operation)” along axis \(axis) of an array of \(rank) axes", node: operation, location: location,
                    hint: "axes count from 0, or from -1 for the last")
            } else if selected[index] {
                problem = PlanError(.invalidArgument, "“\(operation)” names axis \(axis) twice", node: operation, location: location)
            } else {
                selected[index] = true
                list.append(index)
            }
        }
        isSelected = selected
        self.list = list
        self.problem = problem
    }
}
