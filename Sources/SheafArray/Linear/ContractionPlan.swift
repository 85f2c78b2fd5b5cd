internal import SheafCore

/// The product of two arrays whose axes carry labels, summed over the labels that the result lacks: what matmul, tensordot, outer
/// products and einsum have in common.
///
/// A label that both have and the result has too is a batch; one that only one of them has is in the result.
struct ContractionPlan: Sendable {
    /// Of each axis; `nil` for one of length 1 that is left out.
    let left: [Int?]
    let right: [Int?]
    let result: [Int]
    let contracted: [Int]

    private let batchCount: Int
    private let leftOrder: [Int]
    private let rightOrder: [Int]
    private let freeLeftCount: Int
    private let freeRightCount: Int
    /// For each axis of the result, its position in the order batch, free axes of the left one, free axes of the right one.
    private let resultOrder: [Int]

    /// - Precondition: no array has a label twice, and every label of the result occurs.
    init(left: [Int?], right: [Int?], result: [Int]) {
        self.left = left
        self.right = right
        self.result = result
        let inLeft = Set(left.compactMap { $0 }), inRight = Set(right.compactMap { $0 }), inResult = Set(result)
        let batch = result.filter { inLeft.contains($0) && inRight.contains($0) }
        let freeLeft = result.filter { inLeft.contains($0) && !inRight.contains($0) }
        let freeRight = result.filter { !inLeft.contains($0) && inRight.contains($0) }
        contracted = left.compactMap { $0 }.filter { inRight.contains($0) && !inResult.contains($0) }
        func positions(_ labels: [Int], in list: [Int?]) -> [Int] { labels.compactMap { label in list.firstIndex { $0 == label } } }
        batchCount = batch.count
        freeLeftCount = freeLeft.count
        freeRightCount = freeRight.count
        leftOrder = positions(batch + freeLeft + contracted, in: left)
        rightOrder = positions(batch + contracted + freeRight, in: right)
        let order = batch + freeLeft + freeRight
        resultOrder = result.map { label in order.firstIndex { $0 == label } ?? 0 }
    }

    /// Chunks seen as stacks of matrices.
    private struct Stack<Scalar: ArrayScalar> {
        let owner: DenseArray<Scalar>
        let batchShape: [Int]
        let batchStrides: [Int]
        let matrix: MatrixView

        /// Merges axes into those of the matrices, which copies the chunk if their strides do not allow it.
        init(_ chunk: DenseArray<Scalar>, _ order: [Int], batch: Int, rows: Int) {
            var owner = chunk.transposed(order)
            func merged(_ range: Range<Int>) -> (count: Int, stride: Int)? {
                var count = 1, stride = 1
                for axis in range.reversed() where owner.shape[axis] != 1 {
                    if count == 1 { stride = owner.strides[axis] } else if owner.strides[axis] != stride * count { return nil }
                    count *= owner.shape[axis]
                }
                return (count, stride)
            }
            let rowRange = batch..<(batch + rows), columnRange = (batch + rows)..<order.count
            if merged(rowRange) == nil || merged(columnRange) == nil { owner = owner.contiguous() }
            let row = merged(rowRange) ?? (0, 0), column = merged(columnRange) ?? (0, 0)
            self.owner = owner
            batchShape = Array(owner.shape[..<batch])
            batchStrides = Array(owner.strides[..<batch])
            matrix = MatrixView(
                base: UnsafeMutableRawPointer(owner.base), rows: row.count, columns: column.count, rowStride: row.stride,
                columnStride: column.stride)
        }
    }

    /// The shape of the result of two chunks, in the order batch, left, right; and where the accumulator's elements go.
    private func accumulatorShape<Scalar>(_ a: DenseArray<Scalar>, _ b: DenseArray<Scalar>) -> [Int] {
        leftOrder.prefix(batchCount + freeLeftCount).map { a.shape[$0] } + rightOrder.suffix(freeRightCount).map { b.shape[$0] }
    }

    /// An accumulator for the product of two chunks.
    func makeAccumulator<Scalar>(_ a: DenseArray<Scalar>, _ b: DenseArray<Scalar>) -> DenseArray<Scalar> {
        DenseArray<Scalar>(shape: accumulatorShape(a, b)) { _ in }
    }

    /// The result's axes of an accumulator.
    func result<Scalar>(of accumulator: DenseArray<Scalar>) -> DenseArray<Scalar> { accumulator.transposed(resultOrder) }

    /// The accumulator that a result was made from.
    func inverted<Scalar>(_ result: DenseArray<Scalar>) -> DenseArray<Scalar> {
        var order = resultOrder
        for (axis, position) in resultOrder.enumerated() { order[position] = axis }
        return result.transposed(order)
    }

    /// Writes, or adds, the product of two chunks to an accumulator.
    func multiply<Scalar: ArrayScalar>(
        _ a: DenseArray<Scalar>, _ b: DenseArray<Scalar>, into accumulator: DenseArray<Scalar>, adding: Bool, threads: Int
    ) throws {
        if accumulator.count == 0 { return }
        let type = Scalar.scalarType, bytes = MemoryLayout<Scalar>.stride
        let left = Stack(a, leftOrder, batch: batchCount, rows: freeLeftCount)
        let right = Stack(b, rightOrder, batch: batchCount, rows: rightOrder.count - batchCount - freeRightCount)
        let rows = left.matrix.rows, columns = right.matrix.columns
        let mode: MatrixProduct.Mode = adding ? .add : .set
        let target = MatrixView(
            base: UnsafeMutableRawPointer(accumulator.base), rows: rows, columns: columns, rowStride: columns, columnStride: 1)
        // Matrices so small that a call of BLAS costs more than their product.
        let isSmall = rows * columns * left.matrix.columns <= 64
        try withExtendedLifetime((left.owner, right.owner, accumulator.storage)) {
            var coordinates = left.batchShape.map { _ in 0 }, a = left.matrix, b = right.matrix, c = target
            for _ in 0..<left.batchShape.reduce(1, *) {
                if isSmall && batchCount > 0 {
                    SwiftProduct.multiply(type, a, b, into: c, mode)
                } else {
                    try MatrixProduct.multiply(type, a, b, into: c, mode, threads: threads)
                }
                c.base += rows * columns * bytes
                var axis = batchCount - 1
                while axis >= 0 {
                    coordinates[axis] += 1
                    a.base += left.batchStrides[axis] * bytes
                    b.base += right.batchStrides[axis] * bytes
                    if coordinates[axis] < left.batchShape[axis] { break }
                    a.base -= left.batchStrides[axis] * left.batchShape[axis] * bytes
                    b.base -= right.batchStrides[axis] * left.batchShape[axis] * bytes
                    coordinates[axis] = 0
                    axis -= 1
                }
            }
        }
    }
}
