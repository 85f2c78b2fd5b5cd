public import Foundation

extension Date: CalendarColumnValue {}
extension Optional: CalendarColumnValue where Wrapped: CalendarColumnValue, Wrapped.Base == Wrapped {}

extension Column where Value.Base == Date {
    /// So many seconds later.
    public func adding(seconds: Int) -> Column {
        Column(.binary("+", expression, .call("to_seconds", [.literal(.integer(Int64(seconds)))])))
    }
    /// Seconds from another moment to this one, cut to whole ones.
    public func seconds(since other: Column<Date>) -> Column<Int?> {
        Column<Int?>(.call("date_diff", [.literal(.string("second")), other.expression, expression]))
    }
}
