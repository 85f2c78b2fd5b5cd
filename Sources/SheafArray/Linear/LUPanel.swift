internal import SheafCore

/// A block of columns of an LU decomposition, each column a range of memory: above its diagonal tile the upper factor, below the lower one.
struct LUPanel<Scalar: LinearScalar>: Sendable {
    let matrix: DenseArray<Scalar>
    let exchanges: RowExchanges
    /// From 0, the first pivot of the whole matrix that is zero.
    let zeroPivot: Int?

    private var first: Int { exchanges.first }
    private var width: Int { matrix.shape[1] }

    /// Decomposes the rows from `first` on of a block of columns that the blocks before have been eliminated from.
    init(decomposing source: DenseArray<Scalar>, first: Int, threads: Int) throws {
        let copy = source.copiedByColumns(), rows = copy.shape[0], width = copy.shape[1]
        let below = copy.matrix.box(first..<rows, 0..<width, elementBytes: MemoryLayout<Scalar>.stride)
        let found =
            LAPACK.isAvailable
            ? try LAPACK.lu(Scalar.scalarType, below, threads: threads)
            : SwiftFactors.lu(copy.base + first, rows - first, width, below.rowStride, below.columnStride)
        matrix = copy
        exchanges = RowExchanges(first: first, with: found.exchanges)
        zeroPivot = found.zeroPivot == 0 ? nil : first + found.zeroPivot - 1
    }

    private func box(_ view: MatrixView, _ rows: Range<Int>) -> MatrixView {
        view.box(rows, 0..<view.columns, elementBytes: MemoryLayout<Scalar>.stride)
    }

    /// Columns that this block has been eliminated from: their rows in its order, the tile beside the diagonal one solved, and its products
    /// subtracted below.
    func eliminate(_ source: DenseArray<Scalar>) throws -> DenseArray<Scalar> {
        let columns = source.copiedByColumns(), rows = columns.shape[0]
        for column in 0..<columns.shape[1] { exchanges.apply(to: columns.base + column * rows) }
        let all = columns.matrix, own = matrix.matrix, end = first + width
        let top = box(all, first..<end)
        // Of columns as ranges of memory, the transposed problem has rows as such: xᵀ·lᵀ = bᵀ.
        try MatrixFactors.solveTriangular(
            Scalar.self, box(own, first..<end).transposed, isLower: false, hasUnitDiagonal: true, isOnTheLeft: false, top.transposed,
            first: first, threads: 1)
        try MatrixProduct.multiply(
            Scalar.scalarType, top.transposed, box(own, end..<rows).transposed, into: box(all, end..<rows).transposed, .subtract)
        return source.rank == 1 ? columns.viewed(shape: [rows], strides: [1]) : columns
    }

    /// - Throws: ``TaskError`` (`.singularMatrix`).
    func requireNoZeroPivot() throws { if let zeroPivot { throw MatrixFactors.singular(zeroPivot) } }

    /// Columns of the upper system in which this block's rows have been solved, and subtracted above.
    func substituteBack(_ source: DenseArray<Scalar>) throws -> DenseArray<Scalar> {
        let columns = source.copiedByColumns()
        let all = columns.matrix, own = matrix.matrix, end = first + width
        let top = box(all, first..<end)
        try MatrixFactors.solveTriangular(
            Scalar.self, box(own, first..<end).transposed, isLower: true, isOnTheLeft: false, top.transposed, first: first, threads: 1)
        try MatrixProduct.multiply(
            Scalar.scalarType, top.transposed, box(own, 0..<first).transposed, into: box(all, 0..<first).transposed, .subtract)
        return source.rank == 1 ? columns.viewed(shape: [columns.shape[0]], strides: [1]) : columns
    }

    var diagonal: DenseArray<Scalar> {
        DenseArray((0..<width).map { matrix[first + $0, $0] })
    }

    /// A tile of the lower factor, on or below the diagonal; `order` says which of this block's rows each row of the factor is.
    func lower(_ region: Region, _ order: [Int]) -> DenseArray<Scalar> {
        DenseArray(shape: region.shape) { out in
            for row in 0..<region.shape[0] {
                let place = order[region.start[0] + row]
                for column in 0..<region.shape[1] {
                    let distance = region.start[0] + row - region.start[1] - column
                    out[row * region.shape[1] + column] =
                        distance > 0 ? matrix.base[place + column * matrix.strides[1]] : distance == 0 ? .oneValue : .zeroValue
                }
            }
        }
    }

