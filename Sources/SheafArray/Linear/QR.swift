internal import SheafCore

extension NDArray where Scalar: LinearScalar {
    /// The thin QR decomposition: q with orthonormal columns and upper triangular r, with `self = q · r`. Of a matrix of shape (m, n), q
    /// has the shape (m, k) and r (k, n), where k = min(m, n).
    ///
    /// A matrix of at least as many rows as columns is cut into blocks of rows; each is decomposed on its own and their r's up a tree
    /// (TSQR, after Demmel, Grigori, Hoemmen and Langou), so that rows are read once. Of a wider matrix the first columns are decomposed,
    /// and the others multiplied by qᴴ. The diagonal of r is not negative, which makes the decomposition unique, unlike NumPy's.
    ///
    /// - Note: ``PlanError`` (`.shapeMismatch`) unless the array has two axes is kept in the plan.
    public func qr(fileID: StaticString = #fileID, line: UInt = #line) -> (q: NDArray, r: NDArray) {
        let location = SourceLocation(fileID: fileID, line: line)
        if let problem = matrixProblem("qr", location) {
            let failed = NDArray(session, failedNode("qr", problem, location))
            return (failed, failed)
        }
        let (rows, columns) = (shape[0], shape[1])
        if rows >= columns {
            let tree = TallSkinny<Scalar>(node, wantsQ: true, location)
            return (NDArray(session, tree.q(columns)), NDArray(session, tree.part(0, [columns, columns], as: Scalar.self)))
        }
        // The first square block, and what is beside it.
        let first = NDArray(session, node.columns(0..<rows, as: Scalar.self, location)),
            tree = TallSkinny<Scalar>(first.node, wantsQ: true, location)
        let q = NDArray(session, tree.q(rows)), left = tree.part(0, [rows, rows], as: Scalar.self)
        let rest = node.columns(rows..<columns, as: Scalar.self, location)
        let right = q.adjoint(location).matmul(NDArray(session, rest), fileID: fileID, line: line).node.recut(
            ChunkGrid([[rows], rest.grid.chunks[1]]))
        let grid = ChunkGrid([[rows], [rows] + right.grid.chunks[1]])
        let r = TaskNode<Scalar>(Operation("qr"), grid: grid, after: [left, right], location: location) { lowering in
            try lowering.chunks(of: left) + lowering.chunks(of: right)
        }
        return (q, NDArray(session, r))
    }
}

extension ArrayNode {
    /// Some columns of a matrix, as views of its chunks.
    func columns<Scalar: ArrayScalar>(_ range: Range<Int>, as: Scalar.Type, _ location: SourceLocation) -> TaskNode<Scalar> {
        var sizes: [Int] = [], start = 0, sources: [(chunk: Int, offset: Int)] = []
        for (index, size) in grid.chunks[1].enumerated() {
            let low = max(range.lowerBound, start), high = min(range.upperBound, start + size)
            if low < high {
                sizes.append(high - low)
                sources.append((index, low - start))
            }
            start += size
        }
        let result = ChunkGrid([grid.chunks[0], sizes]), places = sources
        return TaskNode<Scalar>(Operation("columns"), grid: result, after: [self], location: location) { [self] lowering in
            let chunks = try lowering.chunks(of: self)
            let view = lowering.function(Operation("columns")) { scope in
                TypedValue(scope.argument(0, as: DenseArray<Scalar>.self).box(scope.argument(1, as: Region.self)))
            }
            return (0..<result.count).map { index in
                let place = result.coordinates(index), source = places[place[1]]
                let region = Region(start: [0, source.offset], shape: result.region(index).shape)
                return lowering.add(view, [chunks[grid.index([place[0], source.chunk])], lowering.constant(region)], location: location)
            }
        }
    }
}

/// The QR decomposition of blocks of rows, and of their r's up a tree; or, from the tree's top, the singular value decomposition.
struct TallSkinny<Scalar: LinearScalar> {
    enum Top { case qr, svd }

