/// A matrix in memory, without its element type: what the kernels of linear algebra work on.
struct MatrixView {
    var base: UnsafeMutableRawPointer
    var rows: Int
    var columns: Int
    /// In elements.
    var rowStride: Int
    var columnStride: Int
    /// Whether it stands for the complex conjugate of what is in memory.
    var isConjugated = false

    var transposed: MatrixView {
        MatrixView(
            base: base, rows: columns, columns: rows, rowStride: columnStride, columnStride: rowStride, isConjugated: isConjugated)
    }

    /// The conjugate transpose.
    var adjoint: MatrixView {
        var result = transposed
        result.isConjugated.toggle()
        return result
    }

    /// A view of some rows and columns.
    func box(_ rowRange: Range<Int>, _ columnRange: Range<Int>, elementBytes: Int) -> MatrixView {
        var result = self
        result.base += (rowRange.lowerBound * rowStride + columnRange.lowerBound * columnStride) * elementBytes
        result.rows = rowRange.count
        result.columns = columnRange.count
        return result
    }

    /// The distance between rows, if each row is a range of memory.
    var rowMajorStride: Int? { Self.leading(rows, columns, rowStride, columnStride) }
    /// The distance between columns, if each column is a range of memory.
    var columnMajorStride: Int? { Self.leading(columns, rows, columnStride, rowStride) }

    private static func leading(_ lines: Int, _ length: Int, _ lineStride: Int, _ elementStride: Int) -> Int? {
        guard elementStride == 1 || length <= 1 else { return nil }
        if lines <= 1 { return max(length, 1) }
        return lineStride >= max(length, 1) ? lineStride : nil
    }
}

extension DenseArray {
    /// The array as a matrix; one of one axis is a column.
    ///
    /// - Precondition: it has one or two axes. The view does not keep the array alive.
    var matrix: MatrixView {
        MatrixView(
            base: UnsafeMutableRawPointer(base), rows: shape[0], columns: rank > 1 ? shape[1] : 1, rowStride: strides[0],
            columnStride: rank > 1 ? strides[1] : 1)
    }
}
