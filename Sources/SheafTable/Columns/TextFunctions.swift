// Further functions of text.

extension ScalarExpression {
    static func text(_ text: String) -> ScalarExpression { .literal(.string(text)) }
    static func number(_ number: Int) -> ScalarExpression { .literal(.integer(Int64(number))) }
}

extension Column where Value.Base == String {
    /// Without blanks at its start.
    public var trimmedAtStart: Column { call("ltrim") }
    /// Without blanks at its end.
    public var trimmedAtEnd: Column { call("rtrim") }
    /// Without any of some characters at both ends.
    public func trimmed(of characters: String) -> Column { call("trim", .text(characters)) }
    /// The first characters.
    public func prefix(_ count: Int) -> Column { call("left", .number(count)) }
    /// The last characters.
    public func suffix(_ count: Int) -> Column { call("right", .number(count)) }
    /// The text so many times, one after the other.
    public func repeated(_ count: Int) -> Column { call("repeat", .number(count)) }

    /// At least so many characters, filled up at the start; longer texts are left as they are.
    public func padded(to count: Int, with filler: String = " ") -> Column { call("lpad", width(count), .text(filler)) }
    /// At least so many characters, filled up at the end; longer texts are left as they are.
    public func paddedAtEnd(to count: Int, with filler: String = " ") -> Column { call("rpad", width(count), .text(filler)) }
    private func width(_ count: Int) -> ScalarExpression {
        // The engine's functions cut what is longer, and take a 32-bit length.
        .cast(.call("greatest", [.call("length", [expression]), .number(count)]), .int32, orNull: false)
    }

    /// Where a text is first found in it (0 is the start); null where it is not.
    public func firstIndex(of text: String) -> Column<Int?> {
        let position = ScalarExpression.call("strpos", [expression, .text(text)])
        return Column<Int?>(.binary("-", .call("nullif", [position, .number(0)]), .number(1)))
    }
    /// The parts between separators.
    public func split(separator: String) -> Column<[String]?> { call("string_split", .text(separator)) }
    /// What all matches of a regular expression (RE2), or of a group of it, are.
    public func allMatches(of pattern: String, group: Int = 0) -> Column<[String]?> {
        call("regexp_extract_all", .text(pattern), .number(group))
    }
    /// Whether a regular expression (RE2) matches all of it.
    public func matchesWhole(_ pattern: String) -> Column<Value.Truth> { call("regexp_full_match", .text(pattern)) }
    /// With the first match of a regular expression (RE2) replaced; `\1` is its first group.
    public func replacingFirstMatch(of pattern: String, with text: String) -> Column {
        call("regexp_replace", .text(pattern), .text(text))
    }
    /// With each character of one text replaced by that at the same place of another.
    public func translated(_ characters: String, to others: String) -> Column { call("translate", .text(characters), .text(others)) }
    /// Without accents and the like.
    public var withoutAccents: Column { call("strip_accents") }
    /// The first character in upper case, the others in lower case.
    public var capitalized: Column {
        let first = ScalarExpression.call("upper", [.call("left", [expression, .number(1)])])
        return Column(.binary("||", first, .call("lower", [.call("substring", [expression, .number(2)])])))
    }
    /// How many bytes of UTF-8 must be changed, left out or put in to make the other text of it (Levenshtein): a letter outside of ASCII
    /// counts as its two to four bytes.
    public func editDistance(to text: String) -> Column<Int?> { call("levenshtein", .text(text)) }

    public func hasPrefix(_ prefix: Column<String>) -> Column<Value.Truth> { call("starts_with", prefix.expression) }
    public func hasSuffix(_ suffix: Column<String>) -> Column<Value.Truth> { call("ends_with", suffix.expression) }
    public func contains(_ text: Column<String>) -> Column<Value.Truth> { call("contains", text.expression) }

    /// The day that the text names after a pattern such as `%d.%m.%Y` (as C's strptime); null where it names none.
    public func date(format: String) -> Column<CalendarDate?> {
        Column<CalendarDate?>(.cast(.call("try_strptime", [expression, .text(format)]), .date, orNull: false))
    }
}

/// Texts, which may be null.
public protocol TextColumnValue: ColumnValue {}
extension String: TextColumnValue {}
extension Optional: TextColumnValue where Wrapped: TextColumnValue, Wrapped.Base == Wrapped {}

/// The texts with a separator between them; nulls are left out, with their separator.
public func joined<each Value: TextColumnValue>(_ columns: repeat Column<each Value>, separator: String) -> Column<String> {
    var parts: [ScalarExpression] = [.text(separator)]
    for column in repeat each columns { parts.append(column.expression) }
    return Column<String>(.call("concat_ws", parts))
}
