internal import SheafCore

/// A QR decomposition of one matrix of at least as many rows as columns. q is kept as its reflections, since most uses multiply by it.
struct QRFactor<Scalar: LinearScalar>: Sendable {
    /// Upper triangular, with a diagonal that is not negative, which makes the decomposition unique.
    let r: DenseArray<Scalar>
    /// The rows of q that belong to each of the blocks that were put together.
    let rows: [Int]
    /// The vectors of the reflections, a column each, below the diagonal; without LAPACK, q itself.
    private let vectors: DenseArray<Scalar>
    /// What combines blocks of reflections; without LAPACK nothing.
    private let blocks: DenseArray<Scalar>?
    /// What the columns of q are multiplied by for the sake of r's diagonal.
    private let phases: DenseArray<Scalar>

    /// - Parameter rows: of the blocks that the matrix was put together from.
    init(_ a: DenseArray<Scalar>, rows: [Int], threads: Int) throws {
        let columns = a.shape[1]
        let r: DenseArray<Scalar>
        if !LAPACK.isAvailable || columns == 0 {
            let made = SwiftFactors.qr(a)
            (vectors, blocks, r) = (made.q, nil, made.r)
        } else {
            let work = a.copiedByColumns(), t = DenseArray<Scalar>(shape: [columns, min(LAPACK.reflectionBlock, columns)]) { _ in }
            try withExtendedLifetime((work, t)) {
                try LAPACK.qr(Scalar.scalarType, work.matrix, t: UnsafeMutableRawPointer(t.base), threads: threads)
            }
            (vectors, blocks) = (work, t)
            r = DenseArray(shape: [columns, columns]) { out in
                out.initialize(repeating: .zeroValue)
                for row in 0..<columns {
                    for column in row..<columns { out[row * columns + column] = work.base[row + column * work.strides[1]] }
                }
            }
        }
        phases = DenseArray(
            (0..<columns).map { row -> Scalar in
                let diagonal = r.base[row * columns + row], size = diagonal.modulus
                guard size > 0, size.isFinite else { return .oneValue }
                let phase = diagonal * Scalar(realPart: 1 / size), back = phase.conjugated
                for column in row..<columns { r.base[row * columns + column] = r.base[row * columns + column] * back }
                r.base[row * columns + row] = Scalar(realPart: size)
                return phase
            })
        self.r = r
        self.rows = rows
    }

    /// q times a matrix of as many rows as q has columns; by default q itself. The columns of the result are ranges of memory.
    func timesQ(_ factor: DenseArray<Scalar>?, threads: Int) throws -> DenseArray<Scalar> {
        let rows = vectors.shape[0], inner = vectors.shape[1], columns = factor?.shape[1] ?? inner
        let scaled = DenseArray<Scalar>(repeating: .zeroValue, shape: [columns, blocks == nil ? inner : rows]).transposed()
        for row in 0..<inner {
            let phase = phases.base[row]
            if let factor {
                for column in 0..<columns {
                    scaled.base[row + column * scaled.strides[1]] =
                        factor.base[row * factor.strides[0] + column * factor.strides[1]] * phase
                }
            } else {
                scaled.base[row + row * scaled.strides[1]] = phase
            }
        }
        guard let blocks else {
            let product = DenseArray<Scalar>(shape: [rows, columns]) { _ in }
            try withExtendedLifetime(scaled) {
                try MatrixProduct.multiply(Scalar.scalarType, vectors.matrix, scaled.matrix, into: product.matrix, threads: threads)
            }
            return product
        }
        if scaled.count > 0 {
            try LAPACK.multiplyQ(
                Scalar.scalarType, vectors.matrix, t: UnsafeMutableRawPointer(blocks.base), scaled.matrix, threads: threads)
        }
        return scaled
    }
}

extension QRFactor: MemorySized, SpillCodable {
    var memoryByteCount: Int {
        r.memoryByteCount + vectors.memoryByteCount + (blocks?.memoryByteCount ?? 0) + phases.memoryByteCount
    }

    func spill(to bytes: inout [UInt8]) {
        r.spill(to: &bytes)
        vectors.transposed().spill(to: &bytes)
        phases.spill(to: &bytes)
        appendCount(rows.count, to: &bytes)
        for count in rows { appendCount(count, to: &bytes) }
        appendCount(blocks == nil ? 0 : 1, to: &bytes)
        blocks?.spill(to: &bytes)
    }

    init(spilled reader: inout SpillReader) throws {
        r = try DenseArray(spilled: &reader)
        vectors = try DenseArray(spilled: &reader).transposed()
        phases = try DenseArray(spilled: &reader)
        let count = try reader.count()
        rows = try (0..<count).map { _ in try reader.count() }
        blocks = try reader.count() == 0 ? nil : DenseArray(spilled: &reader)
    }
}

extension DenseArray {
    /// A copy of a matrix whose columns are ranges of memory; one of one axis is a column.
    func copiedByColumns() -> DenseArray {
        let rows = shape[0], columns = rank > 1 ? shape[1] : 1, rowStride = strides[0], columnStride = rank > 1 ? strides[1] : 1
        let copy = DenseArray(shape: [columns, rows]) { _ in }, source = base, target = copy.base
        // A few rows at a time: their lines stay in the cache until all of their elements are read.
        let block = 16
        for first in stride(from: 0, to: rows, by: block) {
            let end = Swift.min(first + block, rows)
            for column in 0..<columns {
                for row in first..<end { target[column * rows + row] = source[row * rowStride + column * columnStride] }
            }
        }
        return copy.transposed()
    }
}
