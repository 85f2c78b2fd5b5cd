internal import SheafCore

// Functions of the bits of integers.

extension NDArray where Scalar: ArrayInteger {
    /// The bits that both have.
    public static func & (a: NDArray, b: NDArray) -> NDArray { a.applying(.and, "&", b) }
    /// The bits that either has.
    public static func | (a: NDArray, b: NDArray) -> NDArray { a.applying(.or, "|", b) }
    /// The bits that one of them has.
    public static func ^ (a: NDArray, b: NDArray) -> NDArray { a.applying(.xor, "^", b) }
    /// The bits moved up; all are gone where the distance is the type's width or more. A negative distance moves them down.
    public static func << (a: NDArray, b: NDArray) -> NDArray { a.applying(.shiftLeft, "<<", b) }
    /// The bits moved down, with the sign kept. A negative distance moves them up.
    public static func >> (a: NDArray, b: NDArray) -> NDArray { a.applying(.shiftRight, ">>", b) }
    /// The bits that are not set.
    public static prefix func ~ (a: NDArray) -> NDArray { a.mapping("~", to: Scalar.self, Scalar.invertLoop) }

    public static func & (a: NDArray, b: Scalar) -> NDArray { a & a.constant(b) }
    public static func | (a: NDArray, b: Scalar) -> NDArray { a | a.constant(b) }
    public static func ^ (a: NDArray, b: Scalar) -> NDArray { a ^ a.constant(b) }
    public static func << (a: NDArray, b: Scalar) -> NDArray { a << a.constant(b) }
    public static func >> (a: NDArray, b: Scalar) -> NDArray { a >> a.constant(b) }

    private func applying(_ function: BitFunction, _ name: String, _ other: NDArray) -> NDArray {
        combining(name, other, to: Scalar.self) { Scalar.apply(function, $0, $1, $2, $3) }
    }
}
