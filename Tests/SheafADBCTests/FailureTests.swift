import Foundation
import SheafCore
import SheafTable
import Testing

@testable import SheafADBC

@Suite struct FailureTests {
    private func databaseError(_ body: () async throws -> Void) async throws -> DatabaseError {
        do {
            try await body()
        } catch let error as DatabaseError {
            return error
        } catch let error as LoadError {
            return try #require(error.cause as? DatabaseError)
        }
        throw TaskError(.failed, "nothing was thrown")
    }

    @Test(.enabled(if: Server.isThere)) func whatPostgreSQLRefusesIsTyped() async throws {
        let session = Session.ofTables(), table = uniqueName("refused")
        func read(_ query: String) async throws -> DatabaseError {
            try await databaseError { _ = try await session.table(from: Server.database, query: query, as: Event.self).collect() }
        }
        let syntax = try await read("SELEKT 1")
        #expect(syntax.sqlState == "42601" && syntax.message.contains("SELEKT") && syntax.statement.contains("SELEKT 1"))
        #expect(try await read("SELECT * FROM nowhere").sqlState == "42P01")
        #expect(try await read("SELECT 1 AS id").sqlState == "42703")
        // In the middle of the rows.
        let late = "SELECT 1 / (5000 - g) AS id, 'x' AS user, now() AS time FROM generate_series(1, 9000) AS g"
        #expect(try await read(late).sqlState == "22012")
        // A column that the table does not have.
        try await Server.execute("CREATE TABLE \(table) (id int)")
        let missing = try await databaseError { try await session.table(Event.samples(1)).write(to: Server.database, table: table) }
        #expect(missing.sqlState == "42703")
        // A table that is not divided.
        let whole = uniqueName("whole")
        try await session.table(Event.samples(1)).write(to: Server.database, table: whole)
        let undivided = try await databaseError {
            try await session.table(Event.samples(1)).write(to: Server.database, table: whole, partition: .byDay(of: \.time))
        }
        #expect(undivided.sqlState == "42P17")
        await session.close()
    }

    @Test func whatSQLiteRefusesIsTyped() async throws {
        let session = Session.ofTables(), file = TemporaryFile()
        await #expect(throws: (any Error).self) { try await session.table(from: .sqlite(file.path), query: "SELECT 1").count() }
        #expect(!FileManager.default.fileExists(atPath: file.path))
        let nowhere = try await databaseError {
            try await session.table(Event.samples(1)).write(to: .sqlite("/nowhere/else/x.db"), table: "t")
        }
        #expect(nowhere.code == .inputNotFound)
        // An input that is not there makes no file.
        await #expect(throws: LoadError.self) { try await session.csv("/nowhere/x.csv").write(to: .sqlite(file.path), table: "t") }
        #expect(!FileManager.default.fileExists(atPath: file.path))
        try await session.table(Event.samples(1)).write(to: .sqlite(file.path), table: "t")
        let error = try await databaseError { _ = try await session.table(from: .sqlite(file.path), query: "SELECT nope FROM t").count() }
        #expect(error.message.contains("nope") && error.statement.contains("nope"))
        await session.close()
    }

    @Test(arguments: [
        "postgresql://me:geheim123@127.0.0.1:1/db", "postgresql://me@127.0.0.1:1/db?password=geheim123",
        "postgresql://me:geheim123%@127.0.0.1:1/db", "postgresql://me:x@geheim123@127.0.0.1:1/db", "postgres://me:a/geheim123@h/db",
        "geheim123", "host=127.0.0.1 password=geheim123", "postgresql://me:geheim123@127.0.0.1:1/db?nonsense=1",
    ]) func passwordsAreNeverShown(url: String) async throws {
        let database = Database.postgresql(url), session = Session.ofTables()
        #expect(!database.description.contains("geheim"))
        do {
            _ = try await session.table(from: database, query: "SELECT 1").count()
            Issue.record("there is no such server")
        } catch {
            #expect(!"\(error)".contains("geheim"))
            var dumped = ""
            dump(error, to: &dumped)
            dump(database, to: &dumped)
            debugPrint([database], to: &dumped)
            #expect(!dumped.contains("geheim"))
        }
        await session.close()
    }

