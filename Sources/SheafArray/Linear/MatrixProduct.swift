internal import SheafCore

/// Products of matrices of any element type: by BLAS for floating-point ones, by a kernel in Swift for the others and without a BLAS.
enum MatrixProduct {
    enum Mode { case set, add, subtract }

    private typealias Gemm =
        @convention(c) (
            UnsafePointer<CChar>, UnsafePointer<CChar>, UnsafePointer<Int>, UnsafePointer<Int>, UnsafePointer<Int>, UnsafeRawPointer,
            UnsafeRawPointer, UnsafePointer<Int>, UnsafeRawPointer, UnsafePointer<Int>, UnsafeRawPointer, UnsafeMutableRawPointer,
            UnsafePointer<Int>, Int, Int
        ) -> Void

    private static let gemms: [ScalarType: Gemm] = {
        guard case .success(let library) = BLASLibrary.shared else { return [:] }
        let names: [(ScalarType, String)] = [(.float64, "dgemm"), (.float32, "sgemm"), (.complex128, "zgemm"), (.complex64, "cgemm")]
        return Dictionary(
            uniqueKeysWithValues: names.compactMap { type, name in (try? library.routine(name, as: Gemm.self)).map { (type, $0) } })
    }()

    /// c = a·b, c += a·b or c -= a·b.
    ///
    /// - Parameter threads: what BLAS may use; see ``BLASLibrary/call(threads:_:)``.
    /// - Precondition: the rows of `c` are ranges of memory; it does not overlap `a` and `b`, and is not conjugated.
    /// - Throws: ``EngineError`` (`.missingLibrary`) when the library that the user named in `SHEAF_BLAS` cannot be used.
    static func multiply(
        _ type: ScalarType, _ a: MatrixView, _ b: MatrixView, into c: MatrixView, _ mode: Mode = .set, threads: Int = 1
    ) throws {
        assert(a.columns == b.rows && a.rows == c.rows && b.columns == c.columns)
        if c.rows == 0 || c.columns == 0 { return }
        guard let gemm = gemms[type], let leading = c.rowMajorStride, case .success(let library) = BLASLibrary.shared,
            max(a.rows, a.columns, b.columns, leading) <= Int32.max
        else {
            try requireNamedLibrary(type)
            return SwiftProduct.multiply(type, a, b, into: c, mode)
        }
        if a.columns == 0 {
            if mode == .set { clear(c, leading, type.byteCount) }
            return
        }
        // BLAS wants columns as ranges of memory: it computes cᵀ = bᵀ·aᵀ.
        let left = Operand(b, type), right = Operand(a, type)
        var m = c.columns, n = c.rows, k = a.columns, ldc = leading
        var leftLeading = left.leading, rightLeading = right.leading
        var leftLetter = left.letter, rightLetter = right.letter
        withExtendedLifetime((left, right)) {
            library.call(threads: threads) {
                withConstants(type, mode) { alpha, beta in
                    gemm(
                        &leftLetter, &rightLetter, &m, &n, &k, alpha, left.base, &leftLeading, right.base, &rightLeading, beta, c.base,
                        &ldc, 1, 1)
                }
            }
        }
    }

    /// A library that the user asked for and that cannot be used is not replaced silently.
    private static func requireNamedLibrary(_ type: ScalarType) throws {
        guard gemms.isEmpty, case .failure(let error) = BLASLibrary.shared, let path = BLASLibrary.environmentValue(BLASLibrary.variable),
            path != "none", [.float32, .float64, .complex64, .complex128].contains(type)
        else { return }
        throw error
    }

    private static func clear(_ c: MatrixView, _ leading: Int, _ bytes: Int) {
        for row in 0..<c.rows {
            (c.base + row * leading * bytes).initializeMemory(as: UInt8.self, repeating: 0, count: c.columns * bytes)
        }
    }

    /// Calls the body with 1 or -1 and 0 or 1, in the element type. A complex number is its real part, followed by 0.
    private static func withConstants(_ type: ScalarType, _ mode: Mode, _ body: (UnsafeRawPointer, UnsafeRawPointer) -> Void) {
        let alpha = mode == .subtract ? -1.0 : 1.0, beta = mode == .set ? 0.0 : 1.0
        switch type {
        case .float32, .complex64:
            withUnsafeBytes(of: (Float(alpha), Float(0), Float(beta), Float(0))) { body($0.baseAddress!, $0.baseAddress! + 8) }
        default: withUnsafeBytes(of: (alpha, 0.0, beta, 0.0)) { body($0.baseAddress!, $0.baseAddress! + 16) }
        }
    }

    /// A factor as BLAS takes it: transposed by a letter, and copied only if neither its rows nor its columns are ranges of memory.
    private final class Operand {
        let base: UnsafeRawPointer
        let leading: Int
        let letter: CChar
        private let copy: UnsafeMutableRawPointer?

        init(_ view: MatrixView, _ type: ScalarType) {
            let isComplex = type == .complex64 || type == .complex128
            let isConjugated = view.isConjugated && isComplex
            if let leading = view.columnMajorStride, isConjugated || view.rowMajorStride == nil {
                (base, self.leading, copy) = (UnsafeRawPointer(view.base), leading, nil)
                letter = CChar(UInt8(ascii: isConjugated ? "C" : "T"))
            } else if let leading = view.rowMajorStride, !isConjugated {
                (base, self.leading, copy) = (UnsafeRawPointer(view.base), leading, nil)
                letter = CChar(UInt8(ascii: "N"))
            } else {
                let bytes = type.byteCount
                let memory = UnsafeMutableRawPointer.allocate(byteCount: max(view.rows * view.columns * bytes, 1), alignment: 64)
                ChunkView(
                    base: UnsafeRawPointer(view.base), shape: [view.rows, view.columns], strides: [view.rowStride, view.columnStride],
                    elementBytes: bytes
                ).gather(0, view.rows * view.columns, into: memory)
                if isConjugated { conjugateInPlace(memory, view.rows * view.columns, type) }
                (base, leading, copy) = (UnsafeRawPointer(memory), max(view.columns, 1), memory)
                letter = CChar(UInt8(ascii: "N"))
            }
        }

        deinit { copy?.deallocate() }
    }
}

/// Conjugates contiguous complex numbers in place.
func conjugateInPlace(_ memory: UnsafeMutableRawPointer, _ count: Int, _ type: ScalarType) {
    switch type {
    case .complex64:
        let parts = memory.assumingMemoryBound(to: Float.self)
        for index in 0..<count { parts[2 * index + 1].negate() }
    case .complex128:
        let parts = memory.assumingMemoryBound(to: Double.self)
        for index in 0..<count { parts[2 * index + 1].negate() }
    default: break
    }
}
