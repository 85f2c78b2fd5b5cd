/// Rows seen from one row: those of its partition, in an order. Made by ``Columns/window(partitionedBy:orderedBy:frame:)``.
public struct RowWindow: Sendable {
    let window: ScalarExpression.Window

    private func over<Result>(_ expression: ScalarExpression, ownFrame: Bool = false) -> Column<Result> {
        var window = window
        // Functions of position do not take a frame.
        if !ownFrame { window.frame = nil }
        return Column(.window(expression, window))
    }
    private func aggregate<Result>(_ function: String, _ argument: ScalarExpression?, cast: SQLType? = nil) -> Column<Result> {
        let value = ScalarExpression.window(
            .aggregate(.init(function: function, arguments: argument.map { [$0] } ?? [])), window)
        return Column(cast.map { .cast(value, $0, orNull: false) } ?? value)
    }

    /// 1 for the first row of the partition, 2 for the next, and so on.
    public func rowNumber() -> Column<Int> { over(.call("row_number", [])) }
    /// 1 and up; equal rows have the same, and leave out those that follow.
    public func rank() -> Column<Int> { over(.call("rank", [])) }
    /// 1 and up; equal rows have the same, and leave none out.
    public func denseRank() -> Column<Int> { over(.call("dense_rank", [])) }
    /// From 0 to 1.
    public func percentRank() -> Column<Double> { over(.call("percent_rank", [])) }
    /// Which of so many parts of about equal size the row is in; from 1.
    public func tile(of count: Int) -> Column<Int> { over(.call("ntile", [.literal(.integer(Int64(count)))])) }
    /// The value so many rows before; null where there is none.
    public func lag<Value>(_ column: Column<Value>, _ offset: Int = 1) -> Column<Value.Nullable> {
        over(.call("lag", [column.expression, .literal(.integer(Int64(offset)))]))
    }
    /// The value so many rows after; null where there is none.
    public func lead<Value>(_ column: Column<Value>, _ offset: Int = 1) -> Column<Value.Nullable> {
        over(.call("lead", [column.expression, .literal(.integer(Int64(offset)))]))
    }
    /// The first value of the frame.
    public func first<Value>(_ column: Column<Value>) -> Column<Value.Nullable> {
        over(.call("first_value", [column.expression]), ownFrame: true)
    }
    /// The last value of the frame.
    public func last<Value>(_ column: Column<Value>) -> Column<Value.Nullable> {
        over(.call("last_value", [column.expression]), ownFrame: true)
    }

    /// Rows of the frame.
    public func count() -> Column<Int> { aggregate("count", nil) }
    public func sum<Value: NumericColumnValue>(_ column: Column<Value>) -> Column<Value.Nullable> {
        aggregate("sum", column.expression, cast: Value.sqlType.ofSum)
    }
    public func mean<Value: NumericColumnValue>(_ column: Column<Value>) -> Column<Double?> {
        aggregate("avg", column.expression, cast: .double)
    }
    public func min<Value>(_ column: Column<Value>) -> Column<Value.Nullable> { aggregate("min", column.expression) }
    public func max<Value>(_ column: Column<Value>) -> Column<Value.Nullable> { aggregate("max", column.expression) }
}

extension Columns {
    /// The rows of one partition in an order, and the frame of them that aggregates see: by default, with an order, all up to the
    /// current row and those that the order has as equal to it, and without one the whole partition.
    ///
    /// ```swift
    /// flights.adding { (nth: $0.window(partitionedBy: [$0.carrier.key], orderedBy: [$0.depDelay.descending]).rowNumber(), late: $0.depDelay > 0) }
    /// ```
    public func window(
        partitionedBy keys: [PartitionKey] = [], orderedBy order: [SortKey] = [], frame: WindowFrame? = nil
    ) -> RowWindow {
        RowWindow(window: .init(partition: keys.map(\.expression), order: order, frame: frame))
    }
}

/// A column that rows of one partition have in common.
public struct PartitionKey: Sendable {
    let expression: ScalarExpression
}

extension Column {
    /// For the partitions of a window.
    public var key: PartitionKey { PartitionKey(expression: expression) }
}
