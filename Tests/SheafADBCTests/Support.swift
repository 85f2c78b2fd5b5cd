import Foundation
import SheafArrow
import SheafCore
import SheafDuckDB
import SheafLocal
import SheafTable
import Testing

@testable import SheafADBC

extension Session {
    static func ofTables() -> Session {
        let options = SessionOptions(workers: 2, memory: 1 << 30)
        let session = Session(engine: LocalEngine(options: options), options: options)
        session.use(DuckDBTables(options: options))
        return session
    }
}

/// The server that `dev/postgres` started for the tests.
enum Server {
    static let url = ProcessInfo.processInfo.environment["SHEAF_TEST_POSTGRES"]
    static let isThere = url != nil
    static var database: Database { .postgresql(url ?? "postgresql://none") }

    /// Runs statements in a transaction of their own.
    static func execute(_ statements: String..., in database: Database = database) async throws {
        let connection = try await ADBCConnection.open(database)
        try await connection.run { connection in
            for statement in statements { try connection.execute(statement) }
            try connection.commit()
            connection.close()
        }
    }

    /// What a statement in text gives, one line a row, run apart from the code that is tested.
    static func ask(_ sql: String, in database: Database = database) async throws -> [String] {
        let session = Session.ofTables()
        let batches = try await session.table(from: database, query: sql).batches()
        await session.close()
        return batches.flatMap { batch in
            (0..<batch.rowCount).map { row in batch.columns.map { "\($0.cell(at: row))" }.joined(separator: "|") }
        }
    }
}

/// A name that no other test has.
func uniqueName(_ prefix: String) -> String {
    prefix + "_" + UUID().uuidString.prefix(8).lowercased()
}

/// A path of a SQLite file that is removed with its owner.
final class TemporaryFile {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("sheaf-adbc-\(UUID().uuidString).db").path

    deinit { for suffix in ["", "-journal", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) } }
}

struct Everything: TableRow, Equatable {
    var id: Int
    var flag: Bool?
    var small: Int16?
    var wide: Int64?
    var real: Double?
    var single: Float?
    var text: String?
    var day: CalendarDate?
    var moment: Date?
    var price: Decimal?
    var bytes: Data?
    var key: UUID?

    static let samples = [
        Everything(
            id: 1, flag: true, small: -7, wide: .max, real: 0.1, single: 1.5, text: "naïve “quotes” ' \" \\ ; DROP TABLE t; --\n",
            day: CalendarDate(year: 1969, month: 12, day: 31), moment: Date(timeIntervalSince1970: 1_706_745_599.123456),
            price: Decimal(string: "-1234567890123.0123456789"), bytes: Data([0, 1, 255]), key: UUID()),
        Everything(id: 2),
        Everything(
            id: 3, flag: false, small: .max, wide: .min, real: -.infinity, single: 0, text: "",
            day: CalendarDate(year: 2024, month: 2, day: 29),
            moment: Date(timeIntervalSince1970: -0.5), price: 0, bytes: Data(), key: UUID()),
    ]
}

struct Event: TableRow, Equatable {
    var id: Int
    var user: String
    var time: Date

    /// So many, an hour after another, from 30 January 2024, 00:00 UTC.
    static func samples(_ count: Int) -> [Event] {
        (0..<count).map {
            Event(id: $0, user: "user \($0 % 7)", time: Date(timeIntervalSince1970: 1_706_572_800 + Double($0) * 3600))
        }
    }
}
