import SheafArray
import SheafCore
import SheafLocal
import Synchronization
import Testing

@Suite("mapChunks, blockwise, one chunk, one stencil")
struct MapChunksTests {
    private let session = Session(workers: 2)

    @Test func positions() async throws {
        let x = session.array(Array(0..<20), shape: [4, 5], chunks: [2, 3])
        let starts = x.mapChunks(to: Double.self) { chunk, position in
            #expect(position.region.shape == chunk.shape)
            #expect(position.arrayShape == [4, 5])
            return DenseArray(repeating: Double(position.coordinates[0] * 10 + position.coordinates[1]), shape: chunk.shape)
        }
        #expect(try await starts[.range(step: 2), .range(step: 3)].compute().elements == [0, 1, 10, 11])
        let sums = x.mapChunks(chunks: [[1, 1], [1, 1]]) { chunk, _ in DenseArray([chunk.elements.reduce(0, +)], shape: [1, 1]) }
        #expect(
            try await sums.compute().elements == [0 + 1 + 2 + 5 + 6 + 7, 3 + 4 + 8 + 9, 10 + 11 + 12 + 15 + 16 + 17, 13 + 14 + 18 + 19])
        let flat = x.mapChunks(chunks: [[1, 1, 1, 1]]) { chunk, _ in DenseArray([chunk.count]) }
        #expect(try await flat.compute().elements == [6, 4, 6, 4])
    }

    @Test func wrongShape() async throws {
        let x = session.array(Array(0..<20), shape: [4, 5], chunks: [2, 3])
        let error = await #expect(throws: TaskError.self) {
            try await x.mapChunks { _, _ in DenseArray([1, 2]) }.compute()
        }
        #expect((error?.cause as? PlanError)?.code == .shapeMismatch)
    }

    @Test("functions that return arrays, with the elements around or without")
    func overlapArrays() async throws {
        let x = session.array(Array(0..<20), shape: [4, 5], chunks: [2, 3])
        let same = x.mapOverlap(depth: [1, 2], boundary: .reflect) { chunk in
            DenseArray(chunk.array.elements.map { -$0 }, shape: chunk.shape)
        }
        #expect(try await same.compute().elements == (0..<20).map { -$0 })
        let own = x.mapOverlap(depth: [0, 1], boundary: .constant(0)) { chunk in
            chunk.array.box(Region(start: [0, 0], shape: chunk.position.region.shape))
        }
        #expect(try await own[1].compute().elements == [0, 5, 6, 7, 8])
        #expect(try await x.mapOverlap(depth: 1) { chunk in chunk.array }.compute().elements == Array(0..<20))
        let wrong = x.mapOverlap(depth: [0, 1]) { _ in DenseArray([1]) }
        await #expect(throws: TaskError.self) { try await wrong.compute() }
    }

    @Test("one chunk computes only what it needs")
    func oneChunk() async throws {
        let counter = Counter()
        let x = session.array(Array(0..<100), shape: [10, 10], chunks: 5)
        let counted = x.mapChunks { chunk, _ in
            counter.value.wrappingAdd(1, ordering: .relaxed)
            return chunk
        }
        #expect(try await counted.chunk(1, 0).compute().elements.first == 50)
        #expect(counter.value.load(ordering: .relaxed) == 1)
        #expect(try await counted[0..<5, 7].sum().item() == 7 + 17 + 27 + 37 + 47)
        #expect(counter.value.load(ordering: .relaxed) == 2)
    }

    @Test func blockwiseProducts() async throws {
        var random = SplitMix64(seed: 6)
        for _ in 0..<10 {
            let (n, k, m) = (
                Int.random(in: 1...7, using: &random), Int.random(in: 1...7, using: &random), Int.random(in: 1...7, using: &random)
            )
            let a = session.array(Array(0..<(n * k)), shape: [n, k], chunks: .explicit(randomChunks([n, k], &random)))
            let b = session.array(Array(0..<(k * m)), shape: [k, m], chunks: .explicit(randomChunks([k, m], &random)))
            let product: NDArray<Int> = session.blockwise("ij", a, "ik", b, "kj") { a, b in
                DenseArray(
                    (0..<(a.shape[0] * b.shape[1])).map { place in
                        (0..<a.shape[1]).reduce(0) { $0 + a[place / b.shape[1], $1] * b[$1, place % b.shape[1]] }
                    }, shape: [a.shape[0], b.shape[1]])
            }
            let expected = (0..<(n * m)).map { place in (0..<k).reduce(0) { $0 + (place / m * k + $1) * ($1 * m + place % m) } }
            #expect(try await product.compute().elements == expected)
            #expect(product.chunks == [a.chunks[0], b.chunks[1]])
            let turned: NDArray<Int> = session.blockwise("ji", a, "ij") { $0.transposed() }
            #expect(try await turned.compute() == a.transposed().compute())
            let twice: NDArray<Int> = session.blockwise("ijn", a, "ij", newAxes: ["n": 2]) { a in
                DenseArray(a.elements.flatMap { [$0, -$0] }, shape: a.shape + [2])
            }
            #expect(try await twice[.ellipsis, 1].compute().elements == (0..<(n * k)).map { -$0 })
        }
        let wrong: NDArray<Int> = session.blockwise("i", session.array([1, 2]), "i", session.array([1, 2, 3]), "i") { a, _ in a }
        #expect(throws: PlanError.self) { try wrong.validated() }
        let unknown: NDArray<Int> = session.blockwise("z", session.array([1, 2]), "i") { $0 }
        #expect(throws: PlanError.self) { try unknown.validated() }
    }

    @Test("a stencil, several steps")
    func stencil() async throws {
        let n = 24
        var plain = (0..<(n * n)).map { Double(($0 * 7919) % 101) }
        var x = session.array(plain, shape: [n, n], chunks: [7, 10])
        for _ in 0..<4 {
            x = x.mapOverlap(depth: 1, boundary: .periodic) { chunk, output in
                let width = chunk.shape[1], inner = width - 2
                chunk.withUnsafeBufferPointer { a in
                    for row in 1..<(chunk.shape[0] - 1) {
                        for column in 1..<(width - 1) {
                            let i = row * width + column
                            output[(row - 1) * inner + column - 1] = (a[i - width] + a[i - 1] + a[i + 1] + a[i + width]) / 4
                        }
                    }
                }
            }
            plain = (0..<(n * n)).map { place in
                let (r, c) = (place / n, place % n)
                return
                    (plain[(r + n - 1) % n * n + c] + plain[r * n + (c + n - 1) % n] + plain[r * n + (c + 1) % n]
                    + plain[(r + 1) % n * n + c]) / 4
            }
        }
        #expect(try await x.compute().elements == plain)
    }
}

