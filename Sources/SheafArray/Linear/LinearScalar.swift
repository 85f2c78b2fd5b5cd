public import ComplexModule

/// The types that linear algebra works on: `Float`, `Double` and `Complex` of these.
public protocol LinearScalar: ArrayNumber where Sum == Self, Mean == Self, Magnitude: ComplexPart & LinearScalar {
    static var isComplex: Bool { get }
    init(realPart: Magnitude)
    var realPart: Magnitude { get }
    /// 0 for real numbers.
    var imaginaryPart: Magnitude { get }
    var conjugated: Self { get }
    /// The absolute value, with the usual meaning for complex numbers too.
    var modulus: Magnitude { get }
}

extension LinearScalar where Magnitude == Self {
    public static var isComplex: Bool { false }
    public init(realPart: Magnitude) { self = realPart }
    public var realPart: Magnitude { self }
    public var imaginaryPart: Magnitude { 0 }
    public var conjugated: Self { self }
    public var modulus: Magnitude { magnitude }
}

extension Double: LinearScalar {}
extension Float: LinearScalar {}

extension Complex: LinearScalar where RealType: ComplexPart & LinearScalar {
    public static var isComplex: Bool { true }
    public init(realPart: RealType) { self.init(realPart, 0) }
    public var realPart: RealType { real }
    public var imaginaryPart: RealType { imaginary }
    public var conjugated: Complex { conjugate }
    public var modulus: RealType { length }
}
