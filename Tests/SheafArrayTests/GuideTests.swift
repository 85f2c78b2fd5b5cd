import Foundation
import SheafCore
import SheafLocal
import Testing

@testable import SheafArray

/// The code of Sources/SheafArray/SheafArray.docc/ForNumPyAndDaskUsers.md, section by section.
@Suite("The guide for NumPy and Dask users")
struct GuideTests {
    let session = Session(workers: 2)
    var x: NDArray<Double> { session.array((0..<24).map { Double($0) - 7 }, shape: [6, 4], chunks: [4, 3]) }

    @Test func making() throws {
        let a = DenseArray(repeating: 1.0, shape: [200, 200])
        let table: NDArray<Int> = session.array(shape: [3, 3]) { $0[0] + $0[1] }
        #expect(table.shape == [3, 3])
        #expect(session.zeros(shape: [3, 4]).shape == [3, 4] && session.ones(Float.self, shape: [5]).shape == [5])
        #expect(session.full(7, shape: [2, 2]).shape == [2, 2] && session.arange(0, 10, step: 2).shape == [5])
        #expect(session.linspace(0.0, 1, count: 11).shape == [11] && session.eye(Double.self, 3).shape == [3, 3])
        #expect(session.array(a, chunks: [100, 100]).grid.count == 4)
        #expect(session.random.normal(mean: 3, standardDeviation: 2, shape: [1000], seed: 1).shape == [1000])
        #expect(session.random.integers(in: 0..<10, shape: [1000], seed: 1).shape == [1000])
        #expect(session.random.permutation(100, seed: 1).shape == [100])
    }

    @Test func elements() async throws {
        let x = x, y = x + 1
        let length = (x * x + y * y).sqrt()
        #expect(try await length.compute().shape == [6, 4])
        #expect(try await (x .> 0).select(x, 0).min().item() == 0)
        #expect(try await x.clip(min: -1, max: 1).max().item() == 1)
        let mask = (x .> 0) .& .!y.isNaN()
        #expect(try await mask.countNonZero().item() == 16)
        #expect(try await x.cast(to: Float.self).mapChunks { chunk, _ in chunk }.compute().shape == [6, 4])
        #expect(try await x.map { value in Int(value) }.sum().item() == 108)
    }

    @Test func reductions() async throws {
        let x = x
        #expect(try await x.sum(axes: [0]).compute().shape == [4])
        #expect(try await x.mean(axes: [0, 1], keepingDimensions: true).compute().shape == [1, 1])
        #expect(try await x.standardDeviation(correction: 1).item() > 7)
        #expect(try await x.argMax(axis: 1).compute().elements == [3, 3, 3, 3, 3, 3])
        #expect(try await x.cumulativeSum(axis: 0).compute().shape == [6, 4])
        #expect(try await x.percentile(90).item() > 13)
        #expect(try await x.topK(2).compute().shape == [6, 2])
        #expect(try await x.nanMean().item() == 4.5)
    }

    @Test func shapes() async throws {
        let x = x, mask = x .> 3, a = x, b = x
        #expect(x[2..<5, .range(step: 2)].shape == [3, 2])
        #expect(x[.ellipsis, -1].shape == [6])
        #expect(x[.all, .newAxis].shape == [6, 1, 4])
        #expect(x[.range(step: -1)].shape == [6, 4])
        #expect(x.take([3, 1, 2]).shape == [3, 4])
        #expect(try await x.selected(where: mask).shape == [13])
        #expect(x.reshaped(to: [4, -1]).shape == [4, 6])
        #expect(x.transposed().shape == [4, 6])
        #expect(session.concatenate([a, b], axis: 1).shape == [6, 8])
        #expect(session.stack([a, b]).shape == [2, 6, 4])
        #expect(x.rechunked([500, 500]).chunks == [[6], [4]])
        let same: NDArray<Double> = x.mapOverlap(depth: 1, boundary: .reflect) { chunk, output in
            output.initialize(repeating: chunk.array[0, 0])
        }
        #expect(try await same.compute().shape == [6, 4])
    }

    @Test func linear() {
        let a = x, b = x.transposed(), square = session.eye(Double.self, 4)
        #expect(a.matmul(b).shape == [6, 6])
        #expect(a.tensorDot(b, axes: 1).shape == [6, 6])
        #expect(session.einsum("ij,jk->ik", a, b).shape == [6, 6])
        let (q, r) = a.qr()
        #expect(q.shape == [6, 4] && r.shape == [4, 4])
        let parts = a.svd()
        #expect(parts.s.shape == [4])
        #expect(a.compressedSVD(rank: 2, seed: 1).s.shape == [2])
        #expect(square.solve(b).shape == [4, 6])
    }

    @Test func normalised() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("sheaf-guide-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("normalised.npy").path
        try await ((x - x.mean(axes: [0])) / x.standardDeviation(axes: [0])).write(npy: file)
        #expect(try await session.array(npy: file, as: Double.self).standardDeviation().item() > 0.999)
    }
}
