public import SheafCore
internal import Synchronization

/// The routines of LAPACK (and one of BLAS) on matrices in C order.
///
/// LAPACK wants columns as ranges of memory. To it a matrix in C order is its transpose, so these functions ask for the transposed
/// problem instead of copying where that is as fast: the lower Cholesky factor is its upper one. LU and QR take columns.
enum LAPACK {
    private typealias Pointer = UnsafeMutableRawPointer
    private typealias F5 = @convention(c) (Pointer, Pointer, Pointer, Pointer, Pointer, Int) -> Void
    private typealias F6 = @convention(c) (Pointer, Pointer, Pointer, Pointer, Pointer, Pointer) -> Void
    private typealias F9 = @convention(c) (Pointer, Pointer, Pointer, Pointer, Pointer, Pointer, Pointer, Pointer, Pointer) -> Void
    private typealias F11 =
        @convention(c) (
            Pointer, Pointer, Pointer, Pointer, Pointer, Pointer, Pointer, Pointer, Pointer, Pointer, Pointer, Int, Int, Int, Int
        ) -> Void
    private typealias F13 =
        @convention(c) (
            Pointer, Pointer, Pointer, Pointer, Pointer, Pointer, Pointer, Pointer, Pointer, Pointer, Pointer, Pointer, Pointer, Int, Int
        ) -> Void
    private typealias F14 =
        @convention(c) (
            Pointer, Pointer, Pointer, Pointer, Pointer, Pointer, Pointer, Pointer, Pointer, Pointer, Pointer, Pointer, Pointer, Pointer,
            Int,
            Int
        ) -> Void
    private typealias F15 =
        @convention(c) (
            Pointer, Pointer, Pointer, Pointer, Pointer, Pointer, Pointer, Pointer, Pointer, Pointer, Pointer, Pointer, Pointer, Pointer,
            Pointer, Int
        ) -> Void

    /// Whether there is a library. Without one the callers use kernels in Swift, where there are some.
    static var isAvailable: Bool { if case .success = BLASLibrary.shared { true } else { false } }

    private static let found = Locked<[String: UInt]>([:])

    /// A routine by its name without the letter of the type.
    private static func routine<F>(_ name: String, _ type: ScalarType, complex: String? = nil, as: F.Type) throws -> F {
        let isComplex = type == .complex64 || type == .complex128
        let letter = type == .float32 ? "s" : type == .float64 ? "d" : type == .complex64 ? "c" : "z"
        let full = letter + (isComplex ? complex ?? name : name)
        let address = try found.withLock { found throws -> UInt in
            if let known = found[full] { return known }
            let address = UInt(bitPattern: try BLASLibrary.shared.get().routine(full, as: UnsafeRawPointer.self))
            found[full] = address
            return address
        }
        return unsafeBitCast(address, to: F.self)
    }

    private static func letter(_ character: Unicode.Scalar) -> CChar { CChar(UInt8(ascii: character)) }

    /// Calls a routine. `info` is the position, from 1, of what it stumbled over, or 0.
    private static func call(
        _ name: String, threads: Int, _ workspaces: [Workspace] = [], _ body: (Pointer) throws -> Void
    ) throws -> Int {
        var info = 0
        let library = try BLASLibrary.shared.get()
        try withExtendedLifetime(workspaces) { try library.call(threads: threads) { try body(&info) } }
        let code = Int(Int32(truncatingIfNeeded: info))
        if code < 0 { throw EngineError(.unsupported, "LAPACK's \(name) refuses argument \(-code)", hint: "report this as a bug") }
        return code
    }

    /// Memory that a routine works in, of a size that it is asked for.
    private final class Workspace {
        let base: Pointer
        init(bytes: Int) {
            base = .allocate(byteCount: max(bytes, 64), alignment: 64)
            base.initializeMemory(as: UInt64.self, repeating: 0, count: 8)
        }
        deinit { base.deallocate() }

        /// A number that a routine answers in a workspace of integers.
        var integer: Int { Int(base.load(as: Int32.self)) }

        /// Elements, as a routine answers in the first element of its workspace.
        func length(_ type: ScalarType) -> Int {
            let number = type == .float32 || type == .complex64 ? Double(base.load(as: Float.self)) : base.load(as: Double.self)
            // A Float does not hold every length.
            return max(Int(number * 1.000001) + 1, 1)
        }
    }

    // MARK: Routines

    /// Replaces the lower triangle by the lower Cholesky factor. Returns the order of the first minor that is not positive, or 0.
    static func cholesky(_ type: ScalarType, _ a: MatrixView, threads: Int) throws -> Int {
        var uplo = letter("U"), n = a.rows, lda = a.rowStride
        let potrf = try routine("potrf", type, as: F5.self)
        return try call("potrf", threads: threads) { potrf(&uplo, &n, a.base, &lda, $0, 1) }
    }

