import Foundation
import SheafCore
import SheafLocal
import Testing

@testable import SheafArray

@Suite("Random arrays")
struct RandomTests {
    @Test(
        "Philox4x32-10 gives the published answers (Random123, kat_vectors)",
        arguments: [
            ("00000000 00000000 00000000 00000000 00000000 00000000", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
            ("ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff", "408f276d 41c83b0e a20bc7c6 6d5451fd"),
            ("243f6a88 85a308d3 13198a2e 03707344 a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1"),
        ])
    func knownAnswers(input: String, output: String) throws {
        let words = try input.split(separator: " ").map { try #require(UInt32($0, radix: 16)) }
        let block = Philox.block(counter: (words[0], words[1], words[2], words[3]), key: (words[4], words[5]))
        let expected = try output.split(separator: " ").map { try #require(UInt32($0, radix: 16)) }
        #expect([block.0, block.1, block.2, block.3] == expected)
    }

    struct Case: Decodable, Sendable {
        let seed: String
        let count: Int
        let uniform, normal, exponential: [Double]
        let uniformFloat: [Float]
        let integers: [Int]
        let bernoulli: [Bool]
    }

    @Test("the numbers are those of an independent implementation in NumPy")
    func oracle() async throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let cases = try JSONDecoder().decode([Case].self, from: Data(contentsOf: file.appendingPathComponent("Oracle/random.json")))
        let session = Session(workers: 2)
        for one in cases {
            let seed = try #require(UInt64(one.seed)), shape = [one.count], random = session.random
            #expect(try await random.uniform(shape: shape, chunks: 7, seed: seed).compute().elements == one.uniform)
            #expect(try await random.uniform(Float.self, shape: shape, seed: seed).compute().elements == one.uniformFloat)
            #expect(try await random.integers(in: -50..<50, shape: shape, chunks: 11, seed: seed).compute().elements == one.integers)
            #expect(try await random.bernoulli(probability: 0.3, shape: shape, seed: seed).compute().elements == one.bernoulli)
            let normal = try await random.normal(shape: shape, chunks: 9, seed: seed).compute().elements
            #expect(zip(normal, one.normal).allSatisfy { abs($0 - $1) < 1e-14 })
            let single = try await random.normal(Float.self, shape: shape, seed: seed).compute().elements
            let rounded = normal.map { Float($0) }
            #expect(single == rounded)
            let exponential = try await random.exponential(shape: shape, chunks: 4, seed: seed).compute().elements
            #expect(zip(exponential, one.exponential).allSatisfy { abs($0 - $1) <= 4e-15 * $1 })
        }
    }

    @Test("an element depends on the seed and its place alone", arguments: [1, 3])
    func chunks(workers: Int) async throws {
        let session = Session(workers: workers), random = session.random, shape = [13, 21, 10]
        let whole = try await random.normal(shape: shape, chunks: -1, seed: 5).compute()
        for chunks: ChunkSizes in [[13, 21, 10], [4, 21, 10], [5, 4, 3], [13, 2, 10], 1, .explicit([[3, 10], [20, 1], [1, 8, 1]])] {
            #expect(try await random.normal(shape: shape, chunks: chunks, seed: 5).compute() == whole, "\(chunks)")
        }
        // In one axis the same numbers as in three, since the place counts in C order.
        #expect(try await random.normal(shape: [13 * 21 * 10], chunks: 100, seed: 5).compute().elements == whole.elements)
        #expect(try await random.normal(shape: shape, chunks: -1, seed: 6).compute() != whole)
        // Cut anew by an operation with other chunks.
        let sum = random.normal(shape: shape, chunks: [4, 4, 4], seed: 5) - session.array(whole, chunks: [13, 3, 10])
        #expect(try await sum.compute().elements.allSatisfy { $0 == 0 })
    }

    @Test("moments and the distance from the distribution function")
    func distributions() async throws {
        let session = Session(workers: 2), random = session.random, count = 200_000
        // Kolmogorov's distance exceeds 2.2 / √n with a probability of 1e-4; the seeds are fixed, so this does not vary.
        func distance(_ sample: [Double], _ cumulative: (Double) -> Double) -> Double {
            let sorted = sample.sorted()
            return sorted.indices.map { index in
                let value = cumulative(sorted[index])
                return max(abs(value - Double(index) / Double(count)), abs(Double(index + 1) / Double(count) - value))
            }.max() ?? 1
        }
        let bound = 2.2 / Double(count).squareRoot()
        let uniform = try await random.uniform(in: -2..<6, shape: [count], chunks: 30_000, seed: 11).compute().elements
        #expect(distance(uniform) { ($0 + 2) / 8 } < bound)
        #expect(uniform.allSatisfy { $0 >= -2 && $0 < 6 })
        let normal = try await random.normal(mean: 3, standardDeviation: 2, shape: [count], seed: 12).compute().elements
        #expect(distance(normal) { 0.5 * erfc(-($0 - 3) / (2 * 2.0.squareRoot())) } < bound)
        let standard = normal.map { ($0 - 3) / 2 }, size = Double(count)
        #expect(abs(standard.reduce(0, +) / size) < 4 / size.squareRoot())
        #expect(abs(standard.reduce(0) { $0 + $1 * $1 } / size - 1) < 4 * (2 / size).squareRoot())
        #expect(abs(standard.reduce(0) { $0 + $1 * $1 * $1 * $1 } / size - 3) < 4 * (96 / size).squareRoot())
        // Both numbers of a pair, and neighbouring pairs, are independent.
        for lag in 1...3 {
            let products = zip(standard, standard.dropFirst(lag)).map { $0 * $1 }
            #expect(abs(products.reduce(0, +) / size) < 4 / size.squareRoot())
        }
        let exponential = try await random.exponential(scale: 0.5, shape: [count], seed: 13).compute().elements
        #expect(distance(exponential) { 1 - exp(-2 * $0) } < bound)
        let hits = try await random.bernoulli(probability: 0.2, shape: [count], seed: 14).compute().elements.count { $0 }
        #expect(abs(Double(hits) - 0.2 * size) < 4 * (0.16 * size).squareRoot())
    }

    @Test("integers of every width, up to all of them")
    func integers() async throws {
        let random = Session(workers: 2).random
        let bytes = try await random.integers(in: Int8.min...Int8.max, shape: [100_000], chunks: 999, seed: 3).compute().elements
        var counts = [Int](repeating: 0, count: 256)
        for byte in bytes { counts[Int(byte) + 128] += 1 }
        // χ² of 255 degrees of freedom is above 347 with a probability of 1e-4.
        let chiSquared: Double = counts.reduce(0.0) { $0 + pow(Double($1) - 390.625, 2) / 390.625 }
        #expect(chiSquared < 347)
        let all = try await random.integers(in: UInt64.min...UInt64.max, shape: [1000], seed: 4).compute().elements
        #expect(Set(all).count == 1000)
        // Almost half of all words are rejected here.
        let wide = try await random.integers(in: 0...(UInt64(1) << 63), shape: [10_000], chunks: 123, seed: 5).compute().elements
        #expect(wide.allSatisfy { $0 <= 1 << 63 })
        let mean: Double = wide.reduce(0.0) { $0 + Double($1) * 0x1p-63 } / 10_000
        #expect(abs(mean - 0.5) < 4 / (12.0 * 10_000).squareRoot())
        #expect(try await random.integers(in: 5..<6, shape: [3], seed: 1).compute().elements == [5, 5, 5])
    }

    @Test("choices follow their probabilities")
    func choice() async throws {
        let random = Session(workers: 2).random
        let letters: [Int32] = [10, 20, 30, 40]
        let even = try await random.choice(from: letters, shape: [40_000], chunks: 1000, seed: 1).compute().elements
        for letter in letters { #expect(abs(even.count { $0 == letter } - 10_000) < 400) }
        let weighted = try await random.choice(from: letters, probabilities: [0, 1, 3, 0], shape: [40_000], seed: 2).compute().elements
        #expect(!weighted.contains(10) && !weighted.contains(40))
        #expect(abs(weighted.count { $0 == 20 } - 10_000) < 400)
    }

    @Test("a permutation has every number once", arguments: [0, 1, 2, 10, 4097, 65_536, 65_537, 200_003])
    func permutation(count: Int) async throws {
        let random = Session(workers: 2).random
        let order = try await random.permutation(count, chunks: .sizes([max(count / 3, 1)]), seed: 9).compute().elements
        #expect(order.sorted() == Array(0..<count))
        #expect(try await random.permutation(count, chunks: -1, seed: 9).compute().elements == order)
        if count > 100 {
            let other = try await random.permutation(count, seed: 10).compute().elements
            // Of two random orders one place is expected to agree; also with the order of the integers.
            #expect(zip(order, other).count { $0 == $1 } < 10)
            #expect(order.enumerated().count { $0.offset == $0.element } < 10)
        }
    }

    @Test("what has no distribution is refused when the plan is checked")
    func errors() {
        let random = Session(workers: 1).random
        func code<T>(_ array: NDArray<T>) -> ErrorCode? {
            do throws(PlanError) { try array.validated() } catch { return error.code }
            return nil
        }
        #expect(code(random.normal(standardDeviation: -1, shape: [2], seed: 1)) == .invalidArgument)
        #expect(code(random.exponential(scale: .infinity, shape: [2], seed: 1)) == .invalidArgument)
        #expect(code(random.uniform(in: 0..<Double.infinity, shape: [2], seed: 1)) == .invalidArgument)
        #expect(code(random.integers(in: 3..<3, shape: [2], seed: 1)) == .invalidArgument)
        #expect(code(random.bernoulli(probability: 1.5, shape: [2], seed: 1)) == .invalidArgument)
        #expect(code(random.choice(from: [Int](), shape: [2], seed: 1)) == .invalidArgument)
        #expect(code(random.choice(from: [1, 2], probabilities: [1], shape: [2], seed: 1)) == .invalidArgument)
        #expect(code(random.choice(from: [1, 2], probabilities: [0, .nan], shape: [2], seed: 1)) == .invalidArgument)
        #expect(code(random.permutation(-1, seed: 1)) == .invalidArgument)
        #expect(code(random.normal(shape: [2], chunks: 0, seed: 1)) == .invalidArgument)
    }
}
