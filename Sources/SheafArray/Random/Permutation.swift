internal import SheafCore

extension RandomSource {
    /// The integers from 0 up to `count` in a random order.
    ///
    /// Up to 65,536 of them are shuffled (Fisher and Yates), so every order is equally likely. More are put in order by a keyed bijection,
    /// a Feistel network of twelve rounds: each element is computed from its position alone, so the array needs no memory of its own and
    /// its chunks are independent, but it is one of 2⁶⁴ orders.
    ///
    /// - Complexity: O(1) per element.
    public func permutation(
        _ count: Int, chunks: ChunkSizes = .automatic, seed: UInt64, fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray<Int> {
        if count <= Self.shuffledCount {
            let order = Self.shuffled(count, seed: seed)
            return generating("permutation", [count], chunks, fileID, line) { first, out, length in
                for i in 0..<length { out[i] = Int(order[Int(first) + i]) }
            }
        }
        let bijection = KeyedBijection(count: UInt64(count), seed: seed)
        return generating("permutation", [count], chunks, fileID, line) { first, out, length in
            for i in 0..<length { out[i] = Int(bijection[first + UInt64(i)]) }
        }
    }

    static let shuffledCount = 1 << 16

    static func shuffled(_ count: Int, seed: UInt64) -> [Int32] {
        let words = RandomWords(seed: seed, stream: .permutation)
        var order = Array(0..<Int32(max(count, 0)))
        guard count > 1 else { return order }
        words.forEachBlock(0, count) { done, block, length in
            for i in done..<done + length where i + 1 < count {
                let index = RandomIndex(words, below: UInt64(count - i))
                order.swapAt(i, i + Int(index.number(block[i - done], at: UInt64(i))))
            }
        }
        return order
    }
}

/// A permutation of 0..<count that is computed element by element: a Feistel network on pairs (i / b, i mod b), whose parts are changed in
/// turn by a function of the other, modulo their ranges. Pairs outside the range are put through again until they are inside (J. Black,
/// P. Rogaway: Ciphers with arbitrary finite domains; CT-RSA 2002), which less than one in √count needs.
struct KeyedBijection: Sendable {
    let count: UInt64
    private let left: UInt64
    private let right: UInt64
    private let keys: [UInt64]

    init(count: UInt64, seed: UInt64) {
        self.count = count
        var root = UInt64(Double(count).squareRoot())
        while root * root < count { root += 1 }
        left = max(root, 1)
        right = max((count + left - 1) / left, 1)
        let words = RandomWords(seed: seed, stream: .permutation)
        keys = (0..<12).map { words.word(UInt64($0), attempt: .max) }
    }

    subscript(_ index: UInt64) -> UInt64 {
        var value = index
        repeat {
            var l = value / right, r = value % right
            for round in stride(from: 0, to: keys.count, by: 2) {
                l = Self.sum(l, Self.mixed(r ^ keys[round]).multipliedFullWidth(by: left).high, left)
                r = Self.sum(r, Self.mixed(l ^ keys[round + 1]).multipliedFullWidth(by: right).high, right)
            }
            value = l * right + r
        } while value >= count
        return value
    }

    @inline(__always)
    private static func sum(_ a: UInt64, _ b: UInt64, _ modulus: UInt64) -> UInt64 {
        let sum = a + b
        return sum >= modulus ? sum - modulus : sum
    }

    /// A bijection of 64 bits in which every bit of the input changes about half of the output's: the finaliser of SplitMix64.
    @inline(__always)
    private static func mixed(_ value: UInt64) -> UInt64 {
        var z = value &+ 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
