import SheafCore

/// The columns of a table's rows, as closures of `filter`, `select` and the like are given them: `$0.carrier`.
///
/// What can stand after the dot follows from the row's type: the properties of a ``TableRow``; the labels of a tuple that `select` or
/// `aggregate` made; both for an ``Extended`` row; `left` and `right` for a ``Joined`` one; `["name", as: Int.self]` for an ``AnyRow``.
@dynamicMemberLookup
public struct Columns<Row>: @unchecked Sendable {
    /// The side of a join they are on, while the join's condition is built.
    var side: ScalarExpression.JoinSide?
    /// How the names that the relation has follow from the row's own: joins change those of their right side. One after the other.
    var names: [NameChange] = []
    /// For tuples of columns: the tuple, and the names that its expressions have.
    private(set) var prototype: Row?
    private(set) var labels: [ScalarExpression: String] = [:]
    /// For rows made of two: the columns of both.
    private(set) var parts: [any AnyColumns] = []
}

protocol AnyColumns: Sendable {
    var side: ScalarExpression.JoinSide? { get set }
    var names: [NameChange] { get set }
}

enum NameChange: Sendable {
    /// From some names to others.
    case others([String: String])
    case suffix(String)

    func callAsFunction(_ name: String) -> String {
        switch self {
        // SQL does not tell cases apart.
        case .others(let names): names[name] ?? names.first { $0.key.isSameName(as: name) }?.value ?? name
        case .suffix(let suffix): name + suffix
        }
    }
}

extension Columns: AnyColumns {
    init(parts: [any AnyColumns]) { self.parts = parts }

    /// - Parameter names: the name each of the tuple's expressions has.
    init(prototype: Row, names: [ScalarExpression: String]) {
        self.prototype = prototype
        labels = names
    }

    func part<Part>(_ index: Int, _: Part.Type) -> Columns<Part> {
        guard var part = parts[index] as? Columns<Part> else { preconditionFailure("the row is not made of \(Part.self)") }
        if let side { part.side = side }
        part.names += names
        return part
    }

    func column<Value>(named name: String) -> Column<Value> { Column(.column(names.reduce(name) { $1($0) }, side: side)) }

    func on(_ side: ScalarExpression.JoinSide) -> Columns {
        var copy = self
        copy.side = side
        return copy
    }
}

extension Columns where Row: TableRow {
    public subscript<Value: ColumnValue>(dynamicMember path: KeyPath<Row, Value>) -> Column<Value> {
        do throws(PlanError) {
            return column(named: try RowSchemas.field(path).name)
        } catch {
            return Column(.invalid(error.message, hint: error.hint))
        }
    }
}

extension Columns {
    /// A column of a tuple, by its label.
    public subscript<Value: ColumnValue>(dynamicMember path: KeyPath<Row, Column<Value>>) -> Column<Value> {
        guard let prototype else { preconditionFailure("\(Row.self) is no tuple of columns") }
        let column = prototype[keyPath: path]
        return labels[column.expression].map { self.column(named: $0) } ?? column
    }
}

/// A row with further columns, as `adding` makes it: the columns of both can be named.
public enum Extended<Base, New> {}

extension Columns {
    /// What is hidden by a new column of its name is the other overload's.
    @_disfavoredOverload
    public subscript<Base, New, Value: ColumnValue>(
        dynamicMember path: KeyPath<Columns<Base>, Column<Value>>
    ) -> Column<Value> where Row == Extended<Base, New> {
        part(0, Base.self)[keyPath: path]
    }

    public subscript<Base, New, Value: ColumnValue>(
        dynamicMember path: KeyPath<New, Column<Value>>
    ) -> Column<Value> where Row == Extended<Base, New> {
        part(1, New.self)[dynamicMember: path]
    }
}

/// What the dot leads to where a closure returned one column without a label: `value`.
public struct OnlyColumn<Value: ColumnValue> {
    public let value: Column<Value>
}

extension Columns {
    public subscript<Only: ColumnValue>(
        dynamicMember path: KeyPath<OnlyColumn<Only>, Column<Only>>
    ) -> Column<Only> where Row == Column<Only> {
        self[dynamicMember: \.self]
    }

    public subscript<Base, Only: ColumnValue>(
        dynamicMember path: KeyPath<OnlyColumn<Only>, Column<Only>>
    ) -> Column<Only> where Row == Extended<Base, Column<Only>> {
        part(1, Column<Only>.self)[dynamicMember: \.self]
    }
}

/// A pair of rows that a join brought together.
public enum Joined<Left, Right> {}

/// A side of a join that may be missing: all of its columns may be null.
public enum Missable<Row> {}

/// What the dot leads to in a ``Joined`` row.
public struct JoinSides<Left, Right> {
    public let left: Columns<Left>
    public let right: Columns<Right>
}

extension Columns {
    public subscript<Left, Right, Side>(
        dynamicMember path: KeyPath<JoinSides<Left, Right>, Side>
    ) -> Side where Row == Joined<Left, Right> {
        JoinSides(left: part(0, Left.self), right: part(1, Right.self))[keyPath: path]
    }

    /// A column of a side that may be missing.
    @_disfavoredOverload
    public subscript<Base, Value: ColumnValue>(
        dynamicMember path: KeyPath<Columns<Base>, Column<Value>>
    ) -> Column<Value.Nullable> where Row == Missable<Base> {
        Column(part(0, Base.self)[keyPath: path].expression)
    }
}

/// A row whose columns are known only when the query runs.
public struct AnyRow: Sendable {}

extension Columns where Row == AnyRow {
    /// The column of a name, taken to have values of a type; that it has is checked when the query runs.
    public subscript<Value: ColumnValue>(_ name: String, as _: Value.Type) -> Column<Value> { column(named: name) }
    /// A column whose values may be of any type; to be cast, compared with another, or counted.
    public subscript(_ name: String) -> Column<String?> { column(named: name) }
}

/// The columns that a closure returned: one, or a tuple of some.
///
/// - Returns: each with the name it is to have: its label, else its own name.
/// - Throws: ``PlanError``, when something in it is no column, or two have one name.
func namedColumns(_ value: Any, _ operation: String) throws(PlanError) -> [NamedColumn] {
    let elements: [(label: String?, value: Any)] =
        value is any AnyColumn ? [(nil, value)] : Mirror(reflecting: value).children.map { ($0.label, $0.value) }
    var result: [NamedColumn] = [], taken: Set<String> = []
    for (position, element) in elements.enumerated() {
        guard let column = element.value as? any AnyColumn else {
            throw PlanError(
                .invalidArgument, "“\(operation)” returned \(type(of: element.value)) among its columns",
                hint: "return a column, or a tuple of columns such as (carrier: $0.carrier, delay: $0.depDelay)")
        }
        var name = "column\(position)"
        if let label = element.label, !label.hasPrefix(".") {
            name = ColumnNaming.snakeCase.columnName(label)
        } else if case .column(let own, _) = column.expression {
            name = own
        } else if elements.count == 1 {
            name = "value"
        }
        guard taken.insert(name.lowercased()).inserted else {
            throw PlanError(.invalidArgument, "“\(operation)” makes two columns called “\(name)”", hint: "label them differently")
        }
        result.append(NamedColumn(name: name, expression: column.expression, type: column.type, isNullable: column.isNullable))
    }
    return result
}

/// A column of a relation: its name and how it is computed.
struct NamedColumn: Sendable, Hashable {
    var name: String
    var expression: ScalarExpression
    var type: SQLType
    var isNullable: Bool
}
