/// An expression over a row's columns, without its Swift type: what ``Column`` builds and the SQL compiler reads.
public indirect enum ScalarExpression: Sendable, Hashable {
    /// A column of the relation the expression stands over; of one side of it where two are joined.
    case column(String, side: JoinSide? = nil)
    case literal(SQLLiteral)
    case unary(String, ScalarExpression)
    case binary(String, ScalarExpression, ScalarExpression)
    /// `x IS NULL` and the like: an operator that stands behind its operand.
    case postfix(ScalarExpression, String)
    case call(String, [ScalarExpression])
    case cast(ScalarExpression, SQLType, orNull: Bool)
    case conditional([Branch], otherwise: ScalarExpression?)
    case isIn(ScalarExpression, [ScalarExpression])
    case like(ScalarExpression, pattern: String, ignoringCase: Bool)
    /// A part of a date or time, such as `year`.
    case part(String, of: ScalarExpression)
    case aggregate(Aggregate)
    case window(ScalarExpression, Window)
    /// What cannot be: operators and closures cannot throw, so whoever compiles the plan does.
    case invalid(String, hint: String?)

    public struct Branch: Sendable, Hashable {
        var condition: ScalarExpression
        var value: ScalarExpression
    }

    public enum JoinSide: String, Sendable { case left, right }

    public struct Aggregate: Sendable, Hashable {
        var function: String
        var arguments: [ScalarExpression]
        var isDistinct = false
        var condition: ScalarExpression?
        var order: [SortKey] = []
    }

    public struct Window: Sendable, Hashable {
        var partition: [ScalarExpression]
        var order: [SortKey]
        var frame: WindowFrame?
    }

    /// The expressions it is made of. Those of an aggregate or a window are theirs.
    private var operands: [ScalarExpression] {
        switch self {
        case .column, .literal, .invalid, .aggregate, .window: []
        case .unary(_, let a), .postfix(let a, _), .cast(let a, _, _), .like(let a, _, _), .part(_, let a): [a]
        case .binary(_, let a, let b): [a, b]
        case .call(_, let list): list
        case .isIn(let a, let list): [a] + list
        case .conditional(let branches, let otherwise):
            branches.flatMap { [$0.condition, $0.value] } + (otherwise.map { [$0] } ?? [])
        }
    }

    /// Whether it has an aggregate in it that is not part of a window.
    var hasAggregate: Bool {
        if case .aggregate = self { return true }
        return operands.contains(where: \.hasAggregate)
    }

    var hasWindow: Bool {
        if case .window = self { return true }
        return operands.contains(where: \.hasWindow)
    }

    /// Whether a column of a name takes part; taken to in an aggregate or a window.
    func names(_ column: String) -> Bool {
        switch self {
        case .column(let name, _): name.isSameName(as: column)
        case .aggregate, .window: true
        default: operands.contains { $0.names(column) }
        }
    }
}

extension String {
    /// SQL does not tell cases of names apart.
    func isSameName(as other: String) -> Bool { self == other || lowercased() == other.lowercased() }
}

/// How rows are ordered by one expression.
public struct SortKey: Sendable, Hashable {
    var expression: ScalarExpression
    var direction: SortDirection
    var nulls: NullOrder
}

public enum SortDirection: Sendable { case ascending, descending }

/// Where nulls go in a sorted table.
public enum NullOrder: Sendable { case first, last }

/// The rows around the current one that a window function sees, in the window's order.
public enum WindowFrame: Sendable, Hashable {
    /// From the first row of the partition to the current one: cumulative sums and the like.
    case upToCurrent
    /// So many rows before the current one to so many after it: moving averages and the like.
    case rows(before: Int, after: Int)
    /// All rows of the partition.
    case all
}
