import ComplexModule
import RealModule
import SheafCore
import SheafLocal
import Testing

@testable import SheafArray

@Suite("Fourier transforms")
struct FourierTests {
    static let cases = LinearCase.of(
        "fft", "ifft", "rfft", "irfft", "fft2", "ifft2", "fftn", "ifftn", "fftFrequencies", "rfftFrequencies", "fftShift", "ifftShift")

    @Test("as NumPy's, in any chunks and with any number of workers", arguments: cases)
    func oracle(_ test: LinearCase) async throws {
        for (workers, chunk) in sessionsAndChunks {
            let session = Session(workers: workers), options = test.options, axis = options.axis ?? -1
            let comment: Comment = "\(test), chunks of \(chunk)"
            func expect<S: OracleScalar>(_ array: NDArray<S>) async throws {
                #expect(array.shape == test.result.shape, comment)
                expectClose(try await array.compute(), test.result.dense(as: S.self), factor: 20, comment)
            }
            func complex() -> NDArray<Complex<Double>> { session.chunked(test.inputs[0], chunk) }
            func real() -> NDArray<Double> { session.chunked(test.inputs[0], chunk) }
            switch (test.operation, test.inputs.first?.dtype) {
            case ("fft", "complex64"):
                let single: NDArray<Complex<Float>> = session.chunked(test.inputs[0], chunk)
                try await expect(single.fft())
            case ("fft", _): try await expect(complex().fft(count: options.n, axis: axis))
            case ("ifft", _): try await expect(complex().ifft(count: options.n, axis: axis))
            case ("rfft", _): try await expect(real().rfft(count: options.n, axis: axis))
            case ("irfft", _): try await expect(complex().irfft(count: options.n, axis: axis))
            case ("fft2", _): try await expect(complex().fft2())
            case ("ifft2", _): try await expect(complex().ifft2())
            case ("fftn", _): try await expect(complex().fftn())
            case ("ifftn", _): try await expect(complex().ifftn())
            case ("fftShift", _): try await expect(real().fftShift())
            case ("ifftShift", _): try await expect(real().ifftShift())
            case ("fftFrequencies", _):
                try await expect(session.fftFrequencies(options.n!, spacing: options.spacing!, chunks: .uniform(chunk)))
            case ("rfftFrequencies", _):
                try await expect(session.rfftFrequencies(options.n!, spacing: options.spacing!, chunks: .uniform(chunk)))
            default: Issue.record("an unknown operation: \(test)")
            }
        }
    }

    /// The error of a transform in Swift against sums in higher precision, relative to the root of the mean square, in units of 2⁻⁵³.
    private func error(_ count: Int, isInverse: Bool) -> Double {
        let plan = FFTPlan<Double>(count, isInverse: isInverse, allowsLibrary: false)
        let source = (0..<(2 * count)).map { counterNormal(7, UInt64($0)) }
        var line = source, work = [Double](repeating: 0, count: 2 * plan.workCount)
        plan.transform(&line, &work)
        var worst = 0.0, squares = 0.0
        for k in stride(from: 0, to: count, by: max(count / 50, 1)) {
            var re = CompensatedSum<Double>.zero, im = CompensatedSum<Double>.zero
            for j in 0..<count {
                let angle = 2 * Double.pi * Double(j * k % count) / Double(count) * (isInverse ? 1 : -1)
                let (c, s) = (Double.cos(angle), Double.sin(angle))
                re.add(source[2 * j] * c - source[2 * j + 1] * s)
                im.add(source[2 * j] * s + source[2 * j + 1] * c)
            }
            worst = max(worst, abs(line[2 * k] - re.total), abs(line[2 * k + 1] - im.total))
            squares = max(squares, re.total * re.total + im.total * im.total)
        }
        return worst / squares.squareRoot() / 0x1p-53
    }

    @Test(
        "the transform in Swift is accurate for every kind of length",
        arguments: [1, 2, 3, 4, 5, 6, 8, 9, 49, 62, 121, 127, 128, 360, 509, 1000, 1021, 2048, 2187])
    func accuracy(count: Int) {
        #expect(error(count, isInverse: false) < 30)
        #expect(error(count, isInverse: true) < 30)
    }

    @Test("forth and back, along any axis, with any normalisation")
    func roundTrip() async throws {
        let session = Session(workers: 2)
        let dense = DenseArray((0..<(6 * 7 * 8)).map { counterNormal(3, UInt64($0)) }, shape: [6, 7, 8])
        let x = session.array(dense, chunks: 3)
        for normalization in [FourierNormalization.backward, .orthonormal, .forward] {
            for axis in 0..<3 {
                let back = try await x.rfft(axis: axis, normalization: normalization)
                    .irfft(count: dense.shape[axis], axis: axis, normalization: normalization).compute()
                #expect(back.shape == dense.shape && zip(back.elements, dense.elements).allSatisfy { abs($0 - $1) < 1e-14 })
            }
            let there = x.fftn(normalization: normalization).ifftn(normalization: normalization)
            #expect(zip(try await there.compute().elements, dense.elements).allSatisfy { ($0 - Complex($1)).length < 1e-14 })
        }
        let single = session.array(DenseArray(dense.elements.map { Float($0) }, shape: [6, 56]), chunks: 5)
        #expect(zip(try await single.rfft().irfft().compute().elements, dense.elements).allSatisfy { abs(Double($0) - $1) < 1e-5 })
        #expect(try await x.fftShift(axes: [1]).ifftShift(axes: [1]).compute() == dense)
        // The energy is the same on both sides.
        let energy = try await x.vdot(x).item(), spectrum = x.fftn(normalization: .orthonormal)
        #expect(abs(try await spectrum.vdot(spectrum).item().real - energy) < 1e-11)
    }

    @Test("axes and lengths that do not exist")
    func wrong() {
        let x = Session(workers: 1).ones(shape: [3, 4])
        #expect(throws: PlanError.self) { try x.fft(axis: 2).validated() }
        #expect(throws: PlanError.self) { try x.fft(count: 0).validated() }
        #expect(throws: PlanError.self) { try x.fftn(axes: [0, 0]).validated() }
        #expect(throws: PlanError.self) { try x.fftShift(axes: [5]).validated() }
        #expect(throws: PlanError.self) { try Session(workers: 1).ones(shape: []).fft().validated() }
        #expect(throws: PlanError.self) { try Session(workers: 1).ones(shape: [0]).fft().validated() }
    }
}
