import Foundation
import Sheaf

/// Random inputs from a seed, which the test's name shows.
struct RandomInputs {
    var random: SplitMix64

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    mutating func below(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }

    /// Cuts an array into parts at random places; some are empty.
    mutating func cut<T>(_ array: [T], into parts: Int) -> [[T]] {
        let places = [0] + (1..<max(parts, 1)).map { _ in below(array.count + 1) }.sorted() + [array.count]
        return zip(places, places.dropFirst()).map { Array(array[$0..<$1]) }
    }

    /// A few of these are equal as strings and different as bytes.
    static let words = [
        "", "a", "b", "A", "é", "e\u{301}", "K", "\u{212A}", "Å", "A\u{30A}", "\u{212B}", "한", "\u{1112}\u{1161}\u{11AB}", "你好", "👍",
        "a word of more than fifteen bytes", "nul\0nul",
    ]

    mutating func word() -> String { Self.words[below(Self.words.count)] }

    mutating func pairs(_ count: Int) -> [(String, Int)] { (0..<count).map { _ in (word(), below(41) - 20) } }

    mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) } }
}

extension Session {
    /// A bag with exactly these partitions, empty ones included.
    func bag<T: Sendable>(parts: [[T]]) async throws -> Bag<T> { try await bag(parts.map { Delayed($0) }) }
}

extension UTF8Slice {
    /// In the middle of a larger buffer, so that what lies around it shows when it is read.
    init(_ bytes: [UInt8], between before: [UInt8], and after: [UInt8]) {
        var rest = UTF8Slice(lossless: before + bytes + after)
        rest = rest[before.count..<before.count + bytes.count]
        self = rest
    }

    /// Of any bytes, UTF-8 or not.
    init(lossless bytes: [UInt8]) {
        var encoded: [UInt8] = []
        appendCount(bytes.count, to: &encoded)
        encoded += bytes
        self = encoded.withUnsafeBytes { raw in
            var reader = SpillReader(raw)
            return try! UTF8Slice(spilled: &reader)
        }
    }

    var bytes: [UInt8] { withBytes { Array($0) } }
}
