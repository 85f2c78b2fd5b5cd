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

let planning = Session(engine: LocalEngine(options: SessionOptions(workers: 1)), options: SessionOptions(workers: 1))

func sql(of table: any AnyTable) throws -> String { try SQLCompiler.sql(table.relation, DuckDBDialect()) }

extension Table {
    func sql() throws -> String { try SheafTableTests.sql(of: self) }
}
