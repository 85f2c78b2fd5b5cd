import SheafCore

/// Writes expressions as SQL.
struct ExpressionSQL {
    let dialect: any SQLDialect
    /// How columns are written; in the condition of a join, those of its left side.
    var scope = ColumnScope()
    /// Of the right side of a join.
    var rightScope = ColumnScope()

    func within(_ scope: ColumnScope, right: ColumnScope = ColumnScope()) -> ExpressionSQL {
        ExpressionSQL(dialect: dialect, scope: scope, rightScope: right)
    }

    func text(_ expression: ScalarExpression) throws(PlanError) -> String {
        switch expression {
        case .column(let name, let side): return (side == .right ? rightScope : scope).text(of: name)
        case .literal(let value): return SQLText.literal(value, dialect)
        case .unary(let name, let operand): return "(\(name)\(try text(operand)))"
        case .binary(let name, let left, let right): return "(\(try text(left)) \(name) \(try text(right)))"
        case .postfix(let operand, let name): return "(\(try text(operand)) \(name))"
        case .call(let name, let arguments): return "\(name)(\(try list(arguments)))"
        case .cast(let operand, let type, let orNull):
            return "\(orNull ? "TRY_CAST" : "CAST")(\(try text(operand)) AS \(dialect.name(of: type)))"
        case .conditional(let branches, let otherwise):
            var result = "CASE"
            for branch in branches { result += " WHEN \(try text(branch.condition)) THEN \(try text(branch.value))" }
            if let otherwise { result += " ELSE \(try text(otherwise))" }
            return result + " END"
        case .isIn(let operand, let values): return "(\(try text(operand)) IN (\(try list(values))))"
        case .like(let operand, let pattern, let ignoringCase):
            return "(\(try text(operand)) \(ignoringCase ? "ILIKE" : "LIKE") \(SQLText.string(pattern)))"
        case .part(let name, let operand): return "extract(\(name) FROM \(try text(operand)))"
        case .aggregate(let aggregate): return try text(aggregate)
        case .window(let function, let window): return try "\(text(function)) OVER (\(text(window)))"
        case .invalid(let message, let hint): throw PlanError(.invalidArgument, message, hint: hint)
        }
    }

    func list(_ expressions: [ScalarExpression]) throws(PlanError) -> String {
        var parts: [String] = []
        for expression in expressions { parts.append(try text(expression)) }
        return parts.joined(separator: ", ")
    }

    /// What a `GROUP BY` names: a number by itself would be a position.
    func groups(_ keys: [ScalarExpression]) throws(PlanError) -> String {
        var parts: [String] = []
        for key in keys {
            if case .literal = key { parts.append("coalesce(\(try text(key)))") } else { parts.append(try text(key)) }
        }
        return parts.joined(separator: ", ")
    }

    /// What an `ORDER BY` names; values that are the same in every row order nothing.
    func keys(_ keys: [SortKey]) throws(PlanError) -> String {
        var parts: [String] = []
        for key in keys {
            if case .literal = key.expression { continue }
            parts.append(
                try text(key.expression) + (key.direction == .descending ? " DESC" : " ASC")
                    + (key.nulls == .first ? " NULLS FIRST" : " NULLS LAST"))
        }
        return parts.joined(separator: ", ")
    }

    private func text(_ aggregate: ScalarExpression.Aggregate) throws(PlanError) -> String {
        var inside = aggregate.arguments.isEmpty ? "*" : try list(aggregate.arguments)
        if aggregate.isDistinct { inside = "DISTINCT " + inside }
        let order = try keys(aggregate.order)
        if !order.isEmpty { inside += " ORDER BY " + order }
        let condition = aggregate.condition == nil ? "" : " FILTER (WHERE \(try text(aggregate.condition ?? .literal(.null))))"
        return "\(aggregate.function)(\(inside))\(condition)"
    }

    private func text(_ window: ScalarExpression.Window) throws(PlanError) -> String {
        var parts: [String] = []
        if !window.partition.isEmpty { parts.append("PARTITION BY \(try list(window.partition))") }
        let order = try keys(window.order)
        if !order.isEmpty { parts.append("ORDER BY " + order) }
        switch window.frame {
        case nil: break
        case .upToCurrent: parts.append("ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW")
        case .rows(let before, let after): parts.append("ROWS BETWEEN \(bound(-before)) AND \(bound(after))")
        case .all: parts.append("ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING")
        }
        return parts.joined(separator: " ")
    }

    private func bound(_ offset: Int) -> String {
        offset == 0 ? "CURRENT ROW" : offset < 0 ? "\(-offset) PRECEDING" : "\(offset) FOLLOWING"
    }
}
