// Loops of both floating-point types; always inlined into each type's witness.

extension ArrayFloat {
    public static func signLoop(_ a: UnsafePointer<Self>, _ out: UnsafeMutablePointer<Self>, _ count: Int) { apply(.sign, a, out, count) }

    public static func remainderLoop(
        _ a: UnsafePointer<Self>, _ b: UnsafePointer<Self>, _ out: UnsafeMutablePointer<Self>, _ count: Int
    ) {
        apply(.remainder, a, b, out, count)
    }

    public static func truncatingRemainderLoop(
        _ a: UnsafePointer<Self>, _ b: UnsafePointer<Self>, _ out: UnsafeMutablePointer<Self>, _ count: Int
    ) {
        apply(.truncatingRemainder, a, b, out, count)
    }

    public static func powerLoop(_ a: UnsafePointer<Self>, _ b: UnsafePointer<Self>, _ out: UnsafeMutablePointer<Self>, _ count: Int) {
        apply(.pow, a, b, out, count)
    }

    public static func scanLoop(
        _ operation: RunningOperation, _ first: Self, _ a: UnsafePointer<Self>, _ out: UnsafeMutablePointer<Self>, _ count: Int
    ) {
        var total = first
        switch operation {
        case .sum:
            for i in 0..<count {
                total += a[i]
                out[i] = total
            }
        case .product:
            for i in 0..<count {
                total *= a[i]
                out[i] = total
            }
        }
    }
}
