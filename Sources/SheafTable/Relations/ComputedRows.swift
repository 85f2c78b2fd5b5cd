package import SheafCore
internal import Synchronization

/// A source whose rows are made by tasks of the graph that the query is part of: a bag's partitions, an array's chunks.
package final class ComputedRows: Sendable {
    /// Of this source alone, in this process.
    package let number: Int
    /// Adds the tasks. Their values are ``BatchStore``s of one schema; the rows come in their order.
    package let addTasks: @Sendable (inout Graph, Session) throws -> [NodeID]
    private static let next = Atomic<Int>(1)

    package init(_ addTasks: @escaping @Sendable (inout Graph, Session) throws -> [NodeID]) {
        self.addTasks = addTasks
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
