import SheafCore

// Operations that keep the columns.

extension Table {
    /// The rows for which a condition is true (not false, nor null).
    public func filter<Truth: ColumnValue>(
        fileID: StaticString = #fileID, line: UInt = #line, _ condition: (Columns<Row>) -> Column<Truth>
    ) -> Table where Truth.Base == Bool {
        same(.filter(relation, condition(columns).expression), SourceLocation(fileID: fileID, line: line))
    }

    /// The rows in the order of a column; equal ones in any order. Nulls come last unless `nulls` says otherwise.
    public func sorted<Value: ColumnValue>(
        by column: KeyPath<Columns<Row>, Column<Value>>, _ direction: SortDirection = .ascending, nulls: NullOrder = .last,
        fileID: StaticString = #fileID, line: UInt = #line
    ) -> Table {
        sorted(fileID: fileID, line: line) { _ in
            [SortKey(expression: columns[keyPath: column].expression, direction: direction, nulls: nulls)]
        }
    }

    /// The rows in the order of several keys, the first before the others: `sorted { [$0.carrier.ascending, $0.delay.descending] }`.
    public func sorted(
        fileID: StaticString = #fileID, line: UInt = #line, _ keys: (Columns<Row>) -> [SortKey]
    ) -> Table {
        same(.sort(relation, keys(columns)), SourceLocation(fileID: fileID, line: line))
    }

    /// So many rows at most, after leaving out `offset`.
    public func limit(_ count: Int, offset: Int = 0, fileID: StaticString = #fileID, line: UInt = #line) -> Table {
        let location = SourceLocation(fileID: fileID, line: line)
        guard count >= 0, offset >= 0 else {
            return refused(
                PlanError(.invalidArgument, "limit(\(count), offset: \(offset))", hint: "give numbers that are not negative"), location,
                as: columns)
        }
        return same(.limit(relation, count: count, offset: offset), location)
    }

    /// Each different row once.
    public func distinct(fileID: StaticString = #fileID, line: UInt = #line) -> Table {
        same(.distinct(relation, on: nil), SourceLocation(fileID: fileID, line: line))
    }

    /// One row for each value of a column; which one is not said, unless the table is sorted: then the first.
    public func distinct<Value: ColumnValue>(
        on column: KeyPath<Columns<Row>, Column<Value>>, fileID: StaticString = #fileID, line: UInt = #line
    ) -> Table {
        same(.distinct(relation, on: [columns[keyPath: column].expression]), SourceLocation(fileID: fileID, line: line))
    }

    /// Rows chosen at random.
    public func sample(_ sample: TableSample, fileID: StaticString = #fileID, line: UInt = #line) -> Table {
        same(.sample(relation, sample), SourceLocation(fileID: fileID, line: line))
    }

    /// The rows of both tables; columns are matched by position.
    public func union(_ other: Table, removingDuplicates: Bool = false, fileID: StaticString = #fileID, line: UInt = #line) -> Table {
        combined(removingDuplicates ? .union : .unionAll, other, SourceLocation(fileID: fileID, line: line))
    }

    /// The different rows that are in both tables.
    public func intersection(_ other: Table, fileID: StaticString = #fileID, line: UInt = #line) -> Table {
        combined(.intersect, other, SourceLocation(fileID: fileID, line: line))
    }

    /// The different rows that are not in the other table.
    public func subtracting(_ other: Table, fileID: StaticString = #fileID, line: UInt = #line) -> Table {
        combined(.except, other, SourceLocation(fileID: fileID, line: line))
    }

    private func combined(_ operation: SetOperation, _ other: Table, _ location: SourceLocation) -> Table {
        if let own = relation.columns, let theirs = other.relation.columns, own.count != theirs.count {
            return refused(
                PlanError(
                    .invalidArgument, "the tables have \(own.count) and \(theirs.count) columns", node: operation.rawValue.lowercased(),
                    hint: "select the same columns of both; they are matched by position"), location, as: columns)
        }
        return same(.combine(operation, relation, other.relation), location)
    }
}

extension Column {
    /// A key for `sorted`: smaller values first, nulls last.
    public var ascending: SortKey { SortKey(expression: expression, direction: .ascending, nulls: .last) }
    /// A key for `sorted`: greater values first, nulls last.
    public var descending: SortKey { SortKey(expression: expression, direction: .descending, nulls: .last) }
}

extension SortKey {
    /// The same key with nulls first.
    public var nullsFirst: SortKey { SortKey(expression: expression, direction: direction, nulls: .first) }
}
