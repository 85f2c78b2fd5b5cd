public import Foundation

// Decimals beside integers, which need no conversion first, and quotients of decimals, which engines give as floating-point numbers.

/// The sum.
public func + <I: IntegerColumnValue>(left: Column<Decimal>, right: Column<I>) -> Column<Decimal> where I.Base == I {
    left.binary("+", right)
}
public func + <I: IntegerColumnValue>(left: Column<I>, right: Column<Decimal>) -> Column<Decimal> where I.Base == I {
    left.binary("+", right)
}

/// The difference.
public func - <I: IntegerColumnValue>(left: Column<Decimal>, right: Column<I>) -> Column<Decimal> where I.Base == I {
    left.binary("-", right)
}
public func - <I: IntegerColumnValue>(left: Column<I>, right: Column<Decimal>) -> Column<Decimal> where I.Base == I {
    left.binary("-", right)
}

/// The product.
public func * <I: IntegerColumnValue>(left: Column<Decimal>, right: Column<I>) -> Column<Decimal> where I.Base == I {
    left.binary("*", right)
}
public func * <I: IntegerColumnValue>(left: Column<I>, right: Column<Decimal>) -> Column<Decimal> where I.Base == I {
    left.binary("*", right)
}

/// The quotient of decimals as a floating-point number: few quotients have an end in decimal places.
public func / (left: Column<Decimal>, right: Column<Decimal>) -> Column<Double> { left.quotient(right) }
public func / (left: Column<Decimal>, right: Decimal) -> Column<Double> { left.quotient(Column(right)) }
public func / (left: Decimal, right: Column<Decimal>) -> Column<Double> { Column(left).quotient(right) }
public func / (left: Column<Decimal?>, right: Column<Decimal?>) -> Column<Double?> { left.quotient(right) }
public func / (left: Column<Decimal?>, right: Column<Decimal>) -> Column<Double?> { left.quotient(right) }
public func / (left: Column<Decimal>, right: Column<Decimal?>) -> Column<Double?> { left.quotient(right) }
public func / (left: Column<Decimal?>, right: Decimal) -> Column<Double?> { left.quotient(Column(right)) }
public func / (left: Decimal, right: Column<Decimal?>) -> Column<Double?> { Column(left).quotient(right) }

extension Column {
    /// Divided as doubles, whatever an engine would make of two decimals.
    fileprivate func quotient<Other, Result: ColumnValue>(_ other: Column<Other>) -> Column<Result> {
        Column<Result>(.binary("/", .cast(expression, .double, orNull: false), .cast(other.expression, .double, orNull: false)))
    }
}
