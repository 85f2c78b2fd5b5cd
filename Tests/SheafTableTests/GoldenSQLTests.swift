import Foundation
import SheafCore
import SheafTable
import Testing

/// That plans become the queries written beside them, letter by letter: what is asked of an engine changes on purpose only.
@Suite("SQL of plans")
struct GoldenSQLTests {
    @Test(arguments: GoldenSQL.all)
    func isAsWritten(_ golden: GoldenSQL) throws {
        let made = try sql(of: golden.table(GoldenInputs()))
        #expect(made == golden.sql)
    }

    @Test func namesAreDifferent() {
        let names = GoldenSQL.all.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(names.count >= 40)
    }

    @Test func zerosInNamesAreRefused() {
        let table = planning.numbers(0..<3, name: "a\0b")
        #expect(throws: PlanError.self) { try sql(of: table) }
        #expect(throws: PlanError.self) { try sql(of: planning.sql("SELECT 1 -- \0")) }
    }

    /// Thirty operations are few selections: each is put into the one before as long as that means the same.
    @Test func longPlansStayShallow() throws {
        var table = GoldenInputs().flights.filter { $0.distance > 0 }
        for number in 1...28 { table = number.isMultiple(of: 2) ? table.filter { $0.distance > number } : table.sorted(by: \.carrier) }
        let text = try sql(of: table.limit(5))
        #expect(text.components(separatedBy: "SELECT").count == 2)
        #expect(text.components(separatedBy: "\"distance\" >").count == 16)
        #expect(text.hasSuffix("ORDER BY \"carrier\" ASC NULLS LAST LIMIT 5"))
    }
}

/// A plan and the query it becomes.
struct GoldenSQL: Sendable, CustomStringConvertible {
    let name: String
    let sql: String
    let table: @Sendable (GoldenInputs) -> any AnyTable

    init(_ name: String, _ sql: String, _ table: @escaping @Sendable (GoldenInputs) -> any AnyTable) {
        self.name = name
        self.sql = sql
        self.table = table
    }

    var description: String { name }

    static let all = operations + expressions + several + hostile
}

@resultBuilder
enum GoldenList {
    static func buildBlock(_ list: GoldenSQL...) -> [GoldenSQL] { list }
}

struct GoldenInputs {
    let flights = planning.csv("flights.csv", as: Flight.self)
    let planes = planning.parquet("planes.parquet", as: Plane.self)
}

struct LateRow: TableRow { var carrier: String; var flights: Int; var delay: Double? }
