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
    /// Converts a sum to the type of means.
    static func mean(of sum: Sum, count: Int) -> Mean
    /// sum[i] += a[i].
    static func accumulateLoop(_ a: UnsafePointer<Self>, _ sum: UnsafeMutablePointer<Sum>, _ count: Int)
    static func wrappingAdd(_ a: Self, _ b: Self) -> Self
    /// Whether additions round.
    static var isFloating: Bool { get }
    /// Whether the value, or a part of it, is a NaN.
    var isNotANumber: Bool { get }
}

extension ArrayNumber {
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
}

/// A fixed-width integer.
public protocol ArrayInteger: ArrayReal, FixedWidthInteger where Mean == Double {}

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
