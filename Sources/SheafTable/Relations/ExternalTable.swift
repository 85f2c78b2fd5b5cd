package import SheafArrow
internal import Synchronization

/// Rows that somebody else brings when a query runs: a database's, for instance.
///
/// Each run of a plan reads them once, whole, however often the plan names them; they are in memory while the query runs.
package final class ExternalTable: Sendable {
    /// Nil when they are known only when the rows are there.
    package let columns: [RowSchema.Field]?
    /// Of this table alone, in this process.
    package let number: Int
    private static let next = Atomic<Int>(1)
    /// Brings the rows, or none of them when only their columns are wanted.
    package let read: @Sendable (_ columnsOnly: Bool) async throws -> (schema: ArrowTableSchema, batches: [RecordBatch])

    package init(
        columns: [RowSchema.Field]?,
        read: @escaping @Sendable (_ columnsOnly: Bool) async throws -> (schema: ArrowTableSchema, batches: [RecordBatch])
    ) {
        self.columns = columns
        self.read = read
        number = Self.next.wrappingAdd(1, ordering: .relaxed).oldValue
    }
}

extension Relation {
    /// The tables of others that it reads, each once.
    package var externalTables: [ExternalTable] {
        var found: [Int: ExternalTable] = [:], seen: Set<ObjectIdentifier> = []
        func visit(_ relation: Relation) {
            guard seen.insert(ObjectIdentifier(relation)).inserted else { return }
            if case .source(.external(let table)) = relation.operation { found[table.number] = table }
            for input in relation.operation.inputs { visit(input) }
        }
        visit(self)
        return found.values.sorted { $0.number < $1.number }
    }

    /// The rows with each column computed from them, under its name.
    package func computing(_ columns: [(name: String, expression: ScalarExpression)]) -> Relation {
        Relation(
            .project(self, columns.map { NamedColumn(name: $0.name, expression: $0.expression, type: .string, isNullable: true) }),
            columns: columns.map(\.name), location: location)
    }
}
