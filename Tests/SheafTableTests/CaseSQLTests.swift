import Foundation
import SheafCore
import SheafTable
import Testing

/// That every case has an answer and compiles to SQL with the answer's columns. What the SQL gives is compared where it is run.
///
/// With `SHEAF_TABLE_SQL` naming a folder, the queries are written there, one file for each case, for
/// `dev/oracle/tables.py --check FOLDER`, which runs them with DuckDB's Python package.
@Suite("Cases of tables")
struct CaseSQLTests {
    @Test func casesAndAnswersHaveTheSameNames() throws {
        let names = TableCase.all.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(Set(names).symmetricDifference(try Oracle.shared.get().answers.keys) == [])
    }

    @Test(arguments: TableCase.all)
    func compiles(_ one: TableCase) throws {
        let oracle = try Oracle.shared.get()
        let query = try sql(of: one.table(CaseInputs(planning, oracle.inputs)))
        #expect(query.hasPrefix("SELECT ") || query.hasPrefix("WITH "))
        if let folder = ProcessInfo.processInfo.environment["SHEAF_TABLE_SQL"] {
            let name = one.name.replacing("/", with: " ") + (one.isOrdered ? ".ordered" : "") + ".sql"
            try query.write(to: URL(filePath: folder).appending(path: name), atomically: false, encoding: .utf8)
        }
    }

    @Test func differencesAreNoticed() {
        let answer = Oracle.Answer(columns: ["a"], rows: [[.int(1)], [.double(0.5)], [.null]])
        let any = TableCase("any") { $0.sales }, ordered = TableCase("ordered", ordered: true) { $0.sales }
        #expect(any.difference([[.null], [.double(0.5 + 1e-15)], [.double(1)]], from: answer) == nil)
        #expect(ordered.difference([[.null], [.double(0.5)], [.int(1)]], from: answer) != nil)
        #expect(any.difference([[.int(1)], [.double(0.5)]], from: answer) != nil)
        #expect(any.difference([[.int(1)], [.double(0.6)], [.null]], from: answer) != nil)
        #expect(any.difference([[.int(1), .null], [.double(0.5)], [.null]], from: answer) != nil)
    }
}
