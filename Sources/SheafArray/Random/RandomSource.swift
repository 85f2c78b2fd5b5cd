internal import CSheafKernels
public import SheafCore

extension Session {
    /// Arrays of random numbers.
    ///
    /// ```swift
    /// let x = session.random.normal(shape: [10_000, 10_000], chunks: [1_000, 1_000], seed: 7)
    /// ```
    public var random: RandomSource { RandomSource(session: self) }
}

/// Makes arrays of random numbers, each a pure function of its seed, its distribution and its place.
///
/// The numbers come from the counter-based generator Philox4x32-10 (J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw: Parallel random
/// numbers: as easy as 1, 2, 3; SC11, 2011): the element at position i of the array's C order is made from the seed and i alone. So the
/// same seed gives the same array, bit for bit, for any chunks, number of workers, engine and processor; and no chunk waits for another.
///
/// There is no hidden state: two arrays of one distribution and one seed are the same array. Distributions use separate streams, so
/// that a uniform and a normal array of one seed have nothing to do with each other. `Float` arrays of normal and exponential numbers are
/// the `Double` arrays of the same seed, rounded.
///
/// - Note: Not for cryptography.
public struct RandomSource: Sendable {
    let session: Session

    /// The streams of a seed, one for each distribution. Part of what a seed means: numbers are never reused.
    enum Stream: UInt32 { case uniform = 0, normal, exponential, integers, bernoulli, choice, permutation }

    /// An array whose elements a function of the place in C order makes.
    func generating<Scalar: ArrayScalar>(
        _ name: String, _ shape: [Int], _ chunks: ChunkSizes, _ fileID: StaticString, _ line: UInt, problem: (String, hint: String?)? = nil,
        _ fill: @escaping @Sendable (UInt64, UnsafeMutablePointer<Scalar>, Int) -> Void
    ) -> NDArray<Scalar> {
        session.make(shape, chunks, fileID, line) { grid, location in
            ElementNode<Scalar>(
                Operation(name), grid: grid, operands: [],
                kernel: .generator { region, start, out, count in
                    let out = out.assumingMemoryBound(to: Scalar.self)
                    RegionRuns(region, in: shape).forEach(start, count) { position, offset, length in
                        fill(UInt64(position), out + offset, length)
                    }
                }, isExpensive: true, location: location,
                problem: problem.map { PlanError(.invalidArgument, $0.0, node: name, location: location, hint: $0.hint) })
        }
    }
}

/// The words of one stream of a seed.
struct RandomWords: Sendable {
    let seed: UInt64
    let stream: RandomSource.Stream

    /// Words that are made at a time.
    static let blockLength = 256

    /// Calls the body with some words at a time: position after `first`, words, their number.
    func forEachBlock(_ first: UInt64, _ count: Int, _ body: (Int, UnsafePointer<UInt64>, Int) -> Void) {
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: Self.blockLength) { buffer in
            guard let words = buffer.baseAddress else { return }
            var done = 0
            while done < count {
                let length = min(Self.blockLength, count - done)
                sheaf_random_words(seed, stream.rawValue, first + UInt64(done), words, length)
                body(done, words, length)
                done += length
            }
        }
    }

    /// A word for the place of an element whose first words were rejected.
    ///
    /// - Parameter attempt: at least 1; 0 is the word of ``forEachBlock(_:_:_:)``.
    func word(_ position: UInt64, attempt: UInt32) -> UInt64 {
        let block = position >> 1
        let out = Philox.block(
            counter: (UInt32(truncatingIfNeeded: block), UInt32(block >> 32), stream.rawValue, attempt),
            key: (UInt32(truncatingIfNeeded: seed), UInt32(seed >> 32)))
        return position & 1 == 0 ? UInt64(out.0) | UInt64(out.1) << 32 : UInt64(out.2) | UInt64(out.3) << 32
    }
}

/// Philox4x32-10.
enum Philox {
    typealias Block = (UInt32, UInt32, UInt32, UInt32)

    static func block(counter: Block, key: (UInt32, UInt32)) -> Block {
        let counter = [counter.0, counter.1, counter.2, counter.3], key = [key.0, key.1]
        var out: [UInt32] = [0, 0, 0, 0]
        sheaf_philox4x32(counter, key, &out)
        return (out[0], out[1], out[2], out[3])
    }
}

/// Draws integers from 0 up to a span without bias: a word times the span, of which the upper half is the number, unless the lower half
/// says that the word is one of the few too many (D. Lemire: Fast random integer generation in an interval; ACM TOMACS 29, 2019).
struct RandomIndex: Sendable {
    let words: RandomWords
    /// 0 stands for 2⁶⁴.
    let span: UInt64
    private let surplus: UInt64

    init(_ words: RandomWords, below span: UInt64) {
        self.words = words
        self.span = span
        surplus = span == 0 ? 0 : (0 &- span) % span
    }

    @inline(__always)
    func number(_ word: UInt64, at position: UInt64) -> UInt64 {
        if span == 0 { return word }
        let (high, low) = word.multipliedFullWidth(by: span)
        return low >= surplus ? high : redrawn(position)
    }

    private func redrawn(_ position: UInt64) -> UInt64 {
        var attempt: UInt32 = 1
        while true {
            let (high, low) = words.word(position, attempt: attempt).multipliedFullWidth(by: span)
            // After so many attempts the word has been rejected with a probability below 2^-2³²: never.
            if low >= surplus || attempt == .max { return high }
            attempt += 1
        }
    }
}
