import Sheaf
import Testing

struct Visit: TableRow, Equatable {
    var id: Int
    var page: String
    var seconds: Double?
    var day: CalendarDate
    var isNew: Bool
    var tags: [String]

    init(_ id: Int) {
        self.id = id
        page = "page \(id % 7)"
        seconds = id % 5 == 0 ? nil : Double(id) / 4
        day = CalendarDate(daysSince1970: Int32(19_000 + id % 30))
        isNew = id % 3 == 0
        tags = (0..<id % 3).map { "tag \($0)" }
    }
}

struct PageCount: TableRow, Equatable {
    var page: String
    var visits: Int
}

@Suite("Tables and bags")
struct TableBagTests {
    static let visits = (0..<10_000).map(Visit.init)

    private func session(memory: Int = 1 << 30) async throws -> Session {
        try await Session(options: SessionOptions(workers: 2, memory: memory))
    }

    @Test(arguments: [1, 3, nil])
    func rowsAreABag(partitions: Int?) async throws {
        let session = try await session()
        let bag = session.table(Self.visits).bag(partitions: partitions)
        #expect(try await bag.collect() == Self.visits)
        #expect(try await bag.filter { $0.id < 10 }.count() == 10)
        #expect(try bag.partitionCount() == partitions ?? 8)
        await session.close()
    }

    @Test func aBagIsATable() async throws {
        let session = try await session()
        let table = session.bag(0..<10_000, partitions: 5).table { Visit($0) }
        #expect(try await table.sorted(by: \.id).collect() == Self.visits)
        #expect(try await table.filter { $0.seconds == nil }.count() == 2_000)
        #expect(try await session.bag([Visit](), partitions: 1).table().collect() == [])
        await session.close()
    }

    @Test func thereAndBackAgain() async throws {
        let session = try await session()
        let counts =
            session.table(Self.visits)
            .filter { $0.isNew }.bag
            .map { ($0.page, 1) }.reduceByKey(.sum)
            .table { PageCount(page: $0.0, visits: $0.1) }
            .sorted(by: \.page)
        let direct = session.table(Self.visits).filter { $0.isNew }
            .grouped(by: \.page).aggregate { (page: $0.key, visits: $0.count()) }.sorted(by: \.page).as(PageCount.self)
        #expect(try await counts.collect() == direct.collect())
        // Used twice in one plan, a bag is computed once.
        let twice = counts.join(counts) { $0.page == $1.page }
        #expect(try await twice.count() == 7)
        #expect(try counts.graph().graph.count < twice.graph().graph.count * 2)
        await session.close()
    }

    @Test func batchesAreMapped() async throws {
        let session = try await session()
        let longer = session.table(Self.visits).mapBatches(as: PageCount.self) { batch in
            let pages = try #require(batch["page"]).cells(), ids = try #require(batch["id"]).cells()
            let kept = zip(pages, ids).compactMap { page, id -> (String, Int64)? in
                guard case .string(let page) = page, case .int(let id) = id, id % 2 == 0 else { return nil }
                return (page, id)
            }
            return try RecordBatch([("visits", ArrowColumn(kept.map(\.1))), ("page", ArrowColumn(kept.map(\.0)))])
        }
        let rows = try await longer.collect()
        #expect(rows.map(\.visits) == Array(stride(from: 0, to: 10_000, by: 2)))
        #expect(rows[3] == PageCount(page: "page 6", visits: 6))
        let untyped = longer.mapBatches { $0 }
        #expect(try await untyped.count() == 5_000)
        await session.close()
    }

    @Test func problemsSayWhere() async throws {
        let session = try await session()
        let table = session.table(Self.visits)
        let wrong = await #expect(throws: TaskError.self) {
            _ = try await table.mapBatches(as: PageCount.self) {
                try RecordBatch([("page", ArrowColumn([String](repeating: "", count: $0.rowCount)))])
            }.collect()
        }
        #expect(wrong.map { "\($0)".contains("no column “visits”") } == true)
        let thrown = await #expect(throws: TaskError.self) {
            _ = try await session.bag(0..<10).table { id in
                if id == 7 { throw Odd() }
                return Visit(id)
            }.collect()
        }
        #expect(thrown?.cause is Odd)
        #expect(throws: PlanError.self) { try table.bag(partitions: 0).partitionCount() }
        let missing = table.select { (id: $0.id, page: $0.page) }.as(Visit.self).bag
        await #expect(throws: PlanError.self) { _ = try await missing.collect() }
        await session.close()
    }

    private struct Odd: Error {}

    /// Rows are several times what the session may hold, so they wait on disk between the query and the bag.
    @Test func moreRowsThanMemory() async throws {
        let session = try await session(memory: 32 << 20)
        let count = 1_000_000
        let events = session.events()
        let bag = session.bag(0..<count).table { PageCount(page: "a page with a name of some length \($0 % 1000)", visits: $0) }.bag
        let sum = try await bag.map { $0.visits }.sum()
        #expect(sum == count * (count - 1) / 2)
        await session.close()
        var spilled = 0
        for await case .progress(let progress) in events { spilled = max(spilled, progress.spilledBytes) }
        #expect(spilled > 16 << 20)
    }
}