    /// At the top what ``Top`` says: r, or s and vh. Then each block's rows of q, or of u.
    private let node: TaskNode<Scalar>
    private let topCount: Int
    private let rowSizes: [Int]
    private let location: SourceLocation

    private static var fanIn: Int { 8 }

    /// - Precondition: the matrix has at least as many rows as columns.
    init(_ matrix: ArrayNode, wantsQ: Bool, top: Top = .qr, _ location: SourceLocation) {
        let columns = matrix.grid.shape[1]
        let cut = matrix.recut(ChunkGrid([Self.blocks(matrix.grid.chunks[0], columns), [columns]]))
        let sizes = cut.grid.chunks[0], topCount = top == .qr ? 1 : 2
        rowSizes = sizes
        self.topCount = topCount
        self.location = location
        // Not chunks of an array: only the nodes that follow read them.
        node = TaskNode<Scalar>(
            Operation("qr"), grid: ChunkGrid.values(topCount + (wantsQ ? sizes.count : 0)), after: [cut], location: location
        ) { lowering in
            try Self.lower(lowering, blocks: lowering.chunks(of: cut), rows: sizes, columns: columns, wantsQ: wantsQ, top: top, location)
        }
    }

    /// Chunks of rows put together until each has at least as many rows as columns: smaller ones are not made smaller by decomposing them.
    private static func blocks(_ sizes: [Int], _ columns: Int) -> [Int] {
        var blocks: [Int] = []
        for size in sizes {
            if let last = blocks.last, last < columns { blocks[blocks.count - 1] += size } else { blocks.append(size) }
        }
        if blocks.count > 1, let last = blocks.last, last < columns {
            blocks.removeLast()
            blocks[blocks.count - 1] += last
        }
        return blocks
    }

    /// The tall factor, in blocks of rows.
    func q(_ columns: Int) -> TaskNode<Scalar> {
        TaskNode<Scalar>(Operation("q"), grid: ChunkGrid([rowSizes, [columns]]), after: [node], location: location) { [self] lowering in
            Array(try lowering.chunks(of: node)[topCount...])
        }
    }

    /// One of the values at the top, of one chunk.
    func part<R: ArrayScalar>(_ index: Int, _ shape: [Int], as: R.Type) -> TaskNode<R> {
        TaskNode<R>(Operation("r"), grid: ChunkGrid(whole: shape), after: [node], location: location) { [self] lowering in
            [try lowering.chunks(of: node)[index]]
        }
    }

