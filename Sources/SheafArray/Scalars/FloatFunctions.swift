internal import CSheafKernels

extension Double {
    public static func apply(_ function: MathFunction, _ a: UnsafePointer<Double>, _ out: UnsafeMutablePointer<Double>, _ count: Int) {
        sheaf_apply_f64(sheaf_function(function.rawValue), a, out, count)
    }

    public static func apply(
        _ function: MathFunctionOfTwo, _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ out: UnsafeMutablePointer<Double>,
        _ count: Int
    ) {
        sheaf_apply_two_f64(sheaf_function_of_two(function.rawValue), a, b, out, count)
    }

    public static func test(_ test: FloatTest, _ a: UnsafePointer<Double>, _ out: UnsafeMutablePointer<Bool>, _ count: Int) {
        sheaf_test_f64(sheaf_test(test.rawValue), a, out, count)
    }

    public static func closeLoop(
        _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ out: UnsafeMutablePointer<Bool>, _ count: Int, relative: Double,
        absolute: Double, equalNaN: Bool
    ) {
        sheaf_is_close_f64(a, b, out, count, relative, absolute, equalNaN)
    }

    public static func replaceOddLoop(
        _ a: UnsafePointer<Double>, _ out: UnsafeMutablePointer<Double>, _ count: Int, nan: Double, positiveInfinity: Double,
        negativeInfinity: Double
    ) {
        sheaf_replace_odd_f64(a, out, count, nan, positiveInfinity, negativeInfinity)
    }

    public static func integerPowerLoop(
        _ a: UnsafePointer<Double>, _ out: UnsafeMutablePointer<Double>, _ count: Int, exponent: Int
    ) {
        sheaf_integer_power_f64(a, out, count, exponent)
    }

    public static func product(_ a: UnsafePointer<Double>, _ count: Int) -> Double { sheaf_product_f64(a, count) }
    public static func multiplyAccumulateLoop(_ a: UnsafePointer<Double>, _ product: UnsafeMutablePointer<Double>, _ count: Int) {
        sheaf_multiply_f64(product, a, product, count)
    }

    public static func sumOfValid(_ a: UnsafePointer<Double>, _ count: Int) -> (sum: Double, valid: Int) {
        var valid = 0
        let sum = sheaf_sum_valid_f64(a, count, &valid)
        return (sum, valid)
    }

    public static func sumOfValidSquares(_ a: UnsafePointer<Double>, from mean: Double, _ count: Int) -> Double {
        sheaf_sum_of_squares_valid_f64(a, mean, count)
    }

    public static func leastValid(_ a: UnsafePointer<Double>, _ count: Int) -> Double { sheaf_least_valid_f64(a, count) }
    public static func greatestValid(_ a: UnsafePointer<Double>, _ count: Int) -> Double { sheaf_greatest_valid_f64(a, count) }

    public static func shiftedMomentsLoop(
        _ a: UnsafePointer<Double>, _ shift: UnsafePointer<Double>, _ sum: UnsafeMutablePointer<Double>,
        _ squares: UnsafeMutablePointer<Double>, _ count: Int
    ) {
        sheaf_shifted_moments_f64(a, shift, sum, squares, count)
    }
}

extension Float {
    public static func apply(_ function: MathFunction, _ a: UnsafePointer<Float>, _ out: UnsafeMutablePointer<Float>, _ count: Int) {
        sheaf_apply_f32(sheaf_function(function.rawValue), a, out, count)
    }

    public static func apply(
        _ function: MathFunctionOfTwo, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ out: UnsafeMutablePointer<Float>,
        _ count: Int
    ) {
        sheaf_apply_two_f32(sheaf_function_of_two(function.rawValue), a, b, out, count)
    }

    public static func test(_ test: FloatTest, _ a: UnsafePointer<Float>, _ out: UnsafeMutablePointer<Bool>, _ count: Int) {
        sheaf_test_f32(sheaf_test(test.rawValue), a, out, count)
    }

    public static func closeLoop(
        _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ out: UnsafeMutablePointer<Bool>, _ count: Int, relative: Float,
        absolute: Float, equalNaN: Bool
    ) {
        sheaf_is_close_f32(a, b, out, count, relative, absolute, equalNaN)
    }

    public static func replaceOddLoop(
        _ a: UnsafePointer<Float>, _ out: UnsafeMutablePointer<Float>, _ count: Int, nan: Float, positiveInfinity: Float,
        negativeInfinity: Float
    ) {
        sheaf_replace_odd_f32(a, out, count, nan, positiveInfinity, negativeInfinity)
    }

    public static func integerPowerLoop(
        _ a: UnsafePointer<Float>, _ out: UnsafeMutablePointer<Float>, _ count: Int, exponent: Int
    ) {
        sheaf_integer_power_f32(a, out, count, exponent)
    }

    public static func product(_ a: UnsafePointer<Float>, _ count: Int) -> Float { sheaf_product_f32(a, count) }
    public static func multiplyAccumulateLoop(_ a: UnsafePointer<Float>, _ product: UnsafeMutablePointer<Float>, _ count: Int) {
        sheaf_multiply_f32(product, a, product, count)
    }

    public static func sumOfValid(_ a: UnsafePointer<Float>, _ count: Int) -> (sum: Float, valid: Int) {
        var valid = 0
        let sum = sheaf_sum_valid_f32(a, count, &valid)
        return (sum, valid)
    }

    public static func sumOfValidSquares(_ a: UnsafePointer<Float>, from mean: Float, _ count: Int) -> Float {
        sheaf_sum_of_squares_valid_f32(a, mean, count)
    }

    public static func leastValid(_ a: UnsafePointer<Float>, _ count: Int) -> Float { sheaf_least_valid_f32(a, count) }
    public static func greatestValid(_ a: UnsafePointer<Float>, _ count: Int) -> Float { sheaf_greatest_valid_f32(a, count) }

    public static func shiftedMomentsLoop(
        _ a: UnsafePointer<Float>, _ shift: UnsafePointer<Float>, _ sum: UnsafeMutablePointer<Float>,
        _ squares: UnsafeMutablePointer<Float>, _ count: Int
    ) {
        sheaf_shifted_moments_f32(a, shift, sum, squares, count)
    }
}
