internal import CArrowABI
internal import SheafCore
internal import Testing

@testable internal import SheafDuckDB

@Suite(.timeLimit(.minutes(1)))
struct QueryTests {
    /// SQL, Arrow's format of the column.
    @Test(arguments: [
        ("true", "b"), ("1::TINYINT", "c"), ("1::SMALLINT", "s"), ("1::INTEGER", "i"), ("1::BIGINT", "l"), ("1::UTINYINT", "C"),
        ("1::UBIGINT", "L"), ("1::FLOAT", "f"), ("1::DOUBLE", "g"), ("'a'", "u"), ("'a'::BLOB", "z"), ("DATE '2026-01-02'", "tdD"),
        ("TIME '01:02:03'", "ttu"), ("TIMESTAMP '2026-01-02 03:04:05'", "tsu:"), ("TIMESTAMP_NS '2026-01-02 03:04:05'", "tsn:"),
        ("1.25::DECIMAL(10,2)", "d:10,2,128"), ("[1, 2]", "+l"), ("{'a': 1}", "+s"), ("MAP {'a': 1}", "+m"), ("NULL::INTEGER", "i"),
    ])
    func typesAreArrows(sql: String, format: String) async throws {
        let database = try await DuckDBDatabase()
        let result = try await database.query("SELECT \(sql) AS value UNION ALL SELECT NULL")
        #expect(result.columnNames == ["value"])
        result.withSchema { schema in
            #expect(schema.pointee.n_children == 1)
            #expect(String(cString: schema.pointee.children[0]!.pointee.format) == format)
            #expect(String(cString: schema.pointee.children[0]!.pointee.name) == "value")
        }
        var batch = ArrowArray(), rows = 0
        while try await result.next(into: &batch) {
            rows += Int(batch.length)
            batch.release(&batch)
        }
        #expect(rows == 2)
        try await database.close()
    }

    @Test func valuesAndNulls() async throws {
        let database = try await DuckDBDatabase()
        let sql =
            "SELECT CASE WHEN i % 3 > 0 THEN i END AS n, i / 2 AS d, CASE WHEN i % 2 = 0 THEN 'text number ' || i END AS t FROM range(5000) r(i)"
        #expect(try await numbers(try await database.query(sql)) == (0..<5000).map { $0 % 3 > 0 ? Int64($0) : nil })
        #expect(try await numbers(try await database.query(sql), column: 1, as: Double.self) == (0..<5000).map { Double($0) / 2 })
        #expect(try await texts(try await database.query(sql), column: 2) == (0..<5000).map { $0 % 2 == 0 ? "text number \($0)" : nil })
    }

