internal import RealModule

/// A number of the standard normal distribution, from a seed and a position: the finaliser of SplitMix64 makes two uniform numbers, and
/// Box and Muller's transformation one normal number of them.
func counterNormal(_ seed: UInt64, _ position: UInt64) -> Double {
    func mixed(_ value: UInt64) -> UInt64 {
        var value = value
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }
    let golden: UInt64 = 0x9e37_79b9_7f4a_7c15, start = mixed(seed &+ golden)
    let first = mixed(start &+ (2 &* position &+ 1) &* golden), second = mixed(start &+ (2 &* position &+ 2) &* golden)
    // Above zero and at most one, so that the logarithm is finite.
    let radius = Double.sqrt(-2 * Double.log(Double((first >> 11) + 1) * 0x1p-53))
    return radius * Double.cos(2 * .pi * Double(second >> 11) * 0x1p-53)
}
