import SheafCore

/// Turns a relational plan into one SQL query.
///
/// Operations are put into one `SELECT` as long as that means the same; then the query so far becomes a table expression of the next.
/// Plans that are used more than once become named parts (`WITH`).
package struct SQLCompiler {
    private let dialect: any SQLDialect
    let expressions: ExpressionSQL
    private var uses: [ObjectIdentifier: Int] = [:]
    private var named: [ObjectIdentifier: String] = [:]
    private var parts: [(name: String, sql: String)] = []
    private var aliases = 0
    /// Names that texts of the caller use.
    private var taken: Set<String> = []

    /// - Throws: ``PlanError``: the first problem of the plan.
    package static func sql(_ relation: Relation, _ dialect: any SQLDialect) throws -> String {
        if let problem = relation.problem { throw problem }
        var compiler = SQLCompiler(dialect)
        compiler.count(relation)
        let query = try compiler.select(relation).text
        let parts = compiler.parts.map { "\($0.name) AS (\($0.sql))" }.joined(separator: ",\n")
        let sql = parts.isEmpty ? query : "WITH " + parts + "\n" + query
        // Texts with one are written otherwise, so it is in a name or in the caller's own SQL. Engines would take it as the end.
        if sql.utf8.contains(0) {
            throw PlanError(.invalidArgument, "a name in the query has a zero character in it", location: relation.location)
        }
        return sql
    }

    private init(_ dialect: any SQLDialect) {
        self.dialect = dialect
        expressions = ExpressionSQL(dialect: dialect)
    }

    private mutating func count(_ relation: Relation) {
        uses[ObjectIdentifier(relation), default: 0] += 1
        guard uses[ObjectIdentifier(relation)] == 1 else { return }
        if case .text(_, let relations) = relation.operation { taken.formUnion(relations.keys.map { $0.lowercased() }) }
        for input in relation.operation.inputs { count(input) }
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
        /// Whether it takes one row for each value of something.
        var picks = false
        var conditions: [String] = []
        var groups: String?
        var order: [SortKey] = []
        var orderText = ""
        var limit: Int?
        var offset = 0

        /// Whether it is a table expression with conditions at most.
        var isOpen: Bool { keepsRows && order.isEmpty }
        /// The same, in an order at most.
        var keepsRows: Bool { isPlain && limit == nil && offset == 0 }
        /// The same, with a limit at most: columns can be computed from it without changing which rows they are.
        var isPlain: Bool { columns == nil && !isDistinct && groups == nil }

        var text: String {
            var text = "SELECT \(isDistinct ? "DISTINCT " : "")\(columns ?? all) FROM \(from)"
            if !conditions.isEmpty { text += " WHERE \(conditions.joined(separator: " AND "))" }
            if let groups { text += " GROUP BY \(groups)" }
            if !orderText.isEmpty { text += " ORDER BY \(orderText)" }
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
            var number = parts.count + 1
            while taken.contains("shared\(number)") { number += 1 }
            let name = "shared\(number)"
            taken.insert(name)
            parts.append((name, made.text))
            named[id] = name
            return Select(from: name)
        }
        return made
    }

    /// A select that names of columns can be put into: the relation's own, or one from it.
    private mutating func open(_ relation: Relation) throws -> Select {
        let select = try select(relation)
        return select.isOpen && select.scope.isEmpty ? select : wrapped(select)
    }

    /// A select that expressions can be put into, if they are written in its scope.
    private mutating func openScope(_ relation: Relation, unless isOpen: KeyPath<Select, Bool> = \.isOpen) throws -> Select {
        let select = try select(relation)
        return select[keyPath: isOpen] ? select : wrapped(select)
    }

    private mutating func wrapped(_ select: Select) -> Select { Select(from: "(\(select.text)) AS \(alias())") }

    /// A select with columns computed from it. One that is ordered or limited will do, so that the order is that of the whole query, when
    /// the names it is ordered by still mean the same: in an `ORDER BY` the new columns come first. Joins without an order stay open for
    /// more joins if the columns are their own.
    private mutating func project(_ relation: Relation, _ columns: [NamedColumn]) throws -> Select {
        var select = try select(relation)
        let hasWindow = columns.contains { $0.expression.hasWindow }
        let hidesOrder = columns.contains { column in
            column.expression != .column(column.name) && select.order.contains { $0.expression.names(column.name) }
        }
        if hidesOrder || !(hasWindow ? select.keepsRows : select.isPlain) { select = wrapped(select) }
        if select.isOpen, !select.scope.isEmpty, let scope = select.scope.selecting(columns) {
            select.all = try list(columns, in: select.scope)
            select.scope = scope
        } else {
            select.columns = try list(columns, in: select.scope)
            select.scope = ColumnScope()
        }
        return select
    }

    /// As what a `FROM` can name.
    private mutating func table(_ relation: Relation, as name: String) throws -> String { table(try select(relation), as: name) }

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
            return text == name || text.hasSuffix("." + name) ? text : "\(text) AS \(name)"
        }.joined(separator: ", ")
    }

    private mutating func compile(_ relation: Relation) throws -> Select {
        switch relation.operation {
        case .source(let source): return Select(from: try dialect.source(source), all: relation.columns.map(names) ?? "*")
        case .filter(let input, let condition):
            if condition.hasAggregate { throw misplacedAggregate("filter") }
            if condition.hasWindow { return try filter(input, byWindow: condition) }
            var select = try openScope(input, unless: \.keepsRows)
            select.conditions.append(try expressions.within(select.scope).text(condition))
            return select
        case .project(let input, let columns):
            if columns.contains(where: { $0.expression.hasAggregate }) { throw misplacedAggregate("select") }
            return try project(input, columns)
        case .extend(let input, let columns):
            if columns.contains(where: { $0.expression.hasAggregate }) { throw misplacedAggregate("adding") }
            guard let own = input.columns else {
                var select = try open(input)
                select.columns = "\(others(than: columns.map(\.name))), \(try list(columns))"
                return select
            }
            let kept = own.map { name in columns.first { $0.name.isSameName(as: name) } ?? NamedColumn(column: name) }
            return try project(input, kept + columns.filter { new in !own.contains { $0.isSameName(as: new.name) } })
        case .drop(let input, let columns):
            if let kept = relation.columns { return try project(input, kept.map { NamedColumn(column: $0) }) }
            var select = try open(input)
            select.columns = "* EXCLUDE (\(names(columns)))"
            return select
        case .rename(let input, let new):
            if let own = input.columns { return try project(input, own.map { NamedColumn(column: $0, as: new[$0]) }) }
            var select = try open(input)
            let pairs = new.sorted { $0.key < $1.key }
            select.columns =
                "* RENAME (\(pairs.map { "\(SQLText.identifier($0.key)) AS \(SQLText.identifier($0.value))" }.joined(separator: ", ")))"
            return select
        case .aggregate(let input, let keys, let columns):
            var select = try openScope(input)
            select.columns = try list(columns, in: select.scope)
            if !keys.isEmpty { select.groups = try expressions.within(select.scope).groups(keys) }
            select.scope = ColumnScope()
            return select
        case .sort(let input, let keys):
            var select = try select(input)
            // Names in ORDER BY are the result's, so keys that are plain columns fit behind anything.
            let arePlain = keys.allSatisfy { if case .column = $0.expression { true } else { false } }
            if select.limit != nil || select.offset > 0 || select.picks || (!select.isPlain && !arePlain) { select = wrapped(select) }
            if keys.contains(where: { $0.expression.hasAggregate }) { throw misplacedAggregate("sorted") }
            // A later order replaces an earlier one.
            (select.order, select.orderText) = (keys, try expressions.within(select.scope).keys(keys))
            return select
        case .limit(let input, let count, let offset):
            var select = try select(input)
            if select.limit != nil || select.offset > 0 { select = wrapped(select) }
            (select.limit, select.offset) = (count, offset)
            return select
        case .distinct(let input, let keys):
            if let keys {
                // The rows' order says which of them is picked, so it must be said beside.
                var select = try select(input)
                if !select.keepsRows {
                    let ordered = select
                    select = wrapped(ordered)
                    let isStillThere = ordered.order.allSatisfy {
                        if case .column(let name, _) = $0.expression { input.columns?.contains(name) == true } else { false }
                    }
                    if ordered.columns == nil || isStillThere {
                        (select.order, select.orderText) = (ordered.order, try expressions.keys(ordered.order))
                    }
                }
                select.columns = "DISTINCT ON (\(try expressions.within(select.scope).list(keys))) \(select.all)"
                select.scope = ColumnScope()
                select.picks = true
                return select
            }
            var select = try select(input)
            if select.isDistinct || !select.order.isEmpty || select.limit != nil || select.offset > 0 || select.picks {
                select = wrapped(select)
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
            let unpivot = "\(from) UNPIVOT INCLUDE NULLS (\(names([value])) FOR \(names([name])) IN (\(names(columns))))"
            return Select(from: "(SELECT * FROM \(unpivot)) AS \(alias())")
        case .pivot(let input, let column, let value, let rows, let values):
            return try pivot(input, column, value, rows, values)
        case .unnest(let input, let list, let name):
            var select = try open(input)
            let own = input.columns.map { names($0.filter { $0 != list && !$0.isSameName(as: name) }) } ?? others(than: [list, name])
            select.columns = (own.isEmpty ? "" : own + ", ") + "unnest(\(SQLText.identifier(list))) AS \(SQLText.identifier(name))"
            return select
        case .text(let text, let relations):
            // A line of its own, as the text may end with a comment; names of its own, as another text may use the same.
            var tables: [String] = []
            for (name, input) in relations.sorted(by: { $0.key < $1.key }) {
                tables.append("\(SQLText.identifier(name)) AS (\(try select(input).text))")
            }
            if tables.isEmpty { return Select(from: "(\(text)\n) AS \(alias())") }
            return Select(from: "(WITH \(tables.joined(separator: ", ")) SELECT * FROM (\(text)\n)) AS \(alias())")
        }
    }

    /// Pivoting with the values known is aggregation with a condition for each.
    private mutating func pivot(
        _ input: Relation, _ column: ScalarExpression, _ value: ScalarExpression, _ rows: [String], _ values: [SQLLiteral]
    ) throws -> Select {
        var select = try open(input)
        let cells = values.map { literal in
            let isValue = ScalarExpression.binary("=", column, .literal(literal))
            return NamedColumn(name: literal.columnName, expression: value.filtered(by: isValue), type: .string, isNullable: true)
        }
        select.columns = (rows.map(SQLText.identifier) + [try list(cells)]).joined(separator: ", ")
        if !rows.isEmpty { select.groups = names(rows) }
        return select
    }

    /// A window's value is known only after rows are chosen, so it is computed as a column first.
    private mutating func filter(_ input: Relation, byWindow condition: ScalarExpression) throws -> Select {
        var select = try open(input)
        let kept = SQLText.identifier("is kept")
        select.columns = "\(input.columns.map(names) ?? "*"), \(try expressions.text(condition)) AS \(kept)"
        var outer = wrapped(select)
        outer.conditions = [kept]
        outer.columns = input.columns.map(names) ?? others(than: ["is kept"])
        return outer
    }

    /// All columns of a table whose columns are not known but some, which it need not have.
    private func others(than columns: [String]) -> String {
        "COLUMNS(lambda name: lower(name) NOT IN (\(columns.map { SQLText.string($0.lowercased()) }.joined(separator: ", "))))"
    }

    func names(_ columns: [String]) -> String { columns.map(SQLText.identifier).joined(separator: ", ") }

    func misplacedAggregate(_ operation: String) -> PlanError {
        PlanError(
            .invalidArgument, "“\(operation)” has an aggregate outside of a group", node: operation,
            hint: "compute it in aggregate { }, or over a window")
    }
}

extension NamedColumn {
    /// A column as it is, whose type is not asked for.
    fileprivate init(column: String, as name: String? = nil) {
        self.init(name: name ?? column, expression: .column(column), type: .string, isNullable: true)
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
        case .isIn(let a, let list): return .isIn(a.filtered(by: condition), list.map { $0.filtered(by: condition) })
        case .like(let a, let pattern, let ignoringCase):
            return .like(a.filtered(by: condition), pattern: pattern, ignoringCase: ignoringCase)
        case .part(let name, let a): return .part(name, of: a.filtered(by: condition))
        case .conditional(let branches, let otherwise):
            return .conditional(
                branches.map { .init(condition: $0.condition.filtered(by: condition), value: $0.value.filtered(by: condition)) },
                otherwise: otherwise?.filtered(by: condition))
        case .column, .literal, .window, .invalid: return self
        }
    }
}
