import ComplexModule
import SheafCore
import SheafLocal
import Testing

@testable import SheafArray

/// An element type with its real type, both known to the oracle.
protocol OracleLinear: OracleScalar, LinearScalar where Magnitude: OracleScalar {}
extension Double: OracleLinear {}
extension Float: OracleLinear {}
extension Complex: OracleLinear where RealType: ComplexPart & LinearScalar & OracleScalar {}

@Suite("Decompositions and what comes from them")
struct DecompositionTests {
    static let cases = LinearCase.of(
        "solve", "solvePositive", "cholesky", "inverse", "determinant", "logDeterminant", "logDeterminantSign", "singularValues",
        "pseudoInverse", "matrixNorm", "conditionNumber", "eigenvalues", "leastSquares", "matrixPower")
    static let needLAPACK: Set<String> = [
        "singularValues", "pseudoInverse", "matrixNorm", "conditionNumber", "eigenvalues", "leastSquares",
    ]

    @Test("as NumPy's, in any chunks and with any number of workers", arguments: cases)
    func oracle(_ test: LinearCase) async throws {
        if !LAPACK.isAvailable && Self.needLAPACK.contains(test.operation) { return }
        if test.inputs[0].dtype == "float64" { try await check(test, Double.self) } else { try await check(test, Complex<Double>.self) }
    }

