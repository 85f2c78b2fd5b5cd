import Foundation

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
