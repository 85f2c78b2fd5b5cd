/// An expression over the columns of a table's rows, with the Swift type of its values: what closures of `filter`, `select` and the like
/// are given and return. Nothing is computed when it is built.
public struct Column<Value: ColumnValue>: Sendable, AnyColumn {
    public let expression: ScalarExpression

    public init(_ expression: ScalarExpression) { self.expression = expression }

    /// The same value in every row.
    public init(_ value: Value) {
        // Engines read numbers with a fraction as doubles.
        let literal = ScalarExpression.literal(value.literal)
        expression = Value.sqlType == .float && value.literal != .null ? .cast(literal, .float, orNull: false) : literal
    }

    var type: SQLType { Value.sqlType }
    var isNullable: Bool { Value.isNullable }
}

/// A column whose values' type is not known.
protocol AnyColumn: Sendable {
    var expression: ScalarExpression { get }
    var type: SQLType { get }
    var isNullable: Bool { get }
}

extension Column {
    func unary<Result>(_ name: String) -> Column<Result> { Column<Result>(.unary(name, expression)) }
    func call<Result>(_ function: String, _ others: ScalarExpression...) -> Column<Result> {
        Column<Result>(.call(function, [expression] + others))
    }
    func binary<Other, Result>(_ name: String, _ other: Column<Other>) -> Column<Result> {
        Column<Result>(.binary(name, expression, other.expression))
    }
}

// MARK: Nulls, types, cases

extension Column {
    /// Whether the value is null; never null itself.
    public var isNull: Column<Bool> { Column<Bool>(.postfix(expression, "IS NULL")) }
    public var isNotNull: Column<Bool> { Column<Bool>(.postfix(expression, "IS NOT NULL")) }

    /// The value, or `other` where it is null.
    public func coalesce(_ other: Value.Base) -> Column<Value.Base> { call("coalesce", .literal(other.literal)) }
    /// The value, or that of another column where it is null.
    public func coalesce<Other: ColumnValue>(_ other: Column<Other>) -> Column<Other> where Other.Base == Value.Base {
        call("coalesce", other.expression)
    }
    /// Null where the value is `value`.
    public func nullIf(_ value: Value.Base) -> Column<Value.Nullable> { call("nullif", .literal(value.literal)) }

    /// The value as another type. A value that cannot be converted ends the query with an error.
    ///
    /// Numbers with a fraction become the nearest integer, of two equally near ones the even one; texts such as
    /// `1.5` are rounded too. Texts of numbers may have blanks around them and an exponent. Truths become 1 and 0.
    public func cast<Target: ColumnValue>(to: Target.Type) -> Column<Target> {
        Column<Target>(.cast(expression, Target.sqlType, orNull: false))
    }
    /// The value as another type, or null where it cannot be converted.
    public func tryCast<Target: ColumnValue>(to: Target.Type) -> Column<Target.Nullable> {
        Column<Target.Nullable>(.cast(expression, Target.sqlType, orNull: true))
    }

    /// Whether the value is one of `values`; no value is when there are none.
    public func isIn(_ values: some Sequence<Value.Base>) -> Column<Value.Truth> {
        let list = values.map { ScalarExpression.literal($0.literal) }
        return list.isEmpty ? Column<Value.Truth>(.literal(.boolean(false))) : Column<Value.Truth>(.isIn(expression, list))
    }

    /// Whether the value is at least `low` and at most `high`.
    public func isBetween(_ low: Value.Base, _ high: Value.Base) -> Column<Value.Truth> {
        Column<Value.Truth>(
            .binary(
                "AND", .binary(">=", expression, .literal(low.literal)), .binary("<=", expression, .literal(high.literal))))
    }

    /// The same column for tables where it may be null.
    public var nullable: Column<Value.Nullable> { Column<Value.Nullable>(expression) }
}

/// Truths, which may be null.
public protocol TruthColumnValue: ColumnValue {}
extension Bool: TruthColumnValue {}
extension Optional: TruthColumnValue where Wrapped: TruthColumnValue, Wrapped.Base == Wrapped {}

/// The value of the first branch whose condition is true (not false, nor null), else `otherwise`: SQL's `CASE`.
///
/// ```swift
/// cases(($0.distance < 500, "short"), ($0.distance < 2000, "medium"), otherwise: "long")
/// ```
public func cases<each Truth: TruthColumnValue, Value: ColumnValue>(
    _ branches: repeat (condition: Column<each Truth>, value: Value), otherwise: Value
) -> Column<Value> {
    var list: [ScalarExpression.Branch] = []
    for branch in repeat each branches {
        list.append(.init(condition: branch.condition.expression, value: .literal(branch.value.literal)))
    }
    return Column<Value>(.cases(list, otherwise: .literal(otherwise.literal)))
}

/// The value of the first branch whose condition is true, else `otherwise`, of columns.
public func cases<each Truth: TruthColumnValue, Value: ColumnValue>(
    _ branches: repeat (condition: Column<each Truth>, value: Column<Value>), otherwise: Column<Value>
) -> Column<Value> {
    var list: [ScalarExpression.Branch] = []
    for branch in repeat each branches {
        list.append(.init(condition: branch.condition.expression, value: branch.value.expression))
    }
    return Column<Value>(.cases(list, otherwise: otherwise.expression))
}

extension ScalarExpression {
    /// What is chosen by conditions; without any, what is left.
    fileprivate static func cases(_ branches: [Branch], otherwise: ScalarExpression) -> ScalarExpression {
        branches.isEmpty ? otherwise : .conditional(branches, otherwise: otherwise)
    }
}

extension Column where Value.Base == Bool {
    /// `value` where this is true, else `other`.
    public func then<Result: ColumnValue>(_ value: Column<Result>, else other: Column<Result>) -> Column<Result> {
        Column<Result>(.conditional([.init(condition: expression, value: value.expression)], otherwise: other.expression))
    }
    public func then<Result: ColumnValue>(_ value: Column<Result>, else other: Result) -> Column<Result> {
        then(value, else: Column<Result>(other))
    }
    public func then<Result: ColumnValue>(_ value: Result, else other: Result) -> Column<Result> {
        then(Column<Result>(value), else: Column<Result>(other))
    }
}
