// The operators of NumPy. They are lazy and cannot throw; see ``NDArray`` for where shapes that do not fit are reported.

extension NDArray where Scalar: ArrayNumber {
    public static func + (a: NDArray, b: NDArray) -> NDArray {
        a.combining("+", b, to: Scalar.self, arithmetic: sumArithmetic, Scalar.addLoop)
    }
    public static func - (a: NDArray, b: NDArray) -> NDArray { a.combining("-", b, to: Scalar.self, Scalar.subtractLoop) }
    public static func * (a: NDArray, b: NDArray) -> NDArray {
        a.combining("*", b, to: Scalar.self, arithmetic: .product, Scalar.multiplyLoop)
    }
    /// Of integers rounded towards negative infinity, as Python's `//`; a division of integers by zero gives 0.
    public static func / (a: NDArray, b: NDArray) -> NDArray { a.combining("/", b, to: Scalar.self, Scalar.divideLoop) }
    public static prefix func - (a: NDArray) -> NDArray { a.mapping("-", to: Scalar.self, Scalar.negateLoop) }

    public static func + (a: NDArray, b: Scalar) -> NDArray { a + a.constant(b) }
    public static func - (a: NDArray, b: Scalar) -> NDArray { a - a.constant(b) }
    public static func * (a: NDArray, b: Scalar) -> NDArray { a * a.constant(b) }
    public static func / (a: NDArray, b: Scalar) -> NDArray { a / a.constant(b) }
    public static func + (a: Scalar, b: NDArray) -> NDArray { b.constant(a) + b }
    public static func - (a: Scalar, b: NDArray) -> NDArray { b.constant(a) - b }
    public static func * (a: Scalar, b: NDArray) -> NDArray { b.constant(a) * b }
    public static func / (a: Scalar, b: NDArray) -> NDArray { b.constant(a) / b }

    private static var sumArithmetic: Arithmetic? {
        Scalar.multiplyAddLoop.map { loop in
            .sum(
                multiplyAdd: .ternary { a, b, c, out, count in
                    loop(
                        a.assumingMemoryBound(to: Scalar.self), b.assumingMemoryBound(to: Scalar.self),
                        c.assumingMemoryBound(to: Scalar.self), out.assumingMemoryBound(to: Scalar.self), count)
                })
        }
    }

    public static func += (a: inout NDArray, b: NDArray) { a = a + b }
    public static func -= (a: inout NDArray, b: NDArray) { a = a - b }
    public static func *= (a: inout NDArray, b: NDArray) { a = a * b }
    public static func /= (a: inout NDArray, b: NDArray) { a = a / b }
}

// Element-wise comparisons carry a dot, as those of SIMD vectors do.
extension NDArray {
    public static func .== (a: NDArray, b: NDArray) -> NDArray<Bool> { a.combining("==", b, to: Bool.self, Scalar.equalLoop) }
    public static func .!= (a: NDArray, b: NDArray) -> NDArray<Bool> { .!(a .== b) }
    public static func .== (a: NDArray, b: Scalar) -> NDArray<Bool> { a .== a.constant(b) }
    public static func .!= (a: NDArray, b: Scalar) -> NDArray<Bool> { a .!= a.constant(b) }
}

extension NDArray where Scalar: ArrayReal {
    public static func .< (a: NDArray, b: NDArray) -> NDArray<Bool> { a.combining("<", b, to: Bool.self, Scalar.lessLoop) }
    public static func .<= (a: NDArray, b: NDArray) -> NDArray<Bool> { a.combining("<=", b, to: Bool.self, Scalar.lessEqualLoop) }
    public static func .> (a: NDArray, b: NDArray) -> NDArray<Bool> { b .< a }
    public static func .>= (a: NDArray, b: NDArray) -> NDArray<Bool> { b .<= a }
    public static func .< (a: NDArray, b: Scalar) -> NDArray<Bool> { a .< a.constant(b) }
    public static func .<= (a: NDArray, b: Scalar) -> NDArray<Bool> { a .<= a.constant(b) }
    public static func .> (a: NDArray, b: Scalar) -> NDArray<Bool> { a .> a.constant(b) }
    public static func .>= (a: NDArray, b: Scalar) -> NDArray<Bool> { a .>= a.constant(b) }
}

extension NDArray where Scalar == Bool {
    public static func .& (a: NDArray, b: NDArray) -> NDArray {
        a.combining("and", b, to: Bool.self) { a, b, out, count in for i in 0..<count { out[i] = a[i] && b[i] } }
    }

    public static func .| (a: NDArray, b: NDArray) -> NDArray {
        a.combining("or", b, to: Bool.self) { a, b, out, count in for i in 0..<count { out[i] = a[i] || b[i] } }
    }

    public static func .^ (a: NDArray, b: NDArray) -> NDArray {
        a.combining("xor", b, to: Bool.self) { a, b, out, count in for i in 0..<count { out[i] = a[i] != b[i] } }
    }

    public static prefix func .! (a: NDArray) -> NDArray {
        a.mapping("not", to: Bool.self) { a, out, count in for i in 0..<count { out[i] = !a[i] } }
    }
}
