public import SheafCore

/// A table whose rows are put into groups, to be aggregated.
public struct GroupedTable<Row, Key>: Sendable {
    let table: Table<Row>
    let key: Group<Row, Key>
    let keys: [ScalarExpression]
    let problem: PlanError?
}

/// One group of rows, as `aggregate` is given it: its key, and what can be computed of its rows. Aggregates pass nulls over, and are null
/// when there is no value; ``count()`` counts rows.
public struct Group<Row, Key>: @unchecked Sendable {
    /// What the rows of the group have in common: a column, or the tuple that `grouped` was given.
    public let key: Key
    let columns: Columns<Row>
}

extension Table {
    /// Rows with the same value of a column form a group.
    public func grouped<Value: ColumnValue>(by column: KeyPath<Columns<Row>, Column<Value>>) -> GroupedTable<Row, Column<Value>> {
        grouped { $0[keyPath: column] }
    }

    /// Rows for which the closure gives the same form a group: a column or a tuple of columns.
    public func grouped<Key>(by key: (Columns<Row>) -> Key) -> GroupedTable<Row, Key> {
        let key = key(columns)
        do throws(PlanError) {
            return GroupedTable(
                table: self, key: Group(key: key, columns: columns), keys: try namedColumns(key, "grouped").map(\.expression), problem: nil)
        } catch {
            return GroupedTable(table: self, key: Group(key: key, columns: columns), keys: [], problem: error)
        }
    }

    /// One row about all rows.
    public func aggregate<Result>(
        fileID: StaticString = #fileID, line: UInt = #line, _ body: (Group<Row, Void>) -> Result
    ) -> Table<Result> {
        GroupedTable(table: self, key: Group(key: (), columns: columns), keys: [], problem: nil).aggregate(fileID: fileID, line: line, body)
    }
}

extension GroupedTable {
    /// One row for each group, of what the closure returns:
    /// `aggregate { (carrier: $0.key, flights: $0.count(), delay: $0.mean(\.depDelay)) }`.
    public func aggregate<Result>(
        fileID: StaticString = #fileID, line: UInt = #line, _ body: (Group<Row, Key>) -> Result
    ) -> Table<Result> {
        let location = SourceLocation(fileID: fileID, line: line), value = body(key)
        if let problem { return table.refused(problem, location, as: Columns(prototype: value, names: [:])) }
        return table.project(value, "aggregate", location) { .aggregate(table.relation, keys: keys, $0) }
    }

    /// The number of rows of each group.
    public func count<Value: ColumnValue>(
        fileID: StaticString = #fileID, line: UInt = #line
    ) -> Table<(key: Column<Value>, count: Column<Int>)> where Key == Column<Value> {
        aggregate(fileID: fileID, line: line) { (key: $0.key, count: $0.count()) }
    }
}

extension Group {
    private func aggregate<Result>(
        _ function: String, _ arguments: [ScalarExpression], isDistinct: Bool = false, order: [SortKey] = []
    ) -> Column<Result> {
        Column(.aggregate(.init(function: function, arguments: arguments, isDistinct: isDistinct, order: order)))
    }

    /// The rows' columns, for aggregates of expressions: `$0.sum { $0.price * $0.quantity }`.
    public typealias Expression<Value: ColumnValue> = (Columns<Row>) -> Column<Value>
    public typealias Path<Value: ColumnValue> = KeyPath<Columns<Row>, Column<Value>>

    /// Rows.
    public func count() -> Column<Int> { aggregate("count", []) }
    /// Rows for which a condition is true.
    public func count<Truth: ColumnValue>(where condition: Expression<Truth>) -> Column<Int> where Truth.Base == Bool {
        Column(.aggregate(.init(function: "count", arguments: [], condition: condition(columns).expression)))
    }
    /// Rows in which it is not null.
    public func count<Value>(_ path: Path<Value>) -> Column<Int> { aggregate("count", [columns[keyPath: path].expression]) }
    /// Different values.
    public func countDistinct<Value>(_ path: Path<Value>) -> Column<Int> {
        aggregate("count", [columns[keyPath: path].expression], isDistinct: true)
    }
    public func countDistinct<Value>(_ body: Expression<Value>) -> Column<Int> {
        aggregate("count", [body(columns).expression], isDistinct: true)
    }
    /// About how many different values there are (HyperLogLog), in little memory.
    public func approximateCountDistinct<Value>(_ path: Path<Value>) -> Column<Int> {
        aggregate("approx_count_distinct", [columns[keyPath: path].expression])
    }

