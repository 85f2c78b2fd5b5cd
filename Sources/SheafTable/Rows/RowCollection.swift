internal import SheafArrow

/// Makes all rows of a result, several parts of it at a time.
enum RowCollection {
    /// Rows of one part: enough that starting a task for it costs nothing beside it.
    private static let partRows = 1 << 17

    /// - Parameter workers: how many parts are read at a time.
    /// - Throws: as ``RowReader/append(_:first:to:)`` does, and what the batches throw.
    static func rows<Row: TableRow>(of batches: any TableBatches, workers: Int) async throws -> [Row] {
        try await withThrowingTaskGroup(of: (part: Int, rows: [Row]).self) { group in
            var done: [Int: [Row]] = [:], started = 0, first = 0
            var part: [RecordBatch] = [], count = 0
            while let batch = try await batches.next() {
                part.append(batch)
                count += batch.rowCount
                guard count >= partRows else { continue }
                if started - done.count >= max(workers, 1), let finished = try await group.next() { done[finished.part] = finished.rows }
                group.addTask { [part, first, started] in (started, try rows(of: part, first: first)) }
                started += 1
                first += count
                (part, count) = ([], 0)
            }
            let last: [Row] = try rows(of: part, first: first)
            if started == 0 { return last }
            while let finished = try await group.next() { done[finished.part] = finished.rows }
            var all: [Row] = []
            all.reserveCapacity(first + last.count)
            for number in 0..<started {
                // Each part's memory is free once it is copied.
                if let rows = done.removeValue(forKey: number) { all += rows }
            }
            all += last
            return all
        }
    }

    /// - Parameter first: the number of the first row in the result.
    private static func rows<Row: TableRow>(of batches: [RecordBatch], first: Int) throws -> [Row] {
        let reader = try RowReader<Row>()
        var rows: [Row] = []
        rows.reserveCapacity(batches.reduce(0) { $0 + $1.rowCount })
        for batch in batches { try reader.append(batch, first: first + rows.count, to: &rows) }
        return rows
    }
}
