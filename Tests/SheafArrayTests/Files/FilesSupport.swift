import ComplexModule
import Foundation
import SheafCore
import Testing

@testable import SheafArray

/// A folder that is removed with its owner.
final class ScratchFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("sheaf-array-tests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func path(_ name: String) -> String { url.appendingPathComponent(name).path }
    func write(_ name: String, _ bytes: [UInt8]) throws -> String {
        try Data(bytes).write(to: url.appendingPathComponent(name))
        return path(name)
    }
    var names: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: url.path).sorted() } }
}

/// The files that dev/oracle/arrays_files.py had NumPy write.
enum NumPyFixtures {
    struct Case: Decodable, Sendable, CustomTestStringConvertible {
        let file: String
        let type: ScalarType
        let shape: [Int]
        let elements: [String]
        let isPlain: Bool
        var testDescription: String { file }
    }

    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Oracle/files").path

    static func path(_ name: String) -> String { "\(folder)/\(name)" }
    static func cases(_ name: String) throws -> [Case] {
        try JSONDecoder().decode([Case].self, from: Data(contentsOf: URL(fileURLWithPath: path(name))))
    }
    static func bytes(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: path(name)))) }
}

/// A scalar that the fixtures' texts can be read as.
protocol FixtureScalar: ArrayScalar {
    static func elements(_ texts: [String]) throws -> [Self]
}

struct BadFixture: Error { let text: String }

extension FixtureScalar where Self: LosslessStringConvertible {
    static func elements(_ texts: [String]) throws -> [Self] {
        try texts.map { text in
            guard let value = Self(text) else { throw BadFixture(text: text) }
            return value
        }
    }
}

extension Int8: FixtureScalar {}
extension Int16: FixtureScalar {}
extension Int32: FixtureScalar {}
extension Int64: FixtureScalar {}
extension UInt8: FixtureScalar {}
extension UInt16: FixtureScalar {}
extension UInt32: FixtureScalar {}
extension UInt64: FixtureScalar {}
extension Float: FixtureScalar {}
extension Double: FixtureScalar {}
extension Bool: FixtureScalar {
    static func elements(_ texts: [String]) throws -> [Bool] { texts.map { $0 == "1" } }
}
extension Complex: FixtureScalar where RealType: ComplexPart & FixtureScalar {
    static func elements(_ texts: [String]) throws -> [Complex] {
        let parts = try RealType.elements(texts)
        return stride(from: 0, to: parts.count, by: 2).map { Complex(parts[$0], parts[$0 + 1]) }
    }
}

extension ScalarType {
    var fixtureType: any FixtureScalar.Type {
        switch self {
        case .bool: Bool.self
        case .int8: Int8.self
        case .int16: Int16.self
        case .int32: Int32.self
        case .int64: Int64.self
        case .uint8: UInt8.self
        case .uint16: UInt16.self
        case .uint32: UInt32.self
        case .uint64: UInt64.self
        case .float32: Float.self
        case .float64: Double.self
        case .complex64: Complex<Float>.self
        case .complex128: Complex<Double>.self
        }
    }
}

/// Whether two arrays have the same elements, NaN being equal to itself.
func areSame<Scalar: ArrayScalar>(_ left: [Scalar], _ right: [Scalar]) -> Bool {
    left.count == right.count
        && zip(left, right).allSatisfy { $0 == $1 || ("\($0)".contains("nan") && "\($1)".contains("nan")) }
}

/// The code of the error that something throws.
func errorCode(_ body: () throws -> Void) -> ErrorCode? {
    do { try body() } catch { return (error as? any SheafError)?.code }
    return nil
}