    private func check<S: OracleLinear>(_ test: LinearCase, _: S.Type) async throws {
        for (workers, chunk) in sessionsAndChunks {
            let session = Session(workers: workers)
            let a = session.chunked(test.inputs[0], chunk, as: S.self)
            let b = test.inputs.count > 1 ? session.chunked(test.inputs[1], chunk, as: S.self) : a
            let comment: Comment = "\(test), chunks of \(chunk)"
            func expect(_ array: NDArray<S>) async throws {
                expectClose(try await array.compute(), test.result.dense(as: S.self), factor: 100, comment)
            }
            func expectReal(_ array: NDArray<S.Magnitude>) async throws {
                expectClose(try await array.compute(), test.result.dense(as: S.Magnitude.self), factor: 100, comment)
            }
            switch test.operation {
            case "solve": try await expect(a.solve(b))
            case "solvePositive": try await expect(a.solve(b, assumePositive: true))
            case "cholesky":
                try await expect(a.cholesky())
                try await expect(a.cholesky(upper: true).adjoint(a.node.location))
            case "inverse": try await expect(a.inverse())
            case "determinant": try await expect(a.determinant())
            case "logDeterminant": try await expectReal(a.logDeterminant().logarithm)
            case "logDeterminantSign": try await expect(a.logDeterminant().sign)
            case "singularValues": try await expectReal(a.singularValues())
            case "pseudoInverse": try await expect(a.pseudoInverse())
            case "conditionNumber": try await expectReal(a.conditionNumber())
            case "eigenvalues": try await expectReal(a.eigh().values)
            case "leastSquares": try await expect(a.lstsq(b).solution)
            case "matrixPower": try await expect(a.matrixPower(test.options.power!))
            case "matrixNorm":
                let norms: [String: MatrixNorm] = [
                    "fro": .frobenius, "nuc": .nuclear, "1": .largestColumn, "-1": .leastColumn, "2": .spectral, "-2": .leastSingularValue,
                    "inf": .largestRow, "-inf": .leastRow,
                ]
                try await expectReal(a.matrixNorm(try #require(norms[test.options.kind!])))
            default: Issue.record("an unknown operation: \(test)")
            }
        }
    }

    /// Elements that are neither regular nor random.
    static func elements<S: LinearScalar>(_ shape: [Int], as: S.Type, seed: Int = 1) -> DenseArray<S> {
        DenseArray(
            (0..<shape.reduce(1, *)).map { index in
                let x = counterNormal(UInt64(seed), UInt64(index))
                var value = S(realPart: S.Magnitude(x))
                if S.isComplex { value = value * Self.unit(counterNormal(UInt64(seed + 100), UInt64(index)), as: S.self) }
                return value
            }, shape: shape)
    }

    private static func unit<S: LinearScalar>(_ angle: Double, as: S.Type) -> S {
        if S.self == Complex<Double>.self { return unsafeBitCast(Complex<Double>(length: 1, phase: angle), to: S.self) }
        if S.self == Complex<Float>.self { return unsafeBitCast(Complex<Float>(length: 1, phase: Float(angle)), to: S.self) }
        return .oneValue
    }

    /// The largest difference from the identity of aᴴ·a.
    private func departure<S: OracleLinear>(_ a: NDArray<S>) async throws -> Double {
        let square = try await a.adjoint(a.node.location).matmul(a).compute()
        return (0..<square.count).map { index in
            let row = index / square.shape[1], column = index % square.shape[1]
            return square[row, column].distance(to: row == column ? .oneValue : .zeroValue)
        }.max() ?? 0
    }

    private func largestDifference<S: OracleLinear>(_ a: NDArray<S>, _ b: DenseArray<S>) async throws -> Double {
        let a = try await a.compute()
        #expect(a.shape == b.shape)
        return zip(a.elements, b.elements).map { $0.distance(to: $1) }.max() ?? 0
    }

    private func checkQR<S: OracleLinear>(_: S.Type) async throws {
        for shape in [[40, 6], [6, 6], [5, 17], [7, 1], [1, 7], [33, 8]] {
            let dense = Self.elements(shape, as: S.self)
            var first: DenseArray<S>?
            for (workers, chunk) in [(1, 100), (2, 9), (3, 3), (2, 1)] {
                let session = Session(workers: workers)
                let (q, r) = session.array(dense, chunks: .uniform(chunk)).qr()
                let limit = S.tolerance * 100
                #expect(try await largestDifference(q.matmul(r), dense) < limit, "\(shape) \(chunk)")
                #expect(try await departure(q) < limit, "\(shape) \(chunk)")
                let upper = try await r.compute()
                for row in 0..<upper.shape[0] {
                    #expect(upper[row, row].realPart >= 0)
                    for column in 0..<row { #expect(upper[row, column] == .zeroValue) }
                }
                if let first { #expect(zip(first.elements, upper.elements).allSatisfy { $0.distance(to: $1) < limit * 10 }) }
                first = first ?? upper
            }
        }
    }

    @Test("a = q·r, with orthonormal columns, and r the same in any chunks")
    func qr() async throws {
        try await checkQR(Double.self)
        try await checkQR(Float.self)
        try await checkQR(Complex<Double>.self)
        try await checkQR(Complex<Float>.self)
    }

    private func checkSVD<S: OracleLinear>(_: S.Type) async throws {
        for shape in [[40, 6], [6, 6], [5, 17], [30, 1]] {
            let dense = Self.elements(shape, as: S.self)
            for (workers, chunk) in [(1, 100), (2, 9), (2, 3)] {
                let session = Session(workers: workers)
                let x = session.array(dense, chunks: .uniform(chunk)), parts = x.svd()
                let s = parts.s.mapping("widen", to: S.self) { a, out, count in for i in 0..<count { out[i] = S(realPart: a[i]) } }
                let limit = S.tolerance * 300
                #expect(try await largestDifference((parts.u * s).matmul(parts.vh), dense) < limit, "\(shape) \(chunk)")
                #expect(try await departure(parts.u) < limit)
                #expect(try await departure(parts.vh.adjoint(x.node.location)) < limit)
                let values = try await parts.s.compute().elements.map(\.doubleValue)
                #expect(values == values.sorted(by: >))
            }
        }
    }

    @Test("a = u·s·vh, with orthonormal vectors", .enabled(if: LAPACK.isAvailable))
    func svd() async throws {
        try await checkSVD(Double.self)
        try await checkSVD(Float.self)
        try await checkSVD(Complex<Double>.self)
        try await checkSVD(Complex<Float>.self)
    }

    @Test("a compressed decomposition of a matrix of low rank is exact", .enabled(if: LAPACK.isAvailable))
    func compressed() async throws {
        let left = Self.elements([60, 4], as: Double.self), right = Self.elements([4, 45], as: Double.self, seed: 5)
        for chunk in [100, 16] {
            let session = Session(workers: 2)
            let x = session.array(left, chunks: .uniform(chunk)).matmul(session.array(right, chunks: .uniform(chunk)))
            let parts = x.compressedSVD(rank: 4, powerIterations: 1, seed: 3), exact = x.svd()
            #expect(parts.u.shape == [60, 4] && parts.s.shape == [4] && parts.vh.shape == [4, 45])
            #expect(try await largestDifference((parts.u * parts.s).matmul(parts.vh), x.compute()) < 1e-11)
            let found = try await parts.s.compute().elements, wanted = try await exact.s.compute().elements
            #expect(zip(found, wanted).allSatisfy { abs($0 - $1) < 1e-11 * wanted[0] })
        }
        let wrong = Session(workers: 1).ones(shape: [3, 3]).compressedSVD(rank: 0)
        #expect(throws: PlanError.self) { try wrong.s.validated() }
    }

    @Test("eigenvectors, of the lower triangle alone", .enabled(if: LAPACK.isAvailable))
    func eigenvectors() async throws {
        func check<S: OracleLinear>(_: S.Type) async throws {
            let dense = Self.elements([12, 12], as: S.self), session = Session(workers: 2)
            let x = session.array(dense, chunks: 5), hermitian = x + x.adjoint(x.node.location)
            let lower = try await hermitian.compute()
            let disturbed = DenseArray<S>(shape: [12, 12]) { out in
                for index in out.indices { out[index] = index / 12 >= index % 12 ? lower[index / 12, index % 12] : .oneValue }
            }
            let (values, vectors) = session.array(disturbed, chunks: 5).eigh()
            let s = values.mapping("widen", to: S.self) { a, out, count in for i in 0..<count { out[i] = S(realPart: a[i]) } }
            #expect(try await largestDifference((vectors * s).matmul(vectors.adjoint(x.node.location)), lower) < S.tolerance * 1000)
            #expect(try await departure(vectors) < S.tolerance * 100)
        }
        try await check(Double.self)
        try await check(Float.self)
        try await check(Complex<Double>.self)
        try await check(Complex<Float>.self)
    }

    @Test("the rows in their order are lower times upper")
    func lu() async throws {
        func check<S: OracleLinear>(_: S.Type) async throws {
            let dense = Self.elements([13, 13], as: S.self)
            for (workers, chunk) in [(1, 100), (2, 5), (3, 2)] {
                let session = Session(workers: workers)
                let parts = session.array(dense, chunks: .uniform(chunk)).lu()
                let order = try await parts.rowOrder.compute().elements
                #expect(order.sorted() == Array(0..<13))
                let rows = DenseArray<S>(order.flatMap { row in (0..<13).map { dense[row, $0] } }, shape: [13, 13])
                #expect(try await largestDifference(parts.lower.matmul(parts.upper), rows) < S.tolerance * 100)
                // Partial pivoting: no element of the lower factor is larger than 1; of complex ones LAPACK adds up the parts' sizes.
                let limit = (S.isComplex ? 2.0.squareRoot() : 1) + S.tolerance
                #expect(try await parts.lower.compute().elements.allSatisfy { $0.size <= limit })
            }
        }
        try await check(Double.self)
        try await check(Float.self)
        try await check(Complex<Double>.self)
        try await check(Complex<Float>.self)
    }

    @Test("a singular or indefinite matrix is told with the pivot")
    func singular() async throws {
        let session = Session(workers: 2)
        func error(_ array: NDArray<Double>) async -> TaskError? {
            do {
                _ = try await array.compute()
                return nil
            } catch { return error as? TaskError }
        }
        let ones = session.ones(shape: [6, 6], chunks: 2)
        let singular = await error(ones.solve(session.ones(shape: [6])))
        #expect(singular?.code == .singularMatrix && singular?.message.contains("pivot 1 ") == true)
        #expect(singular?.location != nil)
        #expect(await error(ones.inverse())?.code == .singularMatrix)
        #expect(await error(ones.matrixPower(-2))?.code == .singularMatrix)
        let indefinite = await error((session.eye(Double.self, 6, chunks: 2) * -1).cholesky())
        #expect(indefinite?.code == .notPositiveDefinite && indefinite?.message.contains("pivot 0 ") == true)
        let third = session.array([1.0, 0, 0, 0, 1, 0, 0, 0, 0], shape: [3, 3], chunks: 2)
        #expect(await error(third.cholesky())?.message.contains("pivot 2 ") == true)
        #expect(await error(third.solveTriangular(session.ones(shape: [3]), lower: true))?.message.contains("pivot 2 ") == true)
        #expect(await error(third.solve(session.ones(shape: [3])))?.message.contains("pivot 2 ") == true)
        #expect(try await ones.determinant().item() == 0)
        #expect(try await ones.logDeterminant().logarithm.item() == -.infinity)
        #expect(try await ones.logDeterminant().sign.item() == 0)
    }

    @Test("shapes that do not fit")
    func mismatch() {
        let session = Session(workers: 1)
        let wide = session.ones(shape: [2, 3]), cube = session.ones(shape: [2, 2, 2]), square = session.ones(shape: [3, 3])
        func code<S>(_ array: NDArray<S>) -> ErrorCode? {
            do {
                try array.validated()
                return nil
            } catch { return error.code }
        }
        for array in [
            wide.cholesky(), wide.inverse(), wide.determinant(), wide.lu().lower, wide.lu().upper, wide.matrixPower(2), wide.eigh().vectors,
            wide.solve(session.ones(shape: [2])), square.solve(session.ones(shape: [2])), square.solve(cube), cube.qr().q, cube.qr().r,
            cube.svd().u, cube.svd().vh, cube.pseudoInverse(), wide.lstsq(session.ones(shape: [2])).solution, square.lstsq(wide).solution,
            square.solveTriangular(wide, lower: true), cube.matrixNorm(), wide.logDeterminant().sign, cube.compressedSVD(rank: 2).u,
        ] { #expect(code(array) == .shapeMismatch) }
        #expect(code(wide.lu().rowOrder) == .shapeMismatch)
        #expect(code(cube.svd().s) == .shapeMismatch)
        #expect(code(wide.eigh().values) == .shapeMismatch)
        #expect(code(session.ones(shape: [0, 3]).matrixNorm(.spectral)) == .invalidArgument)
    }

    @Test("residuals, triangular systems, norms that do not overflow")
    func rest() async throws {
        let session = Session(workers: 2)
        let tall = session.array(Self.elements([20, 3], as: Double.self), chunks: 6)
        let right = session.array(Self.elements([20], as: Double.self, seed: 8), chunks: 7)
        let fit = tall.lstsq(right), distance = try await (tall.matmul(fit.solution) - right).compute().elements
        #expect(abs(try await fit.residuals.item() - distance.reduce(0) { $0 + $1 * $1 }) < 1e-12)
        #expect(fit.singularValues.shape == [3])
        let lower = try await session.array(Self.elements([9, 9], as: Double.self), chunks: 4).lu().lower.compute()
        let triangular = session.array(lower, chunks: 4), side = session.array(Self.elements([9, 5], as: Double.self, seed: 2), chunks: 2)
        #expect(try await largestDifference(triangular.matmul(triangular.solveTriangular(side, lower: true)), side.compute()) < 1e-12)
        let upper = session.array(lower.transposed(), chunks: 4)
        #expect(try await largestDifference(upper.matmul(upper.solveTriangular(side, lower: false)), side.compute()) < 1e-11)
        let huge = session.full(1e300, shape: [4, 4], chunks: 3)
        #expect(try await huge.matrixNorm().item() == 4e300)
        #expect(try await (huge * 0).matrixNorm().item() == 0)
        #expect(try await session.full(Double.nan, shape: [2, 2]).matrixNorm().item().isNaN)
    }

    @Test("without LAPACK: the same factors in Swift")
    func swiftFactors() {
        func check<S: OracleLinear>(_: S.Type) {
            let limit = S.tolerance * 1000
            func close(_ a: DenseArray<S>, _ b: DenseArray<S>, _ comment: Comment) {
                #expect(a.shape == b.shape && zip(a.elements, b.elements).allSatisfy { $0.distance(to: $1) < limit }, comment)
            }
            func product(_ a: DenseArray<S>, _ b: DenseArray<S>) -> DenseArray<S> {
                let result = DenseArray<S>(shape: [a.shape[0], b.shape[1]]) { _ in }
                SwiftProduct.multiply(S.scalarType, a.matrix, b.matrix, into: result.matrix, .set)
                return withExtendedLifetime((a, b)) { result }
            }
            let tall = Self.elements([11, 6], as: S.self)
            let (q, r) = SwiftFactors.qr(tall)
            close(product(q, r), tall, "qr")
            let square = Self.elements([8, 8], as: S.self), work = square.packed()
            let found = SwiftFactors.lu(work.base, 8, 8, 8, 1)
            #expect(found.zeroPivot == 0)
            let lower = DenseArray<S>(repeating: .zeroValue, shape: [8, 8]), upper = lower.packed()
            for row in 0..<8 {
                for column in 0..<8 { (column < row ? lower : upper).base[row * 8 + column] = work[row, column] }
                lower.base[row * 9] = .oneValue
            }
            let order = RowExchanges.order([RowExchanges(first: 0, with: found.exchanges)], rows: 8)
            close(product(lower, upper), DenseArray(order.flatMap { row in (0..<8).map { square[row, $0] } }, shape: [8, 8]), "lu")
            for isLeft in [true, false] {
                let side = isLeft ? Self.elements([8, 3], as: S.self, seed: 4) : Self.elements([3, 8], as: S.self, seed: 4),
                    x = side.packed()
                SwiftFactors.solveTriangular(S.self, upper.matrix, isLower: false, hasUnitDiagonal: false, isOnTheLeft: isLeft, x.matrix)
                close(isLeft ? product(upper, x) : product(x, upper), side, "triangular")
            }
            let definite = DenseArray<S>(shape: [6, 6]) { _ in }
            SwiftProduct.multiply(S.scalarType, tall.matrix.adjoint, tall.matrix, into: definite.matrix, .set)
            let factor = definite.packed()
            #expect(SwiftFactors.cholesky(factor.base, 6, 6) == 0)
            for row in 0..<6 { for column in (row + 1)..<max(6, row + 1) { factor.base[row * 6 + column] = .zeroValue } }
            let again = DenseArray<S>(shape: [6, 6]) { _ in }
            SwiftProduct.multiply(S.scalarType, factor.matrix, factor.matrix.adjoint, into: again.matrix, .set)
            close(again, definite, "cholesky")
            definite.base[14] = .zeroValue - .oneValue
            #expect(SwiftFactors.cholesky(definite.base, 6, 6) == 3)
        }
        check(Double.self)
        check(Float.self)
        check(Complex<Double>.self)
        check(Complex<Float>.self)
    }
}
