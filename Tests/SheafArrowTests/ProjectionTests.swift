import Foundation
import Testing

@testable import SheafArrow

/// Columns that are left out are passed over, whatever they are made of.
@Suite struct ProjectionTests {
    @Test(arguments: Files.names.filter { $0 != "zstd.arrows" }) func everyColumnAlone(name: String) throws {
        let bytes = try Files.bytes(name)
        let whole = try RecordBatchReader(ipc: ArrowMemory(bytes)), batches = try whole.readAll()
        for column in whole.schema.fields.indices {
            var options = ArrowReadOptions()
            options.columns = [column]
            let reader = try RecordBatchReader(ipc: ArrowMemory(bytes), options: options)
            #expect(reader.schema.fields == [whole.schema.fields[column]])
            let alone = try reader.readAll()
            #expect(alone.map(\.rowCount) == batches.map(\.rowCount))
            for (one, all) in zip(alone, batches) {
                #expect(one.columns[0].cells().map(\.description) == all.columns[column].cells().map(\.description), "\(name), \(column)")
            }
        }
    }

    @Test func noneAndTooMany() throws {
        let batch = try RecordBatch([("a", ArrowColumn([1, 2, 3] as [Int64])), ("b", ArrowColumn([4, 5, 6] as [Int32]))])
        for format in [ArrowWriter.Format.file, .stream] {
            let bytes = try ArrowWriter.encode([batch, batch], schema: batch.schema, format: format)
            var options = ArrowReadOptions()
            options.columns = []
            #expect(try readAll(bytes, options: options).map(\.rowCount) == [3, 3])
            options.columns = [1, 2]
            let error = #expect(throws: ArrowError.self) { try readAll(bytes, options: options) }
            #expect(error?.code == .invalidArgument && error?.message.contains("no column 2") == true)
        }
    }

    /// What is compressed in a way that cannot be read does not matter in columns that are left out.
    @Test func compressedColumnsAreNotTouched() throws {
        var options = ArrowReadOptions()
        options.columns = []
        #expect(try readAll(try Files.bytes("zstd.arrows"), options: options).reduce(0) { $0 + $1.rowCount } == 20)
    }

    @Test func rowCountsFromMetadata() throws {
        let file = try ArrowFileReader(ArrowMemory(mappingFile: Files.folder.appendingPathComponent("numbers.arrow").path))
        let counts = try (0..<file.batchCount).map { try file.rowCount(ofBatch: $0) }
        #expect(try counts == (0..<file.batchCount).map { try file.batch(at: $0).rowCount })
        #expect(throws: ArrowError.self) { try file.rowCount(ofBatch: file.batchCount) }
    }
}
