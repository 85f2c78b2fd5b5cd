// More loops of the integers; see Loops.swift.

extension ArrayInteger {
    public static func product(_ a: UnsafePointer<Self>, _ count: Int) -> Sum where Sum: FixedWidthInteger {
        var total: Sum = 1
        for i in 0..<count { total = total &* Sum(truncatingIfNeeded: a[i]) }
        return total
    }

    public static func multiplyAccumulateLoop(_ a: UnsafePointer<Self>, _ product: UnsafeMutablePointer<Sum>, _ count: Int)
    where Sum: FixedWidthInteger {
        for i in 0..<count { product[i] = product[i] &* Sum(truncatingIfNeeded: a[i]) }
    }

    public static func scanLoop(
        _ operation: RunningOperation, _ first: Self, _ a: UnsafePointer<Self>, _ out: UnsafeMutablePointer<Self>, _ count: Int
    ) {
        var total = first
        switch operation {
        case .sum:
            for i in 0..<count {
                total = total &+ a[i]
                out[i] = total
            }
        case .product:
            for i in 0..<count {
                total = total &* a[i]
                out[i] = total
            }
        }
    }

    public static func signLoop(_ a: UnsafePointer<Self>, _ out: UnsafeMutablePointer<Self>, _ count: Int) {
        for i in 0..<count { out[i] = a[i].signum() }
    }

    public static func remainderLoop(
        _ a: UnsafePointer<Self>, _ b: UnsafePointer<Self>, _ out: UnsafeMutablePointer<Self>, _ count: Int
    ) {
        for i in 0..<count { out[i] = floorDivided(a[i], b[i]).remainder }
    }

    public static func truncatingRemainderLoop(
        _ a: UnsafePointer<Self>, _ b: UnsafePointer<Self>, _ out: UnsafeMutablePointer<Self>, _ count: Int
    ) {
        for i in 0..<count { out[i] = b[i] == 0 ? 0 : a[i].remainderReportingOverflow(dividingBy: b[i]).partialValue }
    }

    /// A negative exponent gives what is left of the fraction in integers: 1 and -1 for those bases, else 0.
    public static func powerLoop(_ a: UnsafePointer<Self>, _ b: UnsafePointer<Self>, _ out: UnsafeMutablePointer<Self>, _ count: Int) {
        for i in 0..<count {
            var power: Self = 1, square = a[i], rest = b[i]
            if rest < 0 {
                let isOdd = rest & 1 == 1
                power = square == 1 ? 1 : square == 0 &- 1 ? (isOdd ? square : 1) : 0
            }
            while rest > 0 {
                if rest & 1 == 1 { power = power &* square }
                square = square &* square
                rest >>= 1
            }
            out[i] = power
        }
    }

    public static func apply(
        _ function: BitFunction, _ a: UnsafePointer<Self>, _ b: UnsafePointer<Self>, _ out: UnsafeMutablePointer<Self>, _ count: Int
    ) {
        switch function {
        case .and: for i in 0..<count { out[i] = a[i] & b[i] }
        case .or: for i in 0..<count { out[i] = a[i] | b[i] }
        case .xor: for i in 0..<count { out[i] = a[i] ^ b[i] }
        // Swift's smart shifts: by the width or more, all bits leave; by a negative number, the other way.
        case .shiftLeft: for i in 0..<count { out[i] = a[i] << b[i] }
        case .shiftRight: for i in 0..<count { out[i] = a[i] >> b[i] }
        }
    }

    public static func invertLoop(_ a: UnsafePointer<Self>, _ out: UnsafeMutablePointer<Self>, _ count: Int) {
        for i in 0..<count { out[i] = ~a[i] }
    }
}
