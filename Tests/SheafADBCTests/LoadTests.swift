import Foundation
import SheafADBC
import SheafCore
import SheafTable
import Testing

@Suite struct LoadTests {
    @Test(.enabled(if: Server.isThere)) func modesOnPostgreSQL() async throws { try await modes(Server.database) }

    @Test func modesOnSQLite() async throws {
        let file = TemporaryFile()
        try await modes(.sqlite(file.path))
    }

    private func modes(_ database: Database) async throws {
        let session = Session.ofTables(), table = uniqueName("modes"), rows = session.table(Event.samples(100))
        func count() async throws -> Int { try await session.table(from: database, table: table, as: Event.self).count() }

        let made = try await rows.write(to: database, table: table, mode: .create, indexes: [.on(\.user), .on(\.id, unique: true)])
        #expect(made.rows == 100 && made.batches == 1 && made.indexes == ["\(table)_user_idx", "\(table)_id_idx"])
        #expect(made.description.hasPrefix("100 rows into \(table) in 1 batch, 2 indexes, in "))
        let refused = await #expect(throws: LoadError.self) { try await rows.write(to: database, table: table, mode: .create) }
        #expect(refused?.code == .tableExists && refused?.committed.rows == 0)
        #expect((refused?.cause as? DatabaseError)?.hint?.contains(".replace") == true)

        // The unique index refuses the same rows again; nothing of them stays.
        let twice = await #expect(throws: LoadError.self) { try await rows.write(to: database, table: table) }
        #expect(twice?.committed.rows == 0)
        #expect(try await count() == 100)
        let more = session.table(Array(Event.samples(150).dropFirst(100)))
        #expect(try await more.write(to: database, table: table, batchRows: 20).batches == 3)
        #expect(try await count() == 150)

        for _ in 0..<2 {
            let again = try await rows.write(
                to: database, table: table, mode: .replace, indexes: [.on(\.user), .on(columns: ["time", "id"])])
            #expect(again.rows == 100 && again.indexes == ["\(table)_user_idx", "\(table)_time_id_idx"])
            #expect(try await count() == 100)
        }
        let none = try await session.table([Event]()).write(to: database, table: table, mode: .replace)
        #expect(none.rows == 0 && none.batches == 0)
        #expect(try await count() == 0)
        await session.close()
    }

    @Test(.enabled(if: Server.isThere), arguments: [LoadMode.append, .replace, .create])
    func aPartitionADay(mode: LoadMode) async throws {
        let session = Session.ofTables(), table = uniqueName("days"), events = Event.samples(60)
        let report = try await session.table(events).write(
            to: Server.database, table: table, mode: mode, batchRows: 25, partition: .byDay(of: \.time),
            indexes: [.on(\.user)], .deferred)
        let names = ["20240130", "20240131", "20240201"].map { "\(table)_\($0)" }
        #expect(report.partitions == names && report.rows == 60 && report.batches == 3)
        let found = try await Server.ask(
            "SELECT c.relname, (SELECT count(*) FROM pg_class i JOIN pg_index x ON x.indexrelid = i.oid WHERE x.indrelid = c.oid) "
                + "FROM pg_inherits h JOIN pg_class c ON c.oid = h.inhrelid WHERE h.inhparent = '\(table)'::regclass ORDER BY 1")
        #expect(found == names.map { "\($0)|1" })
        #expect(try await Server.ask("SELECT count(*) FROM \(names[1])") == ["24"])
        #expect(
            try await Server.ask("SELECT count(*) FROM pg_indexes WHERE tablename = '\(table)' AND indexname = '\(table)_user_idx'") == [
                "1"
            ])
        // Again, over what is there.
        let again = try await session.table(events).write(
            to: Server.database, table: table, mode: mode == .create ? .replace : mode, partition: .byDay(of: \.time),
            indexes: [.on(\.user)])
        #expect(again.rows == 60 && again.partitions == (mode == .append ? [] : names))
        #expect(try await Server.ask("SELECT count(*) FROM \(table)") == [mode == .append ? "120" : "60"])
        await session.close()
    }

    @Test(.enabled(if: Server.isThere)) func daysOfTheCalendarDivideToo() async throws {
        struct Day: TableRow { var day: CalendarDate; var n: Int }
        let session = Session.ofTables(), table = uniqueName("calendar")
        let days = (0..<3).map { Day(day: CalendarDate(daysSince1970: $0 - 1), n: Int($0)) }
        let report = try await session.table(days).write(to: Server.database, table: table, partition: .byDay(column: "day"))
        #expect(report.partitions == ["19691231", "19700101", "19700102"].map { "\(table)_\($0)" })
        await session.close()
    }

    @Test(.enabled(if: Server.isThere)) func aRowWithoutADayIsRefused() async throws {
        struct Entry: TableRow { var day: CalendarDate?; var n: Int }
        let session = Session.ofTables(), table = uniqueName("dayless")
        let rows = [Entry(day: CalendarDate(daysSince1970: 0), n: 1), Entry(day: nil, n: 2)]
        let error = await #expect(throws: LoadError.self) {
            try await session.table(rows).write(to: Server.database, table: table, mode: .create, partition: .byDay(of: \.day))
        }
        #expect((error?.cause as? DatabaseError)?.sqlState == "23514")
        let wrong = await #expect(throws: PlanError.self) {
            try await session.table(rows).write(to: Server.database, table: table, mode: .create, partition: .byDay(column: "hour"))
        }
        #expect(wrong?.hint == "name one of day, n")
        #expect(try await Server.ask("SELECT to_regclass('\(table)') IS NULL") == ["true"])
        await session.close()
    }

    @Test(.enabled(if: Server.isThere)) func aSchemaIsNamedApart() async throws {
        let session = Session.ofTables(), schema = uniqueName("Schema"), table = "T.\"x\""
        try await Server.execute("CREATE SCHEMA \"\(schema)\"")
        for mode in [LoadMode.create, .append, .replace] {
            try await session.table(Event.samples(30)).write(
                to: Server.database, table: table, schema: schema, mode: mode, partition: .byDay(of: \.time), indexes: [.on(\.id)])
        }
        #expect(try await session.table(from: Server.database, table: table, schema: schema, as: Event.self).count() == 30)
        await session.close()
    }

    @Test func whatSQLiteCannotDoIsSaidBeforeAnythingRuns() async throws {
        let session = Session.ofTables(), file = TemporaryFile()
        let refused = await #expect(throws: PlanError.self) {
            try await session.table(Event.samples(1)).write(to: .sqlite(file.path), table: "t", partition: .byDay(of: \.time))
        }
        #expect(refused?.code == .unsupported)
        #expect(!FileManager.default.fileExists(atPath: file.path))
        await #expect(throws: PlanError.self) { try await session.table(Event.samples(1)).write(to: .sqlite(file.path), table: "") }
        await #expect(throws: PlanError.self) {
            try await session.table(Event.samples(1)).write(to: .sqlite(file.path), table: "t", batchRows: 0)
        }
        await session.close()
    }
}
