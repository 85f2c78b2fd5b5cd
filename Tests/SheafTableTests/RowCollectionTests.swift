import SheafCore
import SheafTable
import Testing

/// Rows of results that are made in several parts at a time.
@Suite("Rows in parts")
struct RowCollectionTests {
    struct Number: TableRow, Equatable {
        var range: Int
        var name: String
        var half: Int?
    }

    @Test("Rows come in their order, whatever the number of parts and workers", arguments: [(0, 2), (3, 2), (131_072, 1), (450_001, 3)])
    func order(count: Int, workers: Int) async throws {
        let session = Session.ofTables(workers: workers)
        let text = "SELECT range, 'n' || range AS name, CASE WHEN range % 2 = 0 THEN range // 2 END AS half FROM range(\(count))"
        let rows = try await session.sql(text).as(Number.self).collect()
        #expect(rows.count == count)
        let isRight = rows.enumerated().allSatisfy { index, row in
            row == Number(range: index, name: "n\(index)", half: index.isMultiple(of: 2) ? index / 2 : nil)
        }
        #expect(isRight)
        await session.close()
    }

    @Test("A row that cannot be made is named by its number in the whole result")
    func error() async throws {
        let session = Session.ofTables(workers: 2)
        let text = "SELECT range, CASE WHEN range <> 300000 THEN 'n' END AS name, NULL::BIGINT AS half FROM range(400000)"
        let error = await #expect(throws: TaskError.self) { try await session.sql(text).as(Number.self).collect() }
        #expect(error.map { "\($0)".contains("row 300000") && "\($0)".contains("name") } == true, "\(String(describing: error))")
        await session.close()
    }

    /// Keys are known by their byte once they have been seen; a row may ask for them in any order, and in another one each time.
    struct Moody: TableRow, Equatable {
        var a: Int
        var b: Int
        var c: Int

        init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            a = try values.decode(Int.self, forKey: .a)
            if a.isMultiple(of: 2) {
                b = try values.decode(Int.self, forKey: .b)
                c = try values.decode(Int.self, forKey: .c)
            } else {
                c = try values.decode(Int.self, forKey: .c)
                b = try values.decode(Int.self, forKey: .b)
            }
        }
    }

    @Test("A row may read its columns in any order")
    func anyOrder() async throws {
        let session = Session.ofTables(workers: 1)
        let rows = try await session.sql("SELECT range AS a, range + 1 AS b, range + 2 AS c FROM range(10)").as(Moody.self).collect()
        #expect(rows.map(\.b) == Array(1...10) && rows.map(\.c) == Array(2...11))
        await session.close()
    }
}
