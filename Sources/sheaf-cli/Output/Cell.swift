import Foundation
import Sheaf

/// A value in a row of results.
enum Cell: Sendable {
    case integer(Int)
    case real(Double)
    case text(String)
    case missing

    /// As a person reads it.
    var display: String {
        switch self {
        case .integer(let value): String(value)
        case .real(let value): String(format: "%.6g", value)
        case .text(let value): value
        case .missing: "–"
        }
    }

    /// As JSON; numbers keep all their digits.
    var json: String {
        switch self {
        case .integer(let value): String(value)
        case .real(let value): value.isFinite ? "\(value)" : "null"
        case .text(let value): Cell.quoted(value)
        case .missing: "null"
        }
    }

    var isNumber: Bool {
        switch self {
        case .integer, .real: true
        case .text, .missing: false
        }
    }

    static func quoted(_ text: String) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        // A string always encodes.
        return String(decoding: (try? encoder.encode(text)) ?? Data("\"\"".utf8), as: UTF8.self)
    }
}

typealias Row = [Cell]

/// Cells go from worker to worker as a byte for the kind and the value.
extension Cell: SpillCodable {
    func spill(to bytes: inout [UInt8]) {
        switch self {
        case .integer(let value):
            bytes.append(0)
            withUnsafeBytes(of: value) { bytes.append(contentsOf: $0) }
        case .real(let value):
            bytes.append(1)
            withUnsafeBytes(of: value) { bytes.append(contentsOf: $0) }
        case .text(let value):
            bytes.append(2)
            appendCount(value.utf8.count, to: &bytes)
            bytes.append(contentsOf: value.utf8)
        case .missing: bytes.append(3)
        }
    }

    init(spilled reader: inout SpillReader) throws {
        switch try reader.take(1)[0] {
        case 0: self = .integer(try reader.take(8).loadUnaligned(as: Int.self))
        case 1: self = .real(try reader.take(8).loadUnaligned(as: Double.self))
        case 2: self = .text(String(decoding: try reader.take(try reader.count()), as: UTF8.self))
        default: self = .missing
        }
    }
}
