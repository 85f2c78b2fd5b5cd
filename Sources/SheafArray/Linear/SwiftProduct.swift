/// The product of matrices in Swift: for integers, and for floating-point numbers where there is no BLAS.
///
/// Blocks of both factors are copied into the order in which the innermost loop reads them; that loop keeps a tile of 4×4 sums in
/// registers.
enum SwiftProduct {
    /// As ``MatrixProduct/multiply(_:_:_:into:_:threads:)``, for any strides.
    static func multiply(_ type: ScalarType, _ a: MatrixView, _ b: MatrixView, into c: MatrixView, _ mode: MatrixProduct.Mode) {
        switch type {
        // Signed and unsigned integers have the same bits, as sums and products wrap around.
        case .bool, .int8, .uint8: run(UInt8.self, a, b, c, mode)
        case .int16, .uint16: run(UInt16.self, a, b, c, mode)
        case .int32, .uint32: run(UInt32.self, a, b, c, mode)
        case .int64, .uint64: run(UInt64.self, a, b, c, mode)
        case .float32: run(Float.self, a, b, c, mode)
        case .float64: run(Double.self, a, b, c, mode)
        case .complex64: runComplex(Float.self, a, b, c, mode)
        case .complex128: runComplex(Double.self, a, b, c, mode)
        }
    }

    /// By four products of real matrices.
    private static func runComplex<T: TileScalar>(
        _: T.Type, _ a: MatrixView, _ b: MatrixView, _ c: MatrixView, _ mode: MatrixProduct.Mode
    ) {
        func part(_ view: MatrixView, _ index: Int) -> MatrixView {
            MatrixView(
                base: view.base + index * MemoryLayout<T>.stride, rows: view.rows, columns: view.columns, rowStride: 2 * view.rowStride,
                columnStride: 2 * view.columnStride)
        }
        let isSubtracting = mode == .subtract
        func signed(_ negative: Bool) -> MatrixProduct.Mode { negative != isSubtracting ? .subtract : .add }
        if mode == .set {
            clear(T.self, part(c, 0))
            clear(T.self, part(c, 1))
        }
        run(T.self, part(a, 0), part(b, 0), part(c, 0), signed(false))
        run(T.self, part(a, 1), part(b, 1), part(c, 0), signed(a.isConjugated == b.isConjugated))
        run(T.self, part(a, 0), part(b, 1), part(c, 1), signed(b.isConjugated))
        run(T.self, part(a, 1), part(b, 0), part(c, 1), signed(a.isConjugated))
    }

    private static func clear<T: TileScalar>(_: T.Type, _ c: MatrixView) {
        let target = c.base.assumingMemoryBound(to: T.self)
        for row in 0..<c.rows { for column in 0..<c.columns { target[row * c.rowStride + column * c.columnStride] = 0 } }
    }

    private static let tile = 4
    /// Elements of the common axis, and of the rows and columns, in a block.
    private static let depth = 256, height = 64, width = 512

    private static func run<T: TileScalar>(_: T.Type, _ a: MatrixView, _ b: MatrixView, _ c: MatrixView, _ mode: MatrixProduct.Mode) {
        if mode == .set { clear(T.self, c) }
        let inner = a.columns
        if c.rows * c.columns * inner <= 512 { return runSmall(T.self, a, b, c, mode) }
        let packedA = UnsafeMutablePointer<T>.allocate(capacity: (height + tile) * depth)
        let packedB = UnsafeMutablePointer<T>.allocate(capacity: (width + tile) * depth)
        defer {
            packedA.deallocate()
            packedB.deallocate()
        }
        let target = c.base.assumingMemoryBound(to: T.self)
        for k in stride(from: 0, to: inner, by: depth) {
            let kCount = min(depth, inner - k)
            for j in stride(from: 0, to: c.columns, by: width) {
                let jCount = min(width, c.columns - j)
                pack(b.transposed, j, jCount, k, kCount, into: packedB)
                for i in stride(from: 0, to: c.rows, by: height) {
                    let iCount = min(height, c.rows - i)
                    pack(a, i, iCount, k, kCount, into: packedA)
                    for jj in stride(from: 0, to: jCount, by: tile) {
                        for ii in stride(from: 0, to: iCount, by: tile) {
                            multiplyTile(
                                packedA + ii * kCount, packedB + jj * kCount, kCount,
                                target + (i + ii) * c.rowStride + (j + jj) * c.columnStride, c.rowStride, c.columnStride,
                                min(tile, iCount - ii), min(tile, jCount - jj), isSubtracting: mode == .subtract)
                        }
                    }
                }
            }
        }
    }

