internal import CSheafKernels
public import RealModule

// Both types have their loops in C, which compiles them for several vector widths.

extension Double: ArrayFloat {
    public static var foldProducts: (@Sendable (UnsafePointer<Double>, UnsafePointer<Double>, Int, inout Double, inout Double) -> Void)? {
        { a, b, count, sum, lost in
            forEachBlock(of: count) { start, length in
                addCompensated(sumOfProducts(a + start, b + start, length), &sum, &lost)
            }
        }
    }

    public static var multiplyAddLoop:
        (@Sendable (UnsafePointer<Double>, UnsafePointer<Double>, UnsafePointer<Double>, UnsafeMutablePointer<Double>, Int) -> Void)?
    { { sheaf_multiply_add_f64($0, $1, $2, $3, $4) } }

    public static var scalarType: ScalarType { .float64 }
    public static var zeroValue: Double { 0 }
    public static var oneValue: Double { 1 }
    public var isNotANumber: Bool { isNaN }
    public var doubleValue: Double { Double(self) }
    public init(doubleValue: Double) { self = Double(doubleValue) }

    public static func addLoop(_ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ out: UnsafeMutablePointer<Double>, _ count: Int) {
        sheaf_add_f64(a, b, out, count)
    }

    public static func subtractLoop(
        _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ out: UnsafeMutablePointer<Double>, _ count: Int
    ) {
        sheaf_subtract_f64(a, b, out, count)
    }

    public static func multiplyLoop(
        _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ out: UnsafeMutablePointer<Double>, _ count: Int
    ) {
        sheaf_multiply_f64(a, b, out, count)
    }

    public static func divideLoop(_ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ out: UnsafeMutablePointer<Double>, _ count: Int)
    {
        sheaf_divide_f64(a, b, out, count)
    }

    public static func minimumLoop(
        _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ out: UnsafeMutablePointer<Double>, _ count: Int
    ) {
        sheaf_minimum_f64(a, b, out, count)
    }

    public static func maximumLoop(
        _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ out: UnsafeMutablePointer<Double>, _ count: Int
    ) {
        sheaf_maximum_f64(a, b, out, count)
    }

    public static func lessLoop(_ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ out: UnsafeMutablePointer<Bool>, _ count: Int) {
        sheaf_less_f64(a, b, out, count)
    }

    public static func lessEqualLoop(
        _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ out: UnsafeMutablePointer<Bool>, _ count: Int
    ) {
        sheaf_less_equal_f64(a, b, out, count)
    }

    public static func equalLoop(_ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ out: UnsafeMutablePointer<Bool>, _ count: Int) {
        sheaf_equal_f64(a, b, out, count)
    }

    public static func selectLoop(
        _ which: UnsafePointer<Bool>, _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ out: UnsafeMutablePointer<Double>,
        _ count: Int
    ) {
        sheaf_select_f64(which, a, b, out, count)
    }

    public static func negateLoop(_ a: UnsafePointer<Double>, _ out: UnsafeMutablePointer<Double>, _ count: Int) {
        sheaf_negate_f64(a, out, count)
    }
    public static func absoluteLoop(_ a: UnsafePointer<Double>, _ out: UnsafeMutablePointer<Double>, _ count: Int) {
        sheaf_absolute_f64(a, out, count)
    }
    public static func squareRootLoop(_ a: UnsafePointer<Double>, _ out: UnsafeMutablePointer<Double>, _ count: Int) {
        sheaf_square_root_f64(a, out, count)
    }
    public static func squareLoop(_ a: UnsafePointer<Double>, _ out: UnsafeMutablePointer<Double>, _ count: Int) {
        sheaf_square_f64(a, out, count)
    }

    public static func sum(_ a: UnsafePointer<Double>, _ count: Int) -> Double { sheaf_sum_f64(a, count) }
    public static func mean(of sum: Double, count: Int) -> Double { sum / Double(count) }
    public static func least(_ a: UnsafePointer<Double>, _ count: Int) -> Double { sheaf_least_f64(a, count) }
    public static func greatest(_ a: UnsafePointer<Double>, _ count: Int) -> Double { sheaf_greatest_f64(a, count) }

    public static func sumOfProducts(_ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ count: Int) -> Double {
        sheaf_sum_of_products_f64(a, b, count)
    }

    public static func sumOfSquares(_ a: UnsafePointer<Double>, from mean: Double, _ count: Int) -> Double {
        sheaf_sum_of_squares_f64(a, mean, count)
    }

    public static func accumulateLoop(_ a: UnsafePointer<Double>, _ sum: UnsafeMutablePointer<Double>, _ count: Int) {
        sheaf_add_f64(sum, a, sum, count)
    }
    public static func wrappingAdd(_ a: Double, _ b: Double) -> Double { a + b }
    public static var isFloating: Bool { true }

