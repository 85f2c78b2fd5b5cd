// Functions of one column. Names are Swift's where Swift has one, else SQL's.

extension Column where Value: NumericColumnValue {
    /// The absolute value.
    public var magnitude: Column { call("abs") }
    /// Rounded to so many decimal places, halves away from zero; negative ones round to tens, hundreds and so on.
    public func rounded(_ places: Int = 0) -> Column { call("round", .literal(.integer(Int64(places)))) }
    public var roundedDown: Column { exact("floor") }
    public var roundedUp: Column { exact("ceil") }
    /// -1, 0 or 1.
    public var sign: Column { exact("sign") }

    /// Engines give these another type than their argument's.
    func exact(_ function: String) -> Column { Column(.cast(.call(function, [expression]), Value.sqlType, orNull: false)) }
}

extension Column where Value.Base == Double {
    public var squareRoot: Column { call("sqrt") }
    /// e to its power.
    public var exp: Column { call("exp") }
    /// The natural logarithm; not of 0 and below, which end the query with an error.
    public var log: Column { call("ln") }
    public var log2: Column { call("log2") }
    public var log10: Column { call("log10") }
    public var sin: Column { call("sin") }
    public var cos: Column { call("cos") }
    public var tan: Column { call("tan") }
    public func raised(to power: Double) -> Column { call("pow", .literal(.double(power))) }
    public func raised(to power: Column<Double>) -> Column { call("pow", power.expression) }
    /// Whether it is not a number: as `0 / 0` is. Unlike in Swift, such values are equal to each other and greater than all others, also
    /// when rows are sorted.
    public var isNaN: Column<Value.Truth> { call("isnan") }
}

extension Column where Value.Base == String {
    /// Each letter in lower case, by itself and whatever the language.
    public var lowercased: Column { call("lower") }
    /// Each letter in upper case, by itself and whatever the language: ß becomes ẞ rather than SS.
    public var uppercased: Column { call("upper") }
    /// Characters (code points).
    @_disfavoredOverload public var count: Column<Int?> { call("length") }
    public var reversed: Column { call("reverse") }
    /// Without blanks at both ends.
    public var trimmed: Column { call("trim") }
    public func hasPrefix(_ prefix: String) -> Column<Value.Truth> { call("starts_with", .literal(.string(prefix))) }
    public func hasSuffix(_ suffix: String) -> Column<Value.Truth> { call("ends_with", .literal(.string(suffix))) }
    public func contains(_ text: String) -> Column<Value.Truth> { call("contains", .literal(.string(text))) }
    /// Whether it is like a pattern in which `%` stands for any text and `_` for any character.
    public func isLike(_ pattern: String, ignoringCase: Bool = false) -> Column<Value.Truth> {
        Column<Value.Truth>(.like(expression, pattern: pattern, ignoringCase: ignoringCase))
    }
    /// Whether a regular expression (RE2) is found in it.
    public func matches(_ pattern: String) -> Column<Value.Truth> { call("regexp_matches", .literal(.string(pattern))) }
    /// What the first match of a regular expression (RE2), or a group of it, is; empty when there is none.
    public func firstMatch(of pattern: String, group: Int = 0) -> Column {
        call("regexp_extract", .literal(.string(pattern)), .literal(.integer(Int64(group))))
    }
    /// With every match of a regular expression (RE2) replaced; `\1` is its first group.
    public func replacingMatches(of pattern: String, with text: String) -> Column {
        call("regexp_replace", .literal(.string(pattern)), .literal(.string(text)), .literal(.string("g")))
    }
    public func replacing(_ text: String, with other: String) -> Column {
        call("replace", .literal(.string(text)), .literal(.string(other)))
    }
    /// The characters from `start` (0 is the first, -1 the last), `count` of them or all that follow.
    public func substring(from start: Int, count: Int? = nil) -> Column {
        let first = ScalarExpression.literal(.integer(Int64(start < 0 ? start : start + 1)))
        return count.map { call("substring", first, .literal(.integer(Int64($0)))) } ?? call("substring", first)
    }
    /// The part between separators at a position; 0 is the first, -1 the last. Empty where there is none.
    public func part(_ position: Int, separatedBy separator: String) -> Column {
        call("split_part", .literal(.string(separator)), .literal(.integer(Int64(position < 0 ? position : position + 1))))
    }
}

extension Column where Value == String {
    /// Characters (code points).
    public var count: Column<Int> { call("length") }
}

/// The texts one after the other; null if one is.
public func + <V: ColumnValue>(left: Column<V>, right: Column<V>) -> Column<V> where V.Base == String { left.binary("||", right) }
public func + <V: ColumnValue>(left: Column<V>, right: String) -> Column<V> where V.Base == String {
    left.binary("||", Column<String>(right))
}
public func + <V: ColumnValue>(left: String, right: Column<V>) -> Column<V> where V.Base == String {
    Column<String>(left).binary("||", right)
}
public func + (left: Column<String>, right: Column<String?>) -> Column<String?> { left.binary("||", right) }
public func + (left: Column<String?>, right: Column<String>) -> Column<String?> { left.binary("||", right) }
