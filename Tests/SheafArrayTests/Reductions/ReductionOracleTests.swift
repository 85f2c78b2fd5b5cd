import SheafArray
import SheafCore
import Testing

@Suite("NDArray: reductions agree with NumPy")
struct ReductionOracleTests {
    /// Chunk sizes for every axis, and workers.
    static let settings = [(100, 1), (2, 2), (3, 3), (1, 2)]

    @Test("reductions, scans, order statistics", arguments: try Oracle.load("reductions", as: [ReductionCase].self).indices)
    func reductions(index: Int) async throws {
        let sample = try Oracle.load("reductions", as: [ReductionCase].self)[index]
        for (chunk, workers) in Self.settings {
            let session = Session(workers: workers)
            switch sample.dtype {
            case "float64": try await check(sample, chunk, 1e-12) { try await floats(array(sample, Double.self, chunk, session), $0) }
            case "float32": try await check(sample, chunk, 1e-5) { try await floats(array(sample, Float.self, chunk, session), $0) }
            case "int64": try await check(sample, chunk, 1e-14) { try await integers(array(sample, Int.self, chunk, session), $0) }
            case "int32": try await check(sample, chunk, 1e-14) { try await integers(array(sample, Int32.self, chunk, session), $0) }
            case "uint8": try await check(sample, chunk, 1e-14) { try await integers(array(sample, UInt8.self, chunk, session), $0) }
            case "bool": try await check(sample, chunk, 1e-14) { try await bools(array(sample, Bool.self, chunk, session), $0) }
            default: Issue.record("no such type: \(sample.dtype)")
            }
            await session.close()
        }
    }

    private func array<Scalar: TestScalar>(
        _ sample: ReductionCase, _: Scalar.Type, _ chunk: Int, _ session: Session
    ) -> NDArray<Scalar> {
        session.array(sample.input.map { Scalar(testValue: $0) }, shape: sample.shape, chunks: .uniform(chunk))
    }

    private func check(
        _ sample: ReductionCase, _ chunk: Int, _ tolerance: Double, _ evaluate: (ReductionCase.Answer) async throws -> Outcome?
    ) async throws {
        for answer in sample.answers {
            guard let outcome = try await evaluate(answer) else {
                Issue.record("\(answer.name) is not tested")
                continue
            }
            let place = "\(answer.name) of \(sample.dtype) \(sample.shape), axes \(answer.axes ?? []), chunks of \(chunk)"
            #expect(outcome.shape == answer.shape, "\(place)")
            let agrees = zip(outcome.values, answer.values)
                .allSatisfy { agree($0, $1, relative: tolerance, absolute: answer.name == "moment3" ? tolerance * 100 : tolerance) }
            #expect(agrees && outcome.values.count == answer.values.count, "\(place): \(outcome.values) for \(answer.values)")
        }
    }

    private func floats<Scalar: TestScalar & ArrayFloat>(_ x: NDArray<Scalar>, _ answer: ReductionCase.Answer) async throws -> Outcome? {
        let axes = answer.axes, keep = answer.keep, axis = axes?.first
        if answer.name.hasPrefix("quantile ") {
            guard let method = QuantileMethod(rawValue: String(answer.name.dropFirst(9))) else { return nil }
            return try await x.quantile([0, 0.3, 0.5, 0.85, 1], axes: axes, method: method).outcome()
        }
        switch answer.name {
        case "sum": return try await (x.sum(axes: axes, keepingDimensions: keep) as NDArray<Scalar>).outcome()
        case "product": return try await (x.product(axes: axes, keepingDimensions: keep) as NDArray<Scalar>).outcome()
        case "mean": return try await (x.mean(axes: axes, keepingDimensions: keep) as NDArray<Scalar>).outcome()
        case "variance": return try await x.variance(axes: axes, keepingDimensions: keep).outcome()
        case "variance1": return try await x.variance(axes: axes, correction: 1, keepingDimensions: keep).outcome()
        case "standardDeviation": return try await x.standardDeviation(axes: axes, keepingDimensions: keep).outcome()
        case "l1": return try await x.norm(.l1, axes: axes, keepingDimensions: keep).outcome()
        case "l2": return try await x.norm(axes: axes, keepingDimensions: keep).outcome()
        case "infinityNorm": return try await x.norm(.infinity, axes: axes, keepingDimensions: keep).outcome()
        case "moment3": return try await x.moment(3, axes: axes, keepingDimensions: keep).outcome()
        case "median": return try await x.median(axes: axes, keepingDimensions: keep).outcome()
        case "nanMedian": return try await x.nanMedian(axes: axes, keepingDimensions: keep).outcome()
        case "nanSum": return try await x.nanSum(axes: axes, keepingDimensions: keep).outcome()
        case "nanProduct": return try await x.nanProduct(axes: axes, keepingDimensions: keep).outcome()
        case "nanMean": return try await x.nanMean(axes: axes, keepingDimensions: keep).outcome()
        case "nanMin": return try await x.nanMin(axes: axes, keepingDimensions: keep).outcome()
        case "nanMax": return try await x.nanMax(axes: axes, keepingDimensions: keep).outcome()
        case "nanVariance": return try await x.nanVariance(axes: axes, keepingDimensions: keep).outcome()
        case "nanStandardDeviation": return try await x.nanStandardDeviation(axes: axes, keepingDimensions: keep).outcome()
        case "nanArgMin": return try await x.nanArgMin(axis: axis).outcome()
        case "nanArgMax": return try await x.nanArgMax(axis: axis).outcome()
        case "cumulativeSum": return try await (x.cumulativeSum(axis: axis ?? 0) as NDArray<Scalar>).outcome()
        case "cumulativeProduct": return try await (x.cumulativeProduct(axis: axis ?? 0) as NDArray<Scalar>).outcome()
        case "nanCumulativeSum": return try await x.nanCumulativeSum(axis: axis ?? 0).outcome()
        default: return try await ordered(x, answer)
        }
    }

