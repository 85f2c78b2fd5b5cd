internal import RealModule

/// Decompositions of one matrix in Swift, for where there is no LAPACK: plain loops, correct rather than fast.
enum SwiftFactors {
    /// As ``LAPACK/cholesky(_:_:threads:)``.
    @_specialize(where S == Double)
    @_specialize(where S == Float)
    static func cholesky<S: LinearScalar>(_ a: UnsafeMutablePointer<S>, _ n: Int, _ stride: Int) -> Int {
        for column in 0..<n {
            var pivot = a[column * stride + column].realPart
            for k in 0..<column {
                let size = a[column * stride + k].modulus
                pivot -= size * size
            }
            guard pivot > 0 else { return column + 1 }
            let root = S.Magnitude.sqrt(pivot)
            a[column * stride + column] = S(realPart: root)
            for row in (column + 1)..<max(n, column + 1) {
                var sum = a[row * stride + column]
                for k in 0..<column { sum = sum - a[row * stride + k] * a[column * stride + k].conjugated }
                a[row * stride + column] = sum * S(realPart: 1 / root)
            }
        }
        return 0
    }

    /// As ``LAPACK/solveTriangular(_:_:isLower:hasUnitDiagonal:isOnTheLeft:_:threads:)``.
    static func solveTriangular<S: LinearScalar>(
        _: S.Type, _ t: MatrixView, isLower: Bool, hasUnitDiagonal: Bool, isOnTheLeft: Bool, _ b: MatrixView
    ) {
        // x·t = b is tᵀ·xᵀ = bᵀ.
        if !isOnTheLeft {
            return solveTriangular(
                S.self, t.transposed, isLower: !isLower, hasUnitDiagonal: hasUnitDiagonal, isOnTheLeft: true, b.transposed)
        }
        let matrix = t.base.assumingMemoryBound(to: S.self), x = b.base.assumingMemoryBound(to: S.self)
        solve(
            matrix, t.rowStride, t.columnStride, t.isConjugated, t.rows, isLower, hasUnitDiagonal, x, b.rowStride, b.columnStride, b.columns
        )
    }

    @_specialize(where S == Double)
    @_specialize(where S == Float)
    private static func solve<S: LinearScalar>(
        _ t: UnsafePointer<S>, _ rowStride: Int, _ columnStride: Int, _ isConjugated: Bool, _ n: Int, _ isLower: Bool, _ hasUnit: Bool,
        _ x: UnsafeMutablePointer<S>, _ xRow: Int, _ xColumn: Int, _ columns: Int
    ) {
        for step in 0..<n {
            let row = isLower ? step : n - 1 - step
            let others = isLower ? 0..<row : (row + 1)..<n
            for k in others {
                let stored = t[row * rowStride + k * columnStride], factor = isConjugated ? stored.conjugated : stored
                for column in 0..<columns {
                    x[row * xRow + column * xColumn] = x[row * xRow + column * xColumn] - factor * x[k * xRow + column * xColumn]
                }
            }
            if !hasUnit {
                let stored = t[row * (rowStride + columnStride)], pivot = isConjugated ? stored.conjugated : stored
                for column in 0..<columns { x[row * xRow + column * xColumn] = quotient(x[row * xRow + column * xColumn], pivot) }
            }
        }
    }

    /// As ``LAPACK/lu(_:_:threads:)``.
    @_specialize(where S == Double)
    @_specialize(where S == Float)
    static func lu<S: LinearScalar>(
        _ a: UnsafeMutablePointer<S>, _ rows: Int, _ columns: Int, _ rowStride: Int, _ columnStride: Int
    ) -> (exchanges: [Int], zeroPivot: Int) {
        var exchanges: [Int] = [], zeroPivot = 0
        for step in 0..<min(rows, columns) {
            var best = step
            for row in step..<rows
            where a[row * rowStride + step * columnStride].modulus > a[best * rowStride + step * columnStride].modulus { best = row }
            exchanges.append(best)
            if best != step {
                for column in 0..<columns {
                    let kept = a[step * rowStride + column * columnStride]
                    a[step * rowStride + column * columnStride] = a[best * rowStride + column * columnStride]
                    a[best * rowStride + column * columnStride] = kept
                }
            }
            let pivot = a[step * (rowStride + columnStride)]
            if pivot == S.zeroValue {
                if zeroPivot == 0 { zeroPivot = step + 1 }
                continue
            }
            for row in (step + 1)..<max(rows, step + 1) {
                let factor = quotient(a[row * rowStride + step * columnStride], pivot)
                a[row * rowStride + step * columnStride] = factor
                for column in (step + 1)..<max(columns, step + 1) {
                    let place = row * rowStride + column * columnStride
                    a[place] = a[place] - factor * a[step * rowStride + column * columnStride]
                }
            }
        }
        return (exchanges, zeroPivot)
    }

    /// The thin QR decomposition by reflections: q (rows, k) and r (k, columns), where k is the shorter side.
    @_specialize(where S == Double)
    @_specialize(where S == Float)
    static func qr<S: LinearScalar>(_ a: DenseArray<S>) -> (q: DenseArray<S>, r: DenseArray<S>) {
        let rows = a.shape[0], columns = a.shape[1], k = min(rows, columns)
        let copy = a.packed(), work = copy.base
        var vectors: [[S]] = []
        for step in 0..<k {
            // The vector v of the reflection 1 - 2·v·vᴴ that clears the column below the diagonal.
            var vector = (step..<rows).map { work[$0 * columns + step] }
            let norm = length(vector)
            let first = vector[0]
            let phase = first.modulus == 0 ? S.oneValue : first * S(realPart: 1 / first.modulus)
            vector[0] = first + phase * S(realPart: norm)
            let size = length(vector)
            if size > 0 { vector = vector.map { $0 * S(realPart: 1 / size) } }
            reflect(work + step * columns + step, columns, vector, columns - step)
            vectors.append(vector)
        }
        let r = DenseArray<S>(shape: [k, columns]) { out in
            for row in 0..<k {
                for column in 0..<columns { out[row * columns + column] = column < row ? .zeroValue : work[row * columns + column] }
            }
        }
        withExtendedLifetime(copy) {}
        let q = DenseArray<S>(shape: [rows, k]) { out in
            out.initialize(repeating: .zeroValue)
            guard let base = out.baseAddress else { return }
            for step in 0..<k { base[step * k + step] = .oneValue }
            for step in (0..<k).reversed() { reflect(base + step * k, k, vectors[step], k) }
        }
        return (q, r)
    }

    /// Applies 1 - 2·v·vᴴ to some rows.
    private static func reflect<S: LinearScalar>(_ a: UnsafeMutablePointer<S>, _ stride: Int, _ v: [S], _ columns: Int) {
        for column in 0..<columns {
            var sum = S.zeroValue
            for row in v.indices { sum = sum + v[row].conjugated * a[row * stride + column] }
            sum = sum + sum
            for row in v.indices { a[row * stride + column] = a[row * stride + column] - v[row] * sum }
        }
    }

    private static func length<S: LinearScalar>(_ vector: [S]) -> S.Magnitude {
        S.Magnitude.sqrt(vector.reduce(S.Magnitude.zero) { $0 + $1.modulus * $1.modulus })
    }

    private static func quotient<S: LinearScalar>(_ a: S, _ b: S) -> S {
        // The protocol has the quotient of arrays only.
        withUnsafePointer(to: a) { a in
            withUnsafePointer(to: b) { b in
                var result = S.zeroValue
                S.divideLoop(a, b, &result, 1)
                return result
            }
        }
    }
}
