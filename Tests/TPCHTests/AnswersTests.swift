import Foundation
import SheafCore
import SheafDuckDB
import SheafLocal
import SheafTable
import Testing

/// The 22 queries of TPC-H over data of scale factor 0.01. The answers are those of DataFusion and Polars, which agree; dev/oracle/tpch_small.py
/// wrote both. The queries are those of the benchmarks: the folder Queries is a link.
@Suite("TPC-H")
struct AnswersTests {
    static let scaleFactor = 0.01

    private let session: Session
    private let tables: TPCHTables
    private let answers: [Int: TPCHAnswer]

    init() throws {
        let options = SessionOptions(workers: 2, memory: 1 << 30)
        session = Session(engine: LocalEngine(options: options), options: options)
        session.use(DuckDBTables(options: options))
        let data = try #require(Bundle.module.url(forResource: "Data", withExtension: nil)).path
        tables = TPCHTables(session, folder: data, scaleFactor: Self.scaleFactor)
        answers = try TPCHAnswer.all(file: data + "/answers.json")
    }

    @Test("The typed query gives what other programs give for the standard's SQL", arguments: 1...22)
    func typed(number: Int) async throws {
        let query = try #require(TPCHQuery.all.first { $0.number == number })
        let answer = try #require(answers[number])
        let difference = answer.difference(from: try await query.batches(tables))
        #expect(difference == nil, "\(query.title), compared with \(answer.by)")
        await session.close()
    }

    @Test("An answer that differs in the last place given is noticed")
    func noticing() async throws {
        var answer = try #require(answers[6])
        let query = try #require(TPCHQuery.all.first { $0.number == 6 })
        let value = try #require(answer.rows[0][0])
        #expect(value.contains("."))
        answer.rows[0][0] = value.dropLast(2) + (value.suffix(2) == "00" ? "11" : "00")
        #expect(answer.difference(from: try await query.batches(tables)) != nil)
        answer.rows.append([nil])
        #expect(answer.difference(from: try await query.batches(tables)) == "1 rows instead of 2")
        await session.close()
    }
}