    @Test func aMillionRowsStream() async throws {
        let database = try await DuckDBDatabase(options: DuckDBOptions(threads: 2))
        let values = try await numbers(try await database.query("SELECT range FROM range(1000000)"))
        #expect(values.count == 1_000_000)
        #expect(values.enumerated().allSatisfy { $0.element == Int64($0.offset) })
        let result = try await database.query("SELECT range FROM range(1000000)")
        var sum: Int64 = 0
        while let chunk = try await result.nextChunk() {
            sum += chunk.withColumn(0, as: Int64.self) { values, validity in validity == nil ? values.reduce(0, +) : 0 }
        }
        #expect(sum == 499_999_500_000)
        await #expect(throws: EngineError.self) {
            let result = try await database.query("SELECT range FROM range(1000000)")
            var batch = ArrowArray()
            #expect(try await result.next(into: &batch))
            batch.release(&batch)
            while try await result.nextChunk() != nil {}
            while try await result.next(into: &batch) { batch.release(&batch) }
        }
    }

    @Test func statementsAndParameters() async throws {
        let database = try await DuckDBDatabase()
        try await database.execute("CREATE TABLE people (name VARCHAR, age BIGINT); CREATE TABLE other (x INTEGER)")
        let evil = "Robert'); DROP TABLE people; --"
        #expect(try await database.execute("INSERT INTO people VALUES (?, ?), (?, NULL)", parameters: [.text(evil), 7, "Ann"]) == 2)
        #expect(try await texts(try await database.query("SELECT name FROM people WHERE age = $1", parameters: [7])) == [evil])
        #expect(try await database.execute("UPDATE people SET age = 8") == 2)
        #expect(try await first(database, "SELECT sum(age) FROM people") == 16)
        let all: [DuckDBValue] = [nil, true, 1, 1.5, "é", .blob([0, 1]), .date(0), .timestamp(1_000_000)]
        let result = try await database.query(
            "SELECT $1 IS NULL AND $2 AND $3 = 1 AND $4 = 1.5 AND $5 = 'é' AND octet_length($6) = 2 AND $7 = DATE '1970-01-01' AND $8 = TIMESTAMP '1970-01-01 00:00:01'",
            parameters: all)
        #expect(try await numbers(result, as: UInt8.self).map { $0.map { $0 & 1 } } == [1])
        let error = await #expect(throws: SQLError.self) { try await database.query("SELECT ?", parameters: []) }
        #expect(error?.message.contains("1 parameters, and 0 values") == true)
    }

    @Test func eachConnectionIsItsOwn() async throws {
        let database = try await DuckDBDatabase()
        let connection = try await database.connect()
        try await connection.execute("CREATE TEMP TABLE mine AS SELECT 1 AS x")
        #expect(try await numbers(try await connection.query("SELECT x FROM mine"), as: Int32.self) == [1])
        await #expect(throws: SQLError.self) { try await database.execute("SELECT * FROM mine") }
        let open = try await connection.query("SELECT * FROM range(100000000)")
        let error = await #expect(throws: EngineError.self) { try await connection.execute("SELECT 1") }
        #expect(error?.code == .busy)
        try await open.close()
        let over = await #expect(throws: EngineError.self) { try await open.nextChunk() }
        #expect(over?.code == .closed)
        try await connection.execute("BEGIN; INSERT INTO mine VALUES (2); ROLLBACK")
        try await connection.close()
        let closed = await #expect(throws: EngineError.self) { try await connection.execute("SELECT 1") }
        #expect(closed?.code == .closed)
    }

    @Test func manyQueriesAtATime() async throws {
        let database = try await DuckDBDatabase(options: DuckDBOptions(threads: 2))
        let sums = try await withThrowingTaskGroup(of: (Int64, Int64).self) { group in
            for number in 0..<100 {
                group.addTask {
                    let result = try await database.query("SELECT range * $1 FROM range(3000)", parameters: [.int(Int64(number))])
                    return (Int64(number), try await numbers(result).reduce(0) { $0 + ($1 ?? 0) })
                }
            }
            return try await group.reduce(into: [Int64: Int64]()) { $0[$1.0] = $1.1 }
        }
        #expect(sums == Dictionary(uniqueKeysWithValues: (0..<100).map { ($0, $0 * 4_498_500) }))
    }

    @Test func openResultsHoldNoThread() async throws {
        // More open results than there are threads for calls.
        let database = try await DuckDBDatabase(options: DuckDBOptions(threads: 1))
        var open: [DuckDBResult] = []
        for _ in 0..<40 { open.append(try await database.query("SELECT range FROM range(100000)")) }
        for result in open { #expect(try await result.nextChunk()?.count == 2048) }
        #expect(try await first(database, "SELECT 5") == 5)
    }

    @Test func closedDatabasesRefuse() async throws {
        let database = try await DuckDBDatabase()
        let result = try await database.query("SELECT range FROM range(100000000)")
        _ = try await result.nextChunk()
        try await database.close()
        let error = await #expect(throws: EngineError.self) { while try await result.nextChunk() != nil {} }
        #expect(error?.code == .closed)
        await #expect(throws: EngineError.self) { try await database.execute("SELECT 1") }
        await #expect(throws: EngineError.self) { try await database.connect() }
        try await database.close()
    }
}
