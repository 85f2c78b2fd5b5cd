import SheafCore

extension Table {
    /// The pairs of rows for which a condition is true: `flights.join(planes) { $0.tailnum == $1.tailnum }`. The columns are then
    /// `$0.left.…` and `$0.right.…`.
    public func join<Other, Truth: ColumnValue>(
        _ other: Table<Other>, fileID: StaticString = #fileID, line: UInt = #line,
        on condition: (Columns<Row>, Columns<Other>) -> Column<Truth>
    ) -> Table<Joined<Row, Other>> where Truth.Base == Bool {
        let (relation, right) = joined(
            .inner, other, condition(columns.on(.left), other.columns.on(.right)), SourceLocation(fileID: fileID, line: line))
        return Table<Joined<Row, Other>>(session, relation, Columns<Joined<Row, Other>>(parts: [columns, right]))
    }

    /// As ``join(_:fileID:line:on:)``; rows of this table without a partner are kept, with nulls for the other's columns.
    public func leftJoin<Other, Truth: ColumnValue>(
        _ other: Table<Other>, fileID: StaticString = #fileID, line: UInt = #line,
        on condition: (Columns<Row>, Columns<Other>) -> Column<Truth>
    ) -> Table<Joined<Row, Missable<Other>>> where Truth.Base == Bool {
        let (relation, right) = joined(
            .left, other, condition(columns.on(.left), other.columns.on(.right)), SourceLocation(fileID: fileID, line: line))
        let missable = Columns<Missable<Other>>(parts: [right])
        return Table<Joined<Row, Missable<Other>>>(session, relation, Columns<Joined<Row, Missable<Other>>>(parts: [columns, missable]))
    }

    /// As ``join(_:fileID:line:on:)``; rows of the other table without a partner are kept, with nulls for this one's columns.
    public func rightJoin<Other, Truth: ColumnValue>(
        _ other: Table<Other>, fileID: StaticString = #fileID, line: UInt = #line,
        on condition: (Columns<Row>, Columns<Other>) -> Column<Truth>
    ) -> Table<Joined<Missable<Row>, Other>> where Truth.Base == Bool {
        let (relation, right) = joined(
            .right, other, condition(columns.on(.left), other.columns.on(.right)), SourceLocation(fileID: fileID, line: line))
        let missable = Columns<Missable<Row>>(parts: [columns])
        return Table<Joined<Missable<Row>, Other>>(session, relation, Columns<Joined<Missable<Row>, Other>>(parts: [missable, right]))
    }

    /// As ``join(_:fileID:line:on:)``; rows of both tables without a partner are kept, with nulls for the other's columns.
    public func fullJoin<Other, Truth: ColumnValue>(
        _ other: Table<Other>, fileID: StaticString = #fileID, line: UInt = #line,
        on condition: (Columns<Row>, Columns<Other>) -> Column<Truth>
    ) -> Table<Joined<Missable<Row>, Missable<Other>>> where Truth.Base == Bool {
        let (relation, right) = joined(
            .full, other, condition(columns.on(.left), other.columns.on(.right)), SourceLocation(fileID: fileID, line: line))
        let left = Columns<Missable<Row>>(parts: [columns]), missable = Columns<Missable<Other>>(parts: [right])
        return Table<Joined<Missable<Row>, Missable<Other>>>(
            session, relation, Columns<Joined<Missable<Row>, Missable<Other>>>(parts: [left, missable]))
    }

    /// The rows of this table that have a partner in the other, once each.
    public func semiJoin<Other, Truth: ColumnValue>(
        _ other: Table<Other>, fileID: StaticString = #fileID, line: UInt = #line,
        on condition: (Columns<Row>, Columns<Other>) -> Column<Truth>
    ) -> Table where Truth.Base == Bool {
        Table(
            session,
            joined(.semi, other, condition(columns.on(.left), other.columns.on(.right)), SourceLocation(fileID: fileID, line: line))
                .relation, columns)
    }

    /// The rows of this table that have no partner in the other.
    public func antiJoin<Other, Truth: ColumnValue>(
        _ other: Table<Other>, fileID: StaticString = #fileID, line: UInt = #line,
        on condition: (Columns<Row>, Columns<Other>) -> Column<Truth>
    ) -> Table where Truth.Base == Bool {
        Table(
            session,
            joined(.anti, other, condition(columns.on(.left), other.columns.on(.right)), SourceLocation(fileID: fileID, line: line))
                .relation, columns)
    }

    /// Each row with the last one of the other table that its condition allows: an inequality such as `$0.time >= $1.time`, and any
    /// equalities before it: `{ $0.symbol == $1.symbol && $0.time >= $1.time }`. Rows without one are left out.
    public func asOfJoin<Other, Truth: ColumnValue>(
        _ other: Table<Other>, fileID: StaticString = #fileID, line: UInt = #line,
        on condition: (Columns<Row>, Columns<Other>) -> Column<Truth>
    ) -> Table<Joined<Row, Other>> where Truth.Base == Bool {
        let (relation, right) = joined(
            .asOf, other, condition(columns.on(.left), other.columns.on(.right)), SourceLocation(fileID: fileID, line: line))
        return Table<Joined<Row, Other>>(session, relation, Columns<Joined<Row, Other>>(parts: [columns, right]))
    }

    /// Every row with every row of the other table.
    public func crossJoin<Other>(_ other: Table<Other>, fileID: StaticString = #fileID, line: UInt = #line) -> Table<Joined<Row, Other>> {
        let (relation, right) = joined(.cross, other, nil, SourceLocation(fileID: fileID, line: line))
        return Table<Joined<Row, Other>>(session, relation, Columns<Joined<Row, Other>>(parts: [columns, right]))
    }

    private func joined<Other>(
        _ kind: JoinKind, _ other: Table<Other>, _ condition: (any AnyColumn)?, _ location: SourceLocation
    ) -> (relation: Relation, right: Columns<Other>) {
        var own = relation.columns, right = other.columns
        var names: [String: String] = [:]
        if kind != .semi, kind != .anti, let left = relation.columns, let added = other.relation.columns {
            // Columns that both sides have get another name on the right; SQL does not tell cases apart.
            var taken = Set(left.map { $0.lowercased() })
            own =
                left
                + added.map { name in
                    var free = name
                    while !taken.insert(free.lowercased()).inserted { free += "_right" }
                    if free != name { names[name] = free }
                    return free
                }
            right.names.append(.others(names))
        } else if kind != .semi, kind != .anti {
            // Which names both sides have is known only when the query runs, so all of the right side's change.
            own = nil
            right.names.append(.suffix("_right"))
        }
        return (
            Relation(
                .join(kind, relation, other.relation, condition: condition?.expression, rightNames: names), columns: own, location: location
            ), right
        )
    }
}
