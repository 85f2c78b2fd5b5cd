import Foundation
import Testing

@testable import SheafArrow

/// Files written by pyarrow; dev/oracle/arrow_files.py makes them.
@Suite struct FilesTests {
    private func read(_ name: String) throws -> RecordBatchReader {
        try RecordBatchReader(ipc: ArrowMemory(try Files.bytes(name)))
    }

    @Test(arguments: Files.names.filter { !$0.hasPrefix("zstd") }) func values(name: String) throws {
        let expected = try #require(Files.expected[name])
        let reader = try read(name)
        #expect(reader.schema.fields.map(\.name) == expected.columns)
        let batches = try reader.readAll()
        #expect(batches.count == expected.batches.count)
        for (batch, columns) in zip(batches, expected.batches) {
            try batch.validate()
            for (index, column) in batch.columns.enumerated() {
                #expect(column.cells().map(\.description) == columns[index], "\(name), \(expected.columns[index])")
            }
        }
    }

    @Test func schemas() throws {
        let numbers = try read("numbers.arrow").schema
        #expect(numbers.metadata == ["made by": "pyarrow", "ключ": "значение"])
        #expect(numbers.fields[0] == ArrowField("int8", .int8, metadata: ["unit": "m"]))
        #expect(numbers.fields.last == ArrowField("required", .int64, isNullable: false))
        let times = try read("times.arrow").schema
        #expect(times.fields.first { $0.name == "zoned us" }?.type == .timestamp(.microsecond, zone: "Europe/Berlin"))
        let dictionaries = try read("dictionaries.arrows").schema
        #expect(dictionaries.fields.first { $0.name == "numbers" }?.type == .dictionary(index: .int8, value: .int64, isOrdered: true))
    }

    @Test func zstdNeedsADecompressor() throws {
        let reader = try RecordBatchReader(ipc: ArrowMemory(try Files.bytes("zstd.arrows")))
        let error = #expect(throws: ArrowError.self) { try reader.next() }
        #expect(error?.code == .unsupported)
        #expect(error?.field == "n")
        #expect(error?.messageNumber == 1)
        struct Called: Error {}
        var options = ArrowReadOptions()
        options.decompress = { source, target in
            // A ZSTD frame, and room for the 20 integers of the first column.
            #expect(Array(source.prefix(4)) == [0x28, 0xb5, 0x2f, 0xfd])
            #expect(target.count == 160)
            throw Called()
        }
        let other = try RecordBatchReader(ipc: ArrowMemory(try Files.bytes("zstd.arrows")), options: options)
        let refused = #expect(throws: ArrowError.self) { try other.next() }
        #expect(refused?.code == .invalidData)
        #expect(refused?.message.contains("Called") == true)
    }

    @Test func filesAreReadInAnyOrder() throws {
        let file = try ArrowFileReader(ArrowMemory(mappingFile: Files.folder.appendingPathComponent("numbers.arrow").path))
        #expect(file.batchCount == 3)
        #expect(try file.batch(at: 2).rowCount == 6)
        #expect(try file.batch(at: 0).rowCount == 5)
        #expect(throws: ArrowError.self) { try file.batch(at: 3) }
        let error = #expect(throws: ArrowError.self) { try ArrowMemory(mappingFile: "/no such file") }
        #expect(error?.code == .fileFailed)
    }

    /// Read, write, read again; with `SHEAF_ARROW_OUT` the written files are kept there for `arrow_files.py check`.
    @Test(arguments: Files.names.filter { !$0.hasPrefix("zstd") }) func writtenAgain(name: String) throws {
        let reader = try read(name)
        let batches = try reader.readAll()
        let format: ArrowWriter.Format = name.hasSuffix(".arrow") ? .file : .stream
        let bytes = try ArrowWriter.encode(batches, schema: reader.schema, format: format)
        let again = try RecordBatchReader(ipc: ArrowMemory(bytes))
        #expect(again.schema == reader.schema)
        #expect(
            try again.readAll().map { $0.columns.map { $0.cells().description } }
                == batches.map { $0.columns.map { $0.cells().description } })
        if let folder = ProcessInfo.processInfo.environment["SHEAF_ARROW_OUT"] {
            try Data(bytes).write(to: URL(fileURLWithPath: folder).appendingPathComponent(name))
        }
    }

    /// Every sample of the round trips in one file, for `arrow_files.py check`.
    @Test func everyType() throws {
        for (index, sample) in Sample.all.enumerated() {
            let batch = try RecordBatch([("column", try sample.column())])
            for format in [ArrowWriter.Format.stream, .file] {
                let bytes = try ArrowWriter.encode([batch, batch[1..<batch.rowCount], batch[0..<0]], schema: batch.schema, format: format)
                #expect(bytes.count > 0)
                if let folder = ProcessInfo.processInfo.environment["SHEAF_ARROW_OUT"] {
                    let name = "sample-\(index).\(format == .file ? "arrow" : "arrows")"
                    try Data(bytes).write(to: URL(fileURLWithPath: folder).appendingPathComponent(name))
                }
            }
        }
    }
}
