import Foundation
import SheafArray

/// What NumPy answered to one input; written by dev/oracle/arrays_reductions.py.
struct ReductionCase: Decodable {
    struct Answer: Decodable {
        let name: String
        let axes: [Int]?
        let keep: Bool
        let shape: [Int]
        let values: [Double]
    }
    let dtype: String
    let shape: [Int]
    let input: [Double]
    let answers: [Answer]
}

/// What NumPy answered to functions of the elements of two arrays.
struct FunctionCase: Decodable {
    struct Answer: Decodable {
        let name: String
        let values: [Double]
    }
    let dtype: String
    let a: [Double]
    let b: [Double]
    let shift: [Double]?
    let exponents: [Double]?
    let answers: [Answer]
}

enum Oracle {
    static func load<Value: Decodable>(_ name: String, as: Value.Type = Value.self) throws -> Value {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return try decoder.decode(Value.self, from: Data(contentsOf: folder.appendingPathComponent("Oracle/\(name).json")))
    }
}

/// A scalar whose values tests carry as doubles.
protocol TestScalar: ArrayScalar {
    init(testValue: Double)
    var testValue: Double { get }
}

extension TestScalar where Self: ArrayReal {
    init(testValue: Double) { self.init(doubleValue: testValue) }
    var testValue: Double { doubleValue }
}

extension Double: TestScalar {}
extension Float: TestScalar {}
extension Int: TestScalar {}
extension Int64: TestScalar {}
extension Int32: TestScalar {}
extension Int16: TestScalar {}
extension Int8: TestScalar {}
extension UInt8: TestScalar {}
extension UInt64: TestScalar {}
extension Bool: TestScalar {
    init(testValue: Double) { self = testValue != 0 }
    var testValue: Double { self ? 1 : 0 }
}

/// An array whose type is known at run time.
struct Outcome {
    var shape: [Int]
    var values: [Double]
}

extension NDArray where Scalar: TestScalar {
    func outcome() async throws -> Outcome {
        let dense = try await compute()
        return Outcome(shape: dense.shape, values: dense.elements.map(\.testValue))
    }
}

/// Whether two numbers agree within a relative error and an absolute one; NaN agrees with NaN.
func agree(_ a: Double, _ b: Double, relative: Double, absolute: Double = 0) -> Bool {
    if a.isNaN || b.isNaN { return a.isNaN && b.isNaN }
    if a == b { return true }
    return abs(a - b) <= max(relative * max(abs(a), abs(b)), absolute)
}
