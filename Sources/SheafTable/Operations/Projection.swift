import SheafCore

extension Table {
    /// Rows of the columns that the closure returns, labelled: `select { (carrier: $0.carrier, hours: $0.airTime / 60) }`.
    public func select<Selected>(
        fileID: StaticString = #fileID, line: UInt = #line, _ body: (Columns<Row>) -> Selected
    ) -> Table<Selected> {
        project(body(columns), "select", SourceLocation(fileID: fileID, line: line)) { .project(relation, $0) }
    }

    /// The rows with further columns: `adding { (speed: $0.distance / $0.airTime, isLate: $0.depDelay > 15) }`. One that has the name of
    /// another replaces it, in its place; of a table whose columns are not known before it runs, at the end.
    public func adding<New>(
        fileID: StaticString = #fileID, line: UInt = #line, _ body: (Columns<Row>) -> New
    ) -> Table<Extended<Row, New>> {
        let location = SourceLocation(fileID: fileID, line: line)
        let new = project(body(columns), "adding", location) { .extend(relation, $0) }
        return Table<Extended<Row, New>>(session, new.relation, Columns<Extended<Row, New>>(parts: [columns, new.columns]))
    }

    /// The rows with one further column. One that has the name of another replaces it, in its place; of a table whose columns are not known
    /// before it runs, at the end.
    public func adding<Value: ColumnValue>(
        _ name: String, fileID: StaticString = #fileID, line: UInt = #line, _ body: (Columns<Row>) -> Column<Value>
    ) -> Table<AnyRow> {
        let column = NamedColumn(name: name, expression: body(columns).expression, type: Value.sqlType, isNullable: Value.isNullable)
        let own = relation.columns.map { own in own.contains { $0.isSameName(as: name) } ? own : own + [name] }
        return Table<AnyRow>(
            session, Relation(.extend(relation, [column]), columns: own, location: SourceLocation(fileID: fileID, line: line)), Columns())
    }

    /// The same rows read as those of another type: columns are matched by name, which is checked when the query runs, if not before.
    public func `as`<Other: TableRow>(_: Other.Type, fileID: StaticString = #fileID, line: UInt = #line) -> Table<Other> {
        let location = SourceLocation(fileID: fileID, line: line)
        do throws(PlanError) {
            let schema = try RowSchemas.schema(Other.self)
            if let own = relation.columns, let missing = schema.fields.first(where: { !own.contains($0.name) }) {
                throw unknownColumn(missing.name, own, "as(\(Other.self).self)", location)
            }
            let columns = schema.fields.map {
                NamedColumn(name: $0.name, expression: .column($0.name), type: $0.type, isNullable: $0.isNullable)
            }
            return Table<Other>(
                session, Relation(.project(relation, columns), columns: schema.fields.map(\.name), location: location), Columns<Other>())
        } catch {
            return refused(error, location, as: Columns<Other>())
        }
    }

    /// The same rows, with columns named by text.
    public var untyped: Table<AnyRow> { Table<AnyRow>(session, relation, Columns()) }

    func project<Selected>(
        _ value: Selected, _ operation: String, _ location: SourceLocation, _ make: ([NamedColumn]) -> Relation.Operation
    ) -> Table<Selected> {
        do throws(PlanError) {
            let named = try namedColumns(value, operation)
            let columns = Columns(
                prototype: value, names: Dictionary(named.map { ($0.expression, $0.name) }, uniquingKeysWith: { first, _ in first }))
            let operation = make(named)
            var own: [String]? = named.map(\.name)
            if case .extend = operation {
                own = relation.columns.map { old in
                    // A column that replaces another has its name as the new one is labelled.
                    old.map { name in named.first { $0.name.isSameName(as: name) }?.name ?? name }
                        + named.map(\.name).filter { new in !old.contains { $0.isSameName(as: new) } }
                }
            }
            return Table<Selected>(session, Relation(operation, columns: own, location: location), columns)
        } catch {
            return refused(error, location, as: Columns(prototype: value, names: [:]))
        }
    }
}

extension Table where Row == AnyRow {
    /// Rows of some of the columns.
    public func select(_ names: String..., fileID: StaticString = #fileID, line: UInt = #line) -> Table {
        let location = SourceLocation(fileID: fileID, line: line)
        if let problem = missing(names, "select", location) ?? repeated(names, "select") {
            return refused(problem, location, as: columns)
        }
        let named = names.map { NamedColumn(name: $0, expression: .column($0), type: .string, isNullable: true) }
        return Table(session, Relation(.project(relation, named), columns: names, location: location), columns)
    }

    /// The rows without some of the columns.
    public func dropping(_ names: String..., fileID: StaticString = #fileID, line: UInt = #line) -> Table {
        let location = SourceLocation(fileID: fileID, line: line)
        if let problem = missing(names, "dropping", location) { return refused(problem, location, as: columns) }
        return Table(
            session,
            Relation(.drop(relation, names), columns: relation.columns?.filter { !names.contains($0) }, location: location), columns)
    }

    /// The rows with other names for some columns: from the old name to the new.
    public func renaming(_ names: [String: String], fileID: StaticString = #fileID, line: UInt = #line) -> Table {
        let location = SourceLocation(fileID: fileID, line: line)
        let new = relation.columns?.map { names[$0] ?? $0 } ?? names.values.sorted()
        if let problem = missing(names.keys.sorted(), "renaming", location) ?? repeated(new, "renaming") {
            return refused(problem, location, as: columns)
        }
        return Table(
            session, Relation(.rename(relation, names), columns: relation.columns?.map { names[$0] ?? $0 }, location: location), columns)
    }

    private func repeated(_ names: [String], _ operation: String) -> PlanError? {
        firstRepeated(names).map {
            PlanError(.invalidArgument, "“\(operation)” makes two columns called “\($0)”", hint: "SQL does not tell cases apart")
        }
    }

    private func missing(_ names: [String], _ operation: String, _ location: SourceLocation) -> PlanError? {
        guard let own = relation.columns, let name = names.first(where: { !own.contains($0) }) else { return nil }
        return unknownColumn(name, own, operation, location)
    }
}

/// The first name that is there twice; SQL does not tell cases apart.
func firstRepeated(_ names: [String]) -> String? {
    var seen: Set<String> = []
    return names.first { !seen.insert($0.lowercased()).inserted }
}

func unknownColumn(_ name: String, _ columns: [String], _ operation: String, _ location: SourceLocation) -> PlanError {
    PlanError(
        .invalidArgument, "“\(operation)” asks for a column “\(name)” that the table does not have", node: operation, location: location,
        hint: "its columns are: \(columns.joined(separator: ", "))")
}
