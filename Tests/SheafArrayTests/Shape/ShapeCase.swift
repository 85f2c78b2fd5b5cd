import ComplexModule
import Foundation
import SheafArray
import SheafCore
import Testing

/// A case of `dev/oracle/arrays_shape.py`.
struct ShapeCase: Decodable, CustomTestStringConvertible {
    var op: String
    var shapes: [[Int]]
    var steps: [Step]?
    var result: [Int]
    var resultShape: [Int]
    var numbers: [Int]?
    var indices: [String]?
    var axis: Int?
    var which: Int?
    var mode: String?

    /// One of several operations.
    struct Step: Decodable {
        var op: String
        var numbers: [Int]?
        var indices: [String]?
        var axis: Int?
        var mode: String?

        /// As a case without answers.
        var asCase: ShapeCase {
            ShapeCase(op: op, shapes: [], result: [], resultShape: [], numbers: numbers, indices: indices, axis: axis, mode: mode)
        }
    }

    var testDescription: String {
        steps?.map(\.asCase.testDescription).joined(separator: " → ")
            ?? "\(op) \(shapes) \(indices?.description ?? numbers?.description ?? "") \(axis ?? 0) \(mode ?? "")"
    }

    static func all() throws -> [ShapeCase] {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Oracle/shape.json")
        return try JSONDecoder().decode([ShapeCase].self, from: try Data(contentsOf: file))
    }
}

/// Element types of every size, made from the integers of the cases.
protocol Labelled: ArrayNumber {
    static func label(_ number: Int) -> Self
}
extension Labelled where Self: FixedWidthInteger {
    static func label(_ number: Int) -> Self { Self(truncatingIfNeeded: number) }
}
extension Int: Labelled {}
extension Int32: Labelled {}
extension UInt16: Labelled {}
extension Int8: Labelled {}
extension Double: Labelled { static func label(_ number: Int) -> Double { Double(number) } }
extension Complex<Double>: Labelled { static func label(_ number: Int) -> Self { Complex(Double(number), Double(-number)) } }

/// Random chunks for a shape.
func randomChunks(_ shape: [Int], _ random: inout SplitMix64) -> [[Int]] {
    shape.map { length in
        if length == 0 { return [0] }
        var rest = length, sizes: [Int] = []
        // Now and then the whole axis, or chunks of one element.
        let most = [length, 1, max(length / 2, 1), 3].randomElement(using: &random) ?? 1
        while rest > 0 {
            let size = Int.random(in: 1...min(most, rest), using: &random)
            sizes.append(size)
            rest -= size
        }
        return sizes
    }
}

/// The arrays of a case, cut at random; half of them made by tasks, with operations to fuse, half views of memory.
func sources<T: Labelled>(
    _ test: ShapeCase, _ session: Session, _ random: inout SplitMix64, as: T.Type = T.self
) -> [NDArray<T>] {
    test.shapes.enumerated().map { number, shape in
        let elements = (0..<shape.reduce(1, *)).map { T.label($0 + 1000 * number) }
        let array = session.array(elements, shape: shape, chunks: .explicit(randomChunks(shape, &random)))
        return Bool.random(using: &random) ? array : array + .zeroValue
    }
}
