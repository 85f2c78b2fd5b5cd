// Operators of columns. Both sides have one base type; where one may be null, so may the result. Each comes for two columns, for a column
// and a value, and for columns of which only one may hold nulls, which is what lets a literal stand beside a column of any kind.

// MARK: Comparison

/// Whether it is less.
public func < <V: ColumnValue>(left: Column<V>, right: Column<V>) -> Column<V.Truth> { left.binary("<", right) }
public func < <V: ColumnValue>(left: Column<V>, right: V) -> Column<V.Truth> { left.binary("<", Column(right)) }
public func < <V: ColumnValue>(left: V, right: Column<V>) -> Column<V.Truth> { Column(left).binary("<", right) }
public func < <V: ColumnValue>(left: Column<V>, right: Column<V?>) -> Column<Bool?> where V.Base == V { left.binary("<", right) }
public func < <V: ColumnValue>(left: Column<V?>, right: Column<V>) -> Column<Bool?> where V.Base == V { left.binary("<", right) }

/// Whether it is less or equal.
public func <= <V: ColumnValue>(left: Column<V>, right: Column<V>) -> Column<V.Truth> { left.binary("<=", right) }
public func <= <V: ColumnValue>(left: Column<V>, right: V) -> Column<V.Truth> { left.binary("<=", Column(right)) }
public func <= <V: ColumnValue>(left: V, right: Column<V>) -> Column<V.Truth> { Column(left).binary("<=", right) }
public func <= <V: ColumnValue>(left: Column<V>, right: Column<V?>) -> Column<Bool?> where V.Base == V { left.binary("<=", right) }
public func <= <V: ColumnValue>(left: Column<V?>, right: Column<V>) -> Column<Bool?> where V.Base == V { left.binary("<=", right) }

/// Whether it is greater.
public func > <V: ColumnValue>(left: Column<V>, right: Column<V>) -> Column<V.Truth> { left.binary(">", right) }
public func > <V: ColumnValue>(left: Column<V>, right: V) -> Column<V.Truth> { left.binary(">", Column(right)) }
public func > <V: ColumnValue>(left: V, right: Column<V>) -> Column<V.Truth> { Column(left).binary(">", right) }
public func > <V: ColumnValue>(left: Column<V>, right: Column<V?>) -> Column<Bool?> where V.Base == V { left.binary(">", right) }
public func > <V: ColumnValue>(left: Column<V?>, right: Column<V>) -> Column<Bool?> where V.Base == V { left.binary(">", right) }

/// Whether it is greater or equal.
public func >= <V: ColumnValue>(left: Column<V>, right: Column<V>) -> Column<V.Truth> { left.binary(">=", right) }
public func >= <V: ColumnValue>(left: Column<V>, right: V) -> Column<V.Truth> { left.binary(">=", Column(right)) }
public func >= <V: ColumnValue>(left: V, right: Column<V>) -> Column<V.Truth> { Column(left).binary(">=", right) }
public func >= <V: ColumnValue>(left: Column<V>, right: Column<V?>) -> Column<Bool?> where V.Base == V { left.binary(">=", right) }
public func >= <V: ColumnValue>(left: Column<V?>, right: Column<V>) -> Column<Bool?> where V.Base == V { left.binary(">=", right) }

/// Whether both are equal. Beside the literal `nil`: whether it is null.
public func == <V: ColumnValue>(left: Column<V>, right: Column<V>) -> Column<V.Truth> { left.binary("=", right) }
@_disfavoredOverload
public func == <V: ColumnValue>(left: Column<V>, right: V) -> Column<V.Truth> {
    right.literal == .null ? Column(.postfix(left.expression, "IS NULL")) : left.binary("=", Column(right))
}
public func == <V: ColumnValue>(left: V, right: Column<V>) -> Column<V.Truth> { right == left }
public func == <V: ColumnValue>(left: Column<V>, right: Column<V?>) -> Column<Bool?> where V.Base == V { left.binary("=", right) }
public func == <V: ColumnValue>(left: Column<V?>, right: Column<V>) -> Column<Bool?> where V.Base == V { left.binary("=", right) }