    @Test(.enabled(if: Server.isThere)) func aServerThatEndsTheConnectionLeavesWhatWasCommitted() async throws {
        let session = Session.ofTables(), table = uniqueName("killed")
        // The server itself ends the connection, at a row in the fourth batch.
        try await Server.execute(
            "CREATE TABLE \(table) (id bigint, \"user\" text, time timestamptz)",
            "CREATE FUNCTION \(table)_kill() RETURNS trigger LANGUAGE plpgsql AS "
                + "$$ BEGIN IF NEW.id = 3500 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF; RETURN NEW; END $$",
            "CREATE TRIGGER kill BEFORE INSERT ON \(table) FOR EACH ROW EXECUTE FUNCTION \(table)_kill()")
        let rows = session.table(Event.samples(6_000))
        let error = await #expect(throws: LoadError.self) { try await rows.write(to: Server.database, table: table, batchRows: 1_000) }
        #expect(error?.committed.rows == 3_000 && error?.committed.batches == 3 && error?.rowsInDoubt == 0)
        #expect(error?.hint?.contains(".replace") == true)
        #expect((error?.cause as? DatabaseError)?.sqlState == "57P01" || "\(error as Any)".contains("terminat"))
        #expect(try await Server.ask("SELECT count(*) FROM \(table)") == ["3000"])
        // Made anew, without the trigger, it has all rows once.
        try await rows.write(to: Server.database, table: table, mode: .replace, batchRows: 1_000)
        #expect(try await Server.ask("SELECT count(*), count(DISTINCT id) AS ids FROM \(table)") == ["6000|6000"])
        await session.close()
    }

    @Test(.enabled(if: Server.isThere)) func aReplacementThatFailsLeavesTheOldTable() async throws {
        let session = Session.ofTables(), table = uniqueName("kept")
        try await session.table(Event.samples(10)).write(to: Server.database, table: table)
        // The second batch of the query cannot be computed.
        let broken = session.table(Event.samples(5_000)).select {
            (id: cases(($0.id < 4_000, "1"), otherwise: "x").cast(to: Int.self), user: $0.user, time: $0.time)
        }
        let error = await #expect(throws: LoadError.self) {
            try await broken.write(to: Server.database, table: table, mode: .replace, batchRows: 1_000)
        }
        #expect(error?.committed.rows == 0)
        #expect(try await Server.ask("SELECT count(*) FROM \(table)") == ["10"])
        await session.close()
    }

    @Test(.enabled(if: Server.isThere)) func cancellingEndsAQuery() async throws {
        let mark = uniqueName("sleeping")
        let task = Task {
            let session = Session.ofTables()
            defer { Task { await session.close() } }
            return try await session.table(from: Server.database, query: "SELECT pg_sleep(600)::text AS \(mark)").count()
        }
        try await untilThere("SELECT count(*) > 0 FROM pg_stat_activity WHERE query LIKE '%AS \(mark)%' AND query NOT LIKE '%pg_stat%'")
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        try await untilThere(
            "SELECT count(*) = 0 FROM pg_stat_activity WHERE query LIKE '%AS \(mark)%' AND state = 'active' AND query NOT LIKE '%pg_stat%'")
    }

    @Test(.enabled(if: Server.isThere)) func cancellingEndsALoad() async throws {
        let table = uniqueName("cancelled")
        // Its second batch waits.
        try await Server.execute(
            "CREATE TABLE \(table) (id bigint, \"user\" text, time timestamptz)",
            "CREATE FUNCTION \(table)_wait() RETURNS trigger LANGUAGE plpgsql AS "
                + "$$ BEGIN IF NEW.id = 1500 THEN PERFORM pg_sleep(600); END IF; RETURN NEW; END $$",
            "CREATE TRIGGER wait BEFORE INSERT ON \(table) FOR EACH ROW EXECUTE FUNCTION \(table)_wait()")
        let task = Task {
            let session = Session.ofTables()
            defer { Task { await session.close() } }
            return try await session.table(Event.samples(3_000)).write(to: Server.database, table: table, batchRows: 1_000)
        }
        try await untilThere("SELECT count(*) = 1000 FROM \(table)")
        try await untilThere("SELECT count(*) > 0 FROM pg_stat_activity WHERE query LIKE 'COPY%\(table)%' AND wait_event = 'PgSleep'")
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(try await Server.ask("SELECT count(*) FROM \(table)") == ["1000"])
    }

    @Test func cancellingEndsAQueryOfSQLite() async throws {
        let file = TemporaryFile(), session = Session.ofTables()
        try await session.table(Event.samples(1)).write(to: .sqlite(file.path), table: "t")
        let task = Task {
            let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"
            return try await session.table(from: .sqlite(file.path), query: endless).count()
        }
        await Task.yield()
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        await session.close()
    }

    @Test func aDriverThatIsMissingIsSaidWithWhatToRun() throws {
        let error = #expect(throws: EngineError.self) {
            try ADBCDriver.find(.postgresql) { ["SHEAF_ADBC_POSTGRESQL": "/nowhere/driver.so"][$0] }
        }
        #expect(error?.code == .missingLibrary && error?.hint?.contains("dev/adbc") == true)
    }

    /// Asks until the answer is yes; the test's own time limit ends it.
    private func untilThere(_ question: String) async throws {
        while try await Server.ask(question) != ["true"] { try Task.checkCancellation() }
    }
}
