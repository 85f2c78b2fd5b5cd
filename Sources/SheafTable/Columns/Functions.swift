// Functions of one column. Names are Swift's where Swift has one, else SQL's.

extension Column where Value: NumericColumnValue {
    /// The absolute value.
    public var magnitude: Column { call("abs") }
    /// Rounded to so many decimal places, halves away from zero; negative ones round to tens, hundreds and so on.
    public func rounded(_ places: Int = 0) -> Column { call("round", .literal(.integer(Int64(places)))) }
    public var roundedDown: Column { call("floor") }
    public var roundedUp: Column { call("ceil") }
    /// -1, 0 or 1.
    public var sign: Column { call("sign") }
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
    /// Whether it is not a number.
    public var isNaN: Column<Value.Truth> { call("isnan") }
}

extension Column where Value.Base == String {
    public var lowercased: Column { call("lower") }
    public var uppercased: Column { call("upper") }
    /// Characters (code points).
    public var count: Column<Int?> { call("length") }
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
    /// The characters from `start` (0 is the first), `count` of them or all that follow.
    public func substring(from start: Int, count: Int? = nil) -> Column {
        let first = ScalarExpression.literal(.integer(Int64(start + 1)))
        return count.map { call("substring", first, .literal(.integer(Int64($0)))) } ?? call("substring", first)
    }
    /// The part between separators at a position; 0 is the first.
    public func part(_ position: Int, separatedBy separator: String) -> Column {
        call("split_part", .literal(.string(separator)), .literal(.integer(Int64(position + 1))))
    }
    /// At least so many characters, filled up at the front.
    public func padded(to count: Int, with filler: String = " ") -> Column {
        call("lpad", .literal(.integer(Int64(count))), .literal(.string(filler)))
    }
}

/// The texts one after the other; null if one is.
public func + (left: Column<String>, right: Column<String>) -> Column<String> { left.binary("||", right) }
public func + (left: Column<String>, right: String) -> Column<String> { left.binary("||", Column(right)) }
public func + (left: String, right: Column<String>) -> Column<String> { Column(left).binary("||", right) }
public func + (left: Column<String?>, right: Column<String?>) -> Column<String?> { left.binary("||", right) }
public func + (left: Column<String?>, right: String) -> Column<String?> { left.binary("||", Column(right)) }

/// What has a day: dates and timestamps.
public protocol CalendarColumnValue: ColumnValue {}
/// A unit that dates are cut to.
public enum CalendarUnit: String, Sendable { case year, quarter, month, week, day, hour, minute, second }

extension Column where Value: CalendarColumnValue {
    public var year: Column<Int?> { part("year") }
    public var quarter: Column<Int?> { part("quarter") }
    public var month: Column<Int?> { part("month") }
    public var day: Column<Int?> { part("day") }
    public var hour: Column<Int?> { part("hour") }
    public var minute: Column<Int?> { part("minute") }
    public var second: Column<Int?> { part("second") }
    /// 1 for Monday to 7 for Sunday (ISO 8601).
    public var weekday: Column<Int?> { part("isodow") }
    public var dayOfYear: Column<Int?> { part("doy") }
    /// ISO 8601.
    public var week: Column<Int?> { part("week") }

    private func part(_ name: String) -> Column<Int?> { Column<Int?>(.part(name, of: expression)) }

    /// The first moment of the unit it lies in.
    public func truncated(to unit: CalendarUnit) -> Column {
        Column(.cast(.call("date_trunc", [.literal(.string(unit.rawValue)), expression]), Value.sqlType, orNull: false))
    }
    /// Its day.
    public var date: Column<CalendarDate?> { Column<CalendarDate?>(.cast(expression, .date, orNull: false)) }
    /// As text, after a pattern such as `%Y-%m-%d %H:%M` (as C's strftime).
    public func formatted(_ pattern: String) -> Column<String?> {
        Column<String?>(.call("strftime", [expression, .literal(.string(pattern))]))
    }
}

extension Column where Value.Base == CalendarDate {
    /// So many days later.
    public func adding(days: Int) -> Column { Column(.binary("+", expression, .literal(.integer(Int64(days))))) }
    /// Days from another date to this one.
    public func days(since other: Column<CalendarDate>) -> Column<Int?> {
        Column<Int?>(.call("date_diff", [.literal(.string("day")), other.expression, expression]))
    }
}
