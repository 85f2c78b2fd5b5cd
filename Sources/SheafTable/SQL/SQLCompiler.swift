import SheafCore

/// Turns a relational plan into one SQL query.
///
/// Operations are put into one `SELECT` as long as that means the same; then the query so far becomes a table expression of the next.
/// Plans that are used more than once become named parts (`WITH`).
package struct SQLCompiler {
    private let dialect: any SQLDialect
    /// For expressions over the columns of one table expression.
    let expressions: ExpressionSQL
    private var uses: [ObjectIdentifier: Int] = [:]
    private var named: [ObjectIdentifier: String] = [:]
    private var parts: [(name: String, sql: String)] = []
    private var aliases = 0

    /// - Throws: ``PlanError``: the first problem of the plan.
    package static func sql(_ relation: Relation, _ dialect: any SQLDialect) throws -> String {
        if let problem = relation.problem { throw problem }
        var compiler = SQLCompiler(dialect)
        compiler.count(relation)
        let query = try compiler.select(relation).text
        if compiler.parts.isEmpty { return query }
        return "WITH " + compiler.parts.map { "\($0.name) AS (\($0.sql))" }.joined(separator: ",\n") + "\n" + query
    }

    private init(_ dialect: any SQLDialect) {
        self.dialect = dialect
        expressions = ExpressionSQL(dialect: dialect)
    }

    private mutating func count(_ relation: Relation) {
        uses[ObjectIdentifier(relation), default: 0] += 1
        if uses[ObjectIdentifier(relation)] == 1 { for input in relation.operation.inputs { count(input) } }
    }

    /// A `SELECT` that is being put together.
    struct Select {
        var from: String
        /// What it has while nothing is selected from it.
        var all = "*"
        /// Of joined tables: which of their columns each column is. None where what `from` has is named alone.
        var scope = ColumnScope()
        var columns: String?
        var isDistinct = false
        var conditions: [String] = []
        var groups: String?
        var order: String?
        var limit: Int?
        var offset = 0

        /// Whether it is a table expression with conditions at most.
        var isOpen: Bool { columns == nil && !isDistinct && groups == nil && order == nil && limit == nil && offset == 0 }

        var text: String {
            var text = "SELECT \(isDistinct ? "DISTINCT " : "")\(columns ?? all) FROM \(from)"
            if !conditions.isEmpty { text += " WHERE \(conditions.joined(separator: " AND "))" }
            if let groups { text += " GROUP BY \(groups)" }
            if let order { text += " ORDER BY \(order)" }
            if let limit { text += " LIMIT \(limit)" }
            if offset > 0 { text += " OFFSET \(offset)" }
            return text
        }
    }

    mutating func alias() -> String {
        aliases += 1
        return "t\(aliases)"
    }

    mutating func select(_ relation: Relation) throws -> Select {
        let id = ObjectIdentifier(relation)
        if let name = named[id] { return Select(from: name) }
        let made: Select
        do {
            made = try compile(relation)
        } catch var error as PlanError {
            if error.location == nil { error.location = relation.location }
            throw error
        }
        // Sources cost nothing to name twice.
        if uses[id, default: 0] > 1, !relation.operation.inputs.isEmpty {
            let name = "shared\(parts.count + 1)"
            parts.append((name, made.text))
            named[id] = name
            return Select(from: name)
        }
        return made
    }

    /// A select that more can be put into: the relation's own, or one from it.
    private mutating func open(_ relation: Relation) throws -> Select {
        let select = try select(relation)
        return select.isOpen && select.scope.isEmpty ? select : Select(from: "(\(select.text)) AS \(alias())")
    }

    /// A select that expressions can be put into, if they are written in its scope.
    private mutating func openScope(_ relation: Relation) throws -> Select {
        let select = try select(relation)
        return select.isOpen ? select : Select(from: "(\(select.text)) AS \(alias())")
    }

    /// As what a `FROM` can name.
    mutating func table(_ relation: Relation, as name: String) throws -> String {
        table(try select(relation), as: name)
    }

    func table(_ select: Select, as name: String) -> String {
        if select.isOpen, select.scope.isEmpty, select.conditions.isEmpty, select.all == "*", !select.from.contains(" ") {
            return "\(select.from) AS \(name)"
        }
        return "(\(select.text)) AS \(name)"
    }

    private func list(_ columns: [NamedColumn], in scope: ColumnScope = ColumnScope()) throws -> String {
        let expressions = expressions.within(scope)
        return try columns.map { column in
            let name = SQLText.identifier(column.name), text = try expressions.text(column.expression)
            return text == name ? name : "\(text) AS \(name)"
        }.joined(separator: ", ")
    }

    private mutating func compile(_ relation: Relation) throws -> Select {
        switch relation.operation {
        case .source(let source): return Select(from: try dialect.source(source), all: relation.columns.map(names) ?? "*")
        case .filter(let input, let condition):
            var select = try select(input)
            if !select.isOpen { select = Select(from: "(\(select.text)) AS \(alias())") }
            select.conditions.append(try expressions.within(select.scope).text(condition))
            return select
        case .project(let input, let columns):
            if columns.contains(where: { $0.expression.hasAggregate }) { throw misplacedAggregate("select") }
            var select = try openScope(input)
            if !select.scope.isEmpty, let scope = select.scope.selecting(columns) {
                select.all = try list(columns, in: select.scope)
                select.scope = scope
            } else {
                select.columns = try list(columns, in: select.scope)
                select.scope = ColumnScope()
            }
            return select
        case .extend(let input, let columns):
            if columns.contains(where: { $0.expression.hasAggregate }) { throw misplacedAggregate("adding") }
            var select = try open(input)
            let new = Set(columns.map(\.name))
            if let own = input.columns {
                select.columns = try own.map { name in
                    try columns.first { $0.name == name }.map { try list([$0]) } ?? SQLText.identifier(name)
                }.joined(separator: ", ")
                let added = columns.filter { !own.contains($0.name) }
                if !added.isEmpty { select.columns? += ", " + (try list(added)) }
            } else {
                select.columns = "* EXCLUDE (\(new.sorted().map(SQLText.identifier).joined(separator: ", "))), \(try list(columns))"
            }
            return select
        case .drop(let input, let columns):
            var select = try open(input)
            select.columns = relation.columns.map(names) ?? "* EXCLUDE (\(names(columns)))"
            return select
        case .rename(let input, let new):
            var select = try open(input)
            if let own = input.columns {
                select.columns = own.map { name in
                    SQLText.identifier(name) + (new[name].map { " AS " + SQLText.identifier($0) } ?? "")
                }.joined(separator: ", ")
            } else {
                let pairs = new.sorted { $0.key < $1.key }
                select.columns =
                    "* RENAME (\(pairs.map { "\(SQLText.identifier($0.key)) AS \(SQLText.identifier($0.value))" }.joined(separator: ", ")))"
            }
            return select
        case .aggregate(let input, let keys, let columns):
            var select = try openScope(input)
            select.columns = try list(columns, in: select.scope)
            if !keys.isEmpty { select.groups = try expressions.within(select.scope).list(keys) }
            select.scope = ColumnScope()
            return select
        case .sort(let input, let keys):
            var select = try select(input)
            // Names in ORDER BY are the result's, so keys that are plain columns fit behind anything.
            let arePlain = keys.allSatisfy { if case .column = $0.expression { true } else { false } }
            if select.order != nil || select.limit != nil || select.offset > 0 || (select.columns != nil && !arePlain) {
                select = Select(from: "(\(select.text)) AS \(alias())")
            }
            if keys.contains(where: { $0.expression.hasAggregate }) { throw misplacedAggregate("sorted") }
            select.order = try expressions.within(select.scope).keys(keys)
            return select
        case .limit(let input, let count, let offset):
            var select = try select(input)
            if select.limit != nil || select.offset > 0 { select = Select(from: "(\(select.text)) AS \(alias())") }
            (select.limit, select.offset) = (count, offset)
            return select
        case .distinct(let input, let keys):
            if let keys {
                var select = try open(input)
                select.columns = "DISTINCT ON (\(try expressions.list(keys))) \(input.columns.map(names) ?? "*")"
                return select
            }
            var select = try select(input)
            if select.isDistinct || select.order != nil || select.limit != nil || select.offset > 0 {
                select = Select(from: "(\(select.text)) AS \(alias())")
            }
            select.isDistinct = true
            return select
        case .sample(let input, let sample): return Select(from: dialect.sample(try table(input, as: alias()), sample))
        case .join(let kind, let left, let right, let condition, let rightNames):
            return try join(kind, left, right, condition, rightNames)
        case .combine(let operation, let left, let right):
            let text = "((\(try select(left).text)) \(operation.rawValue) (\(try select(right).text))) AS \(alias())"
            return Select(from: text)
        case .unpivot(let input, let columns, let name, let value):
            let from = try table(input, as: alias())
            return Select(
                from: "(UNPIVOT INCLUDE NULLS (SELECT * FROM \(from)) ON \(names(columns)) INTO NAME \(SQLText.identifier(name)) "
                    + "VALUE \(SQLText.identifier(value))) AS \(alias())")
        case .pivot(let input, let column, let value, let rows, let values):
            return try pivot(input, column, value, rows, values)
        case .unnest(let input, let list, let name):
            var select = try open(input)
            let own = input.columns.map { names($0.filter { $0 != list && $0 != name }) } ?? "* EXCLUDE (\(SQLText.identifier(list)))"
            select.columns = (own.isEmpty ? "" : own + ", ") + "unnest(\(SQLText.identifier(list))) AS \(SQLText.identifier(name))"
            return select
        case .text(let text, let relations):
            for (name, input) in relations.sorted(by: { $0.key < $1.key }) {
                parts.append((SQLText.identifier(name), try select(input).text))
            }
            return Select(from: "(\(text)) AS \(alias())")
        }
    }

    /// Pivoting with the values known is aggregation with a condition for each.
    private mutating func pivot(
        _ input: Relation, _ column: String, _ value: ScalarExpression, _ rows: [String], _ values: [SQLLiteral]
    ) throws -> Select {
        var select = try open(input)
        let cells = values.map { literal in
            let isValue = ScalarExpression.binary("=", .column(column), .literal(literal))
            return NamedColumn(name: literal.columnName, expression: value.filtered(by: isValue), type: .string, isNullable: true)
        }
        select.columns = (rows.map(SQLText.identifier) + [try list(cells)]).joined(separator: ", ")
        if !rows.isEmpty { select.groups = names(rows) }
        return select
    }

    func names(_ columns: [String]) -> String { columns.map(SQLText.identifier).joined(separator: ", ") }

    func misplacedAggregate(_ operation: String) -> PlanError {
        PlanError(
            .invalidArgument, "“\(operation)” has an aggregate outside of a group", node: operation,
            hint: "compute it in aggregate { }, or over a window")
    }
}

extension ScalarExpression {
    /// With its aggregates restricted to the rows for which a condition is true.
    func filtered(by condition: ScalarExpression) -> ScalarExpression {
        switch self {
        case .aggregate(var aggregate):
            aggregate.condition = aggregate.condition.map { .binary("AND", $0, condition) } ?? condition
            return .aggregate(aggregate)
        case .cast(let operand, let type, let orNull): return .cast(operand.filtered(by: condition), type, orNull: orNull)
        case .unary(let name, let a): return .unary(name, a.filtered(by: condition))
        case .binary(let name, let a, let b): return .binary(name, a.filtered(by: condition), b.filtered(by: condition))
        case .postfix(let a, let name): return .postfix(a.filtered(by: condition), name)
        case .call(let name, let arguments): return .call(name, arguments.map { $0.filtered(by: condition) })
        default: return self
        }
    }
}
