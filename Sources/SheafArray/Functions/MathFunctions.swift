internal import RealModule
internal import SheafCore

// Functions of each element. They are lazy and part of the tasks that use them. Errors are those of the system's mathematical library,
// below 1 ulp for the common ones, or of its vector variant, at most 4 ulp; infinities and NaN give what NumPy gives, without warnings.

extension NDArray where Scalar: ArrayFloat {
    /// eˣ.
    public func exp(fileID: StaticString = #fileID, line: UInt = #line) -> NDArray { applying(.exp, "exp", true, fileID, line) }

    /// 2ˣ.
    public func exp2(fileID: StaticString = #fileID, line: UInt = #line) -> NDArray { applying(.exp2, "exp2", true, fileID, line) }

    /// eˣ - 1, exact near 0.
    public func expm1(fileID: StaticString = #fileID, line: UInt = #line) -> NDArray { applying(.expm1, "expm1", true, fileID, line) }

    /// The natural logarithm; -∞ of 0, NaN of negative numbers.
    public func log(fileID: StaticString = #fileID, line: UInt = #line) -> NDArray { applying(.log, "log", true, fileID, line) }

    /// The logarithm to base 2.
    public func log2(fileID: StaticString = #fileID, line: UInt = #line) -> NDArray { applying(.log2, "log2", true, fileID, line) }

    /// The logarithm to base 10.
    public func log10(fileID: StaticString = #fileID, line: UInt = #line) -> NDArray { applying(.log10, "log10", true, fileID, line) }

    /// log(1 + x), exact near 0.
    public func log1p(fileID: StaticString = #fileID, line: UInt = #line) -> NDArray { applying(.log1p, "log1p", true, fileID, line) }

    /// The cube root; NumPy's `cbrt`.
    public func cubeRoot(fileID: StaticString = #fileID, line: UInt = #line) -> NDArray { applying(.cbrt, "cubeRoot", true, fileID, line) }

    /// The sine, of radians.
    public func sin(fileID: StaticString = #fileID, line: UInt = #line) -> NDArray { applying(.sin, "sin", true, fileID, line) }

    /// The cosine, of radians.
    public func cos(fileID: StaticString = #fileID, line: UInt = #line) -> NDArray { applying(.cos, "cos", true, fileID, line) }

    /// The tangent, of radians.
    public func tan(fileID: StaticString = #fileID, line: UInt = #line) -> NDArray { applying(.tan, "tan", true, fileID, line) }

    /// The inverse sine, in radians; NaN outside -1...1.
    public func asin(fileID: StaticString = #fileID, line: UInt = #line) -> NDArray { applying(.asin, "asin", true, fileID, line) }

    /// The inverse cosine, in radians; NaN outside -1...1.
    public func acos(fileID: StaticString = #fileID, line: UInt = #line) -> NDArray { applying(.acos, "acos", true, fileID, line) }

    /// The inverse tangent, in radians.
    public func atan(fileID: StaticString = #fileID, line: UInt = #line) -> NDArray { applying(.atan, "atan", true, fileID, line) }

    /// The hyperbolic sine.
    public func sinh(fileID: StaticString = #fileID, line: UInt = #line) -> NDArray { applying(.sinh, "sinh", true, fileID, line) }

    /// The hyperbolic cosine.
    public func cosh(fileID: StaticString = #fileID, line: UInt = #line) -> NDArray { applying(.cosh, "cosh", true, fileID, line) }

    /// The hyperbolic tangent.
    public func tanh(fileID: StaticString = #fileID, line: UInt = #line) -> NDArray { applying(.tanh, "tanh", true, fileID, line) }

    /// The inverse hyperbolic sine.
    public func asinh(fileID: StaticString = #fileID, line: UInt = #line) -> NDArray { applying(.asinh, "asinh", true, fileID, line) }

    /// The inverse hyperbolic cosine; NaN below 1.
    public func acosh(fileID: StaticString = #fileID, line: UInt = #line) -> NDArray { applying(.acosh, "acosh", true, fileID, line) }

    /// The inverse hyperbolic tangent; NaN outside -1...1.
    public func atanh(fileID: StaticString = #fileID, line: UInt = #line) -> NDArray { applying(.atanh, "atanh", true, fileID, line) }

    /// The largest integers that are not greater.
    public func floor(fileID: StaticString = #fileID, line: UInt = #line) -> NDArray { applying(.floor, "floor", false, fileID, line) }

    /// The least integers that are not less.
    public func ceil(fileID: StaticString = #fileID, line: UInt = #line) -> NDArray { applying(.ceil, "ceil", false, fileID, line) }

    /// The integers towards zero; NumPy's `trunc`.
    public func truncated(fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        applying(.truncate, "truncated", false, fileID, line)
    }

    /// 1 / x.
    public func reciprocal(fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        applying(.reciprocal, "reciprocal", false, fileID, line)
    }

    /// Radians as degrees.
    public func degrees(fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        applying(.degrees, "degrees", false, fileID, line)
    }

    /// Degrees as radians.
    public func radians(fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        applying(.radians, "radians", false, fileID, line)
    }

    /// The square root; NaN of negative numbers. Correctly rounded.
    public func squareRoot(fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        mapping("squareRoot", to: Scalar.self, fileID: fileID, line: line, Scalar.squareRootLoop)
    }

    /// The square root; ``squareRoot(fileID:line:)`` under NumPy's name.
    public func sqrt(fileID: StaticString = #fileID, line: UInt = #line) -> NDArray { squareRoot(fileID: fileID, line: line) }

    /// The cube root; ``cubeRoot(fileID:line:)`` under NumPy's name.
    public func cbrt(fileID: StaticString = #fileID, line: UInt = #line) -> NDArray { cubeRoot(fileID: fileID, line: line) }

    /// The nearest integers, or the nearest numbers of so many decimals; of two equally near the even one, as NumPy's `round`.
    ///
    /// - Parameter decimals: negative for tens, hundreds, … As for NumPy the element is scaled by a power of ten, rounded and scaled back,
    ///   so that the result can differ in the last bit from the nearest number of so many decimals.
    public func rounded(decimals: Int = 0, fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        if decimals == 0 { return applying(.roundToEven, "rounded", false, fileID, line) }
        let factor = Scalar.pow(10, Swift.abs(decimals))
        let scaled = decimals > 0 ? self * factor : self / factor
        let whole = scaled.applying(.roundToEven, "rounded", false, fileID, line)
        return decimals > 0 ? whole / factor : whole * factor
    }

    func applying(
        _ function: MathFunction, _ name: String, _ isExpensive: Bool, _ fileID: StaticString, _ line: UInt
    ) -> NDArray {
        mapping(name, to: Scalar.self, isExpensive: isExpensive, fileID: fileID, line: line) { Scalar.apply(function, $0, $1, $2) }
    }
}