    private func integers<Scalar: TestScalar & ArrayInteger>(
        _ x: NDArray<Scalar>, _ answer: ReductionCase.Answer
    ) async throws -> Outcome? where Scalar.Sum: TestScalar {
        let axes = answer.axes, keep = answer.keep
        switch answer.name {
        case "sum": return try await x.sum(axes: axes, keepingDimensions: keep).outcome()
        case "product": return try await x.product(axes: axes, keepingDimensions: keep).outcome()
        case "mean": return try await (x.mean(axes: axes, keepingDimensions: keep) as NDArray<Double>).outcome()
        case "variance": return try await x.variance(axes: axes, keepingDimensions: keep).outcome()
        case "variance1": return try await x.variance(axes: axes, correction: 1, keepingDimensions: keep).outcome()
        case "standardDeviation": return try await x.standardDeviation(axes: axes, keepingDimensions: keep).outcome()
        case "median": return try await x.median(axes: axes, keepingDimensions: keep).outcome()
        case "cumulativeSum": return try await x.cumulativeSum(axis: axes?.first ?? 0).outcome()
        case "cumulativeProduct": return try await x.cumulativeProduct(axis: axes?.first ?? 0).outcome()
        default: return try await ordered(x, answer)
        }
    }

    private func ordered<Scalar: TestScalar & ArrayReal>(_ x: NDArray<Scalar>, _ answer: ReductionCase.Answer) async throws -> Outcome? {
        let axes = answer.axes, keep = answer.keep, axis = axes?.first
        switch answer.name {
        case "min": return try await x.min(axes: axes, keepingDimensions: keep).outcome()
        case "max": return try await x.max(axes: axes, keepingDimensions: keep).outcome()
        case "peakToPeak": return try await x.peakToPeak(axes: axes, keepingDimensions: keep).outcome()
        case "any": return try await x.any(axes: axes, keepingDimensions: keep).outcome()
        case "all": return try await x.all(axes: axes, keepingDimensions: keep).outcome()
        case "countNonZero": return try await x.countNonZero(axes: axes, keepingDimensions: keep).outcome()
        case "argMin": return try await x.argMin(axis: axis).outcome()
        case "argMax": return try await x.argMax(axis: axis).outcome()
        case "cumulativeMin": return try await x.cumulativeMin(axis: axis ?? 0).outcome()
        case "cumulativeMax": return try await x.cumulativeMax(axis: axis ?? 0).outcome()
        case "topK2": return try await x.topK(2, axis: axis ?? 0).outcome()
        case "topK-2": return try await x.topK(-2, axis: axis ?? 0).outcome()
        case "argTopK2": return try await x.argTopK(2, axis: axis ?? 0).outcome()
        case "argTopK-2": return try await x.argTopK(-2, axis: axis ?? 0).outcome()
        default: return nil
        }
    }

    private func bools(_ x: NDArray<Bool>, _ answer: ReductionCase.Answer) async throws -> Outcome? {
        let axes = answer.axes, keep = answer.keep
        switch answer.name {
        case "sum": return try await x.sum(axes: axes, keepingDimensions: keep).outcome()
        case "mean": return try await x.mean(axes: axes, keepingDimensions: keep).outcome()
        case "any": return try await x.any(axes: axes, keepingDimensions: keep).outcome()
        case "all": return try await x.all(axes: axes, keepingDimensions: keep).outcome()
        case "countNonZero": return try await x.countNonZero(axes: axes, keepingDimensions: keep).outcome()
        default: return nil
        }
    }
}
