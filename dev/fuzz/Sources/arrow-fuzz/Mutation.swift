/// Changes files, the same way for the same seed.
struct Mutation {
    private var generator: Generator

    init(seed: UInt64) { generator = Generator(state: seed) }

    /// SplitMix64.
    private struct Generator: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9e37_79b9_7f4a_7c15
            var word = state
            word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
            word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
            return word ^ (word >> 31)
        }
    }

    private static let extremes: [Int64] = [0, 1, -1, 2, 7, 8, 16, 255, -8, .max, .min, 1 << 31, (1 << 31) - 1, 1 << 20, 1 << 40]

    mutating func mutate(_ seed: [UInt8]) -> [UInt8] {
        var bytes = seed
        for _ in 0...Int.random(in: 0..<4, using: &generator) {
            guard !bytes.isEmpty else { break }
            let place = Int.random(in: 0..<bytes.count, using: &generator)
            switch Int.random(in: 0..<10, using: &generator) {
            case 0, 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            case 2: bytes[place] = UInt8.random(in: 0...255, using: &generator)
            case 3, 4, 5:
                // A number of 2, 4 or 8 bytes at its natural place.
                let size = [2, 4, 8].randomElement(using: &generator) ?? 4
                let start = place / size * size
                let value = Self.extremes.randomElement(using: &generator) ?? 0
                withUnsafeBytes(of: value.littleEndian) {
                    for index in 0..<size where start + index < bytes.count { bytes[start + index] = $0[index] }
                }
            case 6: bytes.removeLast(min(bytes.count - 1, Int.random(in: 0..<64, using: &generator)))
            case 7:
                // A word of the file somewhere else in it.
                let from = Int.random(in: 0..<bytes.count, using: &generator) / 4 * 4, to = place / 4 * 4
                for index in 0..<4 where max(from, to) + index < bytes.count { bytes[to + index] = bytes[from + index] }
            case 8:
                // A part that is missing, or there twice.
                let end = min(bytes.count, place + Int.random(in: 1...64, using: &generator))
                if Bool.random(using: &generator) {
                    bytes.removeSubrange(place..<end)
                } else {
                    bytes.insert(contentsOf: bytes[place..<end], at: place)
                }
            default: for index in place..<min(bytes.count, place + 8) { bytes[index] = 0xff }
            }
        }
        return bytes
    }
}
