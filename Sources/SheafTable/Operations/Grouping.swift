import SheafCore

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
    /// Which of its rows aggregates see.
    var condition: ScalarExpression?
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
    /// The rows' columns, for aggregates of expressions: `$0.sum { $0.price * $0.quantity }`.
    public typealias Expression<Value: ColumnValue> = (Columns<Row>) -> Column<Value>
    public typealias Path<Value: ColumnValue> = KeyPath<Columns<Row>, Column<Value>>

    func aggregate<Result>(
        _ function: String, _ arguments: ScalarExpression..., isDistinct: Bool = false, order: [SortKey] = [], cast: SQLType? = nil,
        where further: ScalarExpression? = nil
    ) -> Column<Result> {
        let conditions = [condition, further].compactMap(\.self)
        let value = ScalarExpression.aggregate(
            .init(
                function: function, arguments: arguments, isDistinct: isDistinct,
                condition: conditions.count == 2 ? .binary("AND", conditions[0], conditions[1]) : conditions.first, order: order))
        return Column(cast.map { .cast(value, $0, orNull: false) } ?? value)
    }

    /// The rows of the group for which a condition is true, for aggregates of these only:
    /// `(late: $0.filter { $0.delay > 15 }.mean(\.distance), all: $0.mean(\.distance))`.
    public func filter<Truth: ColumnValue>(_ condition: Expression<Truth>) -> Group where Truth.Base == Bool {
        let new = condition(columns).expression
        var copy = self
        copy.condition = self.condition.map { .binary("AND", $0, new) } ?? new
        return copy
    }

    /// Rows.
    public func count() -> Column<Int> { aggregate("count") }
    /// Rows for which a condition is true.
    public func count<Truth: ColumnValue>(where condition: Expression<Truth>) -> Column<Int> where Truth.Base == Bool {
        aggregate("count", where: condition(columns).expression)
    }
    /// Rows in which it is not null.
    public func count<Value>(_ path: Path<Value>) -> Column<Int> { aggregate("count", columns[keyPath: path].expression) }
    /// Different values.
    public func countDistinct<Value>(_ path: Path<Value>) -> Column<Int> { countDistinct { $0[keyPath: path] } }
    public func countDistinct<Value>(_ body: Expression<Value>) -> Column<Int> {
        aggregate("count", body(columns).expression, isDistinct: true)
    }
    /// About how many different values there are (HyperLogLog), in little memory.
    public func approximateCountDistinct<Value>(_ path: Path<Value>) -> Column<Int> { approximateCountDistinct { $0[keyPath: path] } }
    public func approximateCountDistinct<Value>(_ body: Expression<Value>) -> Column<Int> {
        aggregate("approx_count_distinct", body(columns).expression)
    }

    /// The sum. One that the type cannot hold ends the query with an error.
    public func sum<Value: NumericColumnValue>(_ path: Path<Value>) -> Column<Value.Nullable> { sum { $0[keyPath: path] } }
    public func sum<Value: NumericColumnValue>(_ body: Expression<Value>) -> Column<Value.Nullable> {
        // Engines add integers in a wider type.
        aggregate("sum", body(columns).expression, cast: Value.sqlType.ofSum)
    }
    /// The arithmetic mean.
    public func mean<Value: NumericColumnValue>(_ path: Path<Value>) -> Column<Double?> { mean { $0[keyPath: path] } }
    public func mean<Value: NumericColumnValue>(_ body: Expression<Value>) -> Column<Double?> { number("avg", body) }
    public func min<Value>(_ path: Path<Value>) -> Column<Value.Nullable> { min { $0[keyPath: path] } }
    public func min<Value>(_ body: Expression<Value>) -> Column<Value.Nullable> { aggregate("min", body(columns).expression) }
    public func max<Value>(_ path: Path<Value>) -> Column<Value.Nullable> { max { $0[keyPath: path] } }
    public func max<Value>(_ body: Expression<Value>) -> Column<Value.Nullable> { aggregate("max", body(columns).expression) }

    /// The standard deviation of a sample (divided by n − 1); null for fewer than two values.
    public func standardDeviation<Value: NumericColumnValue>(_ path: Path<Value>) -> Column<Double?> {
        standardDeviation { $0[keyPath: path] }
    }
    public func standardDeviation<Value: NumericColumnValue>(_ body: Expression<Value>) -> Column<Double?> { number("stddev_samp", body) }
    /// The variance of a sample (divided by n − 1); null for fewer than two values.
    public func variance<Value: NumericColumnValue>(_ path: Path<Value>) -> Column<Double?> { variance { $0[keyPath: path] } }
    public func variance<Value: NumericColumnValue>(_ body: Expression<Value>) -> Column<Double?> { number("var_samp", body) }
    /// The middle value; between two, their mean.
    public func median<Value: NumericColumnValue>(_ path: Path<Value>) -> Column<Double?> { median { $0[keyPath: path] } }
    public func median<Value: NumericColumnValue>(_ body: Expression<Value>) -> Column<Double?> { number("median", body) }
    /// The value below which a fraction of the values lies, interpolated linearly.
    public func quantile<Value: NumericColumnValue>(_ path: Path<Value>, _ fraction: Double) -> Column<Double?> {
        quantile(fraction) { $0[keyPath: path] }
    }
    public func quantile<Value: NumericColumnValue>(_ fraction: Double, _ body: Expression<Value>) -> Column<Double?> {
        aggregate("quantile_cont", .cast(body(columns).expression, .double, orNull: false), .literal(.double(fraction)), cast: .double)
    }
    /// Pearson's correlation of two columns.
    public func correlation<A: NumericColumnValue, B: NumericColumnValue>(_ a: Path<A>, _ b: Path<B>) -> Column<Double?> {
        aggregate("corr", columns[keyPath: a].expression, columns[keyPath: b].expression)
    }
    /// The value in the row that comes first in an order; null if it is null there.
    public func first<Value>(_ path: Path<Value>, by keys: (Columns<Row>) -> [SortKey]) -> Column<Value.Nullable> {
        aggregate("first", columns[keyPath: path].expression, order: keys(columns))
    }
    /// The value in the row that comes last in an order; null if it is null there.
    public func last<Value>(_ path: Path<Value>, by keys: (Columns<Row>) -> [SortKey]) -> Column<Value.Nullable> {
        aggregate("last", columns[keyPath: path].expression, order: keys(columns))
    }
    /// The values, in an order, as a list; without nulls. Null when there is no value.
    public func list<Value>(_ path: Path<Value>, by keys: ((Columns<Row>) -> [SortKey])? = nil) -> Column<[Value.Base]?> {
        let column = columns[keyPath: path].expression
        return aggregate(
            "list", column, order: keys?(columns) ?? [], where: Value.isNullable ? .postfix(column, "IS NOT NULL") : nil)
    }
    /// Whether a condition is true in one row at least.
    public func any<Truth: ColumnValue>(_ condition: Expression<Truth>) -> Column<Bool?> where Truth.Base == Bool {
        aggregate("bool_or", condition(columns).expression)
    }
    /// Whether a condition is true in all rows.
    public func all<Truth: ColumnValue>(_ condition: Expression<Truth>) -> Column<Bool?> where Truth.Base == Bool {
        aggregate("bool_and", condition(columns).expression)
    }

    func number<Value>(_ function: String, _ body: Expression<Value>) -> Column<Double?> {
        aggregate(function, body(columns).expression, cast: .double)
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
