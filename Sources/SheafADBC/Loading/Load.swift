internal import Foundation
internal import SheafArrow
internal import SheafCore
internal import SheafTable

/// One load, from the plan to the last commit.
struct Load {
    private let plan: LoadPlan
    private let tables: TargetTable
    private var report: LoadReport
    /// Partitions made since the last commit.
    private var uncommitted: [String] = []
    private var knownDays: Set<Int32> = []
    private let begin = ContinuousClock().now

    init(_ plan: LoadPlan) {
        self.plan = plan
        tables = TargetTable(plan)
        report = LoadReport(table: plan.name)
    }

    /// - Throws: ``LoadError``, `CancellationError`.
    mutating func run(_ relation: Relation, _ inputs: TableInputs, on engine: any TableEngine) async throws -> LoadReport {
        do {
            // First what can fail without the database.
            let fields = try await engine.schema(of: relation, inputs).fields
            try check(fields)
            let connection = try await ADBCConnection.open(plan.database)
            do {
                try await load(relation, inputs, fields, engine, connection)
                try await BlockingThreads.shared.run { connection.close() }
            } catch {
                try await BlockingThreads.shared.run { connection.close() }
                throw error
            }
        } catch let doubt as CommitInDoubt {
            report.seconds = seconds
            throw LoadError(report, rowsInDoubt: doubt.rows, mode: plan.mode, cause: doubt.cause)
        } catch let error where !(error is CancellationError || error is PlanError) {
            report.seconds = seconds
            throw LoadError(report, rowsInDoubt: 0, mode: plan.mode, cause: error)
        }
        report.seconds = seconds
        return report
    }

    private var seconds: Double { (ContinuousClock().now - begin) / .seconds(1) }

    private func check(_ fields: [ArrowField]) throws {
        if let column = plan.partitionColumn, !fields.contains(where: { $0.name == column }) {
            throw PlanError(.invalidArgument, "the rows have no column “\(column)” to be divided by", hint: "name one of \(names(fields))")
        }
        for column in plan.indexes.flatMap(\.columns) where !fields.contains(where: { $0.name == column }) {
            throw PlanError(.invalidArgument, "the rows have no column “\(column)” for an index", hint: "name one of \(names(fields))")
        }
    }

    private mutating func load(
        _ relation: Relation, _ inputs: TableInputs, _ fields: [ArrowField], _ engine: any TableEngine, _ connection: ADBCConnection
    ) async throws {
        let target = try await connection.run { [tables] in try tables.prepare($0, fields) }
        if plan.mode == .append { try await commit(connection, 0) }

        let batches = try await engine.run(relation.computing(target.columns.map { ($0.name, $0.expression) }), inputs)
        do {
            try await append(batches, connection)
            await batches.close()
        } catch {
            await batches.close()
            throw error
        }

        let partitions = report.partitions + uncommitted
        let indexes = try await connection.run { [tables] in try tables.finish($0, partitions: partitions, wasMade: target.isNew) }
        try await commit(connection, plan.mode == .append ? 0 : sent)
        report.indexes = indexes
    }

    /// Rows and batches of the load's one transaction.
    private var sent = 0
    private var sentBatches = 0

    /// Loads batches while the next is computed.
    private mutating func append(_ batches: any TableBatches, _ connection: ADBCConnection) async throws {
        let groups = RowGroups(batches, rows: plan.batchRows)
        var next = try await groups.next()
        while let group = next {
            async let upcoming = groups.next()
            let schema = batches.schema, rows = group.reduce(0) { $0 + $1.rowCount }
            let days = try newDays(group)
            uncommitted += try await connection.run { [tables] connection in
                let made = try tables.makePartitions(connection, days)
                try connection.ingest(group, schema: schema, into: tables.loaded, of: tables.schema)
                return made
            }
            sent += rows
            sentBatches += 1
            if plan.mode == .append { try await commit(connection, rows) }
            next = try await upcoming
        }
    }

    private mutating func commit(_ connection: ADBCConnection, _ rows: Int) async throws {
        do {
            try await connection.run { try $0.commit() }
        } catch let error as DatabaseError where error.leavesDoubt {
            throw CommitInDoubt(rows: rows, cause: error)
        }
        report.rows += rows
        report.batches = rows > 0 ? sentBatches : report.batches
        report.partitions += uncommitted.map(tables.finalName)
        uncommitted = []
    }

    /// The days for which no partition has been asked for yet.
    private mutating func newDays(_ group: [RecordBatch]) throws -> [Int32] {
        guard let name = plan.partitionColumn else { return [] }
        var found: Set<Int32> = []
        for batch in group {
            guard let column = batch[name] else { continue }
            var last: Int32?
            func add(_ day: Int32) {
                if day != last, !knownDays.contains(day) { found.insert(day) }
                last = day
            }
            switch column.type {
            case .date32: for case let day? in try column.values(as: Int32.self) { add(day) }
            case .timestamp(let unit, _):
                let perDay = 86_400 * unit.unitsPerSecond
                for case let moment? in try column.values(as: Int64.self) {
                    add(Int32(truncatingIfNeeded: moment >= 0 ? moment / perDay : (moment + 1) / perDay - 1))
                }
            default:
                throw PlanError(
                    .invalidArgument, "the column “\(name)”, of \(column.type), has no days to divide the table by",
                    hint: "name a column of moments or days")
            }
        }
        knownDays.formUnion(found)
        return found.sorted()
    }

    private func names(_ fields: [ArrowField]) -> String { fields.map(\.name).joined(separator: ", ") }
}

/// A commit that was asked for and not answered.
private struct CommitInDoubt: Error {
    let rows: Int
    let cause: any Error
}

extension DatabaseError {
    /// Whether it says that the connection was lost rather than that something was refused.
    fileprivate var leavesDoubt: Bool { sqlState.map { $0.hasPrefix("08") || $0.hasPrefix("57P") } ?? true }
}

/// A query's rows in groups of so many.
private actor RowGroups {
    private let batches: any TableBatches
    private let rows: Int
    private var rest: RecordBatch?

    init(_ batches: any TableBatches, rows: Int) {
        self.batches = batches
        self.rows = rows
    }

    /// The next group, of which only the last is smaller; nil at the end.
    func next() async throws -> [RecordBatch]? {
        var group: [RecordBatch] = [], count = 0
        while count < rows {
            guard let batch = try await following() else { break }
            let room = rows - count
            if batch.rowCount > room {
                rest = batch[room..<batch.rowCount]
                group.append(batch[0..<room])
                count = rows
            } else if batch.rowCount > 0 {
                group.append(batch)
                count += batch.rowCount
            }
        }
        return group.isEmpty ? nil : group
    }

    private func following() async throws -> RecordBatch? {
        if let rest {
            self.rest = nil
            return rest
        }
        return try await batches.next()
    }
}
