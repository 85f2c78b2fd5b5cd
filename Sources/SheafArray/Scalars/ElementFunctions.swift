// Names of functions that a scalar type has loops for; the loops are requirements of ``ArrayScalar`` and the protocols that refine it.

/// A function of one floating-point number. In the order of the C kernels' enumeration.
public enum MathFunction: UInt32, Sendable {
    case exp, exp2, expm1, log, log2, log10, log1p, cbrt
    case sin, cos, tan, asin, acos, atan
    case sinh, cosh, tanh, asinh, acosh, atanh
    case floor, ceil, roundToEven, truncate, sign, reciprocal, degrees, radians, cube, fourthPower
}

/// A function of two floating-point numbers. In the order of the C kernels' enumeration.
public enum MathFunctionOfTwo: UInt32, Sendable {
    case atan2, hypot, pow, truncatingRemainder, remainder, floorDivide, copySign, nextAfter
    case logAddExp, logAddExp2, lesserNumber, greaterNumber
}

/// A question about a floating-point number. In the order of the C kernels' enumeration.
public enum FloatTest: UInt32, Sendable {
    case isNaN, isInfinite, isFinite, signBit
}

/// A function of the bits of two integers.
public enum BitFunction: Sendable {
    case and, or, xor, shiftLeft, shiftRight
}

/// What a scan adds up.
public enum RunningOperation: Sendable {
    case sum, product
}

/// Which end of an order is looked for.
public enum Extreme: Sendable {
    case minimum, maximum
}

/// An element, and where it was.
public struct Ranked<Value: Sendable>: Sendable {
    public var value: Value
    /// -1 where there is no element yet.
    public var index: Int

    @inlinable
    public init(_ value: Value, _ index: Int) {
        self.value = value
        self.index = index
    }
}
