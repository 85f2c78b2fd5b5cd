import Foundation
import SheafArrow
import SheafCore
import SheafTable
import Testing

@Suite("CSV and JSON files as tables", .timeLimit(.minutes(1)))
struct TextFileTests {
    struct Reading: TableRow, Equatable { var n: Int; var t: String?; var x: Double }
    struct Only: TableRow, Equatable { var t: String? }

    let session = Session.ofTables(workers: 2)
    let folder = try! Folder()

    private static let bad = "n,t,x\n1,a,1.5\nabc,b,2\n3,c,zz\n4,d\n5,e,3,9\n6,\"un\"q\",1\n7,f,7\n"

    @Test func lenientLinesDoNotDependOnTheQuery() async throws {
        let path = try folder.file("bad.csv", Self.bad)
        let table = session.csv(path, as: Reading.self, options: CSVOptions(isLenient: true))
        let expected = [Reading(n: 1, t: "a", x: 1.5), Reading(n: 7, t: "f", x: 7)]
        #expect(try await table.collect() == expected)
        #expect(try await table.count() == 2)
        #expect(try await table.select { (t: $0.t, _: $0.n) }.count() == 2)
        #expect(try await table.select { (t: $0.t, u: $0.t) }.as(Only.self).collect().map(\.t) == ["a", "f"])
        #expect(try await table.filter { $0.n > 3 }.limit(1).collect() == [expected[1]])
    }

    @Test func rejectedLines() async throws {
        let path = try folder.file("bad.csv", Self.bad), fine = try folder.file("fine.csv", "n,t,x\n1,a,1\n")
        let table = session.csv([path, fine], as: Reading.self, options: CSVOptions(isLenient: true))
        let lines = try await table.filter { $0.n > 100 }.rejectedLines()
        #expect(lines.allSatisfy { $0.file == path })
        #expect(lines.map(\.line) == [3, 4, 5, 6, 7], "\(lines)")
        #expect(lines[0].column == "n" && lines[0].text == "abc,b,2" && lines[0].reason.contains("abc"))
        #expect(lines[1].column == "x" && lines[1].text == "3,c,zz")
        #expect(lines[2].text == "4,d" && lines[2].reason.contains("Expected Number of Columns: 3 Found: 2"))
        #expect(lines[4].text.contains("\"un\"q\""))
        #expect(try await table.rejectedLines(limit: 2).count == 2)
        #expect(try await session.csv(fine, as: Reading.self).rejectedLines().isEmpty)
        #expect(try await session.csv(fine, as: Reading.self, options: CSVOptions(isLenient: true)).rejectedLines().isEmpty)
        await #expect(throws: PlanError.self) { try await table.rejectedLines(limit: 0) }
        #expect("\(lines[0])".hasPrefix("\(path):3: column “n”: "))
    }

    /// In a file of many blocks, read by several threads.
    @Test func fewBadAmongMany() async throws {
        var text = "n;t;x\n"
        for row in 0..<200_000 { text += row % 50_000 == 49_999 ? "bad;\(row);1\n" : "\(row);\"t;\(row)\";0.5\n" }
        let table = session.csv(try folder.file("many.csv", text), as: Reading.self, options: CSVOptions(isLenient: true))
        #expect(try await table.count() == 199_996)
        #expect(try await table.rejectedLines().map(\.line) == [50_001, 100_001, 150_001, 200_001])
        let strict = session.csv(folder("many.csv"), as: Reading.self)
        let error = await #expect(throws: TaskError.self) { try await strict.collect() }
        #expect(error?.record?.line == 50_001 || error?.record?.line ?? 0 > 50_001)
        #expect(error?.message.contains("column “n”") == true)
    }

    /// Nothing about a file is guessed from its first lines when the row's type tells its columns.
    @Test func quotesAfterManyLines() async throws {
        let text = "n,t,x\n" + String(repeating: "1,ab,2\n", count: 30_000) + "7,\"a,b\",1\n"
        let table = session.csv(try folder.file("late.csv", text), as: Reading.self)
        #expect(try await table.filter { $0.n == 7 }.collect() == [Reading(n: 7, t: "a,b", x: 1)])
    }

    @Test(arguments: ["1,a\n2,b\n", "x,1\n"]) func strictErrorsNameThePlace(rest: String) async throws {
        let path = try folder.file("strict.csv", "n,t\n10,q\nabc,b\n" + rest)
        struct Two: TableRow { var n: Int; var t: String }
        let error = await #expect(throws: TaskError.self) { try await session.csv(path, as: Two.self).collect() }
        #expect(error?.code == .malformedRecord, "\(String(describing: error))")
        #expect(error?.record == RecordPosition(file: path, line: 3, text: "abc,b"))
        #expect(error?.message.contains("column “n”") == true && error?.message.contains("abc") == true)
        #expect(error?.location?.description.contains("TextFileTests") == true)
        #expect(error?.hint?.contains("isLenient") == true)
    }

