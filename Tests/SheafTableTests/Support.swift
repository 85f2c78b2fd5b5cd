import SheafCore
import SheafDuckDB
import SheafLocal
import SheafTable

struct Flight: TableRow, Equatable {
    var carrier: String
    var depDelay: Double?
    var distance: Int
    var flightDate: CalendarDate
    var tailnum: String?
}

struct Plane: TableRow {
    var tailnum: String
    var seats: Int
    var carrier: String
}

let planning = Session.ofTables()

extension Session {
    /// A session of the embedded engines.
    static func ofTables(workers: Int = 1, memory: Int = 1 << 30) -> Session {
        ofTables(SessionOptions(workers: workers, memory: memory))
    }

    static func ofTables(_ options: SessionOptions) -> Session {
        let session = Session(engine: LocalEngine(options: options), options: options)
        session.use(DuckDBTables(options: options))
        return session
    }
}

func sql(of table: any AnyTable) throws -> String { try SQLCompiler.sql(table.relation, DuckDBDialect()) }