/// Whether they differ. Beside the literal `nil`: whether it is not null.
public func != <V: ColumnValue>(left: Column<V>, right: Column<V>) -> Column<V.Truth> { left.binary("<>", right) }
@_disfavoredOverload
public func != <V: ColumnValue>(left: Column<V>, right: V) -> Column<V.Truth> {
    right.literal == .null ? Column(.postfix(left.expression, "IS NOT NULL")) : left.binary("<>", Column(right))
}
public func != <V: ColumnValue>(left: V, right: Column<V>) -> Column<V.Truth> { right != left }
public func != <V: ColumnValue>(left: Column<V>, right: Column<V?>) -> Column<Bool?> where V.Base == V { left.binary("<>", right) }
public func != <V: ColumnValue>(left: Column<V?>, right: Column<V>) -> Column<Bool?> where V.Base == V { left.binary("<>", right) }

/// What `nil` is beside a column, so that the comparison is found without trying all others.
public struct NullLiteral: ExpressibleByNilLiteral, Sendable {
    public init(nilLiteral: ()) {}
}

/// Whether it is null; never null itself.
public func == <V: ColumnValue>(left: Column<V?>, right: NullLiteral) -> Column<Bool> { left.isNull }
/// Whether it is not null; never null itself.
public func != <V: ColumnValue>(left: Column<V?>, right: NullLiteral) -> Column<Bool> { left.isNotNull }

// MARK: Arithmetic

/// The sum. A result that the type cannot hold ends the query with an error.
public func + <V: NumericColumnValue>(left: Column<V>, right: Column<V>) -> Column<V> { left.binary("+", right) }
public func + <V: NumericColumnValue>(left: Column<V>, right: V) -> Column<V> { left.binary("+", Column(right)) }
public func + <V: NumericColumnValue>(left: V, right: Column<V>) -> Column<V> { Column(left).binary("+", right) }
public func + <V: NumericColumnValue>(left: Column<V>, right: Column<V?>) -> Column<V?> where V.Base == V { left.binary("+", right) }
public func + <V: NumericColumnValue>(left: Column<V?>, right: Column<V>) -> Column<V?> where V.Base == V { left.binary("+", right) }

/// The difference.
public func - <V: NumericColumnValue>(left: Column<V>, right: Column<V>) -> Column<V> { left.binary("-", right) }
public func - <V: NumericColumnValue>(left: Column<V>, right: V) -> Column<V> { left.binary("-", Column(right)) }
public func - <V: NumericColumnValue>(left: V, right: Column<V>) -> Column<V> { Column(left).binary("-", right) }
public func - <V: NumericColumnValue>(left: Column<V>, right: Column<V?>) -> Column<V?> where V.Base == V { left.binary("-", right) }
public func - <V: NumericColumnValue>(left: Column<V?>, right: Column<V>) -> Column<V?> where V.Base == V { left.binary("-", right) }

/// The product.
public func * <V: NumericColumnValue>(left: Column<V>, right: Column<V>) -> Column<V> { left.binary("*", right) }
public func * <V: NumericColumnValue>(left: Column<V>, right: V) -> Column<V> { left.binary("*", Column(right)) }
public func * <V: NumericColumnValue>(left: V, right: Column<V>) -> Column<V> { Column(left).binary("*", right) }
public func * <V: NumericColumnValue>(left: Column<V>, right: Column<V?>) -> Column<V?> where V.Base == V { left.binary("*", right) }
public func * <V: NumericColumnValue>(left: Column<V?>, right: Column<V>) -> Column<V?> where V.Base == V { left.binary("*", right) }

/// The remainder, with the sign of the left side.
@_disfavoredOverload
public func % <V: NumericColumnValue>(left: Column<V>, right: Column<V>) -> Column<V> { left.binary("%", right) }
@_disfavoredOverload
public func % <V: NumericColumnValue>(left: Column<V>, right: V) -> Column<V> { left.binary("%", Column(right)) }
@_disfavoredOverload
public func % <V: NumericColumnValue>(left: V, right: Column<V>) -> Column<V> { Column(left).binary("%", right) }
@_disfavoredOverload
public func % <V: NumericColumnValue>(left: Column<V>, right: Column<V?>) -> Column<V?> where V.Base == V { left.binary("%", right) }
@_disfavoredOverload
public func % <V: NumericColumnValue>(left: Column<V?>, right: Column<V>) -> Column<V?> where V.Base == V { left.binary("%", right) }

