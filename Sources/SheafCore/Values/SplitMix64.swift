/// A small, fast, splittable generator (Steele, Lea, Flood: “Fast Splittable Pseudorandom Number Generators”, OOPSLA 2014).
///
/// The same seed gives the same numbers on every machine. Not for secrets.
public struct SplitMix64: RandomNumberGenerator, Sendable {
    @usableFromInline var state: UInt64

    @inlinable
    public init(seed: UInt64) { state = seed }

    /// An independent stream: for a partition, a worker, a repetition.
    @inlinable
    public init(seed: UInt64, stream: Int) {
        state = Self.mix(seed &+ Self.mix(UInt64(truncatingIfNeeded: stream) &+ 0x9E37_79B9_7F4A_7C15))
    }

    @inlinable
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Self.mix(state)
    }

    /// The finaliser: a bijection in which every input bit changes half of the output's.
    @inlinable
    public static func mix(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
