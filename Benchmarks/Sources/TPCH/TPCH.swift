internal import Foundation
public import SheafArrow
public import SheafCore
public import SheafTable

/// The eight tables, from Parquet files as `tpchgen-cli parquet` writes them.
public struct TPCHTables: Sendable {
    public let region: Table<Region>
    public let nation: Table<Nation>
    public let supplier: Table<Supplier>
    public let customer: Table<Customer>
    public let part: Table<Part>
    public let partsupp: Table<PartSupp>
    public let orders: Table<Order>
    public let lineitem: Table<LineItem>
    /// How many gigabytes, about, the data are as text. Only Q11 asks.
    public let scaleFactor: Double

    /// - Parameter folder: where `lineitem.parquet` and the others are.
    public init(_ session: Session, folder: String, scaleFactor: Double = 1) {
        region = session.parquet("\(folder)/region.parquet", as: Region.self)
        nation = session.parquet("\(folder)/nation.parquet", as: Nation.self)
        supplier = session.parquet("\(folder)/supplier.parquet", as: Supplier.self)
        customer = session.parquet("\(folder)/customer.parquet", as: Customer.self)
        part = session.parquet("\(folder)/part.parquet", as: Part.self)
        partsupp = session.parquet("\(folder)/partsupp.parquet", as: PartSupp.self)
        orders = session.parquet("\(folder)/orders.parquet", as: Order.self)
        lineitem = session.parquet("\(folder)/lineitem.parquet", as: LineItem.self)
        self.scaleFactor = scaleFactor
    }
}

/// A query of TPC-H, with the standard's validation parameters: as a typed expression, and as SQL written by hand over tables of the
/// standard's names.
public struct TPCHQuery: Sendable {
    public let number: Int
    /// What the standard calls it.
    public let title: String
    /// SQL by hand, for a scale factor.
    public let sql: @Sendable (_ scaleFactor: Double) -> String
    /// The typed expression.
    public let table: @Sendable (TPCHTables) -> any AnyTable
    /// The typed expression's rows.
    public let batches: @Sendable (TPCHTables) async throws -> [RecordBatch]

    init<Row>(_ number: Int, _ title: String, _ table: @escaping @Sendable (TPCHTables) -> Table<Row>, sql: String) {
        self.init(number, title, table, scaledSQL: { _ in sql })
    }

    init<Row>(
        _ number: Int, _ title: String, _ table: @escaping @Sendable (TPCHTables) -> Table<Row>,
        scaledSQL: @escaping @Sendable (_ scaleFactor: Double) -> String
    ) {
        self.number = number
        self.title = title
        self.table = { table($0) }
        batches = { try await table($0).batches() }
        sql = scaledSQL
    }

    /// All 22, in order.
    public static let all: [TPCHQuery] = [
        q1, q2, q3, q4, q5, q6, q7, q8, q9, q10, q11, q12, q13, q14, q15, q16, q17, q18, q19, q20, q21, q22,
    ]
}

/// The typed expressions, one function a query.
public enum TPCH {
    /// A day that exists.
    static func day(_ year: Int, _ month: Int, _ day: Int) -> CalendarDate {
        guard let date = CalendarDate(year: year, month: month, day: day) else { preconditionFailure("no day \(year)-\(month)-\(day)") }
        return date
    }

    /// A decimal with two places. A literal such as 0.07 would go through a double: 0.07000000000000001024.
    static func hundredths(_ count: Int) -> Decimal { Decimal(count) / 100 }
}
