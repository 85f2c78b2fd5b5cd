internal import SheafCore

/// Changes a value's bytes, the same way for the same seed: where a kind or a length is, rather than anywhere.
struct ValueMutation {
    private var random: SplitMix64

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    /// First bytes that say much: containers and strings whose length is not known or large, breaks, tags, null, floating-point numbers.
    private static let heads: [UInt8] = [
        0x9F, 0xBF, 0x5F, 0x7F, 0xFF, 0x18, 0x19, 0x1B, 0x3B, 0x58, 0x5B, 0x78, 0x7B, 0x98, 0x9B, 0xB8, 0xBB, 0xC2, 0xC3, 0xD9, 0xF4, 0xF6,
        0xF7, 0xF9, 0xFA, 0xFB, 0x00, 0x20, 0x40, 0x60, 0x80, 0xA0, 0x81, 0xA1,
    ]

    private mutating func number(_ range: Range<Int>) -> Int { Int.random(in: range, using: &random) }

    mutating func mutate(_ seed: [UInt8]) -> [UInt8] {
        var bytes = seed
        for _ in 0..<[1, 1, 1, 2, 3, 5][number(0..<6)] {
            guard !bytes.isEmpty else { break }
            let place = number(0..<bytes.count)
            switch number(0..<9) {
            case 0, 1: bytes[place] ^= 1 << UInt8(number(0..<8))
            case 2: bytes[place] = UInt8(number(0..<256))
            case 3, 4: bytes[place] = Self.heads[number(0..<Self.heads.count)]
            case 5: bytes.removeLast(min(bytes.count - 1, number(0..<32)))
            case 6: bytes.insert(Self.heads[number(0..<Self.heads.count)], at: place)
            case 7:
                // A container that has one more, or one less.
                bytes[place] = bytes[place] &+ (number(0..<2) == 0 ? 1 : .max)
            default:
                // A part that is missing, or there twice.
                let end = min(bytes.count, place + number(1..<32))
                if number(0..<2) == 0 { bytes.removeSubrange(place..<end) } else { bytes.insert(contentsOf: bytes[place..<end], at: place) }
            }
        }
        return bytes
    }
}
