import Sheaf
import Testing

struct Point: TableRow, Equatable {
    var x: Double
    var y: Double
}

struct Sample: TableRow {
    var id: Int
    var x: Double
    var y: Double?
    var isGood: Bool

    init(_ id: Int) {
        self.id = id
        x = Double(id) / 2
        y = id % 4 == 3 ? nil : Double(id * id)
        isGood = id % 2 == 0
    }
}

@Suite("Tables and arrays")
struct TableArrayTests {
    private func session() async throws -> Session { try await Session(options: SessionOptions(workers: 2, memory: 1 << 30)) }
    private static let samples = (0..<1000).map(Sample.init)

    @Test func columnsAreAnArray() async throws {
        let session = try await session()
        let table = session.table(Self.samples)
        let x = try await table.array(\.x, chunkRows: 300)
        #expect(x.chunks == [[300, 300, 300, 100]])
        let halves: [Double] = try await x.compute().elements
        #expect(halves == Self.samples.map(\.x))
        let filled = table.select { (x: $0.x, y: $0.y.coalesce(-1)) }
        let both = try await filled.array(\.x, \.y, chunkRows: 256)
        #expect(both.shape == [1000, 2])
        var expected: [Double] = []
        for sample in Self.samples { expected += [sample.x, sample.y ?? -1] }
        let elements = try await both.compute().elements
        #expect(elements == expected)
        let twice = try await (both * 2).sum().item()
        #expect(twice == expected.reduce(0, +) * 2)
        let good: [Bool] = try await table.array(\.isGood).compute().elements
        #expect(good == Self.samples.map(\.isGood))
        let ids: [Int] = try await table.array(\.id, rows: 1000).compute().elements
        #expect(ids == Array(0..<1000))
        let none: [Int] = try await table.filter { $0.id < 0 }.array(\.id).compute().elements
        #expect(none.isEmpty)
        await session.close()
    }

    @Test func anArrayIsATable() async throws {
        let session = try await session()
        let array = session.array((0..<600).map { Double($0) }, shape: [300, 2], chunks: [70, 1])
        let points = array.table(as: Point.self)
        #expect(try await points.sorted(by: \.x).collect() == (0..<300).map { Point(x: Double(2 * $0), y: Double(2 * $0 + 1)) })
        #expect(try await points.filter { $0.x > 500 }.count() == 49)
        let untyped = (array + 1).table(columns: ["a", "b"])
        let sums = try await untyped.aggregate { (a: $0.sum { $0["a", as: Double.self] }, n: $0.count()) }.records()
        #expect(try sums.first?.a == 90_000)
        #expect(try await session.arange(0, 10).table(columns: ["n"]).count() == 10)
        #expect(try await session.array([true, false, true]).table(columns: ["b"]).filter { $0["b", as: Bool.self] }.count() == 2)
        await session.close()
    }

    @Test func problemsSayWhere() async throws {
        let session = try await session()
        let table = session.table(Self.samples)
        let wrong = await #expect(throws: TaskError.self) { _ = try await table.array(\.x, rows: 999).compute() }
        #expect(wrong.map { "\($0)".contains("1000 rows") && "\($0)".contains("999") } == true)
        await #expect(throws: PlanError.self) { _ = try await table.array(\.x, chunkRows: 0).compute() }
        let nulls = await #expect(throws: TaskError.self) {
            _ = try await session.sql("SELECT NULL::DOUBLE AS x, 1.0::DOUBLE AS y").as(Point.self).array(\.x, rows: 1).compute()
        }
        #expect(nulls.map { "\($0)".contains("null") } == true)
        let array = session.zeros(shape: [4, 3])
        await #expect(throws: PlanError.self) { _ = try await array.table(as: Point.self).collect() }
        await #expect(throws: PlanError.self) { _ = try await array.table(columns: ["a", "b", "A"]).count() }
        await #expect(throws: PlanError.self) { _ = try await session.zeros(Float.self, shape: [4, 2]).table(as: Point.self).collect() }
        await #expect(throws: PlanError.self) { _ = try await session.zeros(shape: [2, 2, 2]).table(columns: ["a"]).count() }
        await session.close()
    }
}
