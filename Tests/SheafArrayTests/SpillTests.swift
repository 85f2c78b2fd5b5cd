import SheafArray
import SheafCore
import SheafLocal
import Testing

@Suite("Chunks on disk")
struct SpillTests {
    /// Writes a chunk, reads it back, and compares it.
    private func comesBack<T: Sendable & Equatable>(_ chunk: DenseArray<T>, bytesOnDisk: Int, _ comment: Comment) throws {
        let file = SpillFile()
        let form = try #require(try TypedValue(chunk).writeOut(to: file))
        #expect(form.extent.count == bytesOnDisk, comment)
        let back = try #require(try form.load(form.extent, file) as? TypedValue<DenseArray<T>>, comment).value
        #expect(back == chunk && back.shape == chunk.shape, comment)
    }

    @Test("a chunk comes back as it was, however it lies in memory; repeated elements are written once")
    func layouts() throws {
        let chunk = DenseArray((0..<120).map { Double($0) }, shape: [4, 5, 6])
        let box = chunk.box(Region(start: [1, 0, 2], shape: [2, 5, 3]))
        try comesBack(chunk, bytesOnDisk: 960, "in C order")
        try comesBack(chunk.transposed(), bytesOnDisk: 960, "in Fortran order")
        try comesBack(chunk.transposed([1, 2, 0]), bytesOnDisk: 960, "with axes in another order")
        try comesBack(box, bytesOnDisk: 240, "a box")
        try comesBack(box.transposed([2, 0, 1]), bytesOnDisk: 240, "a transposed box")
        try comesBack(DenseArray([1, 2, 3], shape: [3, 1]).broadcast(to: [2, 3, 7]), bytesOnDisk: 24, "repeated along two axes")
        try comesBack(DenseArray<Double>([], shape: [0, 3]), bytesOnDisk: 0, "without elements")
        try comesBack(DenseArray([true, false]), bytesOnDisk: 2, "of truth values")
    }

    @Test("an array of several times the memory is transposed, rechunked and summed within it")
    func outOfCore() async throws {
        let size = 2048, budget = 10 << 20
        let options = SessionOptions(workers: 2, memory: budget)
        let engine = LocalEngine(options: options)
        let session = Session(engine: engine, options: options)
        let i = session.arange(0.0, Double(size), chunks: .uniform(size / 16))[.all, .newAxis]
        let j = session.arange(0.0, Double(size), chunks: -1)
        let sums = try await (i * 3 + j).transposed().rechunked([size / 16, size]).sum(axes: [1]).compute()
        let own = Double(size * (size - 1) / 2)
        #expect(sums.elements.enumerated().allSatisfy { column, sum in sum == 3 * own + Double(size * column) })
        #expect(engine.peakBytes < budget + budget / 4)
        let resources = try await engine.resources()
        #expect(resources.usedBytes < 1 << 20, "nothing but the result is held")
    }
}