    /// The sum. One that the type cannot hold ends the query with an error.
    public func sum<Value: NumericColumnValue>(_ path: Path<Value>) -> Column<Value.Nullable> { sum { $0[keyPath: path] } }
    public func sum<Value: NumericColumnValue>(_ body: Expression<Value>) -> Column<Value.Nullable> {
        let sum = ScalarExpression.aggregate(.init(function: "sum", arguments: [body(columns).expression]))
        return Column(Value.sqlType.ofSum.map { .cast(sum, $0, orNull: false) } ?? sum)
    }
    /// The arithmetic mean.
    public func mean<Value: NumericColumnValue>(_ path: Path<Value>) -> Column<Double?> { mean { $0[keyPath: path] } }
    public func mean<Value: NumericColumnValue>(_ body: Expression<Value>) -> Column<Double?> {
        Column(.cast(.aggregate(.init(function: "avg", arguments: [body(columns).expression])), .double, orNull: false))
    }
    public func min<Value>(_ path: Path<Value>) -> Column<Value.Nullable> { aggregate("min", [columns[keyPath: path].expression]) }
    public func min<Value>(_ body: Expression<Value>) -> Column<Value.Nullable> { aggregate("min", [body(columns).expression]) }
    public func max<Value>(_ path: Path<Value>) -> Column<Value.Nullable> { aggregate("max", [columns[keyPath: path].expression]) }
    public func max<Value>(_ body: Expression<Value>) -> Column<Value.Nullable> { aggregate("max", [body(columns).expression]) }

    /// The standard deviation of a sample (divided by n − 1); null for fewer than two values.
    public func standardDeviation<Value: NumericColumnValue>(_ path: Path<Value>) -> Column<Double?> { number("stddev_samp", path) }
    /// The variance of a sample (divided by n − 1); null for fewer than two values.
    public func variance<Value: NumericColumnValue>(_ path: Path<Value>) -> Column<Double?> { number("var_samp", path) }
    /// The middle value; between two, their mean.
    public func median<Value: NumericColumnValue>(_ path: Path<Value>) -> Column<Double?> { number("median", path) }
    /// The value below which a fraction of the values lies, interpolated linearly.
    public func quantile<Value: NumericColumnValue>(_ path: Path<Value>, _ fraction: Double) -> Column<Double?> {
        Column(
            .cast(
                .aggregate(
                    .init(
                        function: "quantile_cont",
                        arguments: [.cast(columns[keyPath: path].expression, .double, orNull: false), .literal(.double(fraction))])),
                .double, orNull: false))
    }
    /// Pearson's correlation of two columns.
    public func correlation<A: NumericColumnValue, B: NumericColumnValue>(_ a: Path<A>, _ b: Path<B>) -> Column<Double?> {
        aggregate("corr", [columns[keyPath: a].expression, columns[keyPath: b].expression])
    }
    /// The value in the row that comes first in an order.
    public func first<Value>(_ path: Path<Value>, by keys: (Columns<Row>) -> [SortKey]) -> Column<Value.Nullable> {
        aggregate("first", [columns[keyPath: path].expression], order: keys(columns))
    }
    /// The value in the row that comes last in an order.
    public func last<Value>(_ path: Path<Value>, by keys: (Columns<Row>) -> [SortKey]) -> Column<Value.Nullable> {
        aggregate("last", [columns[keyPath: path].expression], order: keys(columns))
    }
    /// The values, in an order, as a list; without nulls.
    public func list<Value>(_ path: Path<Value>, by keys: ((Columns<Row>) -> [SortKey])? = nil) -> Column<[Value.Base]?> {
        let column = columns[keyPath: path].expression
        return Column(
            .aggregate(
                .init(
                    function: "list", arguments: [column], condition: Value.isNullable ? .postfix(column, "IS NOT NULL") : nil,
                    order: keys?(columns) ?? [])))
    }
    /// Whether a condition is true in one row at least.
    public func any<Truth: ColumnValue>(_ condition: Expression<Truth>) -> Column<Bool?> where Truth.Base == Bool {
        aggregate("bool_or", [condition(columns).expression])
    }
    /// Whether a condition is true in all rows.
    public func all<Truth: ColumnValue>(_ condition: Expression<Truth>) -> Column<Bool?> where Truth.Base == Bool {
        aggregate("bool_and", [condition(columns).expression])
    }

    private func number<Value>(_ function: String, _ path: Path<Value>) -> Column<Double?> {
        Column(.cast(.aggregate(.init(function: function, arguments: [columns[keyPath: path].expression])), .double, orNull: false))
    }
}

extension SQLType {
    /// What a sum of such values is turned into, since engines add integers in a wider type; nil for decimals, which keep the places that
    /// they have.
    var ofSum: SQLType? {
        if case .decimal = self { return nil }
        return self
    }
}
