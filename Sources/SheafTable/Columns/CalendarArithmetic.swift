extension CalendarDate {
    /// So many days later.
    public func adding(days: Int) -> CalendarDate { CalendarDate(daysSince1970: daysSince1970 + Int32(days)) }

    /// The same day so many months later, or the last day of that month where it has no such day.
    public func adding(months: Int) -> CalendarDate {
        let month = year * 12 + self.month - 1 + months
        // Rounded down, also before the year 0.
        let years = (month - (month < 0 ? 11 : 0)) / 12
        var last = day
        while true {
            if let date = CalendarDate(year: years, month: month - years * 12 + 1, day: last) { return date }
            precondition(last > 28, "the date lies beyond the calendar")
            last -= 1
        }
    }

    /// The same day so many years later; 28 February for the 29th where there is none.
    public func adding(years: Int) -> CalendarDate { adding(months: 12 * years) }
}

extension Column where Value.Base == CalendarDate {
    /// The same day so many months later, or the last day of that month where it has no such day.
    public func adding(months: Int) -> Column {
        Column(.cast(.binary("+", expression, .call("to_months", [.literal(.integer(Int64(months)))])), .date, orNull: false))
    }
}
