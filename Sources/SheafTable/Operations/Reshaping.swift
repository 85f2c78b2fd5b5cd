import SheafCore

extension Table {
    /// A row for each of some columns' values: the column's name, and the value; null values are kept. The other columns are repeated.
    public func unpivoted(
        _ columns: [String], name: String = "name", value: String = "value", fileID: StaticString = #fileID, line: UInt = #line
    ) -> Table<AnyRow> {
        let location = SourceLocation(fileID: fileID, line: line)
        if let own = relation.columns, let missing = columns.first(where: { !own.contains($0) }) {
            return refused(unknownColumn(missing, own, "unpivoted", location), location, as: Columns())
        }
        if columns.isEmpty {
            return refused(PlanError(.invalidArgument, "“unpivoted” is given no columns", hint: "name some"), location, as: Columns())
        }
        let own = relation.columns.map { $0.filter { !columns.contains($0) } + [name, value] }
        return Table<AnyRow>(
            session, Relation(.unpivot(relation, columns: columns, name: name, value: value), columns: own, location: location), Columns())
    }

    /// A row for each combination of the `rows` columns' values, with a column for each of the values given of the column `of`: an
    /// aggregate of the rows that have both. The values are named, so that the plan says which columns the result has.
    public func pivoted<Value: ColumnValue, Result: ColumnValue>(
        of column: KeyPath<Columns<Row>, Column<Value>>, values: [Value.Base], rows: [String], fileID: StaticString = #fileID,
        line: UInt = #line, _ aggregate: (Group<Row, Void>) -> Column<Result>
    ) -> Table<AnyRow> {
        let location = SourceLocation(fileID: fileID, line: line)
        let literals = values.map(\.literal)
        if let own = relation.columns, let missing = rows.first(where: { name in !own.contains { $0.isSameName(as: name) } }) {
            return refused(unknownColumn(missing, own, "pivoted", location), location, as: Columns())
        }
        if let twice = firstRepeated(rows + literals.map(\.columnName)) {
            return refused(
                PlanError(.invalidArgument, "“pivoted” makes two columns called “\(twice)”", hint: "name each value once"), location,
                as: Columns())
        }
        let value = aggregate(Group(key: (), columns: columns)).expression
        return Table<AnyRow>(
            session,
            Relation(
                .pivot(relation, column: columns[keyPath: column].expression, values: value, rows: rows, names: literals),
                columns: rows + literals.map(\.columnName),
                location: location), Columns())
    }

    /// A row for each element of a list column; rows with an empty list, or none, are left out.
    public func unnested<Element: ColumnValue>(
        _ list: KeyPath<Columns<Row>, Column<[Element]?>>, as name: String, fileID: StaticString = #fileID, line: UInt = #line
    ) -> Table<AnyRow> {
        unnested(columns[keyPath: list].expression, name, SourceLocation(fileID: fileID, line: line))
    }

    /// A row for each element of a list column; rows with an empty list are left out.
    public func unnested<Element: ColumnValue>(
        _ list: KeyPath<Columns<Row>, Column<[Element]>>, as name: String, fileID: StaticString = #fileID, line: UInt = #line
    ) -> Table<AnyRow> {
        unnested(columns[keyPath: list].expression, name, SourceLocation(fileID: fileID, line: line))
    }

    private func unnested(_ list: ScalarExpression, _ name: String, _ location: SourceLocation) -> Table<AnyRow> {
        guard case .column(let column, _) = list else {
            return refused(
                PlanError(.invalidArgument, "“unnested” is given an expression", hint: "add it as a column first"), location, as: Columns())
        }
        let own = relation.columns.map { $0.filter { $0 != column && $0 != name } + [name] }
        return Table<AnyRow>(session, Relation(.unnest(relation, list: column, as: name), columns: own, location: location), Columns())
    }
}

extension SQLLiteral {
    /// What a column made for the value is called.
    var columnName: String {
        switch self {
        case .null: "null"
        case .boolean(let value): "\(value)"
        case .integer(let value): "\(value)"
        case .unsigned(let value): "\(value)"
        case .double(let value): "\(value)"
        case .decimal(let value): "\(value)"
        case .string(let value): value
        case .date(let value): "\(value)"
        case .blob, .timestamp, .uuid, .list: "\(self)"
        }
    }
}
