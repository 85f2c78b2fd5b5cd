import SheafArray
import SheafCore
import Testing

@Suite("NDArray: element-wise functions agree with NumPy")
struct FunctionOracleTests {
    @Test("floating point", arguments: ["float64", "float32"])
    func floats(dtype: String) async throws {
        for sample in try Oracle.load("functions", as: [FunctionCase].self) where sample.dtype == dtype {
            for (chunk, workers) in [(1000, 1), (13, 2)] {
                let session = Session(workers: workers)
                // NumPy's own vector loops are within 4 ulp as well.
                if dtype == "float64" {
                    try await check(sample, Double.self, chunk, session, 8 * Double.ulpOfOne)
                } else {
                    try await check(sample, Float.self, chunk, session, 8 * Double(Float.ulpOfOne))
                }
                await session.close()
            }
        }
    }

    private func check<Scalar: TestScalar & ArrayFloat>(
        _ sample: FunctionCase, _: Scalar.Type, _ chunk: Int, _ session: Session, _ tolerance: Double
    ) async throws {
        let a = session.array(sample.a.map { Scalar(testValue: $0) }, chunks: .uniform(chunk))
        let b = session.array(sample.b.map { Scalar(testValue: $0) }, chunks: .uniform(chunk + 4))
        for answer in sample.answers {
            guard let outcome = try await evaluate(answer.name, a, b) else {
                Issue.record("\(answer.name) is not tested")
                continue
            }
            #expect(outcome.values.count == answer.values.count)
            // log1p(exp(x)) is as exact as its parts only.
            let relative = answer.name.hasPrefix("logAddExp") ? tolerance * 4 : tolerance
            for (index, pair) in zip(outcome.values, answer.values).enumerated() {
                #expect(
                    agree(pair.0, pair.1, relative: relative),
                    "\(answer.name)(\(sample.a[index]), \(sample.b[index])) of \(sample.dtype) is \(pair.0), not \(pair.1)")
            }
        }
    }

    private func evaluate<Scalar: TestScalar & ArrayFloat>(
        _ name: String, _ a: NDArray<Scalar>, _ b: NDArray<Scalar>
    ) async throws -> Outcome? {
        switch name {
        case "exp": try await a.exp().outcome()
        case "exp2": try await a.exp2().outcome()
        case "expm1": try await a.expm1().outcome()
        case "log": try await a.log().outcome()
        case "log2": try await a.log2().outcome()
        case "log10": try await a.log10().outcome()
        case "log1p": try await a.log1p().outcome()
        case "cubeRoot": try await a.cubeRoot().outcome()
        case "squareRoot": try await a.sqrt().outcome()
        case "square": try await a.square().outcome()
        case "sin": try await a.sin().outcome()
        case "cos": try await a.cos().outcome()
        case "tan": try await a.tan().outcome()
        case "asin": try await a.asin().outcome()
        case "acos": try await a.acos().outcome()
        case "atan": try await a.atan().outcome()
        case "sinh": try await a.sinh().outcome()
        case "cosh": try await a.cosh().outcome()
        case "tanh": try await a.tanh().outcome()
        case "asinh": try await a.asinh().outcome()
        case "acosh": try await a.acosh().outcome()
        case "atanh": try await a.atanh().outcome()
        case "floor": try await a.floor().outcome()
        case "ceil": try await a.ceil().outcome()
        case "truncated": try await a.truncated().outcome()
        case "reciprocal": try await a.reciprocal().outcome()
        case "degrees": try await a.degrees().outcome()
        case "radians": try await a.radians().outcome()
        case "rounded": try await a.rounded().outcome()
        case "rounded2": try await a.rounded(decimals: 2).outcome()
        case "rounded-1": try await a.rounded(decimals: -1).outcome()
        case "abs": try await a.abs().outcome()
        case "sign": try await a.sign().outcome()
        case "isNaN": try await a.isNaN().outcome()
        case "isInfinite": try await a.isInfinite().outcome()
        case "isFinite": try await a.isFinite().outcome()
        case "nanToNumber": try await a.nanToNumber().outcome()
        case "power3": try await a.power(3 as Scalar).outcome()
        case "power2.5": try await a.power(Scalar(doubleValue: 2.5)).outcome()
        case "power-2": try await a.power(-2 as Scalar).outcome()
        case "clip": try await a.clip(min: -1, max: 2).outcome()
        default: try await evaluateTwo(name, a, b)
        }
    }

    private func evaluateTwo<Scalar: TestScalar & ArrayFloat>(
        _ name: String, _ a: NDArray<Scalar>, _ b: NDArray<Scalar>
    ) async throws -> Outcome? {
        switch name {
        case "atan2": try await a.atan2(b).outcome()
        case "hypot": try await a.hypot(b).outcome()
        case "power": try await a.power(b).outcome()
        case "remainder": try await a.remainder(dividingBy: b).outcome()
        case "truncatingRemainder": try await a.truncatingRemainder(dividingBy: b).outcome()
        case "floorDivided": try await a.floorDivided(by: b).outcome()
        case "copySign": try await a.copySign(of: b).outcome()
        case "logAddExp": try await a.logAddExp(b).outcome()
        case "logAddExp2": try await a.logAddExp2(b).outcome()
        case "minimum": try await a.minimum(b).outcome()
        case "maximum": try await a.maximum(b).outcome()
        case "minimumNumber": try await a.minimumNumber(b).outcome()
        case "maximumNumber": try await a.maximumNumber(b).outcome()
        case "nextAfter": try await a.nextAfter(towards: b).outcome()
        case "isClose": try await a.isClose(to: b).outcome()
        default: nil
        }
    }

    @Test("integers")
    func integers() async throws {
        for sample in try Oracle.load("functions", as: [FunctionCase].self) where !sample.dtype.hasPrefix("float") {
            for (chunk, workers) in [(1000, 1), (7, 2)] {
                let session = Session(workers: workers)
                switch sample.dtype {
                case "int64": try await check(sample, Int.self, chunk, session)
                case "int32": try await check(sample, Int32.self, chunk, session)
                case "int16": try await check(sample, Int16.self, chunk, session)
                case "int8": try await check(sample, Int8.self, chunk, session)
                case "uint64": try await check(sample, UInt64.self, chunk, session)
                case "uint8": try await check(sample, UInt8.self, chunk, session)
                default: Issue.record("no such type: \(sample.dtype)")
                }
                await session.close()
            }
        }
    }

    private func check<Scalar: TestScalar & ArrayInteger>(
        _ sample: FunctionCase, _: Scalar.Type, _ chunk: Int, _ session: Session
    ) async throws {
        func array(_ values: [Double]) -> NDArray<Scalar> { session.array(values.map { Scalar(testValue: $0) }, chunks: .uniform(chunk)) }
        let a = array(sample.a), b = array(sample.b), shift = array(sample.shift ?? []), exponents = array(sample.exponents ?? [])
        for answer in sample.answers {
            let outcome: Outcome? =
                switch answer.name {
                case "abs": try await a.abs().outcome()
                case "sign": try await a.sign().outcome()
                case "square": try await a.square().outcome()
                case "not": try await (~a).outcome()
                case "remainder": try await a.remainder(dividingBy: b).outcome()
                case "truncatingRemainder": try await a.truncatingRemainder(dividingBy: b).outcome()
                case "minimum": try await a.minimum(b).outcome()
                case "maximum": try await a.maximum(b).outcome()
                case "and": try await (a & b).outcome()
                case "or": try await (a | b).outcome()
                case "xor": try await (a ^ b).outcome()
                case "/": try await (a / b).outcome()
                case "power": try await a.power(exponents).outcome()
                case "<<": try await (a << shift).outcome()
                case ">>": try await (a >> shift).outcome()
                default: nil
                }
            #expect(outcome?.values == answer.values, "\(answer.name) of \(sample.dtype)")
        }
    }
}
