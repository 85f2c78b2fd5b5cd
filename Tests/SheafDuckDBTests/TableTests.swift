internal import CArrowABI
internal import Foundation
internal import SheafCore
internal import Testing

@testable internal import SheafDuckDB

@Suite(.timeLimit(.minutes(1)))
struct TableTests {
    @Test func tablesInMemoryJoin() async throws {
        let database = try await DuckDBDatabase(options: DuckDBOptions(threads: 2))
        let facts = try await table(
            database, "SELECT range AS id, range % 10 AS k, range * 1.5::DOUBLE AS v, 'name ' || range AS t FROM range(300000)")
        let names = try await table(database, "SELECT range AS k, chr((65 + range)::INTEGER) AS letter FROM range(10)")
        #expect(facts.count == 300_000 && facts.columnNames == ["id", "k", "v", "t"])
        let tables = ["facts": facts, "na\"mes": names]
        #expect(try await first(database, "SELECT count(*) FROM facts", tables: tables) == 300_000)
        #expect(try await first(database, "SELECT sum(id) FROM facts", tables: tables) == 44_999_850_000)
        // Twice in one query, with different columns.
        #expect(
            try await first(database, "SELECT count(*) FROM facts a JOIN facts b ON a.id = b.id AND b.t = 'name ' || a.id", tables: tables)
                == 300_000)
        let joined = try await database.query(
            "SELECT letter || count(*) || max(t) FROM facts JOIN \"na\"\"mes\" USING (k) GROUP BY letter ORDER BY letter LIMIT 2",
            tables: tables)
        #expect(try await texts(joined) == ["A30000name 99990", "B30000name 99991"])
        // The order of the batches is the order of the rows, and nothing stays registered.
        #expect(try await numbers(try await database.query("SELECT id FROM facts", tables: tables)) == (0..<300_000).map { Int64($0) })
        await #expect(throws: SQLError.self) { try await database.execute("FROM facts") }
    }

    @Test func allTypesGoInAndOut() async throws {
        let database = try await DuckDBDatabase(options: DuckDBOptions(threads: 2))
        let columns = [
            "i % 2 = 0 AS a", "i::TINYINT AS b", "(i * 300)::INTEGER AS c", "i::FLOAT AS d", "DATE '2026-01-01' + i::INTEGER AS e",
            "TIMESTAMP '2026-01-01' + to_seconds(i) AS f", "(i / 4)::DECIMAL(9, 2) AS g", "(i * 1e12)::DECIMAL(38, 4) AS h",
            "'a long text, number ' || i AS j",
            "('x' || i)::BLOB AS k", "[i, i + 1] AS l", "{'p': i, 'q': 'text ' || i} AS m", "MAP {i: 'v' || i} AS n",
            "[['n' || i], []] AS o",
            "{'s': [i, NULL]} AS p", "TIME '00:00:00' + to_seconds(i) AS q", "(i % 3)::VARCHAR::ENUM ('0', '1', '2') AS r", "uuid() AS t",
            "TIMESTAMPTZ '2026-01-01 00:00:00+00' AS u", "i::HUGEINT AS v", "to_days(i::INTEGER) AS w",
        ]
        let nulls = columns.map { column in
            let parts = column.components(separatedBy: " AS ")
            return "CASE WHEN i % 7 <> 3 THEN \(parts[0]) END AS \(parts[1])"
        }
        try await database.execute(
            "CREATE TABLE original AS SELECT i, array_value(i, i) AS s, \(nulls.joined(separator: ", ")) FROM range(100) t(i)")
        try await database.execute("INSERT INTO original SELECT r.range * 100 + i, original.* EXCLUDE (i) FROM original, range(1, 60) r")
        let copy = try await table(database, "FROM original")
        for column in copy.columnNames {
            let sql = "SELECT count(*) FROM original JOIN copy USING (i) WHERE original.\(column) IS DISTINCT FROM copy.\(column)"
            #expect(try await first(database, sql, tables: ["copy": copy]) == 0, "column \(column)")
        }
        #expect(try await first(database, "SELECT count(*) FROM copy", tables: ["copy": copy]) == 6000)
    }

    @Test func connectionsKeepWhatIsRegistered() async throws {
        let database = try await DuckDBDatabase()
        let connection = try await database.connect()
        let one = try await table(database, "SELECT 1::BIGINT AS x"), two = try await table(database, "SELECT 2::BIGINT AS x")
        try await connection.register("t", one)
        #expect(try await numbers(try await connection.query("FROM t")) == [1])
        try await connection.register("t", two)
        #expect(try await numbers(try await connection.query("FROM t")) == [2])
        let open = try await connection.query("FROM t")
        await #expect(throws: SQLError.self) { try await database.execute("FROM t") }
        #expect(try await numbers(open) == [2])
        try await connection.unregister("t")
        await #expect(throws: SQLError.self) { try await connection.execute("FROM t") }
        try await connection.register("t", one)
        try await connection.close()
    }

    @Test func emptyTablesHaveTypes() async throws {
        let database = try await DuckDBDatabase()
        let none = try await table(database, "SELECT 1 AS a, 'x' AS b, [1] AS c, {'d': 1} AS d, 'x'::ENUM ('x') AS e WHERE false")
        #expect(none.count == 0)
        let types = try await texts(try await database.query("SELECT column_type FROM (DESCRIBE FROM none)", tables: ["none": none]))
        #expect(types == ["INTEGER", "VARCHAR", "INTEGER[]", "STRUCT(d INTEGER)", "VARCHAR"])
        #expect(try await first(database, "SELECT count(*) FROM none", tables: ["none": none]) == 0)
    }

    @Test func wrongTablesAreRefused() async throws {
        let database = try await DuckDBDatabase()
        let error = await #expect(throws: EngineError.self) {
            let narrow = try await database.query("SELECT 1 AS a")
            var batch = ArrowArray()
            #expect(try await narrow.next(into: &batch))
            _ = try DuckDBTable(schema: try await database.query("SELECT 1 AS a, 2 AS b").takeSchema(), batches: [batch])
        }
        let nested = try await table(database, "SELECT ['a'::ENUM ('a')] AS l")
        let refused = await #expect(throws: EngineError.self) { try await database.execute("FROM t", tables: ["t": nested]) }
        #expect(refused?.code == .unsupported)
        #expect(error?.code == .invalidArgument && error?.message.contains("batch 0 has 1 columns") == true)
    }
}
