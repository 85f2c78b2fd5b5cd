import SheafCore
import Testing

@testable import SheafArray

@Suite("Tile programs")
struct TileProgramTests {
    @Test("a product that only one sum uses is computed with it; one that is used twice is not")
    func productsInSums() {
        let session = Session(workers: 1)
        func steps(_ array: NDArray<Double>) -> Int { TileProgram(array.node) { $0.kernel == nil }.steps.count }
        let x = session.array([1.0, 2, 3]), y = session.array([4.0, 5, 6])
        #expect(steps(x * x + 10) == 1)
        #expect(steps(10 + x * y) == 1)
        #expect(steps(x * x - 10) == 2)
        let product = x * y
        #expect(steps(product + product) == 2)
        #expect(steps((product + 1) * product) == 3)
        #expect(steps(x * x + y * y) == 2)
    }

    @Test("and gives the same as one after the other, for all kinds of scalars")
    func sameResult() async throws {
        let session = Session(workers: 2)
        let x = session.random.uniform(shape: [3000], chunks: 700, seed: 1), y = session.random.uniform(shape: [3000], chunks: 999, seed: 2)
        let together = try await (x * y + x).compute(), product = try await (x * y).persist()
        #expect(together == (try await (product + x).compute()))
        let i = session.arange(0, 3000, chunks: 501)
        #expect(try await (i * i + i).compute().elements == (0..<3000).map { $0 * $0 + $0 })
    }
}
