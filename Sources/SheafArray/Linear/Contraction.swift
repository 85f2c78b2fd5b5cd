internal import SheafCore

/// Partial sums that are added at a time.
private let fanIn = 8

extension ContractionPlan {
    /// The array of the products. Contracted and batch axes are brought to the same chunks first.
    ///
    /// - Precondition: labels have the same length in both arrays.
    func node<Scalar: ArrayNumber>(
        _ name: String, _ a: ArrayNode, _ b: ArrayNode, as: Scalar.Type, location: SourceLocation, problem: PlanError? = nil
    ) -> TaskNode<Scalar> {
        var sizes: [Int: [Int]] = [:]
        // The larger array keeps its chunks.
        let (first, second) = a.grid.elementCount >= b.grid.elementCount ? ((a, left), (b, right)) : ((b, right), (a, left))
        for (node, labels) in [first, second] {
            for (axis, label) in labels.enumerated() { if let label, sizes[label] == nil { sizes[label] = node.grid.chunks[axis] } }
        }
        func fitted(_ node: ArrayNode, _ labels: [Int?]) -> ArrayNode {
            let grid = ChunkGrid(labels.enumerated().map { axis, label in label.flatMap { sizes[$0] } ?? node.grid.chunks[axis] })
            return grid == node.grid || problem != nil ? node : node.recut(grid)
        }
        let a = fitted(a, left), b = fitted(b, right)
        let grid = ChunkGrid(result.map { sizes[$0] ?? [1] }), inner = ChunkGrid(contracted.map { sizes[$0] ?? [1] })
        return TaskNode<Scalar>(Operation(name), grid: grid, after: [a, b], location: location, problem: problem) { [self] lowering in
            try lower(a, b, as: Scalar.self, grid: grid, inner: inner, Operation(name), location, lowering)
        }
    }

    private func lower<Scalar: ArrayNumber>(
        _ a: ArrayNode, _ b: ArrayNode, as: Scalar.Type, grid: ChunkGrid, inner: ChunkGrid, _ operation: Operation,
        _ location: SourceLocation, _ lowering: ArrayLowering
    ) throws -> [Graph.Argument] {
        let leftChunks = try lowering.chunks(of: a), rightChunks = try lowering.chunks(of: b)
        let bytes = MemoryLayout<Scalar>.stride
        let inputBytes = (a.grid.largestChunk + b.grid.largestChunk) * bytes, outputBytes = grid.largestChunk * bytes
        // Where the products are small beside what they are made from, each pair of chunks has a task of its own, and a tree adds them up.
        // Otherwise one task adds up all products of a result's chunk in place; if its inputs together would take too much memory, several
        // tasks one after the other.
        let isTree = inner.count > 1 && outputBytes * 4 <= inputBytes
        let share = lowering.session.options.memory / (4 * max(lowering.workers, 1))
        let groupLength = isTree ? 1 : max(min(share / max(inputBytes, 1), inner.count), 1)
        let threads = grid.count == 1 && !isTree ? lowering.workers : 1
        let multiply = lowering.function(operation) { [self] scope in
            var accumulator: DenseArray<Scalar>?
            for position in stride(from: 0, to: scope.argumentCount, by: 2) {
                try scope.checkCancellation()
                let a = scope.argument(position, as: DenseArray<Scalar>.self), b = scope.argument(position + 1, as: DenseArray<Scalar>.self)
                let sum = accumulator ?? makeAccumulator(a, b)
                try self.multiply(a, b, into: sum, adding: position > 0, threads: threads)
                accumulator = sum
            }
            return TypedValue(accumulator.map(result(of:)) ?? DenseArray(shape: grid.shape) { _ in })
        }
        let goOn = lowering.function(operation) { [self] scope in
            let sum = inverted(scope.argument(0, as: DenseArray<Scalar>.self)).packed()
            for position in stride(from: 1, to: scope.argumentCount, by: 2) {
                try scope.checkCancellation()
                let a = scope.argument(position, as: DenseArray<Scalar>.self), b = scope.argument(position + 1, as: DenseArray<Scalar>.self)
                try self.multiply(a, b, into: sum, adding: true, threads: threads)
            }
            return TypedValue(result(of: sum))
        }
        let add = lowering.function(Operation("add")) { scope in
            let first = scope.argument(0, as: DenseArray<Scalar>.self)
            let sum = first.packed()
            for position in 1..<max(scope.argumentCount, 1) {
                scope.argument(position, as: DenseArray<Scalar>.self).withUnsafeBufferPointer { terms in
                    if let base = terms.baseAddress { Scalar.addLoop(sum.base, base, sum.base, sum.count) }
                }
            }
            return TypedValue(sum)
        }
        func arguments(_ coordinates: [Int], _ step: Int) -> [Graph.Argument] {
            let innerPlace = inner.coordinates(step)
            func place(_ label: Int?) -> Int {
                guard let label else { return 0 }
                if let axis = result.firstIndex(of: label) { return coordinates[axis] }
                return contracted.firstIndex(of: label).map { innerPlace[$0] } ?? 0
            }
            return [leftChunks[a.grid.index(left.map(place))], rightChunks[b.grid.index(right.map(place))]]
        }
        var made: [Graph.Argument] = []
        made.reserveCapacity(grid.count)
        lowering.forEachChunk(grid) { _, coordinates in
            let cost = Cost(resultBytes: coordinates.indices.reduce(bytes) { $0 * grid.chunks[$1][coordinates[$1]] })
            if isTree {
                var level = (0..<inner.count).map { lowering.add(multiply, arguments(coordinates, $0), location: location, cost: cost) }
                while level.count > 1 {
                    level = stride(from: 0, to: level.count, by: fanIn).map { start in
                        let part = Array(level[start..<min(start + fanIn, level.count)])
                        return part.count == 1 ? part[0] : lowering.add(add, part, location: location, cost: cost)
                    }
                }
                made.append(level[0])
                return
            }
            var sum: Graph.Argument?
            for start in stride(from: 0, to: inner.count, by: groupLength) {
                let pairs = (start..<min(start + groupLength, inner.count)).flatMap { arguments(coordinates, $0) }
                sum = lowering.add(sum == nil ? multiply : goOn, (sum.map { [$0] } ?? []) + pairs, location: location, cost: cost)
            }
            if let sum { made.append(sum) }
        }
        return made
    }
}