    private static func runSmall<T: TileScalar>(
        _: T.Type, _ a: MatrixView, _ b: MatrixView, _ c: MatrixView, _ mode: MatrixProduct.Mode
    ) {
        let left = a.base.assumingMemoryBound(to: T.self), right = b.base.assumingMemoryBound(to: T.self)
        let target = c.base.assumingMemoryBound(to: T.self)
        for row in 0..<c.rows {
            for column in 0..<c.columns {
                var sum: T = 0
                for k in 0..<a.columns {
                    sum = T.multiplyAdd(
                        sum, left[row * a.rowStride + k * a.columnStride], right[k * b.rowStride + column * b.columnStride])
                }
                let place = row * c.rowStride + column * c.columnStride
                target[place] = T.combine(target[place], sum, isSubtracting: mode == .subtract)
            }
        }
    }

    /// Copies rows in groups of four: all of a group's elements of one column lie next to each other. Missing rows are zeros.
    private static func pack<T: TileScalar>(
        _ view: MatrixView, _ first: Int, _ count: Int, _ k: Int, _ kCount: Int, into packed: UnsafeMutablePointer<T>
    ) {
        let source = view.base.assumingMemoryBound(to: T.self)
        var out = packed
        for group in stride(from: first, to: first + count, by: tile) {
            for row in 0..<tile {
                if group + row < first + count {
                    let line = source + (group + row) * view.rowStride + k * view.columnStride
                    for position in 0..<kCount { out[position * tile + row] = line[position * view.columnStride] }
                } else {
                    for position in 0..<kCount { out[position * tile + row] = 0 }
                }
            }
            out += tile * kCount
        }
    }

    @inline(__always)
    private static func multiplyTile<T: TileScalar>(
        _ a: UnsafePointer<T>, _ b: UnsafePointer<T>, _ depth: Int, _ c: UnsafeMutablePointer<T>, _ rowStride: Int, _ columnStride: Int,
        _ rows: Int, _ columns: Int, isSubtracting: Bool
    ) {
        var sums = (SIMD4<T>(repeating: 0), SIMD4<T>(repeating: 0), SIMD4<T>(repeating: 0), SIMD4<T>(repeating: 0))
        for k in 0..<depth {
            let line = UnsafeRawPointer(b + 4 * k).loadUnaligned(as: SIMD4<T>.self), left = a + 4 * k
            sums.0 = T.multiplyAdd(sums.0, left[0], line)
            sums.1 = T.multiplyAdd(sums.1, left[1], line)
            sums.2 = T.multiplyAdd(sums.2, left[2], line)
            sums.3 = T.multiplyAdd(sums.3, left[3], line)
        }
        for row in 0..<rows {
            let sum = row == 0 ? sums.0 : row == 1 ? sums.1 : row == 2 ? sums.2 : sums.3
            for column in 0..<columns {
                let place = row * rowStride + column * columnStride
                c[place] = T.combine(c[place], sum[column], isSubtracting: isSubtracting)
            }
        }
    }
}

/// What the kernel needs to know of an element type. Integers wrap around.
private protocol TileScalar: SIMDScalar, Numeric, Hashable, Codable {
    static func multiplyAdd(_ sum: Self, _ a: Self, _ b: Self) -> Self
    static func multiplyAdd(_ sum: SIMD4<Self>, _ a: Self, _ b: SIMD4<Self>) -> SIMD4<Self>
    static func combine(_ old: Self, _ sum: Self, isSubtracting: Bool) -> Self
}

extension TileScalar where Self: FixedWidthInteger {
    @inline(__always) static func multiplyAdd(_ sum: Self, _ a: Self, _ b: Self) -> Self { sum &+ a &* b }
    @inline(__always)
    static func multiplyAdd(_ sum: SIMD4<Self>, _ a: Self, _ b: SIMD4<Self>) -> SIMD4<Self> { sum &+ SIMD4(repeating: a) &* b }
    @inline(__always)
    static func combine(_ old: Self, _ sum: Self, isSubtracting: Bool) -> Self { isSubtracting ? old &- sum : old &+ sum }
}

extension TileScalar where Self: FloatingPoint {
    @inline(__always) static func multiplyAdd(_ sum: Self, _ a: Self, _ b: Self) -> Self { sum + a * b }
    @inline(__always) static func multiplyAdd(_ sum: SIMD4<Self>, _ a: Self, _ b: SIMD4<Self>) -> SIMD4<Self> { sum + a * b }
    @inline(__always)
    static func combine(_ old: Self, _ sum: Self, isSubtracting: Bool) -> Self { isSubtracting ? old - sum : old + sum }
}

extension UInt8: TileScalar {}
extension UInt16: TileScalar {}
extension UInt32: TileScalar {}
extension UInt64: TileScalar {}
extension Float: TileScalar {}
extension Double: TileScalar {}
