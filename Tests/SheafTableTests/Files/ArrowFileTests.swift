import Foundation
import SheafArrow
import SheafCore
import SheafTable
import Testing

@Suite("Arrow files as tables", .timeLimit(.minutes(1)))
struct ArrowFileTests {
    struct Point: TableRow, Equatable { var id: Int; var name: String?; var height: Double }
    struct Sum: TableRow, Equatable { var sum: Int }

    let session = Session.ofTables(workers: 2)
    let folder = try! Folder()

    static func points(_ range: Range<Int>) -> [Point] {
        range.map { Point(id: $0, name: $0 % 3 == 0 ? nil : "a name, number \($0)", height: Double($0) / 2) }
    }

    @Test(arguments: ["p.arrow", "p.arrows"]) func writtenAndRead(name: String) async throws {
        let points = Self.points(0..<100), path = folder(name)
        #expect(try await session.table(points).write(arrow: path) == 100)
        #expect(try await session.arrow(path, as: Point.self).collect() == points)
        // By its name in SQL, by the function, and without a type.
        let sum = try await session.sql("SELECT CAST(sum(id) AS BIGINT) AS sum FROM '\(path)'").as(Sum.self).collect()
        #expect(sum == [Sum(sum: 4950)])
        #expect(try await session.arrow(path).count() == 100)
        #expect(try await session.sql("SELECT name FROM read_arrow(['\(path)', '\(path)']) WHERE id = 7").count() == 2)
        let filtered = try await session.arrow(path, as: Point.self).filter { $0.height > 40 }.sorted(by: \.id).collect()
        #expect(filtered == Array(points[81...]))
        #expect(try folder.content == [name])
    }

    /// Many batches, each of which is shared by threads.
    @Test func largeFile() async throws {
        let path = folder("n.arrow"), stream = folder("n.arrows")
        let rows = 300_000
        #expect(try await session.sql("SELECT range AS n, range % 7 AS k FROM range(\(rows))").write(arrow: path) == rows)
        #expect(try await session.sql("FROM '\(path)'").write(arrow: stream) == rows)
        for file in [path, stream] {
            let sum = try await session.sql("SELECT CAST(sum(n) AS BIGINT) AS sum FROM '\(file)'").as(Sum.self).collect()
            #expect(sum == [Sum(sum: rows * (rows - 1) / 2)])
            // In the order of the file.
            struct Row: TableRow { var n: Int }
            let numbers = try await session.arrow(file, as: Row.self).filter { $0.n % 3 == 0 }.collect().map(\.n)
            #expect(numbers == Array(stride(from: 0, to: rows, by: 3)))
            #expect(try await session.arrow(file, as: Row.self).limit(3).collect().map(\.n) == [0, 1, 2])
            // Scanned twice in one query.
            #expect(try await session.sql("FROM '\(file)' a JOIN '\(file)' b USING (n)").count() == rows)
        }
        let reader = try ArrowFileReader(ArrowMemory(mappingFile: path))
        #expect(reader.batchCount < 10)
        #expect(try (0..<reader.batchCount).map { try reader.rowCount(ofBatch: $0) }.reduce(0, +) == rows)
    }

    /// Enumerations are dictionaries, of which a file has one for all batches.
    @Test func enumerations() async throws {
        let path = folder("e.arrow")
        let query = "SELECT ('x' || range % 5)::ENUM('x0', 'x1', 'x2', 'x3', 'x4', 'other') AS e, range AS n FROM range(150000)"
        #expect(try await session.sql(query).write(arrow: path) == 150_000)
        let batches = try RecordBatchReader(ipc: ArrowMemory(mappingFile: path)).readAll()
        #expect(batches.count > 1 && batches.first?["e"]?.string(at: 4) == "x4" && batches.first?["e"]?.dictionary?.count == 6)
        #expect(try await session.sql("FROM '\(path)' WHERE e = 'x' || n % 5").count() == 150_000)
    }

