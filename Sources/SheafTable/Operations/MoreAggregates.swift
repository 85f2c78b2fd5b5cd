// Aggregates beyond the usual ones. Nulls are passed over here too.

extension Group {
    /// Different combinations of several columns' values; those with a null are not counted.
    public func countDistinct<each Value: ColumnValue>(together body: (Columns<Row>) -> (repeat Column<each Value>)) -> Column<Int> {
        let list = body(columns)
        var parts: [ScalarExpression] = []
        for column in repeat each list { parts.append(column.expression) }
        let nulls = parts.map { ScalarExpression.postfix($0, "IS NOT NULL") }
        let known = nulls.dropFirst().reduce(nulls[0]) { .binary("AND", $0, $1) }
        return aggregate("count", .call("row", parts), isDistinct: true, where: known)
    }

    /// Rows in which it is null.
    public func countNulls<Value>(_ path: Path<Value>) -> Column<Int> {
        aggregate("count", where: .postfix(columns[keyPath: path].expression, "IS NULL"))
    }

    /// The most frequent value; of equally frequent ones, any.
    public func mode<Value>(_ path: Path<Value>) -> Column<Value.Nullable> { aggregate("mode", columns[keyPath: path].expression) }

    /// Some value that is not null, if there is one.
    public func anyValue<Value>(_ path: Path<Value>) -> Column<Value.Nullable> {
        aggregate("any_value", columns[keyPath: path].expression)
    }

    /// A column's value in the row in which another's is least. Rows in which one of both is null are passed over.
    public func value<Value, Other>(of path: Path<Value>, atMin key: Path<Other>) -> Column<Value.Nullable> {
        aggregate("arg_min", columns[keyPath: path].expression, columns[keyPath: key].expression)
    }
    /// A column's value in the row in which another's is greatest. Rows in which one of both is null are passed over.
    public func value<Value, Other>(of path: Path<Value>, atMax key: Path<Other>) -> Column<Value.Nullable> {
        aggregate("arg_max", columns[keyPath: path].expression, columns[keyPath: key].expression)
    }

    /// The texts one after the other, in an order, with a separator between them.
    public func joined<Value>(
        _ path: Path<Value>, separator: String, by keys: ((Columns<Row>) -> [SortKey])? = nil
    ) -> Column<String?> where Value.Base == String {
        aggregate("string_agg", columns[keyPath: path].expression, .text(separator), order: keys?(columns) ?? [])
    }

    /// The values multiplied, as floating-point numbers.
    public func product<Value: NumericColumnValue>(_ path: Path<Value>) -> Column<Double?> { number("product") { $0[keyPath: path] } }

    /// The standard deviation of a whole population (divided by n).
    public func populationStandardDeviation<Value: NumericColumnValue>(_ path: Path<Value>) -> Column<Double?> {
        number("stddev_pop") { $0[keyPath: path] }
    }
    /// The variance of a whole population (divided by n).
    public func populationVariance<Value: NumericColumnValue>(_ path: Path<Value>) -> Column<Double?> {
        number("var_pop") { $0[keyPath: path] }
    }
    /// The covariance of a sample (divided by n − 1) of two columns.
    public func covariance<A: NumericColumnValue, B: NumericColumnValue>(_ a: Path<A>, _ b: Path<B>) -> Column<Double?> {
        aggregate("covar_samp", columns[keyPath: a].expression, columns[keyPath: b].expression)
    }
    /// The skewness of a sample (adjusted, as Fisher and Pearson's G₁); null for fewer than three values.
    public func skewness<Value: NumericColumnValue>(_ path: Path<Value>) -> Column<Double?> { number("skewness") { $0[keyPath: path] } }
    /// The excess kurtosis of a sample (adjusted, as Fisher's G₂); null for fewer than four values.
    public func kurtosis<Value: NumericColumnValue>(_ path: Path<Value>) -> Column<Double?> { number("kurtosis") { $0[keyPath: path] } }

    /// About the value below which a fraction of the values lies (t-digest), in little memory.
    public func approximateQuantile<Value: NumericColumnValue>(_ path: Path<Value>, _ fraction: Double) -> Column<Double?> {
        aggregate(
            "approx_quantile", .cast(columns[keyPath: path].expression, .double, orNull: false),
            .cast(.literal(.double(fraction)), .float, orNull: false), cast: .double)
    }

    /// The least value for which at least a fraction of the values is no greater: one of the values, whatever their type.
    public func discreteQuantile<Value>(_ path: Path<Value>, _ fraction: Double) -> Column<Value.Nullable> {
        aggregate("quantile_disc", columns[keyPath: path].expression, .literal(.double(fraction)))
    }

    /// The different values as a list, in ascending order; without nulls.
    public func distinctList<Value>(_ path: Path<Value>) -> Column<[Value.Base]?> {
        let values: Column<[Value.Base]?> = aggregate(
            "list", columns[keyPath: path].expression, isDistinct: true,
            where: Value.isNullable ? .postfix(columns[keyPath: path].expression, "IS NOT NULL") : nil)
        return Column(.call("list_sort", [values.expression]))
    }
}
