internal import SheafCore

// Functions of numbers with an order, integers as well as floating point.

extension NDArray where Scalar: ArrayReal {
    /// The magnitudes. Of the least integer of a signed type it is that integer again, as it is for NumPy.
    public func abs(fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        mapping("abs", to: Scalar.self, fileID: fileID, line: line, Scalar.absoluteLoop)
    }

    /// -1, 0 or 1; NaN of NaN.
    public func sign(fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        mapping("sign", to: Scalar.self, fileID: fileID, line: line, Scalar.signLoop)
    }

    /// The lesser of two elements, broadcast; NaN where either is.
    public func minimum(_ other: NDArray, fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        combining("minimum", other, to: Scalar.self, location: SourceLocation(fileID: fileID, line: line), Scalar.minimumLoop)
    }

    /// The greater of two elements, broadcast; NaN where either is.
    public func maximum(_ other: NDArray, fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        combining("maximum", other, to: Scalar.self, location: SourceLocation(fileID: fileID, line: line), Scalar.maximumLoop)
    }

    /// The lesser of each element and a number.
    public func minimum(_ other: Scalar, fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        minimum(constant(other), fileID: fileID, line: line)
    }

    /// The greater of each element and a number.
    public func maximum(_ other: Scalar, fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        maximum(constant(other), fileID: fileID, line: line)
    }

    /// Each element, but not less than `min` and not greater than `max`; where `min` is greater than `max` it is `max`. NaN stays NaN.
    public func clip(
        min: Scalar? = nil, max: Scalar? = nil, fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray {
        clip(min: min.map(constant), max: max.map(constant), fileID: fileID, line: line)
    }

    /// Each element between those of two other arrays, broadcast; see ``clip(min:max:fileID:line:)-…``.
    public func clip(min: NDArray?, max: NDArray?, fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        let raised = min.map { maximum($0, fileID: fileID, line: line) } ?? self
        return max.map { raised.minimum($0, fileID: fileID, line: line) } ?? raised
    }

    /// The remainder of a division, with the sign of the divisor: Python's `%`. Of integers by zero it is 0, else NaN.
    public func remainder(dividingBy divisor: NDArray, fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        combining("remainder", divisor, to: Scalar.self, location: SourceLocation(fileID: fileID, line: line), Scalar.remainderLoop)
    }

    /// The remainder of a division by a number, with the sign of the divisor.
    public func remainder(dividingBy divisor: Scalar, fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        remainder(dividingBy: constant(divisor), fileID: fileID, line: line)
    }

    /// The remainder of a division, with the sign of the dividend: C's `fmod`. Of integers by zero it is 0, else NaN.
    public func truncatingRemainder(dividingBy divisor: NDArray, fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        combining(
            "truncatingRemainder", divisor, to: Scalar.self, location: SourceLocation(fileID: fileID, line: line),
            Scalar.truncatingRemainderLoop)
    }

    /// The remainder of a division by a number, with the sign of the dividend.
    public func truncatingRemainder(dividingBy divisor: Scalar, fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        truncatingRemainder(dividingBy: constant(divisor), fileID: fileID, line: line)
    }

    /// Each element to the power of another, broadcast.
    ///
    /// Integers wrap around on overflow; a negative exponent of an integer gives the fraction towards zero (1 of 1, ±1 of -1, else 0),
    /// where NumPy throws.
    public func power(_ exponents: NDArray, fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        let location = SourceLocation(fileID: fileID, line: line)
        return combining("power", exponents, to: Scalar.self, location: location, Scalar.powerLoop)
    }
}

extension NDArray where Scalar: ArrayNumber {
    /// Each element times itself.
    public func square(fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        mapping("square", to: Scalar.self, fileID: fileID, line: line) { a, out, count in Scalar.multiplyLoop(a, a, out, count) }
    }
}

extension NDArray where Scalar: ArrayFloat {
    /// Each element to the power of a number.
    ///
    /// The exponents -1, 0.5, 1, 2, 3 and 4 are computed by at most two multiplications, a division or a square root (error below 2 ulp).
    public func power(_ exponent: Scalar, fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        switch exponent {
        case -1: return applying(.reciprocal, "power", false, fileID, line)
        case 1: return self
        case 2: return square(fileID: fileID, line: line)
        case 3: return applying(.cube, "power", false, fileID, line)
        case 4: return applying(.fourthPower, "power", false, fileID, line)
        case 1 / 2: return squareRoot(fileID: fileID, line: line)
        default:
            return mapping("power", to: Scalar.self, isExpensive: true, fileID: fileID, line: line) { a, out, count in
                withUnsafeTemporaryAllocation(of: Scalar.self, capacity: Swift.max(count, 1)) { exponents in
                    guard let base = exponents.baseAddress else { return }
                    base.initialize(repeating: exponent, count: count)
                    Scalar.apply(.pow, a, base, out, count)
                }
            }
        }
    }

    /// Each element to the power of an integer, by repeated squaring: an error of about one ulp for each multiplication.
    public func power(_ exponent: Int, fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        if (-1...4).contains(exponent), exponent != 0 { return power(Scalar(exponent), fileID: fileID, line: line) }
        return mapping("power", to: Scalar.self, fileID: fileID, line: line) { a, out, count in
            Scalar.integerPowerLoop(a, out, count, exponent: exponent)
        }
    }

    /// A number to the power of each element.
    public static func power(_ base: Scalar, _ exponents: NDArray, fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        exponents.constant(base).power(exponents, fileID: fileID, line: line)
    }

    /// The quotient by a number, rounded towards negative infinity; Python's `//`.
    public func floorDivided(by divisor: Scalar, fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        floorDivided(by: constant(divisor), fileID: fileID, line: line)
    }

    /// √(self² + other²).
    public func hypot(_ other: Scalar, fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        hypot(constant(other), fileID: fileID, line: line)
    }

    /// The angle of the point (x, self), in radians.
    public func atan2(_ x: Scalar, fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        atan2(constant(x), fileID: fileID, line: line)
    }
}

extension NDArray where Scalar: ArrayInteger {
    /// Each element to the power of a number; see ``power(_:fileID:line:)-…`` for overflow and negative exponents.
    public func power(_ exponent: Scalar, fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        power(constant(exponent), fileID: fileID, line: line)
    }
}