/// The remainder of integers, with the sign of the left side; null when the right one is 0.
public func % <V: IntegerColumnValue>(left: Column<V>, right: Column<V>) -> Column<V.Nullable> { left.binary("%", right) }
public func % <V: IntegerColumnValue>(left: Column<V>, right: V) -> Column<V.Nullable> { left.binary("%", Column(right)) }
public func % <V: IntegerColumnValue>(left: V, right: Column<V>) -> Column<V.Nullable> { Column(left).binary("%", right) }
public func % <V: IntegerColumnValue>(left: Column<V>, right: Column<V?>) -> Column<V?> where V.Base == V { left.binary("%", right) }
public func % <V: IntegerColumnValue>(left: Column<V?>, right: Column<V>) -> Column<V?> where V.Base == V { left.binary("%", right) }

/// The quotient of floating-point numbers (infinite or not a number when the right side is 0) or decimals.
@_disfavoredOverload
public func / <V: NumericColumnValue>(left: Column<V>, right: Column<V>) -> Column<V> { left.divided(by: right) }
@_disfavoredOverload
public func / <V: NumericColumnValue>(left: Column<V>, right: V) -> Column<V> { left.divided(by: Column(right)) }
@_disfavoredOverload
public func / <V: NumericColumnValue>(left: V, right: Column<V>) -> Column<V> { Column(left).divided(by: right) }
@_disfavoredOverload
public func / <V: NumericColumnValue>(left: Column<V>, right: Column<V?>) -> Column<V?> where V.Base == V { left.divided(by: right) }
@_disfavoredOverload
public func / <V: NumericColumnValue>(left: Column<V?>, right: Column<V>) -> Column<V?> where V.Base == V { left.divided(by: right) }

/// The quotient of integers, rounded towards zero; null when the right side is 0.
public func / <V: IntegerColumnValue>(left: Column<V>, right: Column<V>) -> Column<V.Nullable> { left.binary("//", right) }
public func / <V: IntegerColumnValue>(left: Column<V>, right: V) -> Column<V.Nullable> { left.binary("//", Column(right)) }
public func / <V: IntegerColumnValue>(left: V, right: Column<V>) -> Column<V.Nullable> { Column(left).binary("//", right) }
public func / <V: IntegerColumnValue>(left: Column<V>, right: Column<V?>) -> Column<V?> where V.Base == V { left.binary("//", right) }
public func / <V: IntegerColumnValue>(left: Column<V?>, right: Column<V>) -> Column<V?> where V.Base == V { left.binary("//", right) }

extension Column where Value: NumericColumnValue {
    fileprivate func divided<Other: NumericColumnValue, Result: NumericColumnValue>(by other: Column<Other>) -> Column<Result> {
        let quotient: Column<Result> = binary("/", other)
        // Engines divide decimals as doubles.
        guard case .decimal = Value.sqlType else { return quotient }
        return Column<Result>(.cast(quotient.expression, Value.sqlType, orNull: false))
    }
}

public prefix func - <V: NumericColumnValue>(operand: Column<V>) -> Column<V> { operand.unary("- ") }

// MARK: Logic

/// Whether both are true.
public func && (left: Column<Bool>, right: Column<Bool>) -> Column<Bool> { left.binary("AND", right) }
public func && (left: Column<Bool?>, right: Column<Bool?>) -> Column<Bool?> { left.binary("AND", right) }
public func && (left: Column<Bool>, right: Column<Bool?>) -> Column<Bool?> { left.binary("AND", right) }
public func && (left: Column<Bool?>, right: Column<Bool>) -> Column<Bool?> { left.binary("AND", right) }

/// Whether one of both is true.
public func || (left: Column<Bool>, right: Column<Bool>) -> Column<Bool> { left.binary("OR", right) }
public func || (left: Column<Bool?>, right: Column<Bool?>) -> Column<Bool?> { left.binary("OR", right) }
public func || (left: Column<Bool>, right: Column<Bool?>) -> Column<Bool?> { left.binary("OR", right) }
public func || (left: Column<Bool?>, right: Column<Bool>) -> Column<Bool?> { left.binary("OR", right) }

public prefix func ! <V: ColumnValue>(operand: Column<V>) -> Column<V> where V.Base == Bool { operand.unary("NOT ") }