    public static func rampLoop(_ start: Double, _ step: Double, _ first: Int, _ out: UnsafeMutablePointer<Double>, _ count: Int) {
        for i in 0..<count { out[i] = start + Double(first + i) * step }
    }
}

extension Float: ArrayFloat {
    public static var foldProducts: (@Sendable (UnsafePointer<Float>, UnsafePointer<Float>, Int, inout Float, inout Float) -> Void)? {
        { a, b, count, sum, lost in
            forEachBlock(of: count) { start, length in
                addCompensated(sumOfProducts(a + start, b + start, length), &sum, &lost)
            }
        }
    }

    public static var multiplyAddLoop:
        (@Sendable (UnsafePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int) -> Void)?
    { { sheaf_multiply_add_f32($0, $1, $2, $3, $4) } }

    public static var scalarType: ScalarType { .float32 }
    public static var zeroValue: Float { 0 }
    public static var oneValue: Float { 1 }
    public var isNotANumber: Bool { isNaN }
    public var doubleValue: Double { Double(self) }
    public init(doubleValue: Double) { self = Float(doubleValue) }

    public static func addLoop(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ out: UnsafeMutablePointer<Float>, _ count: Int) {
        sheaf_add_f32(a, b, out, count)
    }

    public static func subtractLoop(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ out: UnsafeMutablePointer<Float>, _ count: Int)
    {
        sheaf_subtract_f32(a, b, out, count)
    }

    public static func multiplyLoop(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ out: UnsafeMutablePointer<Float>, _ count: Int)
    {
        sheaf_multiply_f32(a, b, out, count)
    }

    public static func divideLoop(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ out: UnsafeMutablePointer<Float>, _ count: Int) {
        sheaf_divide_f32(a, b, out, count)
    }

    public static func minimumLoop(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ out: UnsafeMutablePointer<Float>, _ count: Int) {
        sheaf_minimum_f32(a, b, out, count)
    }

    public static func maximumLoop(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ out: UnsafeMutablePointer<Float>, _ count: Int) {
        sheaf_maximum_f32(a, b, out, count)
    }

    public static func lessLoop(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ out: UnsafeMutablePointer<Bool>, _ count: Int) {
        sheaf_less_f32(a, b, out, count)
    }

    public static func lessEqualLoop(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ out: UnsafeMutablePointer<Bool>, _ count: Int)
    {
        sheaf_less_equal_f32(a, b, out, count)
    }

    public static func equalLoop(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ out: UnsafeMutablePointer<Bool>, _ count: Int) {
        sheaf_equal_f32(a, b, out, count)
    }

    public static func selectLoop(
        _ which: UnsafePointer<Bool>, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ out: UnsafeMutablePointer<Float>, _ count: Int
    ) {
        sheaf_select_f32(which, a, b, out, count)
    }

    public static func negateLoop(_ a: UnsafePointer<Float>, _ out: UnsafeMutablePointer<Float>, _ count: Int) {
        sheaf_negate_f32(a, out, count)
    }
    public static func absoluteLoop(_ a: UnsafePointer<Float>, _ out: UnsafeMutablePointer<Float>, _ count: Int) {
        sheaf_absolute_f32(a, out, count)
    }
    public static func squareRootLoop(_ a: UnsafePointer<Float>, _ out: UnsafeMutablePointer<Float>, _ count: Int) {
        sheaf_square_root_f32(a, out, count)
    }
    public static func squareLoop(_ a: UnsafePointer<Float>, _ out: UnsafeMutablePointer<Float>, _ count: Int) {
        sheaf_square_f32(a, out, count)
    }

    public static func sum(_ a: UnsafePointer<Float>, _ count: Int) -> Float { sheaf_sum_f32(a, count) }
    public static func mean(of sum: Float, count: Int) -> Float { sum / Float(count) }
    public static func least(_ a: UnsafePointer<Float>, _ count: Int) -> Float { sheaf_least_f32(a, count) }
    public static func greatest(_ a: UnsafePointer<Float>, _ count: Int) -> Float { sheaf_greatest_f32(a, count) }

    public static func sumOfProducts(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ count: Int) -> Float {
        sheaf_sum_of_products_f32(a, b, count)
    }

    public static func sumOfSquares(_ a: UnsafePointer<Float>, from mean: Float, _ count: Int) -> Float {
        sheaf_sum_of_squares_f32(a, mean, count)
    }

    public static func accumulateLoop(_ a: UnsafePointer<Float>, _ sum: UnsafeMutablePointer<Float>, _ count: Int) {
        sheaf_add_f32(sum, a, sum, count)
    }
    public static func wrappingAdd(_ a: Float, _ b: Float) -> Float { a + b }
    public static var isFloating: Bool { true }

    public static func rampLoop(_ start: Float, _ step: Float, _ first: Int, _ out: UnsafeMutablePointer<Float>, _ count: Int) {
        for i in 0..<count { out[i] = start + Float(first + i) * step }
    }
}
