public import SheafCore

// Operations that are put together from others, because they are asked for by name.

extension Table {
    /// The first rows; which ones is said by `sorted`.
    public func head(_ count: Int = 10, fileID: StaticString = #fileID, line: UInt = #line) -> Table {
        limit(count, fileID: fileID, line: line)
    }

    /// The rows with the greatest values of a column; nulls are left behind.
    public func top<Value: ColumnValue>(
        _ count: Int, by column: KeyPath<Columns<Row>, Column<Value>>, fileID: StaticString = #fileID, line: UInt = #line
    ) -> Table {
        sorted(by: column, .descending, fileID: fileID, line: line).limit(count, fileID: fileID, line: line)
    }

    /// The rows with the least values of a column; nulls are left behind.
    public func bottom<Value: ColumnValue>(
        _ count: Int, by column: KeyPath<Columns<Row>, Column<Value>>, fileID: StaticString = #fileID, line: UInt = #line
    ) -> Table {
        sorted(by: column, fileID: fileID, line: line).limit(count, fileID: fileID, line: line)
    }

    /// The rows in which none of some columns is null.
    public func droppingNulls<each Value: ColumnValue>(
        in columns: repeat KeyPath<Columns<Row>, Column<each Value>>, fileID: StaticString = #fileID, line: UInt = #line
    ) -> Table {
        var parts: [ScalarExpression] = []
        for column in repeat each columns { parts.append(self.columns[keyPath: column].expression) }
        return keeping(parts, SourceLocation(fileID: fileID, line: line))
    }

    /// The rows in which no column is null.
    public func droppingNulls(fileID: StaticString = #fileID, line: UInt = #line) -> Table {
        let location = SourceLocation(fileID: fileID, line: line)
        guard let own = relation.columns else {
            return refused(
                PlanError(
                    .invalidArgument, "“droppingNulls” of a table whose columns are not known before it runs",
                    hint: "select them first, or read the table as rows of a type"), location, as: columns)
        }
        return keeping(own.map { .column($0) }, location)
    }

    private func keeping(_ columns: [ScalarExpression], _ location: SourceLocation) -> Table {
        columns.reduce(self) { $0.same(.filter($0.relation, .postfix($1, "IS NOT NULL")), location) }
    }

    /// The rows with a value in place of a column's nulls.
    public func fillingNulls<Value: ColumnValue>(
        in column: KeyPath<Columns<Row>, Column<Value>>, with value: Value.Base, fileID: StaticString = #fileID, line: UInt = #line
    ) -> Table {
        replacing(column, SourceLocation(fileID: fileID, line: line)) { .call("coalesce", [$0, .literal(value.literal)]) }
    }

    /// The rows with another value in a column: `replacing(\.price) { $0.price * 1.1 }`.
    public func replacing<Value: ColumnValue>(
        _ column: KeyPath<Columns<Row>, Column<Value>>, fileID: StaticString = #fileID, line: UInt = #line,
        _ body: (Columns<Row>) -> Column<Value>
    ) -> Table {
        replacing(column, SourceLocation(fileID: fileID, line: line)) { _ in body(columns).expression }
    }

    private func replacing<Value: ColumnValue>(
        _ column: KeyPath<Columns<Row>, Column<Value>>, _ location: SourceLocation, _ make: (ScalarExpression) -> ScalarExpression
    ) -> Table {
        let expression = columns[keyPath: column].expression
        guard case .column(let name, _) = expression else {
            return refused(PlanError(.invalidArgument, "what is to be replaced is no column of the table"), location, as: columns)
        }
        return same(
            .extend(
                relation, [NamedColumn(name: name, expression: make(expression), type: Value.sqlType, isNullable: Value.isNullable)]),
            location)
    }

    /// How often each value of a column occurs, the most frequent first and equally frequent ones in ascending order. Nulls are counted too.
    public func valueCounts<Value: ColumnValue>(
        of column: KeyPath<Columns<Row>, Column<Value>>, fileID: StaticString = #fileID, line: UInt = #line
    ) -> Table<(value: Column<Value>, count: Column<Int>)> {
        grouped(by: column).aggregate(fileID: fileID, line: line) { (value: $0.key, count: $0.count()) }
            .sorted(fileID: fileID, line: line) { [$0.count.descending, $0.value.ascending] }
    }

    /// One row for each combination of several columns' values; which one is not said, unless the table is sorted: then the first.
    public func distinct<each Value: ColumnValue>(
        onAll columns: repeat KeyPath<Columns<Row>, Column<each Value>>, fileID: StaticString = #fileID, line: UInt = #line
    ) -> Table {
        var keys: [ScalarExpression] = []
        for column in repeat each columns { keys.append(self.columns[keyPath: column].expression) }
        return same(.distinct(relation, on: keys), SourceLocation(fileID: fileID, line: line))
    }

    /// A row about each column: its name and type, least and greatest value, about how many different values, mean, standard deviation,
    /// quartiles, how many rows, and how many in a hundred are null. As DuckDB's `SUMMARIZE`.
    public func describe(fileID: StaticString = #fileID, line: UInt = #line) -> Table<AnyRow> {
        let relation = Relation(
            .text("SELECT * FROM (SUMMARIZE SELECT * FROM rows)", ["rows": relation]),
            columns: [
                "column_name", "column_type", "min", "max", "approx_unique", "avg", "std", "q25", "q50", "q75", "count", "null_percentage",
            ], location: SourceLocation(fileID: fileID, line: line))
        return Table<AnyRow>(session, relation, Columns())
    }
}

extension Columns {
    /// 1 for the first row in an order, 2 for the next, and so on, within the rows that have the same keys.
    public func rowNumber(partitionedBy keys: [PartitionKey] = [], orderedBy order: [SortKey]) -> Column<Int> {
        window(partitionedBy: keys, orderedBy: order).rowNumber()
    }
    /// The sum of a column in the rows up to this one, in an order.
    public func cumulativeSum<Value: NumericColumnValue>(
        _ column: Column<Value>, partitionedBy keys: [PartitionKey] = [], orderedBy order: [SortKey]
    ) -> Column<Value.Nullable> {
        window(partitionedBy: keys, orderedBy: order, frame: .upToCurrent).sum(column)
    }
    /// The mean of a column in this row and those before it, so many in all.
    public func movingMean<Value: NumericColumnValue>(
        _ column: Column<Value>, rows count: Int, partitionedBy keys: [PartitionKey] = [], orderedBy order: [SortKey]
    ) -> Column<Double?> {
        window(partitionedBy: keys, orderedBy: order, frame: .rows(before: Swift.max(count - 1, 0), after: 0)).mean(column)
    }
}

extension Session {
    /// A table of the whole numbers of a range, in a column.
    public func numbers(
        _ range: Range<Int>, name: String = "number", fileID: StaticString = #fileID, line: UInt = #line
    ) -> Table<AnyRow> {
        let source = TableSource.range(range.lowerBound, range.upperBound, name: name)
        return Table(self, Relation(.source(source), columns: [name], location: SourceLocation(fileID: fileID, line: line)), Columns())
    }
}
