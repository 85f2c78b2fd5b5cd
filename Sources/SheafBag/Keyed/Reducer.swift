/// A way to fold many values into one, piece by piece and in any grouping.
///
/// The built-in ones are named, so that a plan that uses them runs on every engine. A reducer has to be associative, since values are
/// combined per partition first, and commutative, since partitions arrive in any order.
public struct Reducer<Value: Sendable, Accumulator: Sendable, Result: Sendable>: Sendable {
    /// `nil` for a closure.
    public let name: String?
    @usableFromInline let initial: @Sendable (Value) throws -> Accumulator
    @usableFromInline let add: @Sendable (inout Accumulator, Value) throws -> Void
    @usableFromInline let merge: @Sendable (inout Accumulator, Accumulator) throws -> Void
    @usableFromInline let finish: @Sendable (Accumulator) throws -> Result

    @inlinable
    public init(
        name: String? = nil, initial: @escaping @Sendable (Value) throws -> Accumulator,
        add: @escaping @Sendable (inout Accumulator, Value) throws -> Void,
        merge: @escaping @Sendable (inout Accumulator, Accumulator) throws -> Void,
        finish: @escaping @Sendable (Accumulator) throws -> Result
    ) {
        self.name = name
        self.initial = initial
        self.add = add
        self.merge = merge
        self.finish = finish
    }
}

extension Reducer where Accumulator == Value, Result == Value {
    /// Folds with a closure.
    @inlinable
    public init(name: String? = nil, _ combine: @escaping @Sendable (Value, Value) throws -> Value) {
        self.init(name: name, initial: { $0 }, add: { $0 = try combine($0, $1) }, merge: { $0 = try combine($0, $1) }, finish: { $0 })
    }
}

extension Reducer where Accumulator == Value, Result == Value, Value: AdditiveArithmetic {
    /// Adds. Integers trap on overflow, as `+` does.
    @inlinable public static var sum: Self {
        Reducer(name: "sum", initial: { $0 }, add: { $0 += $1 }, merge: { $0 += $1 }, finish: { $0 })
    }
}

extension Reducer where Accumulator == Value, Result == Value, Value: Comparable {
    /// The smallest value; not-a-numbers count as greater than all numbers.
    @inlinable public static var min: Self {
        Reducer(
            name: "min", initial: { $0 }, add: { if isOrdered($1, before: $0) { $0 = $1 } },
            merge: { if isOrdered($1, before: $0) { $0 = $1 } }, finish: { $0 })
    }

    /// The largest value; not-a-numbers count as greater than all numbers.
    @inlinable public static var max: Self {
        Reducer(
            name: "max", initial: { $0 }, add: { if isOrdered($0, before: $1) { $0 = $1 } },
            merge: { if isOrdered($0, before: $1) { $0 = $1 } }, finish: { $0 })
    }
}

extension Reducer where Accumulator == Int, Result == Int {
    /// How many values there are.
    @inlinable public static var count: Self {
        Reducer(name: "count", initial: { _ in 1 }, add: { count, _ in count += 1 }, merge: { $0 += $1 }, finish: { $0 })
    }
}

/// A running mean: how many, and their sum, kept with its rounding error (Neumaier's variant of Kahan's summation).
public struct MeanAccumulator: Sendable, Codable {
    @usableFromInline var count = 0
    @usableFromInline var sum = CompensatedSum()

    @inlinable init(_ value: Double) { add(value) }

    @inlinable
    mutating func add(_ value: Double) {
        count += 1
        sum.add(value)
    }

    @inlinable
    mutating func merge(_ other: MeanAccumulator) {
        count += other.count
        sum.merge(other.sum)
    }

    @inlinable var mean: Double { sum.value / Double(count) }
}

extension Reducer where Value == Double, Accumulator == MeanAccumulator, Result == Double {
    @inlinable public static var mean: Self {
        Reducer(name: "mean", initial: { MeanAccumulator($0) }, add: { $0.add($1) }, merge: { $0.merge($1) }, finish: { $0.mean })
    }
}

extension Reducer where Value == Int, Accumulator == MeanAccumulator, Result == Double {
    @inlinable public static var mean: Self {
        Reducer(
            name: "mean", initial: { MeanAccumulator(Double($0)) }, add: { $0.add(Double($1)) }, merge: { $0.merge($1) },
            finish: { $0.mean })
    }
}

/// A sum of doubles that keeps what rounding would lose (A. Neumaier, “Rundungsfehleranalyse einiger Verfahren zur Summation endlicher
/// Summen”, ZAMM 1974).
public struct CompensatedSum: Sendable, Codable {
    @usableFromInline var sum = 0.0
    @usableFromInline var compensation = 0.0

    @inlinable public init() {}

    @inlinable
    public mutating func add(_ value: Double) {
        let total = sum + value
        if total.isFinite { compensation += abs(sum) >= abs(value) ? (sum - total) + value : (value - total) + sum }
        sum = total
    }

    @inlinable
    public mutating func merge(_ other: CompensatedSum) {
        add(other.sum)
        compensation += other.compensation
    }

    @inlinable public var value: Double { sum + compensation }
}
