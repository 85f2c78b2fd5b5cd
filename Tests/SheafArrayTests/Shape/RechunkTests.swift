import SheafArray
import SheafCore
import SheafLocal
import Testing

@Suite("Rechunk")
struct RechunkTests {
    @Test("any chunks to any others")
    func property() async throws {
        var random = SplitMix64(seed: 8)
        for round in 0..<60 {
            let session = Session(workers: 1 + round % 3)
            let shape = (0..<Int.random(in: 1...3, using: &random)).map { _ in Int.random(in: 0...12, using: &random) }
            let elements = Array(0..<shape.reduce(1, *))
            let before = randomChunks(shape, &random), after = randomChunks(shape, &random)
            let array = session.array(elements, shape: shape, chunks: .explicit(before)) + 1
            let result = array.rechunked(.explicit(after))
            #expect(result.chunks == after)
            #expect(try await result.compute().elements == elements.map { $0 + 1 }, "\(before) to \(after)")
        }
    }

    @Test("any chunks to any others, whatever the memory, unless it cannot fit")
    func memory() async throws {
        var random = SplitMix64(seed: 9)
        var ran = 0, refused = 0
        for round in 0..<30 {
            let session = Session(workers: 1 + round % 3, memory: [800, 20_000, 100_000].randomElement(using: &random) ?? 0)
            let shape = [Int.random(in: 1...50, using: &random), Int.random(in: 1...50, using: &random)]
            let elements = Array(0..<shape.reduce(1, *))
            let before = randomChunks(shape, &random), after = randomChunks(shape, &random)
            let array = session.array(elements, shape: shape, chunks: .explicit(before)).mapChunks { chunk, _ in chunk }
            func largest(_ chunks: [[Int]]) -> Int { chunks.reduce(8) { $0 * ($1.max() ?? 0) } }
            if before != after, largest(before) + largest(after) > session.options.memory {
                #expect(throws: PlanError.self) { try array.rechunked(.explicit(after)).validated() }
                refused += 1
            } else {
                #expect(try await array.rechunked(.explicit(after)).compute().elements == elements, "\(before) to \(after)")
                ran += 1
            }
        }
        #expect(ran > 10 && refused > 0)
    }

    @Test("sizes for some axes")
    func someAxes() throws {
        let x = Session(workers: 1).zeros(shape: [6, 8], chunks: [2, 3])
        #expect(x.rechunked(axes: [0: -1]).chunks == [[6], [3, 3, 2]])
        #expect(x.rechunked(axes: [-1: 4]).chunks == [[2, 2, 2], [4, 4]])
        #expect(x.rechunked([-1, 5]).chunks == [[6], [5, 3]])
    }

    @Test("rows to columns go by way of squares, within the memory")
    func twoSteps() async throws {
        // 8 MB, in rows of 8 KB; directly, a task would hold all of it.
        let session = Session(workers: 2, memory: 4 << 20)
        let x = session.array(shape: [1000, 1000], chunks: [1, 1000]) { $0[0] * 1000 + $0[1] }
        let columns = x.persistedByTasks().rechunked([1000, 1])
        let (graph, outputs) = try columns.graph()
        let widest = (0..<graph.count).map { graph.inputs($0).count }.max() ?? 0
        #expect(widest < 100)
        #expect(outputs.count == 1000)
        #expect(graph.count < 10_000)
        #expect(try await columns.sum(axes: [1])[0..<3].compute().elements == [499_500, 1_499_500, 2_499_500])
    }

    @Test("a small memory budget cuts chunks up first")
    func overlaps() async throws {
        let session = Session(workers: 2, memory: 600_000)
        let x = session.array(shape: [400, 400], chunks: [10, 400]) { $0[0] * 400 + $0[1] }
        let columns = x.persistedByTasks().rechunked([400, 10])
        #expect(try await columns.compute().elements == Array(0..<160_000))
    }

    @Test("what cannot fit is said before it runs")
    func exceedsMemory() throws {
        let session = Session(workers: 1, memory: 1 << 20)
        let x = session.array(DenseArray(repeating: 1.0, shape: [512, 512]), chunks: [8, 512])
        let error = #expect(throws: PlanError.self) { try x.rechunked(-1).validated() }
        #expect(error?.code == .exceedsMemory)
        #expect(error?.message.contains("2129920") == true)
        #expect(error?.message.contains("1048576") == true)
    }
}

extension NDArray {
    /// The same array, made by tasks: what cannot simply be made in other chunks.
    fileprivate func persistedByTasks() -> NDArray { mapChunks { chunk, _ in chunk } }
}
