// The loops of the types that have none in C. Each is generic and always inlined, so that a type's witness is a plain vectorisable loop.

extension ArrayScalar {
    public static func fillLoop(_ value: Self, _ out: UnsafeMutablePointer<Self>, _ count: Int) {
        for i in 0..<count { out[i] = value }
    }

    public static func equalLoop(_ a: UnsafePointer<Self>, _ b: UnsafePointer<Self>, _ out: UnsafeMutablePointer<Bool>, _ count: Int) {
        for i in 0..<count { out[i] = a[i] == b[i] }
    }

    public static func selectLoop(
        _ which: UnsafePointer<Bool>, _ a: UnsafePointer<Self>, _ b: UnsafePointer<Self>, _ out: UnsafeMutablePointer<Self>, _ count: Int
    ) {
        for i in 0..<count { out[i] = which[i] ? a[i] : b[i] }
    }
}

extension ArrayInteger {
    public static var zeroValue: Self { 0 }
    public static var oneValue: Self { 1 }
    public var isNotANumber: Bool { false }
    public var doubleValue: Double { Double(self) }
    public init(doubleValue: Double) { self = converting(doubleValue) }

    public static func addLoop(_ a: UnsafePointer<Self>, _ b: UnsafePointer<Self>, _ out: UnsafeMutablePointer<Self>, _ count: Int) {
        for i in 0..<count { out[i] = a[i] &+ b[i] }
    }

    public static func subtractLoop(_ a: UnsafePointer<Self>, _ b: UnsafePointer<Self>, _ out: UnsafeMutablePointer<Self>, _ count: Int) {
        for i in 0..<count { out[i] = a[i] &- b[i] }
    }

    public static func multiplyLoop(_ a: UnsafePointer<Self>, _ b: UnsafePointer<Self>, _ out: UnsafeMutablePointer<Self>, _ count: Int) {
        for i in 0..<count { out[i] = a[i] &* b[i] }
    }

    public static func divideLoop(_ a: UnsafePointer<Self>, _ b: UnsafePointer<Self>, _ out: UnsafeMutablePointer<Self>, _ count: Int) {
        for i in 0..<count { out[i] = floorDivided(a[i], b[i]).quotient }
    }

    public static func negateLoop(_ a: UnsafePointer<Self>, _ out: UnsafeMutablePointer<Self>, _ count: Int) {
        for i in 0..<count { out[i] = 0 &- a[i] }
    }

    public static func lessLoop(_ a: UnsafePointer<Self>, _ b: UnsafePointer<Self>, _ out: UnsafeMutablePointer<Bool>, _ count: Int) {
        for i in 0..<count { out[i] = a[i] < b[i] }
    }

    public static func lessEqualLoop(_ a: UnsafePointer<Self>, _ b: UnsafePointer<Self>, _ out: UnsafeMutablePointer<Bool>, _ count: Int) {
        for i in 0..<count { out[i] = a[i] <= b[i] }
    }

    public static func minimumLoop(_ a: UnsafePointer<Self>, _ b: UnsafePointer<Self>, _ out: UnsafeMutablePointer<Self>, _ count: Int) {
        for i in 0..<count { out[i] = Swift.min(a[i], b[i]) }
    }

    public static func maximumLoop(_ a: UnsafePointer<Self>, _ b: UnsafePointer<Self>, _ out: UnsafeMutablePointer<Self>, _ count: Int) {
        for i in 0..<count { out[i] = Swift.max(a[i], b[i]) }
    }

    public static func absoluteLoop(_ a: UnsafePointer<Self>, _ out: UnsafeMutablePointer<Self>, _ count: Int) {
        for i in 0..<count { out[i] = a[i] < 0 ? 0 &- a[i] : a[i] }
    }

    public static func least(_ a: UnsafePointer<Self>, _ count: Int) -> Self {
        var best = a[0]
        for i in 1..<Swift.max(count, 1) { best = Swift.min(best, a[i]) }
        return best
    }

    public static func greatest(_ a: UnsafePointer<Self>, _ count: Int) -> Self {
        var best = a[0]
        for i in 1..<Swift.max(count, 1) { best = Swift.max(best, a[i]) }
        return best
    }

    public static func sum(_ a: UnsafePointer<Self>, _ count: Int) -> Sum where Sum: FixedWidthInteger {
        var total: Sum = 0
        for i in 0..<count { total = total &+ Sum(truncatingIfNeeded: a[i]) }
        return total
    }

    public static func accumulateLoop(_ a: UnsafePointer<Self>, _ sum: UnsafeMutablePointer<Sum>, _ count: Int)
    where Sum: FixedWidthInteger {
        for i in 0..<count { sum[i] = sum[i] &+ Sum(truncatingIfNeeded: a[i]) }
    }

    public static func wrappingAdd(_ a: Self, _ b: Self) -> Self { a &+ b }
    public static var isFloating: Bool { false }

    public static func rampLoop(_ start: Self, _ step: Self, _ first: Int, _ out: UnsafeMutablePointer<Self>, _ count: Int) {
        for i in 0..<count { out[i] = start &+ Self(truncatingIfNeeded: first + i) &* step }
    }

    public static func mean(of sum: Sum, count: Int) -> Double where Sum: FixedWidthInteger { Double(sum) / Double(count) }
}

/// Quotient and remainder of the division that rounds towards negative infinity; both 0 for a division by zero, as NumPy has it.
@inline(__always)
func floorDivided<T: FixedWidthInteger>(_ a: T, _ b: T) -> (quotient: T, remainder: T) {
    if b == 0 { return (0, 0) }
    let (quotient, overflow) = a.dividedReportingOverflow(by: b)
    // Only the least integer by -1 overflows; it is its own quotient, and divides evenly.
    if overflow { return (a, 0) }
    let remainder = a &- quotient &* b
    return remainder != 0 && (remainder < 0) != (b < 0) ? (quotient &- 1, remainder &+ b) : (quotient, remainder)
}

/// A number as an integer type: towards zero; NaN is 0 and what is out of range becomes the nearest bound.
@inline(__always)
func converting<T: FixedWidthInteger>(_ value: Double) -> T {
    if value.isNaN { return 0 }
    // Through 64 bits: conversions that are generic on both sides are slow.
    let bound = Double(sign: .plus, exponent: T.isSigned ? T.bitWidth - 1 : T.bitWidth, significand: 1)
    if value >= bound { return T.max }
    if T.isSigned { return value < -bound ? T.min : T(truncatingIfNeeded: Int64(value)) }
    return value <= 0 ? 0 : T(truncatingIfNeeded: UInt64(value))
}

@inline(__always)
func converting<T: FixedWidthInteger>(_ value: Float) -> T { converting(Double(value)) }
