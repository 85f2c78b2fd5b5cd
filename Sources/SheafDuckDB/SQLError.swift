internal import Foundation
public import SheafCore

/// A statement that DuckDB refused or could not finish: why, and where in the SQL.
public struct SQLError: SheafError {
    /// What sort of error, in DuckDB's words; open, as new versions bring new ones.
    public struct Kind: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }
        public var description: String { rawValue }

        public static let parser = Kind(rawValue: "Parser")
        public static let binder = Kind(rawValue: "Binder")
        /// An unknown table or function, or one that exists already.
        public static let catalog = Kind(rawValue: "Catalog")
        /// A value that does not fit the type it is cast to.
        public static let conversion = Kind(rawValue: "Conversion")
        /// An overflow.
        public static let outOfRange = Kind(rawValue: "Out of Range")
        /// Also what a Swift function throws.
        public static let invalidInput = Kind(rawValue: "Invalid Input")
        public static let constraint = Kind(rawValue: "Constraint")
        public static let inputOutput = Kind(rawValue: "IO")
        /// The memory limit is reached and the rest cannot go to disk.
        public static let outOfMemory = Kind(rawValue: "Out of Memory")
        public static let interrupt = Kind(rawValue: "INTERRUPT")
        public static let other = Kind(rawValue: "Other")
    }

    /// A place in the text of a statement.
    public struct Position: Hashable, Sendable {
        /// In UTF-8 bytes from the start of the text.
        public let offset: Int
        /// Counting from 1.
        public let line: Int
        /// In characters, counting from 1.
        public let column: Int
        /// The line, with a mark under the place; long lines are shortened.
        public let excerpt: String
    }

    public let kind: Kind
    public internal(set) var position: Position?
    public let code: ErrorCode
    public let message: String
    public var node: String?
    public var location: SourceLocation?
    public var cause: (any Error)?
    public var hint: String?

    /// - Parameters:
    ///   - text: what DuckDB says, as JSON or as plain text.
    ///   - sql: the text of the statements.
    init(_ text: String, sql: String, kind: Kind = .other) {
        // DuckDB says “Binder Error: …”, or JSON, or both.
        var said = text[...], kind = kind
        if let colon = text.firstRange(of: " Error: "), !text[..<colon.lowerBound].contains(where: { "{\n".contains($0) }) {
            kind = Kind(rawValue: String(text[..<colon.lowerBound]))
            said = text[colon.upperBound...]
        }
        let fields = (try? JSONDecoder().decode([String: String].self, from: Data(said.utf8))) ?? [:]
        if let type = fields["exception_type"] { kind = Kind(rawValue: type) }
        self.kind = kind
        message = fields["exception_message"] ?? String(said)
        position = fields["position"].flatMap(Int.init).flatMap { Position(offset: $0, in: sql) }
        switch kind {
        case .outOfMemory:
            code = .noSpace
            hint = "raise the memory limit, or give the temporary folder more room"
        case .inputOutput: code = .inputOutput
        default: code = .invalidSQL
        }
    }

    public var description: String {
        var text = "\(kind): \(message) [\(code)]"
        if let position { text += "\n  line \(position.line), column \(position.column):\n\(position.excerpt)" }
        if let node { text += "\n  node: \(node)" }
        if let location { text += "\n  made at: \(location)" }
        if let hint { text += "\n  hint: \(hint)" }
        return text
    }
}

extension SQLError.Position {
    /// The place so many UTF-8 bytes into a text; nil when it is outside.
    init?(offset: Int, in sql: String) {
        let bytes = sql.utf8
        guard offset >= 0, let index = bytes.index(bytes.startIndex, offsetBy: offset, limitedBy: bytes.endIndex) else { return nil }
        let before = sql[..<index], start = before.lastIndex(of: "\n").map { sql.index(after: $0) } ?? sql.startIndex
        let end = sql[index...].firstIndex(of: "\n") ?? sql.endIndex
        let column = sql.distance(from: start, to: index)
        self.offset = offset
        line = 1 + before.count { $0 == "\n" }
        self.column = column + 1
        // At most 60 characters on either side.
        let from = sql.index(index, offsetBy: -60, limitedBy: start) ?? start, to = sql.index(index, offsetBy: 60, limitedBy: end) ?? end
        let lead = from > start ? "…" : "", tail = to < end ? "…" : ""
        let indent = String(repeating: " ", count: 4)
        excerpt =
            indent + lead + sql[from..<to] + tail + "\n" + indent
            + String(repeating: " ", count: lead.count + sql.distance(from: from, to: index)) + "^"
    }
}

extension ErrorCode {
    /// A statement that the database refused.
    public static let invalidSQL = ErrorCode(rawValue: "invalidSQL")
    /// The connection has an open result.
    public static let busy = ErrorCode(rawValue: "busy")
}
