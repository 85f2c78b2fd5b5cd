public import Foundation

extension Date: CalendarColumnValue {}
extension Optional: CalendarColumnValue where Wrapped: CalendarColumnValue, Wrapped.Base == Wrapped {}

extension Column where Value: CalendarColumnValue, Value.Base == Date {
    /// So many seconds later.
    public func adding(seconds: Int) -> Column { Column(.binary("+", expression, .call("to_seconds", [.number(seconds)]))) }
    /// Seconds from another moment to this one, cut to whole ones.
    public func seconds(since other: Column) -> Column<Int> where Value == Date { difference(in: .second, since: other) }
    @_disfavoredOverload
    public func seconds<Other: ColumnValue>(since other: Column<Other>) -> Column<Int?> where Other.Base == Date {
        difference(in: .second, since: other)
    }
}
