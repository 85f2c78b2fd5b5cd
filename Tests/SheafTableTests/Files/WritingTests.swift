import Foundation
import SheafArrow
import SheafCore
import SheafTable
import Testing

@Suite("Files written from tables", .timeLimit(.minutes(1)))
struct WritingTests {
    struct Sale: TableRow, Equatable { var region: String; var year: Int; var amount: Double? }

    let session = Session.ofTables(workers: 2)
    let folder = try! Folder()
    private static let sales = [
        Sale(region: "north", year: 2013, amount: 1), Sale(region: "south/east", year: 2013, amount: nil),
        Sale(region: "north", year: 2014, amount: 3),
    ]
    private var table: Table<Sale> { session.table(Self.sales) }

    @Test func everyFormat() async throws {
        #expect(try await table.write(csv: folder("s.csv")) == 3)
        #expect(try await table.write(json: folder("s.json")) == 3)
        for compression in FileCompression.allCases {
            let path = folder("\(compression).parquet")
            #expect(try await table.write(parquet: path, compression: compression) == 3)
            #expect(try await session.parquet(path, as: Sale.self).collect() == Self.sales)
        }
        #expect(try await session.csv(folder("s.csv"), as: Sale.self).collect() == Self.sales)
        #expect(try await session.json(folder("s.json"), as: Sale.self).collect() == Self.sales)
        #expect(try String(contentsOfFile: folder("s.csv"), encoding: .utf8).hasPrefix("region,year,amount\nnorth,2013,1"))
        #expect(try folder.content.allSatisfy { !$0.contains("partial") })
        await #expect(throws: PlanError.self) { try await table.write(csv: folder("x.csv"), compression: .snappy) }
    }

    @Test func partitions() async throws {
        let path = folder("sales")
        #expect(try await table.write(parquet: path, partitionedBy: ["region", "year"]) == 3)
        #expect(try folder.content.contains("sales/region=north/year=2014"))
        let back = try await session.parquet(path + "/**/*.parquet", as: Sale.self).sorted(by: \.year).collect()
        #expect(back.count == 3 && Set(back.map(\.region)) == ["north", "south/east"])
        let filtered = session.parquet(path + "/*/*/*.parquet", as: Sale.self).filter { $0.region == "north" && $0.year == 2014 }
        #expect(try await filtered.collect() == [Self.sales[2]])
        #expect(try await filtered.explain().contains("1/3"), "a filter on partitions leaves files out")
        // A folder is replaced only if that is said, and only one of partitions.
        let exists = await #expect(throws: EngineError.self) { try await table.write(parquet: path, partitionedBy: ["year"]) }
        #expect(exists?.message.contains("exists") == true && exists?.hint?.contains("overwrite: true") == true)
        try await table.write(parquet: path, partitionedBy: ["year"], overwrite: true)
        #expect(try folder.content.contains("sales/year=2013") && !folder.content.contains("sales/region=north"))
        _ = try folder.file("home/precious.txt", "x")
        let other = await #expect(throws: EngineError.self) {
            try await table.write(parquet: folder("home"), partitionedBy: ["year"], overwrite: true)
        }
        #expect(other?.message.contains("precious.txt") == true)
        #expect(try folder.content.contains("home/precious.txt") && !folder.content.contains { $0.contains("partial") })
    }

    /// A partition's values have the type that the row says: `01` is a text.
    @Test func partitionsOfTextFiles() async throws {
        struct Part: TableRow, Equatable { var code: String; var year: Int; var n: Int; var origin: String? }
        let first = try folder.file("csv/code=01/year=2013/a.csv", "n,t\n1,x\n"),
            second = try folder.file("csv/code=02/year=2014/a.csv", "n,t\n2,y\n")
        let expected = [Part(code: "01", year: 2013, n: 1, origin: first), Part(code: "02", year: 2014, n: 2, origin: second)]
        for pattern in ["csv/*/*/*.csv", "csv/**/*.csv"] {
            for isLenient in [false, true] {
                let options = CSVOptions(isLenient: isLenient, fileNameColumn: "origin")
                let table = session.csv(folder(pattern), as: Part.self, options: options)
                #expect(try await table.sorted(by: \.n).collect() == expected)
                #expect(try await table.filter { $0.code == "02" }.collect() == [expected[1]])
            }
        }
        try await session.table(expected).write(parquet: folder("parts"), partitionedBy: ["code", "year"])
        for pattern in ["parts/*/*/*.parquet", "parts/**/*.parquet"] {
            #expect(try await session.parquet(folder(pattern), as: Part.self).sorted(by: \.n).collect() == expected)
        }
    }

    @Test func unionByNameAndFileNames() async throws {
        struct Wide: TableRow, Equatable { var a: Int; var b: Int?; var file: String }
        try await session.sql("SELECT 1 AS a").write(to: TableTarget(path: folder("1.parquet"), format: .parquet))
        try await session.sql("SELECT 3 AS b, 2 AS a").write(to: TableTarget(path: folder("2.parquet"), format: .parquet))
        let options = ParquetOptions(unionByName: true, fileNameColumn: "file")
        let rows = try await session.parquet(folder("*.parquet"), options: options).as(Wide.self).sorted(by: \.a).collect()
        #expect(rows == [Wide(a: 1, b: nil, file: folder("1.parquet")), Wide(a: 2, b: 3, file: folder("2.parquet"))])
    }

    /// A query that fails late leaves nothing, and what was there before as it was.
    @Test(arguments: ["x.csv", "x.json", "x.parquet", "x.arrow"]) func failuresLeaveNothing(name: String) async throws {
        let format = try #require(TableTarget.Format(rawValue: String(name.dropFirst(2))))
        let late = session.sql("SELECT CASE WHEN range = 900000 THEN error('late') ELSE range END AS n FROM range(1000000)")
        await #expect(throws: (any Error).self) { try await late.write(to: TableTarget(path: folder(name), format: format)) }
        #expect(try folder.content.isEmpty)
        _ = try folder.file(name, "before")
        await #expect(throws: (any Error).self) { try await late.write(to: TableTarget(path: folder(name), format: format)) }
        #expect(try folder.content == [name] && String(contentsOfFile: folder(name), encoding: .utf8) == "before")
        let exists = await #expect(throws: EngineError.self) {
            try await table.write(to: TableTarget(path: folder(name), format: format, overwrite: false))
        }
        #expect(exists?.code == .inputOutput)
        try await table.write(to: TableTarget(path: folder(name), format: format))
        #expect(try folder.content == [name] && Data(contentsOf: URL(fileURLWithPath: folder(name))) != Data("before".utf8))
    }

    @Test func linksStay() async throws {
        let path = try folder.file("real/x.csv", "before"), link = folder("link.csv")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
        try await table.write(csv: link)
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == path)
        #expect(try String(contentsOfFile: path, encoding: .utf8).hasPrefix("region"))
    }

    @Test func placesThatCannotBeWritten() async throws {
        for path in ["\(folder.path)/no/such/x.csv", folder.path, ""] {
            await #expect(throws: (any Error).self) { try await table.write(csv: path) }
        }
        #expect(try folder.content.isEmpty)
    }

    #if os(Linux)
    /// The device that is always full.
    @Test(arguments: [TableTarget.Format.csv, .arrow]) func fullDisk(format: TableTarget.Format) async throws {
        let many = session.sql("SELECT range AS n FROM range(1000000)")
        let error = await #expect(throws: EngineError.self) { try await many.write(to: TableTarget(path: "/dev/full", format: format)) }
        #expect(error?.code == .noSpace && error?.hint?.contains("room") == true, "\(String(describing: error))")
    }
    #endif
}
