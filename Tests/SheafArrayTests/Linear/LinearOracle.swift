import ComplexModule
import Foundation
import SheafArray
import SheafCore
import SheafLocal
import Testing

/// A case that NumPy answered; dev/oracle/arrays_linear.py writes them.
struct LinearCase: Decodable, Sendable, CustomStringConvertible {
    struct Packed: Decodable, Sendable {
        let dtype: String
        let shape: [Int]
        let data: [Double]
    }
    struct Options: Decodable, Sendable {
        var subscripts: String?
        var axes: [[Int]]?
        var kind: String?
        var power: Int?
        var n: Int?
        var axis: Int?
        var spacing: Double?
    }
    let operation: String
    let inputs: [Packed]
    let result: Packed
    let options: Options

    var description: String {
        "\(operation) \(inputs.map { "\($0.shape)" }.joined(separator: ", ")) \(inputs.first?.dtype ?? "") \(options)"
    }

    static let all: [LinearCase] = {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Oracle/linear.json")
        guard let data = try? Data(contentsOf: path), let cases = try? JSONDecoder().decode([LinearCase].self, from: data) else {
            preconditionFailure("\(path.path) cannot be read")
        }
        return cases
    }()

    static func of(_ operations: String...) -> [LinearCase] { all.filter { operations.contains($0.operation) } }
}

/// What the tests need to know of an element type.
protocol OracleScalar: ArrayNumber {
    static func parse(_ data: [Double]) -> [Self]
    func distance(to other: Self) -> Double
    var size: Double { get }
    /// Relative to the largest element; 0 for integers.
    static var tolerance: Double { get }
}

extension OracleScalar where Self: ArrayReal {
    static func parse(_ data: [Double]) -> [Self] { data.map { Self(doubleValue: $0) } }
    func distance(to other: Self) -> Double { abs(doubleValue - other.doubleValue) }
    var size: Double { abs(doubleValue) }
}
extension Double: OracleScalar { static var tolerance: Double { 1e-13 } }
extension Float: OracleScalar { static var tolerance: Double { 1e-5 } }
extension Int32: OracleScalar { static var tolerance: Double { 0 } }
extension Int16: OracleScalar { static var tolerance: Double { 0 } }
extension Int: OracleScalar { static var tolerance: Double { 0 } }
extension UInt8: OracleScalar { static var tolerance: Double { 0 } }
extension Complex: OracleScalar where RealType: ComplexPart & LinearScalar & OracleScalar {
    static func parse(_ data: [Double]) -> [Self] {
        stride(from: 0, to: data.count, by: 2).map { Self(RealType(data[$0]), RealType(data[$0 + 1])) }
    }
    func distance(to other: Self) -> Double { (self - other).length.doubleValue }
    var size: Double { length.doubleValue }
    static var tolerance: Double { RealType.tolerance }
}

extension LinearCase.Packed {
    func dense<S: OracleScalar>(as: S.Type = S.self) -> DenseArray<S> { DenseArray(S.parse(data), shape: shape) }
}

/// Whether the elements are those of the oracle: exactly for integers, else within a multiple of the type's tolerance, relative to the
/// largest element.
func expectClose<S: OracleScalar>(
    _ array: DenseArray<S>, _ expected: DenseArray<S>, factor: Double = 1, _ comment: Comment,
    sourceLocation: Testing.SourceLocation = #_sourceLocation
) {
    #expect(array.shape == expected.shape, comment, sourceLocation: sourceLocation)
    guard array.shape == expected.shape else { return }
    let scale = max(expected.elements.map(\.size).max() ?? 0, 1e-30)
    let worst = zip(array.elements, expected.elements).map { $0.distance(to: $1) }.max() ?? 0
    #expect(worst <= S.tolerance * factor * scale, "\(comment): off by \(worst)", sourceLocation: sourceLocation)
}

/// Sessions and chunkings that results must not depend on.
let sessionsAndChunks: [(workers: Int, chunk: Int)] = [(1, 100), (2, 3), (3, 2), (2, 1)]

extension Session {
    /// Cut into chunks of this size along every axis.
    func chunked<S: OracleScalar>(_ packed: LinearCase.Packed, _ size: Int, as: S.Type = S.self) -> NDArray<S> {
        array(packed.dense(as: S.self), chunks: .sizes(packed.shape.map { _ in size }))
    }
}
