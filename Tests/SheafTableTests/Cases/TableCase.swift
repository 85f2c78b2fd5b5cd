import Foundation
import SheafCore
import SheafTable

/// One question to tables, whose answer is in `Oracle/tables.json` under the same name, computed by `dev/oracle/tables.py`.
struct TableCase: Sendable, CustomStringConvertible {
    let name: String
    /// Whether the order of the rows is part of the answer.
    let isOrdered: Bool
    let table: @Sendable (CaseInputs) -> any AnyTable

    init(_ name: String, ordered: Bool = false, _ table: @escaping @Sendable (CaseInputs) -> any AnyTable) {
        self.name = name
        isOrdered = ordered
        self.table = table
    }

    var description: String { name }

    static let all = rows + projections + numbers + texts + dates + nulls + groups + windows + joins + shapes + edges
}

/// A list of cases, of which the compiler looks at one after the other; at the closures of an array's elements it looks together, which
/// takes it minutes.
@resultBuilder
enum CaseList {
    static func buildBlock(_ cases: TableCase...) -> [TableCase] { cases }
}

struct Sale: TableRow, Equatable {
    var id: Int
    var day: CalendarDate
    var region: String?
    var product: String
    var units: Int?
    var price: Double?
    var express: Bool?
    var note: String?
}

struct Product: TableRow, Equatable {
    var code: String
    var name: String
    var weight: Double?
    var region: String?
}

struct Reading: TableRow, Equatable {
    var time: Date
    var sensor: String
    var value: Double?
}

struct Basket: TableRow, Equatable {
    var id: Int
    var owner: String?
    var tags: [String]
    var scores: [Int]?
}

/// The tables that cases are about, in a session.
struct CaseInputs: Sendable {
    let session: Session
    let sales: Table<Sale>
    let products: Table<Product>
    let readings: Table<Reading>
    let baskets: Table<Basket>

    init(_ session: Session, _ rows: Oracle.Inputs) {
        self.session = session
        sales = session.table(rows.sales)
        products = session.table(rows.products)
        readings = session.table(rows.readings)
        baskets = session.table(rows.baskets)
    }
}

/// What `dev/oracle/tables.py` wrote.
struct Oracle: Decodable, Sendable {
    struct Inputs: Decodable, Sendable {
        var sales: [Sale]
        var products: [Product]
        var readings: [Reading]
        var baskets: [Basket]
    }
    struct Answer: Decodable, Sendable {
        var columns: [String]
        var rows: [[Cell]]
    }
    var inputs: Inputs
    var answers: [String: Answer]

    static let shared = Result {
        guard let url = Bundle.module.url(forResource: "tables", withExtension: "json", subdirectory: "Oracle") else {
            throw PlanError(.invalidArgument, "Oracle/tables.json is missing")
        }
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .secondsSince1970
        return try decoder.decode(Oracle.self, from: Data(contentsOf: url))
    }
}

/// A value of an answer. Dates and timestamps are texts, as in `2024-02-29` and `2024-02-29 10:15:00`.
enum Cell: Decodable, Sendable, Hashable {
    case null
    case bool(Bool)
    case int(Int)
    case double(Double)
    case string(String)
    case list([Cell])

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let list = try? value.decode([Cell].self) {
            self = .list(list)
        } else if let bool = try? value.decode(Bool.self) {
            self = .bool(bool)
        } else if let int = try? value.decode(Int.self) {
            self = .int(int)
        } else if let double = try? value.decode(Double.self) {
            self = .double(double)
        } else {
            self = .string(try value.decode(String.self))
        }
    }

    /// Equal up to rounding. JSON does not tell 3 from 3.0, so neither is told here.
    func agrees(with other: Cell) -> Bool {
        switch (self, other) {
        case (.list(let a), .list(let b)): a.count == b.count && zip(a, b).allSatisfy { $0.agrees(with: $1) }
        default:
            if let a = number, let b = other.number {
                a == b || abs(a - b) <= 1e-9 * max(abs(a), abs(b), 1e-3)
            } else {
                self == other
            }
        }
    }

    private var number: Double? {
        switch self {
        case .int(let value): Double(value)
        case .double(let value): value
        default: nil
        }
    }

    /// For bringing rows without an order into one: rounded, so that rounding errors do not change it.
    var sortKey: String { number.map { String(format: "%.6e", $0 == 0 ? 0 : $0) } ?? "\(self)" }
}

extension TableCase {
    /// - Returns: what differs from the oracle's answer; nil when nothing does.
    func difference(_ rows: [[Cell]], from answer: Oracle.Answer) -> String? {
        func inOrder(_ rows: [[Cell]]) -> [[Cell]] {
            isOrdered ? rows : rows.sorted { $0.map(\.sortKey).lexicographicallyPrecedes($1.map(\.sortKey)) }
        }
        if rows.count != answer.rows.count { return "\(rows.count) rows instead of \(answer.rows.count)" }
        for (row, expected) in zip(inOrder(rows), inOrder(answer.rows))
        where row.count != expected.count || !zip(row, expected).allSatisfy({ $0.agrees(with: $1) }) {
            return "\(row) instead of \(expected)"
        }
        return nil
    }
}
