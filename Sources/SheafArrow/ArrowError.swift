/// What went wrong with Arrow data: bytes that are not what they claim, a type asked for that a column does not have, a limit, or
/// a feature of the format that Sheaf does not read.
public struct ArrowError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A name for a kind of error; open, so that new kinds do not break users who switch over the known ones.
    public struct Code: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }
        public var description: String { rawValue }

        /// The bytes contradict the format or themselves.
        public static let invalidData = Code(rawValue: "invalidData")
        /// The bytes end in the middle of something.
        public static let truncated = Code(rawValue: "truncated")
        /// Beyond one of ``ArrowReadOptions``.
        public static let limitExceeded = Code(rawValue: "limitExceeded")
        /// A part of the Arrow format that is not supported.
        public static let unsupported = Code(rawValue: "unsupported")
        /// The column's or cell's type is not the one asked for.
        public static let typeMismatch = Code(rawValue: "typeMismatch")
        /// A parameter is outside its range.
        public static let invalidArgument = Code(rawValue: "invalidArgument")
        /// Another library's stream reported an error, which the message quotes.
        public static let producerFailed = Code(rawValue: "producerFailed")
        /// The operating system refused to open or map a file.
        public static let fileFailed = Code(rawValue: "fileFailed")
    }

    public var code: Code
    public var message: String
    /// The path of the field it concerns, dots between the levels, if there is one.
    public var field: String?
    /// The message of the IPC stream it was found in, counting from 0, the schema's; in a file, the record batch's number.
    public var messageNumber: Int?
    /// What to do next.
    public var hint: String?

    public init(_ code: Code, _ message: String, field: String? = nil, messageNumber: Int? = nil, hint: String? = nil) {
        self.code = code
        self.message = message
        self.field = field
        self.messageNumber = messageNumber
        self.hint = hint
    }

    public var description: String {
        var text = "\(message) [\(code)]"
        if let field { text += "\n  field: \(field)" }
        if let messageNumber { text += "\n  Arrow message: \(messageNumber)" }
        if let hint { text += "\n  hint: \(hint)" }
        return text
    }

    /// The same error, found inside the field `name`.
    func inside(_ name: String) -> ArrowError {
        var error = self
        error.field = error.field.map { "\(name).\($0)" } ?? name
        return error
    }

    /// The same error, found in message `number`.
    func inMessage(_ number: Int) -> ArrowError {
        var error = self
        if error.messageNumber == nil { error.messageNumber = number }
        return error
    }
}

/// `body`, whose errors are said to be inside the field `name`.
func inField<Result>(_ name: String, _ body: () throws(ArrowError) -> Result) throws(ArrowError) -> Result {
    do { return try body() } catch { throw error.inside(name) }
}
