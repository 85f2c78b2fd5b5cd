import SheafArray
import SheafCore
import Testing

@Suite("NDArray: reductions of unusual arrays")
struct ReductionEdgeTests {
    @Test("no elements")
    func empty() async throws {
        let session = Session(workers: 2)
        let x = session.zeros(shape: [0, 3], chunks: 2)
        #expect(try await x.product().item() == 1)
        #expect(try await x.variance(axes: [0]).compute().elements.allSatisfy(\.isNaN))
        #expect(try await x.min(axes: [1]).compute().elements == [])
        #expect(try await x.all().item())
        #expect(try await !x.any().item())
        #expect(try await x.countNonZero(axes: [0]).compute().elements == [0, 0, 0])
        #expect(try await x.cumulativeSum(axis: 0).compute().shape == [0, 3])
        #expect(try await x.quantile([0.5], axes: [1]).compute().shape == [1, 0])
        #expect(try await x.topK(2, axis: 0).compute().shape == [0, 3])
        for empty in [x.min(), x.max(axes: [0]), x.peakToPeak(), x.nanMin(), x.median(axes: [0])] {
            #expect(await code { try await empty.compute() } == .invalidArgument)
        }
        #expect(await code { try await x.argMin().compute() } == .invalidArgument)
        await session.close()
    }

    @Test("one element, and no axes")
    func scalars() async throws {
        let session = Session(workers: 1)
        let x = session.full(3.0, shape: [])
        #expect(try await x.variance().item() == 0)
        #expect(try await x.argMax().item() == 0)
        #expect(try await x.min().item() == 3)
        #expect(try await x.median().item() == 3)
        let table = session.arange(0, 6, chunks: 4).cast(to: Double.self)
        #expect(try await table.max(axes: []).compute().elements == [0, 1, 2, 3, 4, 5])
        #expect(try await table.variance(correction: 6).item() == Double.infinity)
        #expect(try await table.variance(axes: []).compute().elements == [0, 0, 0, 0, 0, 0])
        await session.close()
    }

