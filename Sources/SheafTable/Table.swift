public import SheafCore

/// A lazy relational expression: rows that a query would give.
///
/// Building one runs nothing and contacts nobody; `collect`, `preview`, `write` and the like run the query whole. `Row` says what the
/// rows' columns are: a ``TableRow``, a tuple of columns that `select` or `aggregate` made, an ``Extended`` or ``Joined`` row, or
/// ``AnyRow`` for columns known only at run time.
///
/// ```swift
/// let late = session.csv("flights.csv", as: Flight.self)
///     .filter { $0.depDelay > 15 }
///     .grouped(by: \\.carrier)
///     .aggregate { (carrier: $0.key, flights: $0.count(), delay: $0.mean(\\.depDelay)) }
///     .sorted(by: \\.delay, .descending)
/// print(try await late.preview())
/// ```
/// - Note: A value; `Sendable`.
public struct Table<Row>: Sendable {
    public let session: Session
    /// The plan, without its row type.
    public let relation: Relation
    /// The columns of its rows.
    public let columns: Columns<Row>

    init(_ session: Session, _ relation: Relation, _ columns: Columns<Row>) {
        self.session = session
        self.relation = relation
        self.columns = columns
    }

    /// The same rows, from an operation that keeps the columns.
    func same(_ operation: Relation.Operation, _ location: SourceLocation, problem: PlanError? = nil) -> Table {
        Table(session, Relation(operation, columns: relation.columns, location: location, problem: problem), columns)
    }

    /// A plan that cannot be.
    func refused<Other>(_ problem: PlanError, _ location: SourceLocation, as columns: Columns<Other>) -> Table<Other> {
        var problem = problem
        if problem.location == nil { problem.location = location }
        return Table<Other>(session, Relation(relation.operation, columns: relation.columns, location: location, problem: problem), columns)
    }
}
