internal import SheafArrow
public import SheafBag
internal import SheafCore
public import SheafTable

extension Table where Row: TableRow {
    /// The rows as a bag, in their order. The query runs when the bag does; what does not fit in memory waits on disk.
    public var bag: Bag<Row> { bag() }

    /// The rows as a bag of some partitions, in their order.
    ///
    /// - Parameter partitions: of as many rows each as the others; four for each worker when nil.
    public func bag(partitions: Int? = nil, fileID: StaticString = #fileID, line: UInt = #line) -> Bag<Row> {
        let stage = SharedStage()
        return Bag(session: session) { lowering in
            let parts = partitions ?? lowering.workers * 4
            guard parts > 0 else {
                throw PlanError(
                    .invalidArgument, "a bag of \(parts) partitions", location: SourceLocation(fileID: fileID, line: line),
                    hint: "ask for one or more, or leave it out")
            }
            let rows = try lowering.once(stage) { [try addRows(to: &lowering.graph)] }[0]
            return (0..<parts).map { part in
                Partition(arguments: [.node(rows)], operations: [Operation("table")], bytes: 0) { scope, base, body in
                    let store: BatchStore = scope.argument(base)
                    let share = store.rowCount * part / parts..<store.rowCount * (part + 1) / parts
                    let reader = try RowReader<Row>()
                    try store.forEachBatch(in: share) { batch, first in
                        var rows: [Row] = []
                        rows.reserveCapacity(batch.rowCount)
                        try reader.append(batch, first: first, to: &rows)
                        try scope.forEach(rows[...], body)
                    }
                }
            }
        }
    }
}

extension Bag where Element: TableRow {
    /// The elements as a table's rows, in their order.
    public func table(fileID: StaticString = #fileID, line: UInt = #line) -> Table<Element> {
        let location = SourceLocation(fileID: fileID, line: line)
        let rows = ComputedRows(columns: try? Element.arrowColumns()) { graph, session in
            let lowering = BagLowering(session: session)
            // Not copied: there is one owner at a time.
            swap(&graph, &lowering.graph)
            defer { swap(&graph, &lowering.graph) }
            return lowering.consume(try lower(lowering), Operation("table"), location: location, resultBytes: { $0 }) { scope, _, iterate in
                let batches = try RowBatches<Element>()
                var writer = BatchStoreWriter(batches.columns, scope.resources)
                try iterate(scope, 0) { row in
                    try batches.append(row)
                    if batches.count == rowsOfBatch { try writer.append(batches.take()) }
                }
                try writer.append(batches.take())
                return writer.finish()
            }
        }
        do throws(PlanError) {
            return try session.table(rows, as: Element.self, location: location)
        } catch {
            return session.table(failing: error, as: Element.self, location: location)
        }
    }
}

extension Bag {
    /// What a function makes of each element, as a table's rows.
    public func table<Row: TableRow>(
        as _: Row.Type = Row.self, fileID: StaticString = #fileID, line: UInt = #line,
        _ row: @escaping @Sendable (Element) throws -> Row
    ) -> Table<Row> {
        map(fileID: fileID, line: line, row).table(fileID: fileID, line: line)
    }
}

/// Rows that a bag's partition hands over at a time.
private let rowsOfBatch = 1 << 16
