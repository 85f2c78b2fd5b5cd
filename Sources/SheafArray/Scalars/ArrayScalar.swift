public import RealModule

/// A type that arrays can hold: `Bool`, the integers, `Float`, `Double`, and `Complex` of the latter two.
///
/// The set is closed; the requirements are the type's loops over contiguous elements, each a specialised function, so that
/// generic code calls one function per tile rather than per element.
public protocol ArrayScalar: Sendable, Hashable, Codable {
    static var scalarType: ScalarType { get }
    /// 0, or `false`.
    static var zeroValue: Self { get }
    static var oneValue: Self { get }

    static func fillLoop(_ value: Self, _ out: UnsafeMutablePointer<Self>, _ count: Int)
    static func equalLoop(_ a: UnsafePointer<Self>, _ b: UnsafePointer<Self>, _ out: UnsafeMutablePointer<Bool>, _ count: Int)
    static func selectLoop(
        _ which: UnsafePointer<Bool>, _ a: UnsafePointer<Self>, _ b: UnsafePointer<Self>, _ out: UnsafeMutablePointer<Self>, _ count: Int)
    /// The loop that converts to this type from another, as ``NDArray/cast(to:)`` documents.
    static func castLoop(from source: ScalarType) -> (@Sendable (UnsafeRawPointer, UnsafeMutablePointer<Self>, Int) -> Void)?
}

/// A scalar that can be added and multiplied. Integers wrap around on overflow, as NumPy's do.
public protocol ArrayNumber: ArrayScalar, Numeric {
    static func addLoop(_ a: UnsafePointer<Self>, _ b: UnsafePointer<Self>, _ out: UnsafeMutablePointer<Self>, _ count: Int)
    static func subtractLoop(_ a: UnsafePointer<Self>, _ b: UnsafePointer<Self>, _ out: UnsafeMutablePointer<Self>, _ count: Int)
    static func multiplyLoop(_ a: UnsafePointer<Self>, _ b: UnsafePointer<Self>, _ out: UnsafeMutablePointer<Self>, _ count: Int)
    /// The loop of a × b + c, where it is worth having.
    static var multiplyAddLoop:
        (@Sendable (UnsafePointer<Self>, UnsafePointer<Self>, UnsafePointer<Self>, UnsafeMutablePointer<Self>, Int) -> Void)?
    { get }
    /// Division; of integers rounded towards negative infinity, with 0 for a division by zero.
    static func divideLoop(_ a: UnsafePointer<Self>, _ b: UnsafePointer<Self>, _ out: UnsafeMutablePointer<Self>, _ count: Int)
    static func negateLoop(_ a: UnsafePointer<Self>, _ out: UnsafeMutablePointer<Self>, _ count: Int)

    /// What sums of this type are returned as: 64 bits wide for the integers, the type itself otherwise.
    associatedtype Sum: ArrayNumber
    /// What means of this type are returned as: `Double` for the integers, the type itself otherwise.
    associatedtype Mean: ArrayNumber
    /// The sum of some contiguous elements.
    static func sum(_ a: UnsafePointer<Self>, _ count: Int) -> Sum
    /// Adds the sum of some contiguous elements to a running sum, and what rounding takes from that to `lost`.
    static func fold(_ a: UnsafePointer<Self>, _ count: Int, _ sum: inout Sum, _ lost: inout Sum)
    /// The same for the sum of the products of two, where there is a faster way than storing them.
    static var foldProducts: (@Sendable (UnsafePointer<Self>, UnsafePointer<Self>, Int, inout Sum, inout Sum) -> Void)? { get }
    /// Converts a sum to the type of means.
    static func mean(of sum: Sum, count: Int) -> Mean
    /// sum[i] += a[i].
    static func accumulateLoop(_ a: UnsafePointer<Self>, _ sum: UnsafeMutablePointer<Sum>, _ count: Int)
    /// The product of some contiguous elements.
    static func product(_ a: UnsafePointer<Self>, _ count: Int) -> Sum
    /// product[i] *= a[i].
    static func multiplyAccumulateLoop(_ a: UnsafePointer<Self>, _ product: UnsafeMutablePointer<Sum>, _ count: Int)
    /// out[i] is `first`, a[0], … a[i] added or multiplied.
    static func scanLoop(
        _ operation: RunningOperation, _ first: Self, _ a: UnsafePointer<Self>, _ out: UnsafeMutablePointer<Self>, _ count: Int)
    static func wrappingAdd(_ a: Self, _ b: Self) -> Self
    /// Whether additions round.
    static var isFloating: Bool { get }
    /// Whether the value, or a part of it, is a NaN.
    var isNotANumber: Bool { get }
}