    /// Replaces b by the solution x of t·x = b, or of x·t = b; t is triangular, and the rows of b are ranges of memory.
    static func solveTriangular(
        _ type: ScalarType, _ t: MatrixView, isLower: Bool, hasUnitDiagonal: Bool, isOnTheLeft: Bool, _ b: MatrixView, threads: Int
    ) throws {
        let trsm = try routine("trsm", type, as: F11.self)
        let isRowMajor = t.rowMajorStride != nil && !t.isConjugated
        guard let leading = isRowMajor ? t.rowMajorStride : t.columnMajorStride else {
            throw EngineError(
                .unsupported, "a triangular matrix with strides \(t.rowStride) and \(t.columnStride)", hint: "report this as a bug")
        }
        var side = letter(isOnTheLeft ? "R" : "L"), uplo = letter(isRowMajor != isLower ? "L" : "U")
        var transposition = letter(isRowMajor ? "N" : t.isConjugated ? "C" : "T"), unit = letter(hasUnitDiagonal ? "U" : "N")
        var m = b.columns, n = b.rows, lda = leading, ldb = max(b.rowStride, 1)
        _ = try call("trsm", threads: threads) { _ in
            withUnsafeBytes(of: type == .float32 || type == .complex64 ? (UInt64(Float(1).bitPattern), UInt64(0)) : (1.0.bitPattern, 0)) {
                trsm(
                    &side, &uplo, &transposition, &unit, &m, &n, Pointer(mutating: $0.baseAddress!), t.base, &lda, b.base, &ldb, 1, 1, 1, 1)
            }
        }
    }

    /// Replaces a matrix whose *columns* are ranges of memory by its LU decomposition with partial pivoting. Returns, for each row, the row
    /// it was exchanged with, and the position from 1 of the first pivot that is zero, or 0.
    static func lu(_ type: ScalarType, _ a: MatrixView, threads: Int) throws -> (exchanges: [Int], zeroPivot: Int) {
        let getrf = try routine("getrf", type, as: F6.self)
        var m = a.rows, n = a.columns, lda = max(a.columnStride, 1)
        let count = min(m, n), wide = try BLASLibrary.shared.get().hasWideIntegers
        var pivots = [Int](repeating: 0, count: count + 1)
        let zero = try pivots.withUnsafeMutableBytes { pivots in
            try call("getrf", threads: threads) { getrf(&m, &n, a.base, &lda, pivots.baseAddress!, $0) }
        }
        let exchanges = pivots.withUnsafeBytes { bytes in
            (0..<count).map {
                wide ? bytes.load(fromByteOffset: 8 * $0, as: Int.self) - 1 : Int(bytes.load(fromByteOffset: 4 * $0, as: Int32.self)) - 1
            }
        }
        return (exchanges, zero)
    }

    /// Columns whose reflections are applied together.
    static let reflectionBlock = 32

    /// Replaces a matrix whose *columns* are ranges of memory, of at least as many rows as columns, by the upper triangle of its QR
    /// decomposition and, below it, the vectors of its reflections; `t` gets, column by column, what combines blocks of them.
    static func qr(_ type: ScalarType, _ a: MatrixView, t: UnsafeMutableRawPointer, threads: Int) throws {
        let geqrt = try routine("geqrt", type, as: F9.self)
        var m = a.rows, n = a.columns, lda = max(a.columnStride, 1), nb = min(reflectionBlock, n), ldt = nb
        let work = Workspace(bytes: nb * n * type.byteCount)
        _ = try call("geqrt", threads: threads, [work]) { geqrt(&m, &n, &nb, a.base, &lda, t, &ldt, work.base, $0) }
    }

    /// Multiplies c by the q of a decomposition that ``qr(_:_:t:threads:)`` made; the columns of c are ranges of memory.
    static func multiplyQ(_ type: ScalarType, _ v: MatrixView, t: UnsafeMutableRawPointer, _ c: MatrixView, threads: Int) throws {
        let gemqrt = try routine("gemqrt", type, as: F14.self)
        var side = letter("L"), transposition = letter("N"), m = c.rows, n = c.columns, k = v.columns, nb = min(reflectionBlock, k),
            ldt = nb
        var ldv = max(v.columnStride, 1), ldc = max(c.columnStride, 1)
        let work = Workspace(bytes: nb * n * type.byteCount)
        _ = try call("gemqrt", threads: threads, [work]) {
            gemqrt(&side, &transposition, &m, &n, &k, &nb, v.base, &ldv, t, &ldt, c.base, &ldc, work.base, $0, 1, 1)
        }
    }