private final class Counter: Sendable {
    let value = Atomic<Int>(0)
}

extension MapChunksTests {
    @Test("large chunks are handed out in bands, with the same result")
    func bands() async throws {
        let elements = (0..<(700 * 600)).map { Double(($0 * 31) % 997) }
        for boundary in [OverlapBoundary<Double>.none, .periodic, .nearest, .constant(3)] {
            var results: [DenseArray<Double>] = []
            for chunks in [[700, 600], [33, 101]] as [ChunkSizes] {
                let x = session.array(elements, shape: [700, 600], chunks: chunks)
                let windows = x.mapOverlap(depth: [3, 1], boundary: boundary, to: Double.self) { chunk, output in
                    let (rows, columns) = (chunk.position.region.shape[0], chunk.position.region.shape[1])
                    #expect(output.count == rows * columns)
                    chunk.withUnsafeBufferPointer { a in
                        for row in 0..<rows {
                            for column in 0..<columns {
                                var sum = 0.0
                                for r in max(row + chunk.before[0] - 3, 0)..<min(row + chunk.before[0] + 4, chunk.shape[0]) {
                                    for c in max(column + chunk.before[1] - 1, 0)..<min(column + chunk.before[1] + 2, chunk.shape[1]) {
                                        sum += a[r * chunk.shape[1] + c]
                                    }
                                }
                                output[row * columns + column] = sum
                            }
                        }
                    }
                }
                results.append(try await windows.compute())
            }
            #expect(results[0] == results[1])
        }
    }
}

extension MapChunksTests {
    @Test("blocks of neighbours reduced to one element")
    func coarsen() async throws {
        let x = session.array(Array(0..<40), shape: [5, 8], chunks: [2, 3])
        let sums = x.coarsened([0: 2, 1: 4], trimming: true) { blocks, axes in blocks.sum(axes: axes) }
        let expected = [0, 2].flatMap { row in
            [0, 4].map { column in (0..<8).reduce(0) { $0 + (row + $1 / 4) * 8 + column + $1 % 4 } }
        }
        #expect(try await sums.compute().elements == expected)
        #expect(sums.shape == [2, 2])
        #expect(throws: PlanError.self) { try x.coarsened([0: 2]) { blocks, axes in blocks.sum(axes: axes) }.validated() }
    }
}

extension MapChunksTests {
    @Test("positions in random order along an inner axis of large chunks")
    func takeLarge() async throws {
        var random = SplitMix64(seed: 2)
        let columns = 900, positions = (0..<columns).map { _ in Int.random(in: 0..<columns, using: &random) }
        let x = session.array(Array(0..<(400 * columns)), shape: [400, columns], chunks: [300, 300])
        let result = try await x.take(positions, axis: 1).compute()
        #expect(result.elements == (0..<400).flatMap { row in positions.map { row * columns + $0 } })
    }
}