extension ArrayNumber {
    public static var foldProducts: (@Sendable (UnsafePointer<Self>, UnsafePointer<Self>, Int, inout Sum, inout Sum) -> Void)? { nil }
    public static var multiplyAddLoop:
        (@Sendable (UnsafePointer<Self>, UnsafePointer<Self>, UnsafePointer<Self>, UnsafeMutablePointer<Self>, Int) -> Void)?
    { nil }
}

/// A number with an order: all but `Complex`.
public protocol ArrayReal: ArrayNumber, Comparable {
    static func lessLoop(_ a: UnsafePointer<Self>, _ b: UnsafePointer<Self>, _ out: UnsafeMutablePointer<Bool>, _ count: Int)
    static func lessEqualLoop(_ a: UnsafePointer<Self>, _ b: UnsafePointer<Self>, _ out: UnsafeMutablePointer<Bool>, _ count: Int)
    /// NaN where either is.
    static func minimumLoop(_ a: UnsafePointer<Self>, _ b: UnsafePointer<Self>, _ out: UnsafeMutablePointer<Self>, _ count: Int)
    static func maximumLoop(_ a: UnsafePointer<Self>, _ b: UnsafePointer<Self>, _ out: UnsafeMutablePointer<Self>, _ count: Int)
    static func absoluteLoop(_ a: UnsafePointer<Self>, _ out: UnsafeMutablePointer<Self>, _ count: Int)
    /// The least of at least one contiguous element; NaN when there is one.
    static func least(_ a: UnsafePointer<Self>, _ count: Int) -> Self
    static func greatest(_ a: UnsafePointer<Self>, _ count: Int) -> Self
    /// out[i] is the least (greatest) of `first`, a[0], … a[i].
    static func scanLoop(
        _ extreme: Extreme, _ first: Self, _ a: UnsafePointer<Self>, _ out: UnsafeMutablePointer<Self>, _ count: Int)
    /// Where the first element is that equals a value; a NaN is looked for as NaN.
    static func firstPosition(of value: Self, _ a: UnsafePointer<Self>, _ count: Int) -> Int?
    /// Where a[i] goes before best[i], or is the first NaN there, it takes its place, and the index that of the best one.
    static func rankLoop(
        _ extreme: Extreme, _ a: UnsafePointer<Self>, _ index: Int, _ best: UnsafeMutablePointer<Ranked<Self>>, _ count: Int,
        skippingNaN: Bool)
    /// Sorts; NaNs come last.
    static func sortLoop(_ a: UnsafeMutablePointer<Self>, _ count: Int)
    /// Brings the element to its position that would be there if all were sorted, with the lesser ones before it.
    static func selectLoop(_ a: UnsafeMutablePointer<Self>, _ count: Int, position: Int)
    /// For each element, how many sorted ones are less, or less or equal.
    static func searchLoop(
        _ sorted: UnsafePointer<Self>, _ sortedCount: Int, _ a: UnsafePointer<Self>, _ out: UnsafeMutablePointer<Int>, _ count: Int,
        afterEqual: Bool)
    /// Sorts by value, largest first (smallest first for `.minimum`), then by index.
    static func rankedSortLoop(_ extreme: Extreme, _ a: UnsafeMutablePointer<Ranked<Self>>, _ count: Int)
    /// The first `kept` of some elements in that order, of which there are at least as many; the first one has the index given.
    static func topLoop(
        _ extreme: Extreme, _ a: UnsafePointer<Self>, _ count: Int, _ index: Int, _ best: UnsafeMutablePointer<Ranked<Self>>, _ kept: Int)
    /// -1, 0 or 1.
    static func signLoop(_ a: UnsafePointer<Self>, _ out: UnsafeMutablePointer<Self>, _ count: Int)
    /// The remainder with the sign of the divisor; of integers by zero 0.
    static func remainderLoop(_ a: UnsafePointer<Self>, _ b: UnsafePointer<Self>, _ out: UnsafeMutablePointer<Self>, _ count: Int)
    /// The remainder with the sign of the dividend; of integers by zero 0.
    static func truncatingRemainderLoop(
        _ a: UnsafePointer<Self>, _ b: UnsafePointer<Self>, _ out: UnsafeMutablePointer<Self>, _ count: Int)
    /// a[i] to the power of b[i].
    static func powerLoop(_ a: UnsafePointer<Self>, _ b: UnsafePointer<Self>, _ out: UnsafeMutablePointer<Self>, _ count: Int)
    var doubleValue: Double { get }
    init(doubleValue: Double)
    /// out[i] = start + (first + i) × step.
    static func rampLoop(_ start: Self, _ step: Self, _ first: Int, _ out: UnsafeMutablePointer<Self>, _ count: Int)
}