    @Test func severalFiles() async throws {
        for (number, name) in ["a.arrow", "b.arrows", "c.arrow"].enumerated() {
            try await session.table(Self.points(number * 10..<number * 10 + 10)).write(arrow: folder(name))
        }
        let all = try await session.arrow(folder("*.arrow*"), as: Point.self).sorted(by: \.id).collect()
        #expect(all == Self.points(0..<30))
        // Columns in another order are found by their names.
        try await session.sql("SELECT height, name, id FROM '\(folder("a.arrow"))'").write(arrow: folder("other.arrow"))
        let mixed = try await session.arrow(folder("b.arrows"), folder("other.arrow"), as: Point.self).sorted(by: \.id).collect()
        #expect(mixed == Self.points(0..<20))
        try await session.sql("SELECT id::VARCHAR AS id, name, height FROM '\(folder("a.arrow"))'").write(arrow: folder("text.arrow"))
        let types = await #expect(throws: TaskError.self) {
            try await session.arrow(folder("a.arrow"), folder("text.arrow"), as: Point.self).collect()
        }
        #expect(types?.code == .corruptInput && types?.message.contains("“id” is") == true, "\(String(describing: types))")
    }

    /// Files of every type and compression that pyarrow wrote: what DuckDB makes of them has as many rows as SheafArrow reads.
    @Test func filesOfOthers() async throws {
        let files = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("SheafArrowTests/Files")
        var refused: Set<String> = []
        for name in try FileManager.default.contentsOfDirectory(atPath: files.path).filter({ $0.contains(".arrow") }) {
            let path = files.appendingPathComponent(name).path
            let rows: Int
            do {
                rows = try await session.arrow(path).batches().reduce(0) { $0 + $1.rowCount }
            } catch let error as TaskError {
                // Types that DuckDB does not have.
                #expect(error.code == .unsupported && error.message.contains(name), "\(error)")
                refused.insert(String(name.prefix { $0 != "." }))
                continue
            }
            #expect(try await session.arrow(path).count() == rows, "\(name)")
            if name != "empty.arrows" { #expect(rows > 0, "\(name)") }
        }
        #expect(refused == ["decimals"], "those of 76 digits")
        // What DuckDB does not read as it is.
        struct Half: TableRow, Equatable {
            var half: Double?
            static var columnNaming: ColumnNaming { .asWritten }
        }
        let halves = try await session.arrow(files.appendingPathComponent("numbers.arrow").path, as: Half.self).limit(4).collect()
        #expect(halves.map(\.half) == [nil, -2, 65504, 5.960464477539063e-08])
        let path = files.appendingPathComponent("dictionaries.arrow").path
        let lists = try await session.sql("SELECT \"in lists\" AS list FROM '\(path)'").batches().flatMap { $0.columns[0].cells() }
        let original = try RecordBatchReader(ipc: ArrowMemory(mappingFile: path)).readAll().flatMap { $0["in lists"]?.cells() ?? [] }
        #expect(lists.map(\.description) == original.map(\.description) && !lists.isEmpty)
    }

    @Test func whatCannotBeRead() async throws {
        try await session.table(Self.points(0..<1000)).write(arrow: folder("whole.arrow"))
        let whole = try Data(contentsOf: URL(fileURLWithPath: folder("whole.arrow")))
        let half = try folder.file("half.arrow", whole.prefix(whole.count / 2))
        let noise = try folder.file("noise.arrow", Data((0..<500).map { UInt8(truncatingIfNeeded: $0 &* 37) }))
        let empty = try folder.file("empty.arrow", "")
        for path in [half, noise, empty] {
            let error = await #expect(throws: TaskError.self) { try await session.arrow(path, as: Point.self).collect() }
            #expect(error?.code == .corruptInput && error?.message.contains(path) == true, "\(String(describing: error))")
        }
        for path in [folder("nothing.arrow"), folder("nothing-*.arrow"), folder.path] {
            let error = await #expect(throws: TaskError.self) { try await session.arrow(path, as: Point.self).collect() }
            #expect(error?.code == .inputNotFound && error?.message.contains(path) == true, "\(String(describing: error))")
        }
        // What the query does not use may be anything.
        struct Taller: TableRow { var id: Int; var heigth: Double }
        let error = await #expect(throws: TaskError.self) { try await session.arrow(folder("whole.arrow"), as: Taller.self).collect() }
        #expect(error?.code == .unknownColumn && error?.message.contains("heigth") == true, "\(String(describing: error))")
        #expect(error?.hint?.contains("did you mean “height”?") == true)
    }

    @Test func columnsOfOneName() async throws {
        let batch = try RecordBatch([
            ("n", ArrowColumn([1, 2] as [Int64])), ("N", ArrowColumn([3, 4] as [Int64])), ("", ArrowColumn([5, 6] as [Int64])),
        ])
        let bytes = try ArrowWriter.encode([batch], schema: batch.schema, format: .file)
        let path = try folder.file("same.arrow", Data(bytes))
        #expect(try await session.arrow(path).batches().first?.schema.fields.map(\.name) == ["n", "N_1", "column2"])
        #expect(
            try await session.sql("SELECT CAST(sum(N_1 + column2) AS BIGINT) AS sum FROM '\(path)'").as(Sum.self).collect() == [
                Sum(sum: 18)
            ])
    }
}
