internal import Foundation

/// Names and values as SQL text.
package enum SQLText {
    /// A name in double quotes, whatever is in it but a zero, which ``SQLCompiler`` refuses.
    package static func identifier(_ name: String) -> String { quoted(name.unicodeScalars, "\"") }

    /// A text in single quotes, whatever is in it.
    package static func string(_ text: String) -> String {
        // The end of a query in C is a zero, so a text with one is put together.
        let parts = text.unicodeScalars.split(separator: "\0", omittingEmptySubsequences: false).map { quoted($0, "'") }
        return parts.count == 1 ? parts[0] : "(" + parts.joined(separator: " || chr(0) || ") + ")"
    }

    /// By code points: a quote with an accent on it is one `Character` of Swift's, and none of them the quote.
    private static func quoted(_ text: some Sequence<Unicode.Scalar>, _ quote: Unicode.Scalar) -> String {
        var result = String.UnicodeScalarView([quote])
        for scalar in text {
            if scalar == quote { result.append(quote) }
            result.append(scalar)
        }
        result.append(quote)
        return String(result)
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
        // Years before the first have no such text.
        case .date(let value): value.year > 0 ? "DATE '\(value)'" : "(DATE '1970-01-01' + (\(value.daysSince1970)))"
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