    @Test("NaN and infinities")
    func odd() async throws {
        let session = Session(workers: 2)
        let x = session.array([1, Double.nan, -.infinity, 4, .nan, .infinity], shape: [2, 3], chunks: [1, 2])
        for result in [x.min(), x.max(), x.peakToPeak()] { #expect(try await result.item().isNaN) }
        for (result, place) in [(x.argMin(), 1), (x.argMax(), 1), (x.nanArgMin(), 2), (x.nanArgMax(), 5)] {
            #expect(try await result.item() == place)
        }
        #expect(same(try await x.nanMin(axes: [0]).compute().elements, [1.0, .nan, -.infinity]))
        #expect(same(try await x.nanMean(axes: [0]).compute().elements, [2.5, .nan, .nan]))
        #expect(same(try await x.nanVariance(axes: [0], correction: 1).compute().elements, [4.5, .nan, .nan]))
        #expect(same(try await x.variance(axes: [0]).compute().elements, [2.25, .nan, .nan]))
        #expect(same(try await x.nanMedian(axes: [0]).compute().elements, [2.5, .nan, .nan]))
        #expect(try await session.array([1, Double.infinity], chunks: 1).variance().item().isNaN)
        await #expect(throws: TaskError.self) { try await x.nanArgMin(axis: 0).compute() }
        await session.close()
    }

    @Test("first of equal elements, across chunks")
    func ties() async throws {
        let session = Session(workers: 2)
        let x = session.array([5, 1, 7, 1, 7, 1, 7, 5, 1], shape: [3, 3], chunks: [2, 2])
        #expect(try await x.argMin().item() == 1)
        #expect(try await x.argMax().item() == 2)
        #expect(try await x.argMin(axis: 0, keepingDimensions: true).compute().elements == [1, 0, 1])
        #expect(try await x.argMax(axis: 1).compute().elements == [2, 1, 0])
        #expect(try await x.argTopK(2, axis: 1).compute().elements == [2, 0, 1, 0, 0, 1])
        #expect(try await x.argTopK(-5, axis: 0).compute().shape == [3, 3])
        await session.close()
    }

    @Test("integers that overflow wrap around")
    func overflow() async throws {
        let session = Session(workers: 1)
        let x = session.full(Int8(100), shape: [10], chunks: 3)
        #expect(try await x.sum().item() == 1000)
        #expect(try await x.cumulativeSum(axis: 0).compute().elements.last == 1000)
        #expect(try await session.full(Int64.max, shape: [3], chunks: 1).sum().item() == Int64.max - 2)
        #expect(try await session.full(Int64.max, shape: [2], chunks: 1).product().item() == 1)
        #expect(try await session.array([Int8.min, 127]).peakToPeak().item() == -1)
        await session.close()
    }

    @Test("a large mean does not spoil the variance", arguments: [1000, 100_000, 7777])
    func accuracy(chunk: Int) async throws {
        let session = Session(workers: 2)
        // Deviations of ±1 around 1e9; the variance is exactly 1.
        let x = session.array(shape: [100_000], chunks: .uniform(chunk)) { 1e9 + ($0[0] % 2 == 0 ? 1 : -1) }
        let variance = try await x.variance().item()
        #expect(abs(variance - 1) < 1e-9)
        let table = session.array(shape: [5000, 3], chunks: [64, 2]) { 1e9 + ($0[0] % 2 == 0 ? 1 : -1) }
        #expect(try await table.variance(axes: [0]).compute().elements.allSatisfy { abs($0 - 1) < 1e-9 })
        let tenth = session.full(Float(0.1), shape: [1_000_000], chunks: .uniform(chunk))
        let sum = try await (tenth.sum() as NDArray<Float>).item()
        #expect(abs(Double(sum) - 1_000_000 * Double(Float(0.1))) <= 0.05)
        let running = try await (session.full(0.1, shape: [100_000], chunks: .uniform(chunk)).cumulativeSum(axis: 0) as NDArray<Double>)
            .compute().elements
        #expect(abs(running[99_999] - 10_000) < 1e-6)
        await session.close()
    }

    @Test("averages and norms")
    func averages() async throws {
        let session = Session(workers: 2)
        let x = session.arange(0, 6.0, chunks: 4), table = session.array([1.0, 2, 3, 4, 5, 6], shape: [3, 2], chunks: [2, 1])
        #expect(try await x.average(weights: session.array([0.0, 0, 1, 1, 0, 2], chunks: 5)).item() == 15.0 / 4)
        #expect(try await table.average(weights: session.array([1.0, 0, 3], chunks: 2), axes: [0]).compute().elements == [4, 5])
        #expect(
            try await table.average(weights: session.array([1.0, 3]), axes: [1], keepingDimensions: true).compute().elements == [
                1.75, 3.75, 5.75,
            ])
        #expect(try await table.norm().item() == 91.0.squareRoot())
        #expect(try await table.norm(.p(1), axes: [0]).compute().elements == [9, 12])
        #expect(try await table.norm(.negativeInfinity).item() == 1)
        #expect(try await table.norm(.nonZero).item() == 6)
        #expect(try await table.moment(0).item() == 1)
        #expect(try await table.moment(1).item() == 0)
        #expect(await code { try await table.moment(-1).compute() } == .invalidArgument)
        #expect(await code { try await table.average(weights: x).compute() } == .shapeMismatch)
        await session.close()
    }

    @Test("plans that cannot run say why")
    func problems() async throws {
        let session = Session(workers: 1)
        let x = session.zeros(shape: [4, 5], chunks: 2)
        #expect(await code { try await x.min(axes: [2]).compute() } == .invalidArgument)
        #expect(await code { try await x.variance(axes: [0, -2]).compute() } == .invalidArgument)
        #expect(await code { try await x.argMax(axis: -3).compute() } == .invalidArgument)
        #expect(await code { try await x.cumulativeSum(axis: 2).compute() } == .invalidArgument)
        #expect(await code { try await x.quantile(1.5).compute() } == .invalidArgument)
        #expect(await code { try await x.quantile([0.5], axes: [4]).compute() } == .invalidArgument)
        #expect(await code { try await x.topK(0).compute() } == .invalidArgument)
        #expect(await code { try await x.topK(1, axis: 7).compute() } == .invalidArgument)
        #expect(await code { try await x.histogram(.edges([1, 0])).compute() } == .invalidArgument)
        #expect(await code { try await x.histogram(.uniform(0, 0...1)).compute() } == .invalidArgument)
        #expect(await code { try await x.digitize([1, 3, 2]).compute() } == .invalidArgument)
        #expect(await code { try await x.searchSorted(x).compute() } == .shapeMismatch)
        await #expect(throws: TaskError.self) { try await session.array([1, -1]).bincount(length: 3).compute() }
        await session.close()
    }
}

/// Whether elements are the same; NaN is the same as NaN.
private func same(_ a: [Double], _ b: [Double]) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { agree($0, $1, relative: 0) }
}

/// The code of the ``PlanError`` that some work throws.
func code(_ body: () async throws -> some Any) async -> ErrorCode? {
    do {
        _ = try await body()
        return nil
    } catch {
        return (error as? PlanError)?.code
    }
}
