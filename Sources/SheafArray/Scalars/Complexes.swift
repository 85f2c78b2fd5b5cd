public import ComplexModule
internal import RealModule

/// The real types that complex numbers are made of.
public protocol ComplexPart: ArrayFloat, BinaryFloatingPoint {
    static var complexType: ScalarType { get }
}

extension Double: ComplexPart { public static var complexType: ScalarType { .complex128 } }
extension Float: ComplexPart { public static var complexType: ScalarType { .complex64 } }

extension Complex: ArrayScalar where RealType: ComplexPart {
    public static var scalarType: ScalarType { RealType.complexType }
    public static var zeroValue: Self { Self(0, 0) }
    public static var oneValue: Self { Self(1, 0) }
}

extension Complex: ArrayNumber where RealType: ComplexPart {
    public typealias Sum = Complex
    public typealias Mean = Complex

    public var isNotANumber: Bool { real.isNaN || imaginary.isNaN }
    public static var isFloating: Bool { true }

    public static func addLoop(_ a: UnsafePointer<Self>, _ b: UnsafePointer<Self>, _ out: UnsafeMutablePointer<Self>, _ count: Int) {
        for i in 0..<count { out[i] = a[i] + b[i] }
    }

    public static func subtractLoop(_ a: UnsafePointer<Self>, _ b: UnsafePointer<Self>, _ out: UnsafeMutablePointer<Self>, _ count: Int) {
        for i in 0..<count { out[i] = a[i] - b[i] }
    }

    public static func multiplyLoop(_ a: UnsafePointer<Self>, _ b: UnsafePointer<Self>, _ out: UnsafeMutablePointer<Self>, _ count: Int) {
        for i in 0..<count { out[i] = a[i] * b[i] }
    }

    public static func divideLoop(_ a: UnsafePointer<Self>, _ b: UnsafePointer<Self>, _ out: UnsafeMutablePointer<Self>, _ count: Int) {
        for i in 0..<count { out[i] = a[i] / b[i] }
    }

    public static func negateLoop(_ a: UnsafePointer<Self>, _ out: UnsafeMutablePointer<Self>, _ count: Int) {
        for i in 0..<count { out[i] = -a[i] }
    }

    public static func sum(_ a: UnsafePointer<Self>, _ count: Int) -> Self {
        // Several running sums, so that the error stays that of short sums.
        var lanes = (Self(0, 0), Self(0, 0), Self(0, 0), Self(0, 0)), i = 0
        while i + 4 <= count {
            lanes.0 += a[i]
            lanes.1 += a[i + 1]
            lanes.2 += a[i + 2]
            lanes.3 += a[i + 3]
            i += 4
        }
        while i < count {
            lanes.0 += a[i]
            i += 1
        }
        return (lanes.0 + lanes.1) + (lanes.2 + lanes.3)
    }

    public static func mean(of sum: Self, count: Int) -> Self {
        Self(sum.real / RealType(count), sum.imaginary / RealType(count))
    }

    public static func accumulateLoop(_ a: UnsafePointer<Self>, _ sum: UnsafeMutablePointer<Self>, _ count: Int) {
        for i in 0..<count { sum[i] += a[i] }
    }

    public static func wrappingAdd(_ a: Self, _ b: Self) -> Self { a + b }
}

extension Complex where RealType: ComplexPart {
    public static func product(_ a: UnsafePointer<Self>, _ count: Int) -> Self {
        var product = Self(1, 0)
        for i in 0..<count { product *= a[i] }
        return product
    }

    public static func multiplyAccumulateLoop(_ a: UnsafePointer<Self>, _ product: UnsafeMutablePointer<Self>, _ count: Int) {
        for i in 0..<count { product[i] *= a[i] }
    }

    public static func scanLoop(
        _ operation: RunningOperation, _ first: Self, _ a: UnsafePointer<Self>, _ out: UnsafeMutablePointer<Self>, _ count: Int
    ) {
        var total = first
        for i in 0..<count {
            if operation == .sum { total += a[i] } else { total *= a[i] }
            out[i] = total
        }
    }
}