    @Test func linesOfTheWrongLength() async throws {
        let path = try folder.file("short.csv", "n,t,x\n1,a,2\n2,b\n")
        let error = await #expect(throws: TaskError.self) { try await session.csv(path, as: Reading.self).collect() }
        #expect(error?.record == RecordPosition(file: path, line: 3, text: "2,b"), "\(String(describing: error))")
    }

    @Test func encodings() async throws {
        let latin = try folder.file("latin.csv", Data("n,t,x\n1,caf".utf8) + [0xE9] + Data(",2\n".utf8))
        let error = await #expect(throws: TaskError.self) { try await session.csv(latin, as: Reading.self).collect() }
        #expect(error?.code == .malformedRecord && error?.record?.line == 2 && error?.record?.file == latin, "\(String(describing: error))")
        #expect(error?.message.contains("utf-8") == true)
        let options = CSVOptions(encoding: "latin-1")
        #expect(try await session.csv(latin, as: Reading.self, options: options).collect() == [Reading(n: 1, t: "café", x: 2)])
        let unknown = await #expect(throws: (any Error).self) {
            try await session.csv(latin, as: Reading.self, options: CSVOptions(encoding: "klingon")).collect()
        }
        #expect("\(String(describing: unknown))".contains("klingon"))
    }

    @Test func options() async throws {
        struct Day: TableRow, Equatable { var day: CalendarDate; var note: String?; var amount: Int? }
        let text = "made by hand\nday|note|amount\n31.12.2013|'a|b'|NA\n01.02.2014|NA|5\n"
        let options = CSVOptions(delimiter: "|", quote: "'", nullText: ["NA"], skippedLines: 1, dateFormat: "%d.%m.%Y")
        let expected = [
            Day(day: CalendarDate("2013-12-31")!, note: "a|b", amount: nil), Day(day: CalendarDate("2014-02-01")!, note: nil, amount: 5),
        ]
        let path = try folder.file("options.csv", text)
        #expect(try await session.csv(path, as: Day.self, options: options).collect() == expected)
        // No names in the file: by position.
        let bare = try folder.file("bare.csv", "2013-12-31,x,1\r\n2014-02-01,,\r\n")
        let rows = try await session.csv(bare, as: Day.self, options: CSVOptions(hasHeader: false)).collect()
        #expect(rows == [Day(day: expected[0].day, note: "x", amount: 1), Day(day: expected[1].day, note: nil, amount: nil)])
        // The file of each row, and files whose columns differ.
        let first = try folder.file("u1.csv", "n,t,x\n1,a,2\n"), second = try folder.file("u2.csv", "x,n\n4,3\n")
        let union = CSVOptions(fileNameColumn: "origin", unionByName: true)
        struct Origin: TableRow, Equatable { var n: Int; var t: String?; var x: Double; var origin: String }
        let table = session.csv(first, second, options: union)
        #expect(
            try await table.as(Origin.self).sorted(by: \.n).collect() == [
                Origin(n: 1, t: "a", x: 2, origin: first), Origin(n: 3, t: nil, x: 4, origin: second),
            ])
    }

    @Test func compressedFiles() async throws {
        let rows = [Reading(n: 1, t: "a", x: 2), Reading(n: 2, t: nil, x: 3)]
        for name in ["c.csv.gz", "c.csv"] {
            try await session.table(rows).write(csv: folder(name), options: CSVOptions(delimiter: ";", nullText: ["NULL"]))
            let options = CSVOptions(nullText: ["NULL"])
            #expect(try await session.csv(folder(name), as: Reading.self, options: options).collect() == rows)
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder("c.csv.gz"))).prefix(2) == Data([0x1f, 0x8b]))
        try await session.table(rows).write(json: folder("c.json"), compression: .gzip)
        #expect(try await session.json(folder("c.json"), as: Reading.self, options: JSONOptions(compression: .gzip)).collect() == rows)
    }

    // MARK: JSON

    private static let badJSON =
        "{\"n\":1,\"t\":\"a\",\"x\":1}\n{\"n\":\"abc\",\"t\":\"b\",\"x\":2}\n{\"n\":3,\n\n[1]\n{\"n\":4,\"x\":3,\"z\":3}\n"

    @Test func lenientJSON() async throws {
        let path = try folder.file("bad.json", Self.badJSON)
        let table = session.json(path, as: Reading.self, options: JSONOptions(isLenient: true))
        #expect(try await table.collect() == [Reading(n: 1, t: "a", x: 1), Reading(n: 4, t: nil, x: 3)])
        #expect(try await table.count() == 2)
        let lines = try await table.rejectedLines()
        #expect(lines.map(\.line) == [2, 3, 5], "\(lines)")
        #expect(lines[0].column == "n" && lines[0].reason == "no BIGINT" && lines[0].text.contains("abc") && lines[0].file == path)
        #expect(lines[1].column == nil && lines[1].text == "{\"n\":3,")
        let untyped = await #expect(throws: PlanError.self) {
            try await session.json(path, options: JSONOptions(isLenient: true)).count()
        }
        #expect(untyped?.hint?.contains("as: Row.self") == true)
    }

    @Test func strictJSON() async throws {
        let path = try folder.file("bad.json", Self.badJSON)
        let error = await #expect(throws: TaskError.self) { try await session.json(path, as: Reading.self).collect() }
        #expect(error?.code == .malformedRecord && error?.record?.file == path && error?.record?.line == 2, "\(String(describing: error))")
        #expect(error?.message.contains("column “n”") == true && error?.record?.text.contains("abc") == true)
        let array = try folder.file("array.json", "[{\"n\":1,\"x\":2,\"t\":null},\n{\"n\":2,\"x\":3}]")
        let rows = [Reading(n: 1, t: nil, x: 2), Reading(n: 2, t: nil, x: 3)]
        #expect(try await session.json(array, as: Reading.self).collect() == rows)
        #expect(try await session.json(array, as: Reading.self, options: JSONOptions(layout: .array)).collect() == rows)
    }

    // MARK: Names

    @Test func columnsAreMappedToProperties() async throws {
        struct Named: TableRow, Equatable { var depDelay: Int; var pageURL: String }
        struct Written: TableRow, Equatable {
            static var columnNaming: ColumnNaming { .asWritten }
            var depDelay: Int
            var other: String
            enum CodingKeys: String, CodingKey { case depDelay, other = "Page URL" }
        }
        // Columns that the type does not have are left alone, whatever is in them.
        let path = try folder.file("names.csv", "more,dep_delay,page_url,depDelay,Page URL\n#,1,a,2,b\n")
        #expect(try await session.csv(path, as: Named.self).collect() == [Named(depDelay: 1, pageURL: "a")])
        #expect(try await session.csv(path, as: Written.self).collect() == [Written(depDelay: 2, other: "b")])
        for write in [folder("names.parquet"), folder("names.arrow")] {
            let target = TableTarget(path: write, format: write.hasSuffix("arrow") ? .arrow : .parquet)
            try await session.csv(path).write(to: target)
        }
        #expect(try await session.parquet(folder("names.parquet"), as: Written.self).collect() == [Written(depDelay: 2, other: "b")])
        #expect(try await session.arrow(folder("names.arrow"), as: Named.self).collect() == [Named(depDelay: 1, pageURL: "a")])
    }

    @Test func missingColumns() async throws {
        struct Wrong: TableRow { var n: Int; var hight: Double }
        let csv = try folder.file("heights.csv", "n,height,t\n1,2,x\n")
        let parquet = folder("heights.parquet")
        try await session.csv(csv).write(parquet: parquet)
        for table in [
            session.csv(csv, as: Wrong.self), session.parquet(parquet, as: Wrong.self),
            session.csv(csv, as: Wrong.self, options: CSVOptions(isLenient: true)),
        ] {
            let error = await #expect(throws: TaskError.self) { try await table.collect() }
            #expect(error?.code == .unknownColumn && error?.message.contains("“hight”") == true, "\(String(describing: error))")
            #expect(error?.hint?.contains("did you mean “height”?") == true && error?.hint?.contains("n, height, t") == true)
        }
    }

    @Test func duplicateAndReservedNames() async throws {
        struct Reserved: TableRow, Equatable {
            var select: Int
            var order: String
            var quote: Int
            enum CodingKeys: String, CodingKey { case select, order, quote = "a \"quoted\" 'name'" }
        }
        struct Second: TableRow, Equatable { var n: Int; var n1: Int }
        let path = try folder.file("reserved.csv", "order,select,\"a \"\"quoted\"\" 'name'\"\nx,1,2\n")
        #expect(try await session.csv(path, as: Reserved.self).collect() == [Reserved(select: 1, order: "x", quote: 2)])
        #expect(try await session.csv(path, as: Reserved.self).filter { $0.order == "x" && $0.quote == 2 }.count() == 1)
        let twice = try folder.file("twice.csv", "n,n,N\n1,2,3\n")
        #expect(try await session.csv(twice).batches().first?.schema.fields.map(\.name) == ["n", "n_1", "N_2"])
    }

    @Test func missingAndRemoteFiles() async throws {
        for table in [session.csv(folder("no.csv"), as: Reading.self), session.parquet(folder("no-*.parquet"), as: Reading.self)] {
            let error = await #expect(throws: EngineError.self) { try await table.collect() }
            #expect(error?.code == .inputNotFound && error?.message.contains(folder("no")) == true, "\(String(describing: error))")
        }
        for table in [session.parquet([], as: Reading.self), session.csv("", as: Reading.self)] {
            let error = await #expect(throws: PlanError.self) { try await table.collect() }
            #expect(error?.message.contains("list of files") == true && error?.location != nil)
        }
        let empty = try folder.file("empty.csv", "")
        await #expect(throws: (any Error).self) { try await session.csv(empty, as: Reading.self).collect() }
    }
}
