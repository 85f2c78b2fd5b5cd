import ComplexModule
import SheafCore
import SheafLocal
import Testing

@testable import SheafArray

@Suite("Products of arrays")
struct ProductTests {
    static let cases = LinearCase.of("matmul", "dot", "outer", "tensorDot", "vdot", "einsum")

    @Test("as NumPy's, in any chunks and with any number of workers", arguments: cases)
    func oracle(_ test: LinearCase) async throws {
        switch test.inputs[0].dtype {
        case "float64": try await check(test, Double.self)
        case "float32": try await check(test, Float.self)
        case "complex128": try await check(test, Complex<Double>.self)
        case "complex64": try await check(test, Complex<Float>.self)
        case "int16": try await check(test, Int16.self)
        case "int32": try await check(test, Int32.self)
        case "int64": try await check(test, Int.self)
        case "uint8": try await check(test, UInt8.self)
        default: Issue.record("an unknown type: \(test)")
        }
    }

    private func check<S: OracleScalar>(_ test: LinearCase, _: S.Type) async throws {
        for (workers, chunk) in sessionsAndChunks {
            let session = Session(workers: workers)
            let inputs: [NDArray<S>] = test.inputs.map { session.chunked($0, chunk) }
            let result =
                switch test.operation {
                case "matmul": inputs[0].matmul(inputs[1])
                case "dot": inputs[0].dot(inputs[1])
                case "outer": inputs[0].outer(inputs[1])
                case "tensorDot": inputs[0].tensorDot(inputs[1], axes: (test.options.axes![0], test.options.axes![1]))
                case "einsum": session.einsum(test.options.subscripts!, inputs)
                default: try vdot(inputs)
                }
            let expected = test.result.dense(as: S.self)
            #expect(result.shape == expected.shape, "\(test)")
            expectClose(try await result.compute(), expected, factor: 4, "\(test), chunks of \(chunk)")
        }
    }

    private func vdot<S: OracleScalar>(_ inputs: [NDArray<S>]) throws -> NDArray<S> {
        if let inputs = inputs as? [NDArray<Double>] { return try #require(inputs[0].vdot(inputs[1]) as? NDArray<S>) }
        let complex = try #require(inputs as? [NDArray<Complex<Double>>])
        return try #require(complex[0].vdot(complex[1]) as? NDArray<S>)
    }

    @Test("shapes that do not fit are told with both shapes and the line")
    func mismatch() async throws {
        let session = Session(workers: 1)
        let a = session.ones(shape: [3, 4]), b = session.ones(shape: [5, 2])
        #expect {
            try a.matmul(b).validated()
        } throws: { error in
            guard let problem = error as? PlanError else { return false }
            return problem.code == .shapeMismatch && problem.message.contains("[3, 4]") && problem.message.contains("[5, 2]")
                && "\(problem.location as Any)".contains("ProductTests")
        }
        func code(_ body: @autoclosure () throws -> NDArray<Double>) -> ErrorCode? {
            do {
                try body().validated()
                return nil
            } catch { return (error as? PlanError)?.code }
        }
        #expect(code(session.ones(shape: [2, 3, 4]).matmul(session.ones(shape: [3, 4, 5]))) == .shapeMismatch)
        #expect(code(session.ones(shape: []).matmul(a)) == .invalidArgument)
        #expect(code(a.dot(b)) == .shapeMismatch)
        #expect(code(a.vdot(b)) == .shapeMismatch)
        #expect(code(a.tensorDot(b, axes: ([0], [7]))) == .invalidArgument)
        #expect(code(a.tensorDot(b, axes: ([0], [0]))) == .shapeMismatch)
        #expect(code(a.tensorDot(b, axes: 3)) == .invalidArgument)
        #expect(code(session.einsum("ij,jk->ik", a, b)) == .shapeMismatch)
        #expect(code(session.einsum("ij->ik", a)) == .invalidArgument)
        #expect(code(session.einsum("ij,jk->ik", a)) == .invalidArgument)
        #expect(code(session.einsum("i1->i", a)) == .invalidArgument)
        #expect(code(session.einsum("ijk->i", a)) == .invalidArgument)
        #expect(code(a.matmul(b).matmul(b)) == .shapeMismatch)
    }

