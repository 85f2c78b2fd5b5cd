// Parts of dates and timestamps. Each comes for columns that may hold nulls and for those that may not.

/// What has a day: dates and timestamps.
public protocol CalendarColumnValue: ColumnValue {}
/// A unit that dates are cut to.
public enum CalendarUnit: String, Sendable { case year, quarter, month, week, day, hour, minute, second }

extension Column where Value: CalendarColumnValue, Value.Base == Value {
    public var year: Column<Int> { part("year") }
    public var quarter: Column<Int> { part("quarter") }
    public var month: Column<Int> { part("month") }
    public var day: Column<Int> { part("day") }
    public var hour: Column<Int> { part("hour") }
    public var minute: Column<Int> { part("minute") }
    public var second: Column<Int> { part("second") }
    /// 1 for Monday to 7 for Sunday (ISO 8601).
    public var weekday: Column<Int> { part("isodow") }
    public var dayOfYear: Column<Int> { part("doy") }
    /// Of the year (ISO 8601).
    public var week: Column<Int> { part("week") }
    /// Its day.
    public var date: Column<CalendarDate> { wholeDay() }
    /// The last day of its month.
    public var lastDayOfMonth: Column<CalendarDate> { call("last_day") }
    /// `Monday` to `Sunday`.
    public var weekdayName: Column<String> { call("dayname") }
    /// `January` to `December`.
    public var monthName: Column<String> { call("monthname") }
    /// As text, after a pattern such as `%Y-%m-%d %H:%M` (as C's strftime).
    public func formatted(_ pattern: String) -> Column<String> { call("strftime", .text(pattern)) }
    /// Seconds since the start of 1970, with a fraction.
    public var secondsSince1970: Column<Double> { call("epoch") }
    /// Whole units from another moment to this one, cut towards zero.
    public func difference(in unit: CalendarUnit, since other: Column) -> Column<Int> { elapsed(unit, other.expression) }
    public func difference(in unit: CalendarUnit, since other: Value) -> Column<Int> { elapsed(unit, .literal(other.literal)) }
}

extension Column where Value: CalendarColumnValue {
    @_disfavoredOverload public var year: Column<Int?> { part("year") }
    @_disfavoredOverload public var quarter: Column<Int?> { part("quarter") }
    @_disfavoredOverload public var month: Column<Int?> { part("month") }
    @_disfavoredOverload public var day: Column<Int?> { part("day") }
    @_disfavoredOverload public var hour: Column<Int?> { part("hour") }
    @_disfavoredOverload public var minute: Column<Int?> { part("minute") }
    @_disfavoredOverload public var second: Column<Int?> { part("second") }
    /// 1 for Monday to 7 for Sunday (ISO 8601).
    @_disfavoredOverload public var weekday: Column<Int?> { part("isodow") }
    @_disfavoredOverload public var dayOfYear: Column<Int?> { part("doy") }
    /// Of the year (ISO 8601).
    @_disfavoredOverload public var week: Column<Int?> { part("week") }
    /// Its day.
    @_disfavoredOverload public var date: Column<CalendarDate?> { wholeDay() }
    /// The last day of its month.
    @_disfavoredOverload public var lastDayOfMonth: Column<CalendarDate?> { call("last_day") }
    /// `Monday` to `Sunday`.
    @_disfavoredOverload public var weekdayName: Column<String?> { call("dayname") }
    /// `January` to `December`.
    @_disfavoredOverload public var monthName: Column<String?> { call("monthname") }
    /// As text, after a pattern such as `%Y-%m-%d %H:%M` (as C's strftime).
    @_disfavoredOverload public func formatted(_ pattern: String) -> Column<String?> { call("strftime", .text(pattern)) }
    /// Seconds since the start of 1970, with a fraction.
    @_disfavoredOverload public var secondsSince1970: Column<Double?> { call("epoch") }
    /// Whole units from another moment to this one, cut towards zero.
    @_disfavoredOverload
    public func difference<Other: ColumnValue>(in unit: CalendarUnit, since other: Column<Other>) -> Column<Int?>
    where Other.Base == Value.Base {
        elapsed(unit, other.expression)
    }
    @_disfavoredOverload
    public func difference(in unit: CalendarUnit, since other: Value.Base) -> Column<Int?> { elapsed(unit, .literal(other.literal)) }

    /// The first moment of the unit it lies in.
    public func truncated(to unit: CalendarUnit) -> Column { moment(.call("date_trunc", [.text(unit.rawValue), expression])) }
    /// So many units later; earlier when negative. A month later than the 31st is the last day of a shorter month. Dates take no notice of
    /// units below a day.
    public func adding(_ count: Int, _ unit: CalendarUnit) -> Column {
        moment(.binary("+", expression, .call(unit.interval, [.number(count)])))
    }
    /// As many units later as a column says.
    public func adding(_ count: Column<Int>, _ unit: CalendarUnit) -> Column {
        moment(.binary("+", expression, .call(unit.interval, [count.expression])))
    }

    private func moment(_ expression: ScalarExpression) -> Column { Column(.cast(expression, Value.sqlType, orNull: false)) }
    private func part<Result>(_ name: String) -> Column<Result> { Column<Result>(.part(name, of: expression)) }
    private func wholeDay<Result>() -> Column<Result> { Column<Result>(.cast(expression, .date, orNull: false)) }
    fileprivate func elapsed<Result>(_ unit: CalendarUnit, _ other: ScalarExpression) -> Column<Result> {
        Column<Result>(.call("date_sub", [.text(unit.rawValue), other, expression]))
    }
}

extension CalendarUnit {
    /// The function that makes an interval of it.
    fileprivate var interval: String { "to_\(rawValue)s" }
}

extension Column where Value: CalendarColumnValue, Value.Base == CalendarDate {
    /// So many days later.
    public func adding(days: Int) -> Column { Column(.binary("+", expression, .number(days))) }
    /// Days from another date to this one.
    public func days(since other: Column) -> Column<Int> where Value == CalendarDate { elapsed(.day, other.expression) }
    public func days(since other: CalendarDate) -> Column<Int> where Value == CalendarDate { elapsed(.day, .literal(other.literal)) }
    @_disfavoredOverload
    public func days<Other: ColumnValue>(since other: Column<Other>) -> Column<Int?> where Other.Base == CalendarDate {
        elapsed(.day, other.expression)
    }
    @_disfavoredOverload
    public func days(since other: CalendarDate) -> Column<Int?> { elapsed(.day, .literal(other.literal)) }
}
