import Foundation
import SheafADBC
import SheafCore
import SheafTable
import Testing

@Suite struct RoundTripTests {
    private func roundTrip(_ database: Database, _ mode: LoadMode) async throws {
        let session = Session.ofTables()
        let table = uniqueName("every thing\"; DROP")
        let report = try await session.table(Everything.samples).write(to: database, table: table, mode: mode, batchRows: 2)
        #expect(report.rows == 3 && report.batches == 2)
        let back = try await session.table(from: database, table: table, as: Everything.self).sorted(by: \.id).collect()
        #expect(back == Everything.samples)
        // Several scans of one table, and operations on the embedded engine.
        let source = session.table(from: database, table: table, as: Everything.self)
        #expect(try await source.join(source, on: { $0.id == $1.id }).count() == 3)
        #expect(try await source.filter { $0.flag.isNull }.count() == 1)
        await session.close()
    }

    @Test(.enabled(if: Server.isThere), arguments: LoadMode.allCases) func postgreSQLKeepsAllTypes(mode: LoadMode) async throws {
        try await roundTrip(Server.database, mode)
    }

    @Test(arguments: LoadMode.allCases) func sqliteKeepsAllTypes(mode: LoadMode) async throws {
        let file = TemporaryFile()
        try await roundTrip(.sqlite(file.path), mode)
    }

    @Test(.enabled(if: Server.isThere)) func postgreSQLsColumnsHaveTheTypesOneWouldGiveThem() async throws {
        let session = Session.ofTables()
        let table = uniqueName("types")
        try await session.table(Everything.samples).write(to: Server.database, table: table, mode: .create)
        let types = try await Server.ask(
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = '\(table)' ORDER BY ordinal_position")
        #expect(
            types == [
                "id|bigint", "flag|boolean", "small|smallint", "wide|bigint", "real|double precision", "single|real", "text|text",
                "day|date",
                "moment|timestamp with time zone", "price|numeric", "bytes|bytea", "key|text",
            ])
        await session.close()
    }

    @Test(.enabled(if: Server.isThere)) func valuesBecomeTheTypesOfATableThatIsThere() async throws {
        let session = Session.ofTables()
        let table = uniqueName("there")
        try await Server.execute(
            "CREATE TABLE \(table) (extra int DEFAULT 5, key uuid, price numeric(30, 2), id int, moment timestamp, flag bool, small bigint, "
                + "wide numeric, real real, single double precision, text varchar(100), day date, bytes bytea)")
        let rows = [Everything.samples[0], Everything.samples[1]]
        try await session.table(rows).write(to: Server.database, table: table)
        let back = try await session.table(from: Server.database, table: table, as: Everything.self).sorted(by: \.id).collect()
        #expect(back.map(\.key) == rows.map(\.key))
        #expect(back.map(\.moment) == rows.map(\.moment))
        #expect(back[0].price == Decimal(string: "-1234567890123.01"))
        #expect(back[0].wide == .max)
        #expect(try await Server.ask("SELECT sum(extra) FROM \(table)") == ["10"])
        // A value that does not fit.
        try await Server.execute("ALTER TABLE \(table) ALTER COLUMN wide TYPE int USING 1")
        await #expect(throws: LoadError.self) { try await session.table(rows).write(to: Server.database, table: table) }
        #expect(try await Server.ask("SELECT count(*) FROM \(table)") == ["2"])
        await session.close()
    }

    @Test(.enabled(if: Server.isThere)) func queriesAreReadWithTheColumnsOfTheRowTypeAlone() async throws {
        let session = Session.ofTables()
        struct Pair: TableRow, Equatable { var id: Int; var half: Double }
        let query = "SELECT g AS id, g / 2.0 AS half, 'x' AS more FROM generate_series(1, 3) AS g ORDER BY g -- all of them;\n ; "
        let pairs = session.table(from: Server.database, query: query, as: Pair.self)
        #expect(try await pairs.collect() == [Pair(id: 1, half: 0.5), Pair(id: 2, half: 1), Pair(id: 3, half: 1.5)])
        #expect(try await pairs.explain().isEmpty == false)
        let untyped = session.table(from: Server.database, query: query)
        #expect(try await untyped.filter { $0["id", as: Int.self] > 1 }.count() == 2)
        await session.close()
    }

    @Test func sqliteGivesTheRowsOfAQuery() async throws {
        let file = TemporaryFile(), session = Session.ofTables(), events = Event.samples(2_500)
        let report = try await session.table(events).write(
            to: .sqlite(file.path), table: "events", batchRows: 1_000, indexes: [.on(\.user)])
        #expect(report.rows == 2_500 && report.batches == 3 && report.indexes == ["events_user_idx"])
        let query = "SELECT * FROM events WHERE id % 2 = 0"
        let even = try await session.table(from: .sqlite(file.path), query: query, as: Event.self).sorted(by: \.id).collect()
        #expect(even == events.filter { $0.id.isMultiple(of: 2) })
        #expect(try await Server.ask("SELECT name FROM sqlite_master WHERE type = 'index'", in: .sqlite(file.path)) == ["events_user_idx"])
        await session.close()
    }
}
