internal import SheafCore

// Functions of two floating-point elements; the arrays are broadcast to one shape.

extension NDArray where Scalar: ArrayFloat {
    /// The angle of the point (x, self), in radians, with the signs of both deciding on the quadrant.
    public func atan2(_ x: NDArray, fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        applying(.atan2, "atan2", x, fileID, line)
    }

    /// √(self² + other²), without overflow on the way.
    public func hypot(_ other: NDArray, fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        applying(.hypot, "hypot", other, fileID, line)
    }

    /// The quotient rounded towards negative infinity; Python's `//`.
    public func floorDivided(by divisor: NDArray, fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        applying(.floorDivide, "floorDivided", divisor, fileID, line)
    }

    /// The magnitude of each element with the sign of another.
    public func copySign(of other: NDArray, fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        applying(.copySign, "copySign", other, fileID, line)
    }

    /// The next number of the type in the direction of another.
    public func nextAfter(towards other: NDArray, fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        applying(.nextAfter, "nextAfter", other, fileID, line)
    }

    /// log(eˣ + eʸ), without overflow on the way.
    public func logAddExp(_ other: NDArray, fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        applying(.logAddExp, "logAddExp", other, fileID, line)
    }

    /// log2(2ˣ + 2ʸ), without overflow on the way.
    public func logAddExp2(_ other: NDArray, fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        applying(.logAddExp2, "logAddExp2", other, fileID, line)
    }

    /// The lesser of two elements; where one is NaN the other. NumPy's `fmin`.
    public func minimumNumber(_ other: NDArray, fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        applying(.lesserNumber, "minimumNumber", other, fileID, line)
    }

    /// The greater of two elements; where one is NaN the other. NumPy's `fmax`.
    public func maximumNumber(_ other: NDArray, fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        applying(.greaterNumber, "maximumNumber", other, fileID, line)
    }

    func applying(
        _ function: MathFunctionOfTwo, _ name: String, _ other: NDArray, _ fileID: StaticString, _ line: UInt
    ) -> NDArray {
        combining(name, other, to: Scalar.self, location: SourceLocation(fileID: fileID, line: line)) {
            Scalar.apply(function, $0, $1, $2, $3)
        }
    }
}