    /// The thin singular value decomposition of a contiguous matrix, which is overwritten: u (rows, k), s (k), vh (k, columns).
    static func svd(
        _ type: ScalarType, _ a: MatrixView, u: UnsafeMutableRawPointer, s: UnsafeMutableRawPointer, vh: UnsafeMutableRawPointer,
        threads: Int
    ) throws {
        // aᵀ = u'·s·vh', so a = vh'ᵀ·s·u'ᵀ; what LAPACK writes column by column is the transpose in C order.
        var job = letter("S"), m = a.columns, n = a.rows, lda = max(a.rowStride, 1)
        let k = min(m, n), isComplex = type == .complex64 || type == .complex128
        var ldu = max(m, 1), ldvt = max(k, 1), length = -1
        let integers = Workspace(bytes: 8 * k * 8)
        let real = Workspace(bytes: isComplex ? max(5 * k * k + 7 * k, 2 * max(m, n) * k + 2 * k * k + k) * type.byteCount / 2 : 0)
        func run(_ work: Workspace, _ threads: Int) throws -> Int {
            if isComplex {
                let gesdd = try routine("gesdd", type, as: F15.self)
                return try call("gesdd", threads: threads, [work, real, integers]) {
                    gesdd(&job, &m, &n, a.base, &lda, s, vh, &ldu, u, &ldvt, work.base, &length, real.base, integers.base, $0, 1)
                }
            }
            let gesdd = try routine("gesdd", type, as: F14.self)
            return try call("gesdd", threads: threads, [work, real, integers]) {
                gesdd(&job, &m, &n, a.base, &lda, s, vh, &ldu, u, &ldvt, work.base, &length, integers.base, $0, 1, 1)
            }
        }
        let question = Workspace(bytes: 64)
        _ = try run(question, 1)
        length = question.length(type)
        if try run(Workspace(bytes: length * type.byteCount), threads) != 0 {
            throw TaskError(.noConvergence, "the singular value decomposition does not converge", hint: "look for infinities and NaNs")
        }
    }

    /// Eigenvalues in ascending order, and eigenvectors, of a Hermitian matrix given by its lower triangle. The eigenvectors' conjugates
    /// replace the matrix, a row each.
    static func eigh(_ type: ScalarType, _ a: MatrixView, _ values: UnsafeMutableRawPointer, wantsVectors: Bool, threads: Int) throws {
        let isComplex = type == .complex64 || type == .complex128
        var job = letter(wantsVectors ? "V" : "N"), uplo = letter("U"), n = a.rows, lda = max(a.rowStride, 1)
        var length = -1, realLength = -1, integerLength = -1
        func run(_ work: Workspace, _ real: Workspace, _ integers: Workspace, _ threads: Int) throws -> Int {
            if isComplex {
                let heevd = try routine("heevd", type, as: F13.self)
                return try call("heevd", threads: threads, [work, real, integers]) {
                    heevd(
                        &job, &uplo, &n, a.base, &lda, values, work.base, &length, real.base, &realLength, integers.base, &integerLength,
                        $0,
                        1, 1)
                }
            }
            let syevd = try routine("syevd", type, complex: "heevd", as: F11.self)
            return try call("syevd", threads: threads, [work, integers]) {
                syevd(&job, &uplo, &n, a.base, &lda, values, work.base, &length, integers.base, &integerLength, $0, 1, 1, 1, 1)
            }
        }
        let questions = (Workspace(bytes: 64), Workspace(bytes: 64), Workspace(bytes: 64))
        _ = try run(questions.0, questions.1, questions.2, 1)
        length = questions.0.length(type)
        realLength = isComplex ? questions.1.length(type) : 1
        integerLength = questions.2.integer
        let work = Workspace(bytes: length * type.byteCount), real = Workspace(bytes: realLength * type.byteCount)
        if try run(work, real, Workspace(bytes: integerLength * 8), threads) != 0 {
            throw TaskError(.noConvergence, "the eigenvalues do not converge", hint: "look for infinities and NaNs")
        }
    }
}

extension ErrorCode {
    /// A matrix that has no inverse.
    public static let singularMatrix = ErrorCode(rawValue: "singularMatrix")
    /// A matrix that has no Cholesky decomposition.
    public static let notPositiveDefinite = ErrorCode(rawValue: "notPositiveDefinite")
    /// An iteration that did not come to an end.
    public static let noConvergence = ErrorCode(rawValue: "noConvergence")
}
