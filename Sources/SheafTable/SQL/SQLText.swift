internal import Foundation

/// Names and values as SQL text.
package enum SQLText {
    /// A name in double quotes, whatever is in it.
    package static func identifier(_ name: String) -> String { "\"" + name.replacing("\"", with: "\"\"") + "\"" }

    /// A text in single quotes, whatever is in it.
    package static func string(_ text: String) -> String {
        // The end of a query in C is a zero, so a text with one is put together.
        let parts = text.split(separator: "\0", omittingEmptySubsequences: false).map { "'" + $0.replacing("'", with: "''") + "'" }
        return parts.count == 1 ? parts[0] : "(" + parts.joined(separator: " || chr(0) || ") + ")"
    }

    package static func literal(_ literal: SQLLiteral, _ dialect: any SQLDialect) -> String {
        switch literal {
        case .null: "NULL"
        case .boolean(let value): value ? "TRUE" : "FALSE"
        // The least integer is no number with a minus before it.
        case .integer(let value): value == .min ? "CAST('\(value)' AS BIGINT)" : "\(value)"
        case .unsigned(let value): "\(value)"
        case .double(let value): number(value)
        case .decimal(let value): "\(value)"
        case .string(let value): string(value)
        case .blob(let bytes): "'" + bytes.map { "\\x" + hexadecimal($0) }.joined() + "'::BLOB"
        case .date(let value): "DATE '\(value)'"
        case .timestamp(let microseconds): "make_timestamp(\(microseconds))"
        case .uuid(let value): "CAST('\(value.uuidString)' AS UUID)"
        case .list(let values, let type):
            "CAST([" + values.map { Self.literal($0, dialect) }.joined(separator: ", ") + "] AS \(dialect.name(of: .list(type))))"
        }
    }

    /// With an exponent, which makes it a double rather than a decimal.
    private static func number(_ value: Double) -> String {
        guard value.isFinite else { return "CAST('\(value)' AS DOUBLE)" }
        let text = "\(value)"
        return text.contains("e") ? text : text + "e0"
    }

    private static func hexadecimal(_ byte: UInt8) -> String { (byte < 16 ? "0" : "") + String(byte, radix: 16) }
}