/// `Float` or `Double`.
public protocol ArrayFloat: ArrayReal, Real where Sum == Self, Mean == Self {
    static func squareRootLoop(_ a: UnsafePointer<Self>, _ out: UnsafeMutablePointer<Self>, _ count: Int)
    static func squareLoop(_ a: UnsafePointer<Self>, _ out: UnsafeMutablePointer<Self>, _ count: Int)
    static func sumOfProducts(_ a: UnsafePointer<Self>, _ b: UnsafePointer<Self>, _ count: Int) -> Self
    /// The sum of the squared differences from `mean`.
    static func sumOfSquares(_ a: UnsafePointer<Self>, from mean: Self, _ count: Int) -> Self
    static func apply(_ function: MathFunction, _ a: UnsafePointer<Self>, _ out: UnsafeMutablePointer<Self>, _ count: Int)
    static func apply(
        _ function: MathFunctionOfTwo, _ a: UnsafePointer<Self>, _ b: UnsafePointer<Self>, _ out: UnsafeMutablePointer<Self>, _ count: Int)
    static func test(_ test: FloatTest, _ a: UnsafePointer<Self>, _ out: UnsafeMutablePointer<Bool>, _ count: Int)
    /// |a - b| ≤ absolute + relative × |b|.
    static func closeLoop(
        _ a: UnsafePointer<Self>, _ b: UnsafePointer<Self>, _ out: UnsafeMutablePointer<Bool>, _ count: Int, relative: Self,
        absolute: Self, equalNaN: Bool)
    static func replaceOddLoop(
        _ a: UnsafePointer<Self>, _ out: UnsafeMutablePointer<Self>, _ count: Int, nan: Self, positiveInfinity: Self,
        negativeInfinity: Self)
    static func integerPowerLoop(_ a: UnsafePointer<Self>, _ out: UnsafeMutablePointer<Self>, _ count: Int, exponent: Int)
    /// The sum of the elements that are not NaN, and how many there are.
    static func sumOfValid(_ a: UnsafePointer<Self>, _ count: Int) -> (sum: Self, valid: Int)
    static func sumOfValidSquares(_ a: UnsafePointer<Self>, from mean: Self, _ count: Int) -> Self
    /// NaN only where all are.
    static func leastValid(_ a: UnsafePointer<Self>, _ count: Int) -> Self
    static func greatestValid(_ a: UnsafePointer<Self>, _ count: Int) -> Self
    /// sum[i] += a[i] - shift[i], squares[i] += (a[i] - shift[i])².
    static func shiftedMomentsLoop(
        _ a: UnsafePointer<Self>, _ shift: UnsafePointer<Self>, _ sum: UnsafeMutablePointer<Self>, _ squares: UnsafeMutablePointer<Self>,
        _ count: Int)
}

/// A fixed-width integer.
public protocol ArrayInteger: ArrayReal, FixedWidthInteger where Mean == Double {
    static func apply(
        _ function: BitFunction, _ a: UnsafePointer<Self>, _ b: UnsafePointer<Self>, _ out: UnsafeMutablePointer<Self>, _ count: Int)
    static func invertLoop(_ a: UnsafePointer<Self>, _ out: UnsafeMutablePointer<Self>, _ count: Int)
}

/// An array's element type at run time, as NumPy names them.
public enum ScalarType: String, Sendable, Hashable, Codable, CaseIterable {
    case bool, int8, int16, int32, int64, uint8, uint16, uint32, uint64, float32, float64, complex64, complex128

    /// Bytes of one element.
    public var byteCount: Int {
        switch self {
        case .bool, .int8, .uint8: 1
        case .int16, .uint16: 2
        case .int32, .uint32, .float32: 4
        case .int64, .uint64, .float64, .complex64: 8
        case .complex128: 16
        }
    }
}
