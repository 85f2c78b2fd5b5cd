package import SheafArrow
package import SheafCore
internal import Synchronization

/// A source whose rows are made by tasks of the graph that the query is part of: a bag's partitions, an array's chunks.
package final class ComputedRows: Sendable {
    /// Of this source alone, in this process.
    package let number: Int
    /// Adds the tasks. Their values are ``BatchStore``s of one schema; the rows come in their order.
    package let addTasks: @Sendable (inout Graph, Session) throws -> [NodeID]
    /// The columns that the rows will have, where that is known before: then a query can be explained without them.
    package let columns: ArrowTableSchema?
    private static let next = Atomic<Int>(1)

    package init(columns: ArrowTableSchema? = nil, _ addTasks: @escaping @Sendable (inout Graph, Session) throws -> [NodeID]) {
        self.addTasks = addTasks
        self.columns = columns
        number = Self.next.wrappingAdd(1, ordering: .relaxed).oldValue
    }
}

/// The rows that tasks made for a query.
public struct TableInputs: Sendable {
    private let stores: [Int: [BatchStore]]

    init(_ stores: [Int: [BatchStore]]) { self.stores = stores }

    package subscript(source: ComputedRows) -> [BatchStore] { stores[source.number] ?? [] }
}

extension Relation {
    /// The sources below it that tasks compute, each once.
    package var computedRows: [ComputedRows] {
        var found: [ComputedRows] = [], seen: Set<ObjectIdentifier> = []
        func visit(_ relation: Relation) {
            guard seen.insert(ObjectIdentifier(relation)).inserted else { return }
            if case .source(.computed(let rows)) = relation.operation, !found.contains(where: { $0 === rows }) { found.append(rows) }
            for input in relation.operation.inputs { visit(input) }
        }
        visit(self)
        return found
    }
}

extension Session {
    /// A table of rows that tasks make.
    package func table<Row: TableRow>(_ rows: ComputedRows, as _: Row.Type, location: SourceLocation) throws(PlanError) -> Table<Row> {
        let names = try RowSchemas.schema(Row.self).fields.map(\.name)
        return Table(self, Relation(.source(.computed(rows)), columns: names, location: location), Columns())
    }

    /// A table of rows that tasks make, of other types than `Row`'s: others than Sheaf bring numbers as texts, for instance.
    package func table<Row: TableRow>(casting rows: ComputedRows, to _: Row.Type, location: SourceLocation) throws(PlanError) -> Table<Row>
    {
        let fields = try Row.columnFields()
        let source = Relation(.source(.computed(rows)), columns: fields.map(\.name), location: location)
        let casts = source.computing(fields.map { ($0.name, .cast(.column($0.name), $0.type, orNull: false)) })
        return Table(self, casts, Columns())
    }

    /// A plan that cannot be.
    package func table<Row>(failing problem: PlanError, as _: Row.Type = AnyRow.self, location: SourceLocation) -> Table<Row> {
        var problem = problem
        problem.location = problem.location ?? location
        return Table(self, Relation(.source(.range(0, 0, name: "none")), columns: nil, location: location, problem: problem), Columns())
    }

    /// - Parameter columns: nil when they are known only afterwards.
    package func table(
        _ rows: ComputedRows, columns: [String]?, location: SourceLocation, problem: PlanError? = nil
    ) -> Table<AnyRow> {
        Table(self, Relation(.source(.computed(rows)), columns: columns, location: location, problem: problem), Columns())
    }
}

extension TableRow {
    /// The same, as Arrow has them.
    package static func arrowColumns() throws(PlanError) -> ArrowTableSchema { try RowBatches<Self>().columns }

    /// The columns that the properties stand for.
    package static func columnFields() throws(PlanError) -> [RowSchema.Field] { try RowSchemas.schema(Self.self).fields }
}

extension Table {
    /// Expressions of one type as columns.
    package func selecting(_ columns: [(name: String, expression: ScalarExpression)], _ type: SQLType, _ location: SourceLocation) -> Table<
        AnyRow
    > {
        let named = columns.map { NamedColumn(name: $0.name, expression: $0.expression, type: type, isNullable: false) }
        return Table<AnyRow>(session, Relation(.project(relation, named), columns: named.map(\.name), location: location), Columns())
    }
}

extension Relation {
    /// The rows with each column computed from them, under its name.
    package func computing(_ columns: [(name: String, expression: ScalarExpression)]) -> Relation {
        Relation(
            .project(self, columns.map { NamedColumn(name: $0.name, expression: $0.expression, type: .string, isNullable: true) }),
            columns: columns.map(\.name), location: location)
    }
}
