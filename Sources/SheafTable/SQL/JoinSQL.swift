import SheafCore

extension SQLCompiler {
    /// Tables that are joined one after the other stand in one `FROM`: engines choose the order of joins within one, and few look through
    /// a selection of columns between two.
    mutating func join(
        _ kind: JoinKind, _ left: Relation, _ right: Relation, _ condition: ScalarExpression?, _ rightNames: [String: String]
    ) throws -> Select {
        if let condition, condition.hasAggregate { throw misplacedAggregate("join") }
        var conditions: [String] = []
        let leftSide = try side(left, isOpen: kind.keepsLeftRows, &conditions)
        let rightSide = try side(right, isOpen: kind == .inner || kind == .cross, &conditions)
        // Joins bind to the left.
        let isChain = rightSide.scope.table == nil
        var from = "\(leftSide.from) \(kind.words) \(isChain ? "(\(rightSide.from))" : rightSide.from)"
        if let condition { from += " ON \(try expressions.within(leftSide.scope, right: rightSide.scope).text(condition))" }

        let isOneSide = kind == .semi || kind == .anti
        let own = left.columns?.map { ($0, leftSide.scope.text(of: $0)) }
        let other = isOneSide ? [] : right.columns?.map { (rightNames[$0] ?? $0, rightSide.scope.text(of: $0)) }
        guard let own, let other else {
            let all = own.map(list) ?? leftSide.scope.everything
            // Which names both sides have is not known, so all of the right side get another.
            let further = isOneSide ? "" : ", COLUMNS(\(rightSide.scope.everything)) AS \"\\0_right\""
            return Select(from: from, columns: all + further, conditions: conditions)
        }
        var select = Select(from: from, all: list(own + other), conditions: conditions)
        select.scope.columns = Dictionary(own + other, uniquingKeysWith: { first, _ in first })
        return select
    }

    private func list(_ columns: [(name: String, text: String)]) -> String {
        columns.map { name, text in
            text.hasSuffix("." + SQLText.identifier(name)) ? text : "\(text) AS \(SQLText.identifier(name))"
        }.joined(separator: ", ")
    }

    /// What stands on one side of a join.
    private struct Side {
        var from: String
        var scope: ColumnScope
    }

    /// Joins that more can be joined to, or one table expression.
    ///
    /// - Parameters:
    ///   - isOpen: whether the side's own joins may stand beside the new one.
    ///   - conditions: what rows of the whole must meet, to which those of this side are added.
    private mutating func side(_ relation: Relation, isOpen: Bool, _ conditions: inout [String]) throws -> Side {
        let select = try select(relation)
        if isOpen, select.isOpen, !select.scope.isEmpty {
            conditions += select.conditions
            return Side(from: select.from, scope: select.scope)
        }
        let name = alias()
        return Side(from: table(select, as: name), scope: ColumnScope(table: name))
    }
}

extension JoinKind {
    /// Whether the left side's joins may stand in one `FROM` with this one, their conditions after it.
    fileprivate var keepsLeftRows: Bool {
        switch self {
        case .inner, .cross, .left: true
        // Rows would come that the conditions take away.
        case .right, .full, .asOf: false
        // Allowed; but DuckDB moves them before joins that leave fewer rows (Q21 of TPC-H takes 1.6 times as long).
        case .semi, .anti: false
        }
    }

    fileprivate var words: String {
        switch self {
        case .inner: "JOIN"
        case .left: "LEFT JOIN"
        case .right: "RIGHT JOIN"
        case .full: "FULL JOIN"
        case .semi: "SEMI JOIN"
        case .anti: "ANTI JOIN"
        case .cross: "CROSS JOIN"
        case .asOf: "ASOF JOIN"
        }
    }
}
