// Further functions of columns of any type, and of numbers.

extension Column {
    /// Whether the value is none of `values`; null where it is null, unless there are none.
    public func isNotIn(_ values: some Sequence<Value.Base>) -> Column<Value.Truth> {
        Column<Value.Truth>(.unary("NOT ", isIn(values).expression))
    }
    /// Whether the value is at least that of one column and at most that of another.
    public func isBetween(_ low: Column<Value>, _ high: Column<Value>) -> Column<Value.Truth> {
        Column<Value.Truth>(.binary("AND", .binary(">=", expression, low.expression), .binary("<=", expression, high.expression)))
    }
    /// Whether both are equal, or both null; never null itself.
    public func isSame<Other: ColumnValue>(as other: Column<Other>) -> Column<Bool> where Other.Base == Value.Base {
        binary("IS NOT DISTINCT FROM", other)
    }
    /// The value, but at least and at most those of a range.
    public func clamped(to range: ClosedRange<Value.Base>) -> Column where Value.Base: Comparable {
        let low = ScalarExpression.literal(range.lowerBound.literal), high = ScalarExpression.literal(range.upperBound.literal)
        return Column(
            .conditional(
                [
                    .init(condition: .binary("<", expression, low), value: low),
                    .init(condition: .binary(">", expression, high), value: high),
                ], otherwise: expression))
    }
    /// For each value another: `$0.carrier.mapped(["AA": "American", "B6": "JetBlue"], otherwise: "other")`. Nulls are mapped to
    /// `otherwise` too.
    public func mapped<Result: ColumnValue>(_ values: KeyValuePairs<Value.Base, Result>, otherwise: Result) -> Column<Result> {
        let branches = values.map {
            ScalarExpression.Branch(
                condition: .binary("=", expression, .literal($0.key.literal)), value: .literal($0.value.literal))
        }
        let other = ScalarExpression.literal(otherwise.literal)
        return Column<Result>(branches.isEmpty ? other : .conditional(branches, otherwise: other))
    }
}

/// The greatest of the values; nulls are passed over.
public func greatest<Value: ColumnValue>(_ first: Column<Value>, _ others: Column<Value>...) -> Column<Value> {
    Column(.call("greatest", [first.expression] + others.map(\.expression)))
}
/// The least of the values; nulls are passed over.
public func least<Value: ColumnValue>(_ first: Column<Value>, _ others: Column<Value>...) -> Column<Value> {
    Column(.call("least", [first.expression] + others.map(\.expression)))
}

extension Column where Value: NumericColumnValue {
    /// As a floating-point number, for division and functions of such.
    public var real: Column<Value.Real> { cast(to: Value.Real.self) }
    /// The number of the bin it is in, where bins begin at the edges given, in ascending order: 0 below the first.
    public func bin(edges: [Value.Base]) -> Column<Int?> {
        guard !edges.isEmpty else { return Column<Int?>(.binary("*", expression, .number(0))) }
        let branches = edges.enumerated().map { index, edge in
            ScalarExpression.Branch(condition: .binary("<", expression, .literal(edge.literal)), value: .number(index))
        }
        let last = ScalarExpression.Branch(condition: .postfix(expression, "IS NOT NULL"), value: .number(edges.count))
        return Column<Int?>(.conditional(branches + [last], otherwise: nil))
    }
}

extension Column where Value: IntegerColumnValue {
    /// The bits that both have.
    public static func & (left: Column, right: Column) -> Column { left.binary("&", right) }
    public static func & (left: Column, right: Value) -> Column { left.binary("&", Column(right)) }
    /// The bits that one of both has.
    public static func | (left: Column, right: Column) -> Column { left.binary("|", right) }
    public static func | (left: Column, right: Value) -> Column { left.binary("|", Column(right)) }
}

extension Column where Value.Base == Double {
    public var cubeRoot: Column { call("cbrt") }
    /// Without its fraction.
    public var truncated: Column { call("trunc") }
    public var asin: Column { call("asin") }
    public var acos: Column { call("acos") }
    public var atan: Column { call("atan") }
    public var sinh: Column { call("sinh") }
    public var cosh: Column { call("cosh") }
    public var tanh: Column { call("tanh") }
    /// From radians to degrees.
    public var degrees: Column { call("degrees") }
    /// From degrees to radians.
    public var radians: Column { call("radians") }
    /// Whether it is neither infinite nor not a number.
    public var isFinite: Column<Value.Truth> { call("isfinite") }
    /// Null where it is not a number.
    public var nullIfNaN: Column<Double?> {
        Column<Double?>(
            .conditional([.init(condition: .unary("NOT ", .call("isnan", [expression])), value: expression)], otherwise: nil))
    }
}

/// The angle between the x axis and the point (x, y), in radians.
public func atan2<Value: ColumnValue>(_ y: Column<Value>, _ x: Column<Value>) -> Column<Value> where Value.Base == Double {
    y.call("atan2", x.expression)
}