    @Test("a transposed array, a column of a larger one, fused operations")
    func views() async throws {
        let session = Session(workers: 2)
        let dense = DenseArray((0..<60).map { Double($0 % 11) - 3 }, shape: [10, 6])
        let x = session.array(dense, chunks: 4)
        let transposed = NDArray<Double>(session, x.node.permuted([1, 0], as: Double.self, location: x.node.location))
        let square = try await (x * 2 + 1).matmul(transposed - 1).compute()
        for row in 0..<10 {
            for column in 0..<10 {
                let expected = (0..<6).reduce(0) { $0 + (dense[row, $1] * 2 + 1) * (dense[column, $1] - 1) }
                #expect(abs(square[row, column] - expected) < 1e-12)
            }
        }
        let every = session.array(dense.viewed(shape: [5, 3], strides: [12, 2]), chunks: 3)
        let product = try await every.matmul(
            every.matmul(session.ones(shape: [3, 2]))
                .matmul(session.ones(shape: [2, 3]).matmul(session.ones(shape: [3, 3])))
                .matmul(session.ones(shape: [3, 1])).dot(session.ones(shape: [1]))
                .outer(session.ones(shape: [3])).matmul(session.ones(shape: [3]))
                .dot(session.ones(shape: [5])) * session.ones(shape: [3])
        ).compute()
        #expect(product.shape == [5])
    }

    @Test("a budget too small for all inputs of a chunk")
    func smallBudget() async throws {
        let small = Session(workers: 2, memory: 1 << 16), large = Session(workers: 2)
        let elements = (0..<(64 * 512)).map { Double($0 % 17) - 8 }
        func product(_ session: Session) -> NDArray<Double> {
            let a = session.array(elements, shape: [64, 512], chunks: [64, 16])
            return a.matmul(session.array(elements, shape: [512, 64], chunks: [16, 64]))
        }
        #expect(try await product(small).compute() == product(large).compute())
    }

    @Test("the kernel in Swift multiplies as BLAS does, whatever the sizes and strides")
    func swiftKernel() throws {
        func check<S: OracleScalar>(_: S.Type, _ make: (Int) -> S) throws {
            for (m, k, n) in [(1, 1, 1), (3, 5, 2), (17, 33, 9), (66, 260, 9), (5, 3, 515), (65, 1, 66), (4, 0, 4)] {
                let a = DenseArray((0..<(m * k)).map(make), shape: [k, m]).transposed(),
                    b = DenseArray((0..<(k * n)).map(make), shape: [k, n])
                let mine = DenseArray<S>(repeating: make(3), shape: [m, n]), theirs = mine.packed()
                var (left, right) = (a.matrix, b.matrix)
                left.isConjugated = true
                right.isConjugated = m == 17
                for mode in [MatrixProduct.Mode.set, .add, .subtract] {
                    SwiftProduct.multiply(S.scalarType, left, right, into: mine.matrix, mode)
                    try MatrixProduct.multiply(S.scalarType, left, right, into: theirs.matrix, mode)
                }
                withExtendedLifetime((a, b)) { expectClose(mine, theirs, factor: 10, "\(S.self) \(m) \(k) \(n)") }
            }
        }
        try check(Double.self) { Double($0 % 13) - 5.5 }
        try check(Float.self) { Float($0 % 13) - 5.5 }
        try check(Complex<Double>.self) { Complex(Double($0 % 13) - 5.5, Double($0 % 7)) }
        try check(Complex<Float>.self) { Complex(Float($0 % 13) - 5.5, Float($0 % 7)) }
    }

    @Test("the library in use is named")
    func status() {
        let status = LinearLibraries.check()
        #expect(status.map(\.name) == ["BLAS", "FFTW"])
        for library in status { #expect(library.isFound == (library.hint == nil)) }
    }
}
