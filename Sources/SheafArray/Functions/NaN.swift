internal import SheafCore

extension NDArray where Scalar: ArrayFloat {
    /// Whether each element is NaN.
    public func isNaN(fileID: StaticString = #fileID, line: UInt = #line) -> NDArray<Bool> { testing(.isNaN, "isNaN", fileID, line) }

    /// Whether each element is an infinity, of either sign.
    public func isInfinite(fileID: StaticString = #fileID, line: UInt = #line) -> NDArray<Bool> {
        testing(.isInfinite, "isInfinite", fileID, line)
    }

    /// Whether each element is neither an infinity nor NaN.
    public func isFinite(fileID: StaticString = #fileID, line: UInt = #line) -> NDArray<Bool> {
        testing(.isFinite, "isFinite", fileID, line)
    }

    /// Whether each element has its sign bit set; -0 and some NaNs have. NumPy's `signbit`.
    public func signBit(fileID: StaticString = #fileID, line: UInt = #line) -> NDArray<Bool> { testing(.signBit, "signBit", fileID, line) }

    /// Whether |a - b| ≤ absoluteTolerance + relativeTolerance × |b|, element by element, broadcast: NumPy's `isclose`, not symmetric.
    ///
    /// An infinity is close to itself only. Tolerances are of the arrays' type.
    public func isClose(
        to other: NDArray, relativeTolerance: Double = 1e-5, absoluteTolerance: Double = 1e-8, equalNaN: Bool = false,
        fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray<Bool> {
        let relative = Scalar(doubleValue: relativeTolerance), absolute = Scalar(doubleValue: absoluteTolerance)
        return combining("isClose", other, to: Bool.self, location: SourceLocation(fileID: fileID, line: line)) { a, b, out, count in
            Scalar.closeLoop(a, b, out, count, relative: relative, absolute: absolute, equalNaN: equalNaN)
        }
    }

    /// Whether all elements are close to the other array's; see ``isClose(to:relativeTolerance:absoluteTolerance:equalNaN:fileID:line:)``.
    public func allClose(
        to other: NDArray, relativeTolerance: Double = 1e-5, absoluteTolerance: Double = 1e-8, equalNaN: Bool = false,
        fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray<Bool> {
        isClose(
            to: other, relativeTolerance: relativeTolerance, absoluteTolerance: absoluteTolerance, equalNaN: equalNaN, fileID: fileID,
            line: line
        ).all(fileID: fileID, line: line)
    }

    /// Replaces NaN, by default with 0, and infinities, by default with the largest finite numbers: NumPy's `nan_to_num`.
    public func nanToNumber(
        nan: Scalar = 0, positiveInfinity: Scalar = .greatestFiniteMagnitude, negativeInfinity: Scalar = -.greatestFiniteMagnitude,
        fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray {
        mapping("nanToNumber", to: Scalar.self, fileID: fileID, line: line) { a, out, count in
            Scalar.replaceOddLoop(a, out, count, nan: nan, positiveInfinity: positiveInfinity, negativeInfinity: negativeInfinity)
        }
    }

    /// Replaces NaN, and nothing else.
    public func replacingNaN(with value: Scalar, fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        mapping("replacingNaN", to: Scalar.self, fileID: fileID, line: line) { a, out, count in
            Scalar.replaceOddLoop(a, out, count, nan: value, positiveInfinity: .infinity, negativeInfinity: -.infinity)
        }
    }

    private func testing(_ test: FloatTest, _ name: String, _ fileID: StaticString, _ line: UInt) -> NDArray<Bool> {
        mapping(name, to: Bool.self, fileID: fileID, line: line) { Scalar.test(test, $0, $1, $2) }
    }
}