    /// A tile of the upper factor, on or above the diagonal.
    func upper(_ region: Region) -> DenseArray<Scalar> {
        DenseArray(shape: region.shape) { out in
            for row in 0..<region.shape[0] {
                let place = region.start[0] + row
                for column in 0..<region.shape[1] {
                    out[row * region.shape[1] + column] =
                        place <= region.start[1] + column ? matrix.base[place + column * matrix.strides[1]] : .zeroValue
                }
            }
        }
    }
}

extension LUPanel: MemorySized, SpillCodable {
    var memoryByteCount: Int { matrix.memoryByteCount + exchanges.with.count * 8 }

    func spill(to bytes: inout [UInt8]) {
        matrix.transposed().spill(to: &bytes)
        appendCount(exchanges.first, to: &bytes)
        appendCount(exchanges.with.count, to: &bytes)
        for row in exchanges.with { appendCount(row, to: &bytes) }
        appendCount(zeroPivot.map { $0 + 1 } ?? 0, to: &bytes)
    }

    init(spilled reader: inout SpillReader) throws {
        matrix = try DenseArray<Scalar>(spilled: &reader).transposed()
        let first = try reader.count(), count = try reader.count()
        exchanges = RowExchanges(first: first, with: try (0..<count).map { _ in try reader.count() })
        let pivot = try reader.count()
        zeroPivot = pivot == 0 ? nil : pivot - 1
    }
}

/// Rows that a block of columns exchanged, one after the other.
struct RowExchanges: Sendable {
    /// The first row that it looked at.
    let first: Int
    /// For each row from there on, the row it was exchanged with, counted from there.
    let with: [Int]

    /// Exchanges that changed something.
    var number: Int { with.indices.reduce(0) { $0 + (with[$1] == $1 ? 0 : 1) } }

    func apply<T>(to column: UnsafeMutablePointer<T>) {
        for (row, other) in with.enumerated() where row != other {
            let kept = column[first + row]
            column[first + row] = column[first + other]
            column[first + other] = kept
        }
    }

    /// The order of the rows after all exchanges.
    static func order(_ all: [RowExchanges], rows: Int) -> [Int] {
        var order = Array(0..<rows)
        order.withUnsafeMutableBufferPointer { order in
            if let base = order.baseAddress { for exchanges in all { exchanges.apply(to: base) } }
        }
        return order
    }
}

/// The blocks of columns of an LU decomposition, followed by their exchanges, as one node that several others share.
enum LUPanels<Scalar: LinearScalar> {
    static func node(of matrix: ArrayNode, _ location: SourceLocation) -> (node: TaskNode<Scalar>, sizes: [Int]) {
        let sizes = matrix.grid.chunks[1], rows = matrix.grid.shape[0]
        let cut = matrix.recut(ChunkGrid([[rows], sizes]))
        // Not chunks of an array: only the nodes that follow read them.
        let grid = ChunkGrid.values(2 * sizes.count)
        let node = TaskNode<Scalar>(Operation("lu"), grid: grid, after: [cut], location: location) { lowering in
            var columns = try lowering.chunks(of: cut)
            let starts = ChunkGrid([sizes]).regions.map { $0.start[0] }
            let threads = sizes.count == 1 ? lowering.workers : 1
            let factor = lowering.function(Operation("lu")) { scope in
                TypedValue(
                    try LUPanel<Scalar>(
                        decomposing: scope.argument(0, as: DenseArray<Scalar>.self), first: scope.argument(1, as: Int.self),
                        threads: threads))
            }
            let eliminate = lowering.function(Operation("eliminate")) { scope in
                TypedValue(try scope.argument(1, as: LUPanel<Scalar>.self).eliminate(scope.argument(0, as: DenseArray<Scalar>.self)))
            }
            let exchanges = lowering.function(Operation("lu order")) { scope in
                TypedValue(scope.argument(0, as: LUPanel<Scalar>.self).exchanges)
            }
            func cost(_ column: Int) -> Cost { Cost(resultBytes: rows * sizes[column] * MemoryLayout<Scalar>.stride) }
            var panels: [Graph.Argument] = []
            for k in sizes.indices {
                let panel = lowering.add(factor, [columns[k], lowering.constant(starts[k])], location: location, cost: cost(k))
                panels.append(panel)
                for column in (k + 1)..<max(sizes.count, k + 1) {
                    columns[column] = lowering.add(eliminate, [columns[column], panel], location: location, cost: cost(column))
                }
            }
            return panels + panels.map { lowering.add(exchanges, [$0], location: location) }
        }
        return (node, sizes)
    }
}

extension ChunkGrid {
    /// Along one axis, this many chunks of one element each: the grid of a node whose values are not chunks of an array.
    static func values(_ count: Int) -> ChunkGrid { ChunkGrid([Array(repeating: 1, count: count)]) }
}
