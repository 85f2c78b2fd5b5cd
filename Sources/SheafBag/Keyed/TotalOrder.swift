/// `<`, made total for floating-point numbers: a not-a-number comes after all numbers.
///
/// With `<` alone it comes neither before nor after anything, so sorting it has no meaning, and a minimum depends on which element is
/// seen first.
@inlinable @inline(__always)
func isOrdered<T: Comparable>(_ a: T, before b: T) -> Bool {
    // The comparisons of types fold away where the type is known at compile time.
    if T.self == Double.self {
        let a = unsafeBitCast(a, to: Double.self), b = unsafeBitCast(b, to: Double.self)
        return a < b || (b.isNaN && !a.isNaN)
    }
    if T.self == Float.self {
        let a = unsafeBitCast(a, to: Float.self), b = unsafeBitCast(b, to: Float.self)
        return a < b || (b.isNaN && !a.isNaN)
    }
    return a < b
}
