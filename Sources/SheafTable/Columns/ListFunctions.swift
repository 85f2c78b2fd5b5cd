// Functions of lists.

/// Lists, which may be null.
public protocol ListColumnValue: ColumnValue {
    associatedtype Element: ColumnValue
}

extension Array: ListColumnValue where Element: ColumnValue {}
extension Optional: ListColumnValue where Wrapped: ListColumnValue, Wrapped.Base == Wrapped {
    public typealias Element = Wrapped.Element
}

extension Column where Value: ListColumnValue {
    /// Elements.
    public var count: Column<Int?> { call("len") }
    /// The element at a position: 0 is the first, -1 the last; null where there is none.
    public func element(_ position: Int) -> Column<Value.Element.Nullable> {
        call("list_extract", .number(position < 0 ? position : position + 1))
    }
    /// Whether an element is equal to a value.
    public func contains(_ value: Value.Element.Base) -> Column<Value.Truth> { call("list_contains", .literal(value.literal)) }
    /// In ascending order; nulls first.
    public var sorted: Column { call("list_sort") }
    /// The elements in the opposite order.
    public var reversed: Column { call("list_reverse") }
    /// Each different element once, in ascending order; without nulls.
    public var distinct: Column { Column(.call("list_sort", [.call("list_distinct", [expression])])) }
    /// The least element.
    public func min() -> Column<Value.Element.Nullable> { call("list_min") }
    /// The greatest element.
    public func max() -> Column<Value.Element.Nullable> { call("list_max") }
    /// The elements as text, with a separator between them.
    public func joined(separator: String) -> Column<String?> { call("array_to_string", .text(separator)) }
}

extension Column where Value: ListColumnValue, Value.Element: NumericColumnValue {
    /// The sum of the elements; null when there is none.
    public func sum() -> Column<Value.Element.Nullable> {
        let sum = ScalarExpression.call("list_sum", [expression])
        return Column<Value.Element.Nullable>(Value.Element.sqlType.ofSum.map { .cast(sum, $0, orNull: false) } ?? sum)
    }
    /// The mean of the elements; null when there is none.
    public func mean() -> Column<Double?> { call("list_avg") }
}