    private static func lower(
        _ lowering: ArrayLowering, blocks: [Graph.Argument], rows: [Int], columns: Int, wantsQ: Bool, top: Top, _ location: SourceLocation
    ) throws -> [Graph.Argument] {
        let bytes = MemoryLayout<Scalar>.stride, cost = Cost(resultBytes: columns * columns * bytes)
        let threads = blocks.count == 1 ? lowering.workers : 1
        let decompose = lowering.function(Operation("qr")) { scope in
            let parts = (0..<scope.argumentCount).map { scope.argument($0, as: DenseArray<Scalar>.self) }
            let stacked = parts.count == 1 ? parts[0] : Self.stacked(parts)
            return TypedValue(try QRFactor(stacked, rows: parts.map { $0.shape[0] }, threads: threads))
        }
        let takeR = lowering.function(Operation("r")) { scope in TypedValue(scope.argument(0, as: QRFactor<Scalar>.self).r) }
        // q, times what the tree above has for it.
        let multiply = lowering.function(Operation("q")) { scope in
            let factor = scope.argumentCount > 1 ? scope.argument(1, as: DenseArray<Scalar>.self) : nil
            return TypedValue(try scope.argument(0, as: QRFactor<Scalar>.self).timesQ(factor, threads: threads))
        }
        // The rows of that which belong to a block.
        let take = lowering.function(Operation("rows")) { scope in
            let whole = scope.argument(1, as: DenseArray<Scalar>.self), rows = scope.argument(0, as: QRFactor<Scalar>.self).rows
            let block = scope.argument(2, as: Int.self)
            return TypedValue(
                whole.box(Region(start: [rows[..<block].reduce(0, +), 0], shape: [rows[block], whole.shape[1]])))
        }
        // Up the tree.
        var levels: [[Graph.Argument]] = [
            zip(blocks, rows).map { block, rows in
                lowering.add(decompose, [block], location: location, cost: Cost(resultBytes: rows * columns * bytes))
            }
        ]
        while let level = levels.last, level.count > 1 {
            let factors = level.map { lowering.add(takeR, [$0], location: location, cost: cost) }
            levels.append(
                stride(from: 0, to: factors.count, by: fanIn).map { start in
                    lowering.add(decompose, Array(factors[start..<min(start + fanIn, factors.count)]), location: location, cost: cost)
                })
        }
        let root = levels[levels.count - 1][0]
        let tops: [Graph.Argument], rootFactor: Graph.Argument?
        switch top {
        case .qr:
            tops = [lowering.add(takeR, [root], location: location, cost: cost)]
            rootFactor = nil
        case .svd:
            let svd = lowering.add(Operation("svd"), [root], location: location, cost: cost) { scope in
                let made = try MatrixFactors.svd(scope.argument(0, as: QRFactor<Scalar>.self).r, threads: threads)
                return TypedValue(SVDParts(u: made.u, s: made.s, vh: made.vh))
            }
            tops = [
                lowering.add(Operation("s"), [svd], location: location) { TypedValue($0.argument(0, as: SVDParts<Scalar>.self).s) },
                lowering.add(Operation("vh"), [svd], location: location, cost: cost) {
                    TypedValue($0.argument(0, as: SVDParts<Scalar>.self).vh)
                },
            ]
            rootFactor = lowering.add(Operation("u"), [svd], location: location, cost: cost) {
                TypedValue($0.argument(0, as: SVDParts<Scalar>.self).u)
            }
        }
        guard wantsQ else { return tops }
        // Down again: what each block's q is multiplied by.
        func product(_ factor: Graph.Argument, _ multiplier: Graph.Argument?, _ rows: Int) -> Graph.Argument {
            lowering.add(
                multiply, [factor] + (multiplier.map { [$0] } ?? []), location: location, cost: Cost(resultBytes: rows * columns * bytes))
        }
        var multipliers: [Graph.Argument?] = [rootFactor]
        for depth in (0..<(levels.count - 1)).reversed() {
            let above = levels[depth + 1]
            let products = zip(above, multipliers).map { product($0, $1, fanIn * columns) }
            multipliers = levels[depth].indices.map { child in
                let parent = child / fanIn
                return lowering.add(
                    take, [above[parent], products[parent], lowering.constant(child % fanIn)], location: location, cost: cost)
            }
        }
        return tops + levels[0].indices.map { product(levels[0][$0], multipliers[$0], rows[$0]) }
    }

    private static func stacked(_ parts: [DenseArray<Scalar>]) -> DenseArray<Scalar> {
        let columns = parts[0].shape[1]
        let result = DenseArray<Scalar>(shape: [parts.reduce(0) { $0 + $1.shape[0] }, columns]) { _ in }
        var row = 0
        for part in parts {
            result.box(Region(start: [row, 0], shape: part.shape)).assign(part)
            row += part.shape[0]
        }
        return result
    }
}

/// A singular value decomposition.
struct SVDParts<Scalar: LinearScalar>: Sendable {
    let u: DenseArray<Scalar>
    let s: DenseArray<Scalar.Magnitude>
    let vh: DenseArray<Scalar>
}

extension SVDParts: MemorySized, SpillCodable {
    var memoryByteCount: Int { u.memoryByteCount + s.memoryByteCount + vh.memoryByteCount }

    func spill(to bytes: inout [UInt8]) {
        u.spill(to: &bytes)
        s.spill(to: &bytes)
        vh.spill(to: &bytes)
    }

    init(spilled reader: inout SpillReader) throws {
        u = try DenseArray(spilled: &reader)
        s = try DenseArray(spilled: &reader)
        vh = try DenseArray(spilled: &reader)
    }
}
